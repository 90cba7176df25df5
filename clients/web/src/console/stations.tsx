// The bureau's view of its stations: what nobody took, and for how long.

import { IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { consoleWords } from "../i18n/console.js";
import { named, say } from "../i18n/language.js";
import { span } from "../i18n/times.js";
import type { DistrictMap } from "../shared/api.js";
import { useSeconds } from "../shared/hooks.js";
import type { Hub } from "../shared/hub.js";
import type { Desk } from "./desk.js";
import { isOpen } from "./order.js";
import { StepTimesTable } from "./step_times.js";

interface Row {
    id: string;
    name: string;
    open: number;
    unacknowledged: number;
    /** Since when the oldest of them waits, milliseconds since 1970 UTC. */
    since: number;
}

export function stationRows(hub: Hub, map: DistrictMap | undefined): Row[] {
    const rows = new Map<string, Row>();
    for (const station of map?.stations ?? []) {
        const name = named(station);
        rows.set(station.id, { id: station.id, name, open: 0, unacknowledged: 0, since: 0 });
    }
    for (const incident of hub.fold.incidents.values()) {
        const row = rows.get(incident.stationId);
        if (!row || !isOpen(incident) || incident.drill) {
            continue;
        }
        row.open += 1;
        if (incident.state === IncidentState.OPEN) {
            const since = Number(incident.openedTimeMs);
            row.unacknowledged += 1;
            row.since = row.since === 0 ? since : Math.min(row.since, since);
        }
    }
    return [...rows.values()].sort(
        (a, b) => b.unacknowledged - a.unacknowledged || b.open - a.open,
    );
}

export function Stations({
    hub,
    map,
    desk,
}: {
    hub: Hub;
    map: DistrictMap | undefined;
    desk: Desk;
}) {
    useSeconds();
    const words = say(consoleWords);
    return (
        <div class="desk-page">
            <h1>{words.stationsTitle}</h1>
            <table class="stations">
                <thead>
                    <tr>
                        <th scope="col">{words.station}</th>
                        <th scope="col">{words.unacknowledged}</th>
                        <th scope="col">{words.longest}</th>
                        <th scope="col">{words.openNow}</th>
                    </tr>
                </thead>
                <tbody>
                    {stationRows(hub, map)
                        .filter(({ id }) => desk.kind === "bureau" || id === desk.scope)
                        .map((row) => (
                            <tr
                                key={row.id}
                                class={row.unacknowledged > 0 ? "stations-waiting" : ""}
                            >
                                <th scope="row">{row.name}</th>
                                <td>{row.unacknowledged}</td>
                                <td>{row.since > 0 ? span(hub.now() - row.since) : "—"}</td>
                                <td>{row.open}</td>
                            </tr>
                        ))}
                </tbody>
            </table>
            <StepTimesTable hub={hub} map={map} desk={desk} />
        </div>
    );
}
