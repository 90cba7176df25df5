// The first thing that a volunteer sees: the emergency numbers, four large buttons, what goes on.

import { useState } from "preact/hooks";
import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { DistrictMap } from "../shared/api.js";
import type { Hub } from "../shared/hub.js";
import { NoticeRow, noticesInForce } from "../shared/notices.js";
import { go } from "../shared/route.js";
import { Button, Dialog, Emergency, Icon } from "../shared/ui.js";
import { HoldButton } from "./hold_button.js";
import { ReportRow } from "./my_reports.js";
import { openItems } from "./reports_of_mine.js";
import { reportFire } from "./send.js";

export function Home({ hub, map }: { hub: Hub; map: DistrictMap | undefined }) {
    const words = say(volunteerWords);
    const [asking, setAsking] = useState(false);
    const fire = () => go("mine", reportFire(hub));
    const open = openItems(hub);
    const notices = noticesInForce(hub);
    return (
        <>
            <h1 class="unseen">{words.tabs.home}</h1>
            <Emergency />
            <div class="four">
                <HoldButton
                    class="big big-fire"
                    icon="fire"
                    word={words.fire}
                    hint={words.fireHow}
                    holding={words.fireHolding}
                    onHeld={fire}
                    onTap={() => setAsking(true)}
                />
                <Big form="now" icon="danger" word={words.now} hint={words.nowHow} />
                <Big
                    form="suspicious"
                    icon="eye"
                    word={words.suspicious}
                    hint={words.suspiciousHow}
                />
                <Big form="calm" icon="hands" word={words.calm} hint={words.calmHow} />
            </div>
            {open.length > 0 && (
                <section class="block">
                    <h2>{words.openReports}</h2>
                    <ul class="rows">
                        {open.slice(0, 3).map((mine) => (
                            <ReportRow key={mine.key} mine={mine} />
                        ))}
                    </ul>
                </section>
            )}
            <section class="block">
                <div class="block-head">
                    <h2>{words.latestNotices}</h2>
                    {notices.length > 2 && <a href="#/notices">{words.allNotices}</a>}
                </div>
                {notices.length === 0 && <p class="empty">{words.noNotices}</p>}
                <ul class="rows">
                    {notices.slice(0, 2).map((notice) => (
                        <NoticeRow key={notice.id} notice={notice} map={map} />
                    ))}
                </ul>
            </section>
            {asking && (
                <Dialog title={words.fireAsk} onClose={() => setAsking(false)}>
                    <p>{words.fireAskMore}</p>
                    <Button class="wide button-fire" tone="alarm" onClick={fire}>
                        <Icon name="fire" /> {words.fireConfirm}
                    </Button>
                    <Button class="wide" onClick={() => setAsking(false)}>
                        {say(common).cancel}
                    </Button>
                </Dialog>
            )}
        </>
    );
}

function Big({
    form,
    icon,
    word,
    hint,
}: {
    form: string;
    icon: "danger" | "eye" | "hands";
    word: string;
    hint: string;
}) {
    return (
        <button type="button" class={`big big-${form}`} onClick={() => go("report", form)}>
            <Icon name={icon} />
            <span class="big-word">{word}</span>
            <span class="big-hint">{hint}</span>
        </button>
    );
}
