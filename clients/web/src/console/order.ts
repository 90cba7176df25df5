// What stands above what in the list: what needs a decision now, then what is urgent, then what
// has waited longest.

import { type Incident, IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { type Desk, hasAcknowledged, isOwn } from "./desk.js";

export type Filter = "open" | "decide" | "under_way" | "closed";

export function isOpen({ state }: Incident): boolean {
    return state !== IncidentState.RESOLVED && state !== IncidentState.MERGED;
}

/**
 * The desk has not taken it. The bureau, which sees all, is asked for what no station has, and for
 * what came up to it: until the station does something after all.
 */
export function needsDecision(desk: Desk, incident: Incident): boolean {
    return (
        isOpen(incident) &&
        isOwn(desk, incident) &&
        !hasAcknowledged(desk, incident) &&
        (desk.kind !== "bureau" || incident.stationId === "" || isUpToBureau(incident))
    );
}

function isUpToBureau({ escalations, acknowledgements, responses }: Incident): boolean {
    const latest = (times: bigint[]) => Math.max(0, ...times.map(Number));
    const told = escalations.filter(({ desks }) => desks.includes("bureau"));
    const done = [...acknowledgements, ...responses].filter(({ lapsedTimeMs }) => !lapsedTimeMs);
    return latest(told.map((each) => each.latestTimeMs)) > latest(done.map((each) => each.timeMs));
}

// Smaller is further up.
function rank(desk: Desk, incident: Incident): number {
    if (!isOpen(incident)) {
        return 9;
    }
    if (!isOwn(desk, incident)) {
        return incident.urgent ? 5 : 6;
    }
    return ownRank(desk, incident) + (incident.drill ? 0.5 : 0);
}

function ownRank(desk: Desk, incident: Incident): number {
    const decide = needsDecision(desk, incident);
    if (incident.urgent) {
        return decide ? 0 : 2;
    }
    return decide ? 1 : incident.state === IncidentState.RESPONDING ? 4 : 3;
}

// What a station has not taken yet is under way for nobody.
function isUnderWay(desk: Desk, incident: Incident): boolean {
    return (
        isOpen(incident) &&
        isOwn(desk, incident) &&
        !needsDecision(desk, incident) &&
        (desk.kind !== "bureau" || incident.state !== IncidentState.OPEN)
    );
}

export function fits(filter: Filter, desk: Desk, incident: Incident): boolean {
    switch (filter) {
        case "decide":
            return needsDecision(desk, incident);
        case "under_way":
            return isUnderWay(desk, incident);
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
