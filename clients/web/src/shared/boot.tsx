// How every page begins: who is this, the map, the worker; without a line as it was last known.

import { type ComponentType, render } from "preact";
import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";
import { ApiError, type DistrictMap, fetchDistrict, fetchMe, type Me } from "./api.js";
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
    heartbeatMs: number;
}

export async function boot(page: ComponentType<PageProps>, options: PageOptions): Promise<void> {
    show();
    const root = document.getElementById("page");
    if (!root) {
        throw new Error("the page has no place for itself");
    }
    try {
        const [me, map] = await Promise.all([fetchMe(), fetchDistrict().catch(() => undefined)]);
        const { keep, heartbeatMs } = options;
        const hub = new Hub({ person: me.person, keep, heartbeatMs });
        const Page = page;
        render(<Page hub={hub} me={me} map={map} />, root);
        if (keep) {
            void keepForOffline();
        }
    } catch (error) {
        const status = error instanceof ApiError ? error.status : 0;
        render(status === 401 || status === 403 ? <SignedOut /> : <NoHub />, root);
    }
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
