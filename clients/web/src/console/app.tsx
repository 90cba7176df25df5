// The desks' page: station, fire desk and bureau. What needs a decision now is largest.

import { useEffect, useMemo, useState } from "preact/hooks";
import { common } from "../i18n/common.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { deskWord } from "../i18n/terms.js";
import type { PageProps } from "../shared/boot.js";
import { movesReports } from "../shared/fold.js";
import { useHub, usePrefs } from "../shared/hooks.js";
import { LineBand, LineDot } from "../shared/line_band.js";
import { skipToMain } from "../shared/phone_frame.js";
import { setPrefs } from "../shared/prefs.js";
import { useRoute } from "../shared/route.js";
import { Settings } from "../shared/settings.js";
import { WrongPage } from "../shared/wrong_page.js";
import { type Desk, deskOf } from "./desk.js";
import { DrillForm } from "./drill_form.js";
import { Incidents } from "./incidents.js";
import { NoticesView } from "./notices_view.js";
import { isOpen, needsDecision } from "./order.js";
import { Ringing } from "./ringing.js";
import { ShiftButton } from "./shift.js";
import { SoundBar } from "./sound_bar.js";
import { Stations } from "./stations.js";

export function Console(props: PageProps) {
    const desk = deskOf(props.me);
    return desk && desk.kind !== "grid" ? (
        <DeskPage {...props} desk={desk} />
    ) : (
        <WrongPage home={props.me.home} />
    );
}

function DeskPage(props: PageProps & { desk: Desk }) {
    const { hub, me, map, desk } = props;
    useHub(hub);
    const { language } = usePrefs();
    const words = say(consoleWords);
    const [view = "incidents", id = ""] = useRoute();
    const ringing = useMemo(() => new Ringing(hub, desk, notify), [hub, desk]);
    const [, heard] = useState(false);
    useEffect(() => {
        const ring = ringing.now().size > 0;
        document.title = `${ring ? "● " : ""}${deskWord(desk.name, map)} · ${words.title}`;
    });
    useEffect(() => askAgainAfterMoves(hub), [hub]);
    useEffect(() => {
        const attended = () => hub.attended();
        const happenings = ["keydown", "pointerdown"] as const;
        for (const happening of happenings) {
            window.addEventListener(happening, attended);
        }
        return () => {
            for (const happening of happenings) {
                window.removeEventListener(happening, attended);
            }
        };
    }, [hub]);

    return (
        <div class="desk">
            <header class="desk-top">
                <button type="button" class="skip" onClick={skipToMain}>
                    {say(common).skip}
                </button>
                <span class="desk-name">
                    {deskWord(desk.name, map)} <small>{words.title}</small>
                </span>
                <Counts {...props} />
                <nav class="desk-views">
                    {(["incidents", "notices", "stations", "drill", "settings"] as const)
                        .filter(
                            (name) => (name !== "stations" && name !== "drill") || desk.mayIssue,
                        )
                        .map((name) => (
                            <a
                                key={name}
                                href={`#/${name}`}
                                aria-current={name === view ? "page" : undefined}
                            >
                                {words.views[name]}
                            </a>
                        ))}
                </nav>
                <LineDot hub={hub} />
                <ShiftButton hub={hub} person={me.person} />
                <span class="desk-person">
                    <bdi>{me.name}</bdi>
                </span>
                <button
                    type="button"
                    class="desk-language"
                    lang={language === "zh" ? "en" : "zh-CN"}
                    onClick={() => setPrefs({ language: language === "zh" ? "en" : "zh" })}
                >
                    {say(common).otherLanguage}
                </button>
            </header>
            <SoundBar ringing={ringing} onHeard={() => heard(true)} />
            <LineBand hub={hub} stern />
            <main id="main" class="desk-main" tabIndex={-1}>
                {view === "notices" ? (
                    <NoticesView {...props} desk={desk} />
                ) : view === "stations" && desk.mayIssue ? (
                    <Stations hub={hub} map={map} desk={desk} />
                ) : view === "drill" && desk.mayIssue ? (
                    <div class="desk-page">
                        <DrillForm key={map ? "map" : ""} hub={hub} map={map} desk={desk} />
                    </div>
                ) : view === "settings" ? (
                    <div class="desk-page">
                        <Settings hub={hub} me={me} map={map} duty={false} />
                    </div>
                ) : (
                    <Incidents {...props} desk={desk} ringing={ringing} chosen={id} />
                )}
            </main>
        </div>
    );
}

function Counts({ hub, desk }: PageProps & { desk: Desk }) {
    const words = say(consoleWords);
    let decide = 0;
    let open = 0;
    for (const incident of hub.fold.incidents.values()) {
        decide += needsDecision(desk, incident) ? 1 : 0;
        open += isOpen(incident) ? 1 : 0;
    }
    return (
        <p class="desk-counts" role="status">
            <span class={decide > 0 ? "count count-alarm" : "count"}>
                {words.needsDecision} <b>{decide}</b>
            </span>
            <span class="count">
                {words.openNow} <b>{open}</b>
            </span>
        </p>
    );
}

// After a merge or split the reports are elsewhere: ask for all of what is affected.
function askAgainAfterMoves(hub: PageProps["hub"]): () => void {
    const before = hub.onEntry;
    hub.onEntry = (entry) => {
        before(entry);
        if (entry.body.case === "event" && movesReports(entry.body.value)) {
            const { subject, others } = entry.body.value;
            const ids = others.map(({ id }) => id);
            for (const id of subject.case === "incident" ? [subject.value.id, ...ids] : ids) {
                hub.askIncident(id);
            }
        }
    };
    return () => {
        hub.onEntry = before;
    };
}

// Without content: whoever stands before the screen may not be who sits there.
function notify(): void {
    if (document.hidden && "Notification" in window && Notification.permission === "granted") {
        new Notification(say(consoleWords).notify, { tag: "tocsin" });
    }
}
