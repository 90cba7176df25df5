// One incident in the list, with the clock that runs.

import { type Incident, IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { kindWord, stateWord, stationWord } from "../i18n/terms.js";
import { span } from "../i18n/times.js";
import type { DistrictMap } from "../shared/api.js";
import { areaPath } from "../shared/area_names.js";
import { DrillTag } from "../shared/drill.js";
import { useSeconds } from "../shared/hooks.js";
import type { Hub } from "../shared/hub.js";
import { type Desk, isOwn } from "./desk.js";
import { rowHeight } from "./list.js";
import { needsDecision } from "./order.js";

interface RowProps {
    hub: Hub;
    desk: Desk;
    map: DistrictMap | undefined;
    incident: Incident;
    position: number;
    count: number;
    isChosen: boolean;
    isRinging: boolean;
    /** Where the tabulator key stops. */
    isStop: boolean;
    onChoose: (id: string) => void;
}

export function IncidentRow(props: RowProps) {
    const { hub, desk, map, incident, position, isChosen, isRinging } = props;
    const words = say(consoleWords);
    const decide = needsDecision(desk, incident);
    const own = isOwn(desk, incident);
    const names = [
        "inc",
        incident.urgent ? "inc-urgent" : "inc-calm",
        decide && "inc-decide",
        isRinging && "inc-ringing",
        !own && "inc-neighbour",
        incident.drill && "inc-drill",
    ];
    return (
        <li
            class="inc-place"
            aria-setsize={props.count}
            aria-posinset={position + 1}
            ref={(element) => {
                element?.style.setProperty("transform", `translateY(${position * rowHeight}px)`);
            }}
        >
            <button
                type="button"
                id={`row-${incident.id}`}
                class={names.filter(Boolean).join(" ")}
                aria-current={isChosen}
                tabIndex={props.isStop ? 0 : -1}
                onClick={() => props.onChoose(incident.id)}
            >
                <span class="inc-head">
                    <b class="inc-kind">{kindWord(incident.kind)}</b>
                    <DrillTag incident={incident} />
                    {incident.urgent && !incident.drill && (
                        <span class="tag tag-urgent">{words.urgent}</span>
                    )}
                    {incident.escalations.length > 0 && own && decide ? (
                        <span class="tag tag-escalated">{words.escalatedTag}</span>
                    ) : (
                        <span class={`tag tag-state-${incident.state}`}>
                            {stateWord(incident.state)}
                        </span>
                    )}
                    <Age hub={hub} incident={incident} />
                </span>
                <bdi class="inc-text">{incident.text || words.noText}</bdi>
                <span class="inc-where">
                    {desk.kind === "station" && own
                        ? areaPath(map, incident.areaId)
                        : `${stationWord(incident.stationId, map)} · ${areaPath(map, incident.areaId)}`}
                    {incident.reportCount > 1 && ` · ${words.reports(incident.reportCount)}`}
                </span>
            </button>
        </li>
    );
}

/** How long it has been open; once closed, how long that took. */
function Age({ hub, incident }: { hub: Hub; incident: Incident }) {
    useSeconds();
    const closed = incident.state === IncidentState.RESOLVED;
    const until = closed ? Number(incident.updatedTimeMs) : hub.now();
    return <time class="inc-age">{span(until - Number(incident.openedTimeMs))}</time>;
}
