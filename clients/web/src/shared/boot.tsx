// How every page begins: who is this, the map, the worker; without a line as it was last known.

import { type ComponentType, render } from "preact";
import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";
import {
    ApiError,
    type DistrictMap,
    fetchDistrict,
    fetchMe,
    keptDistrict,
    keptMe,
    type Me,
} from "./api.js";
import { Hub } from "./hub.js";
import { keepForOffline } from "./offline.js";
import { show } from "./prefs.js";
import { Banner, Button } from "./ui.js";

export interface PageProps {
    hub: Hub;
    me: Me;
    /** Undefined where it was never loaded. */
    map: DistrictMap | undefined;
}

export interface PageOptions {
    /** Keep the page, incidents and notices on this device. */
    keep: boolean;
    /** Prove what came and what was seen. */
    desk: boolean;
    heartbeatMs: number;
}

export async function boot(page: ComponentType<PageProps>, options: PageOptions): Promise<void> {
    show();
    const root = document.getElementById("page");
    if (!root) {
        throw new Error("the page has no place for itself");
    }
    const known = keptMe();
    const asked = fetchMe();
    let me: Me;
    try {
        // What is known opens the page at once; whether it still holds the connection will tell.
        me = known ?? (await asked);
    } catch (error) {
        const status = error instanceof ApiError ? error.status : 0;
        render(status === 401 || status === 403 ? <SignedOut /> : <NoHub />, root);
        return;
    }
    const hub = new Hub({ person: me.person, isStaff: isStaff(me), ...options });
    const Page = page;
    const paint = (map: DistrictMap | undefined) =>
        render(<Page hub={hub} me={me} map={map} />, root);
    paint(keptDistrict());
    asked.catch(() => undefined);
    fetchDistrict().then(paint, () => undefined);
    if (options.keep) {
        void keepForOffline();
    }
}

const ownOnly = new Set(["ROLE_VOLUNTEER", "ROLE_SEARCHER", "ROLE_TEAM_LEAD"]);

function isStaff({ grants }: Me): boolean {
    return grants.some(({ role }) => !ownOnly.has(role));
}

export function SignedOut() {
    const words = say(common);
    return (
        <main class="card centred">
            <h1>{words.ended}</h1>
            <p>{words.endedWords}</p>
        </main>
    );
}

function NoHub() {
    const words = say(common);
    return (
        <main class="card centred">
            <Banner tone="warn">{words.noHub}</Banner>
            <Button tone="primary" onClick={() => location.reload()}>
                {words.retry}
            </Button>
        </main>
    );
}
