// The reports of one person: those of this device, and those that the hub tells of.

import { type Incident, IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import type { Hub } from "../shared/hub.js";
import type { ReportItem } from "../shared/outbox_items.js";

const clocksMayDifferMs = 60_000;

export interface Mine {
    /** What the page calls it: the item's key, or the incident's id. */
    key: string;
    item: ReportItem | undefined;
    incident: Incident | undefined;
    atMs: number;
}

/** The latest first. */
export function allOfMine(hub: Hub): Mine[] {
    const known = new Set<string>();
    const mine: Mine[] = hub.outbox.reports.map((item) => {
        const incidentId = item.receipt?.incidentId ?? "";
        known.add(incidentId);
        const incident = hub.fold.incidents.get(incidentId);
        return { key: item.key, item, incident, atMs: item.madeMs };
    });
    for (const incident of hub.fold.incidents.values()) {
        if (!hub.options.isStaff && !known.has(incident.id) && !isSentJustNow(hub, incident)) {
            const atMs = Number(incident.openedTimeMs);
            mine.push({ key: incident.id, item: undefined, incident, atMs });
        }
    }
    return mine.sort((a, b) => b.atMs - a.atMs);
}

// The hub tells of a report as soon as it has it, and that may be before its receipt is written down
// here: until then it is the one that waits, and not another.
function isSentJustNow({ outbox, line }: Hub, { kind, text, openedTimeMs }: Incident): boolean {
    return outbox.reports.some(
        ({ state, draft, madeMs }) =>
            state === "waiting" &&
            draft.kind === kind &&
            draft.text === text &&
            Number(openedTimeMs) > madeMs + (line.clockOffMs ?? 0) - clocksMayDifferMs,
    );
}

export function isOver({ item, incident }: Mine): boolean {
    return item?.closedMs !== undefined || incident?.state === IncidentState.RESOLVED;
}

export function openItems(hub: Hub): Mine[] {
    return allOfMine(hub).filter((mine) => !isOver(mine));
}
