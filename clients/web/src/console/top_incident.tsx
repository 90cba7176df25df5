// What needs a decision now, largest on the page.

import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { kindWord, stationWord } from "../i18n/terms.js";
import { span } from "../i18n/times.js";
import type { DistrictMap } from "../shared/api.js";
import { areaPath } from "../shared/area_names.js";
import { DrillBand } from "../shared/drill.js";
import { useSeconds } from "../shared/hooks.js";
import type { Hub } from "../shared/hub.js";
import { useInView } from "../shared/in_view.js";
import { Button } from "../shared/ui.js";
import type { Desk } from "./desk.js";
import { escalationWords, latestOf } from "./escalations.js";

interface TopIncidentProps {
    hub: Hub;
    map: DistrictMap | undefined;
    desk: Desk;
    incident: Incident;
    isRinging: boolean;
    onTake: () => void;
    onOpen: () => void;
}

export function TopIncident(props: TopIncidentProps) {
    const { hub, map, desk, incident, isRinging, onTake, onOpen } = props;
    useSeconds();
    const words = say(consoleWords);
    useInView(hub, [incident]);
    const tone = incident.drill ? "first-drill" : incident.urgent ? "first-urgent" : "";
    const waits = span(hub.now() - Number(incident.openedTimeMs));
    return (
        <article class={`first ${tone} ${isRinging ? "first-rings" : ""}`}>
            <DrillBand incident={incident} />
            <h2 class="first-head">
                <span class="first-kind">{kindWord(incident.kind)}</span>
                <time class="first-age">{words.since(waits)}</time>
            </h2>
            <bdi class="first-text">{incident.text || words.noText}</bdi>
            <p class="first-where">
                {desk.kind !== "station" && `${stationWord(incident.stationId, map)} · `}
                {areaPath(map, incident.areaId)}
            </p>
            {incident.escalations.length > 0 && (
                <p class="first-escalated">{escalationWords(latestOf(incident), map)}</p>
            )}
            <div class="first-buttons">
                <Button class="first-take" onClick={onTake}>
                    {words.acknowledge} <kbd>F2</kbd>
                </Button>
                <Button class="first-open" onClick={onOpen}>
                    {words.detail}
                </Button>
            </div>
        </article>
    );
}
