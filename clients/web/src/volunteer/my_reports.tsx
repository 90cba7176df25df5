// My reports, the latest first, each with where it stands.

import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import { say } from "../i18n/language.js";
import { kindWord } from "../i18n/terms.js";
import { clock } from "../i18n/times.js";
import { volunteerWords } from "../i18n/volunteer.js";
import { chainOf, warningOf } from "../shared/chain.js";
import { useSeconds } from "../shared/hooks.js";
import type { Hub } from "../shared/hub.js";
import { allOfMine, type Mine } from "./reports_of_mine.js";

export function MyReports({ hub }: { hub: Hub }) {
    const words = say(volunteerWords);
    const mine = allOfMine(hub);
    return (
        <section class="block">
            <h1>{words.tabs.mine}</h1>
            {mine.length === 0 && <p class="empty">{words.noReports}</p>}
            <ul class="rows">
                {mine.map((each) => (
                    <ReportRow key={each.key} mine={each} />
                ))}
            </ul>
        </section>
    );
}

export function ReportRow({ mine }: { mine: Mine }) {
    useSeconds();
    const words = say(volunteerWords);
    const { item, incident } = mine;
    const kind = item?.draft.kind ?? incident?.kind ?? ReportKind.ASSIST;
    const reached = chainOf(item, incident).filter(({ atMs }) => atMs !== undefined);
    const step = reached[reached.length - 1]?.name ?? "waiting";
    const warning = warningOf(item, incident, Date.now());
    const text = item?.draft.text || incident?.text || "";
    return (
        <li>
            <a class={`row ${warning ? `row-${warning}` : ""}`} href={`#/mine/${mine.key}`}>
                <span class="row-main">
                    <b>{kindWord(kind)}</b> {text && <bdi class="row-text">{text}</bdi>}
                </span>
                <span class="row-side">
                    <span class={`tag tag-${warning === "refused" ? "refused" : step}`}>
                        {warning === "refused" ? words.followRefused : words.steps[step]}
                    </span>
                    <span class="row-time">{clock(mine.atMs)}</span>
                </span>
                {(warning === "fire_unseen" || warning === "not_confirmed") && (
                    <span class="row-warning">
                        {warning === "fire_unseen" ? words.fireUnseen : words.notConfirmed}
                    </span>
                )}
                {warning === "waiting_for_signal" && (
                    <span class="row-calm">{words.waitingForSignal}</span>
                )}
            </a>
        </li>
    );
}
