// What stands above what in the list: what needs a decision now, then what is urgent, then what
// has waited longest.

import { type Incident, IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { type Desk, hasAcknowledged, isOwn } from "./desk.js";

export type Filter = "open" | "decide" | "under_way" | "closed";

export function isOpen({ state }: Incident): boolean {
    return state !== IncidentState.RESOLVED && state !== IncidentState.MERGED;
}

/** The desk has not taken it. */
export function needsDecision(desk: Desk, incident: Incident): boolean {
    return isOpen(incident) && isOwn(desk, incident) && !hasAcknowledged(desk, incident);
}

// Smaller is further up.
function rank(desk: Desk, incident: Incident): number {
    if (!isOpen(incident)) {
        return 9;
    }
    if (!isOwn(desk, incident)) {
        return incident.urgent ? 5 : 6;
    }
    const decide = needsDecision(desk, incident);
    if (incident.urgent) {
        return decide ? 0 : 2;
    }
    return decide ? 1 : incident.state === IncidentState.RESPONDING ? 4 : 3;
}

export function fits(filter: Filter, desk: Desk, incident: Incident): boolean {
    switch (filter) {
        case "decide":
            return needsDecision(desk, incident);
        case "under_way":
            return isOpen(incident) && isOwn(desk, incident) && !needsDecision(desk, incident);
        case "closed":
            return incident.state === IncidentState.RESOLVED;
        default:
            return isOpen(incident);
    }
}

export function ordered(incidents: Iterable<Incident>, filter: Filter, desk: Desk): Incident[] {
    const chosen = [...incidents].filter((incident) => fits(filter, desk, incident));
    if (filter === "closed") {
        return chosen.sort((a, b) => Number(b.updatedTimeMs - a.updatedTimeMs));
    }
    const ranks = new Map(chosen.map((incident) => [incident.id, rank(desk, incident)]));
    return chosen.sort(
        (a, b) =>
            (ranks.get(a.id) ?? 9) - (ranks.get(b.id) ?? 9) ||
            Number(a.openedTimeMs - b.openedTimeMs) ||
            (a.id < b.id ? -1 : 1),
    );
}
