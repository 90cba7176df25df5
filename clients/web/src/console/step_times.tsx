// How long the steps took at each station: asked of the hub when this is opened, and once more on demand.

import { useEffect } from "preact/hooks";
import type { StepTimes } from "../gen/tocsin/v1/proof_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { kindWord, stationWord } from "../i18n/terms.js";
import { span } from "../i18n/times.js";
import { watchWords } from "../i18n/watch.js";
import type { DistrictMap } from "../shared/api.js";
import type { Hub } from "../shared/hub.js";
import { Button } from "../shared/ui.js";
import type { Desk } from "./desk.js";

interface StepTimesProps {
    hub: Hub;
    map: DistrictMap | undefined;
    desk: Desk;
}

export function StepTimesTable({ hub, map, desk }: StepTimesProps) {
    const words = say(watchWords);
    const station = desk.kind === "station" ? desk.scope : "";
    useEffect(() => hub.askStats(station), [hub, station]);
    const rows = hub.stats?.rows ?? [];
    return (
        <section class="step-times">
            <div class="desk-page-head">
                <h2>{words.stats}</h2>
                <Button onClick={() => hub.askStats(station)}>{words.refresh}</Button>
            </div>
            <p class="hint">{words.statsWords}</p>
            <div class="wide-table">
                <table class="stations">
                    <thead>
                        <tr>
                            <th scope="col">{say(consoleWords).station}</th>
                            <th scope="col">{words.statsKind}</th>
                            <th scope="col">{words.statsCount}</th>
                            {words.steps.map((step) => (
                                <th scope="col" key={step}>
                                    {step}
                                </th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.map((row) => (
                            <tr key={`${row.stationId} ${row.kind}`}>
                                <th scope="row">{stationWord(row.stationId, map)}</th>
                                <td>{kindWord(row.kind)}</td>
                                <td>{row.incidents}</td>
                                <Times of={row.storedToShown} />
                                <Times of={row.shownToAcknowledged} />
                                <Times of={row.acknowledgedToResponding} />
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </section>
    );
}

function Times({ of }: { of: StepTimes | undefined }) {
    const times = of && of.count > 0 ? [of.p50Ms, of.p95Ms, of.worstMs] : [];
    return <td>{times.map((ms) => span(Number(ms))).join(" / ") || "—"}</td>;
}
