// What became of a report, and what its sender must be told. Nothing is said that did not happen.

import { type Incident, IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import type { ReportItem } from "./outbox_items.js";

export type StepName = "waiting" | "stored" | "shown" | "acknowledged" | "responding" | "resolved";

export interface Step {
    name: StepName;
    /** When it happened, milliseconds since 1970 UTC; 0: before this report came, which is not told; undefined: not yet. */
    atMs: number | undefined;
}

const first = (times: { timeMs: bigint; lapsedTimeMs: bigint }[]): number | undefined => {
    const counting = times.filter(({ lapsedTimeMs }) => lapsedTimeMs === 0n);
    const told = counting.filter(({ timeMs }) => timeMs > 0n);
    if (told.length === 0) {
        return counting.length > 0 ? 0 : undefined;
    }
    return Math.min(...told.map((t) => Number(t.timeMs)));
};

/** Of a report of this device, of an incident that the hub tells of, or of both. */
export function chainOf(item: ReportItem | undefined, incident: Incident | undefined): Step[] {
    const stored =
        item?.receipt?.storedMs ?? (incident ? Number(incident.openedTimeMs) : undefined);
    const resolved =
        incident?.state === IncidentState.RESOLVED && incident.resolution
            ? Number(incident.resolution.timeMs)
            : undefined;
    return [
        { name: "waiting", atMs: item?.madeMs ?? stored },
        { name: "stored", atMs: stored },
        { name: "shown", atMs: Number(incident?.shownTimeMs ?? 0n) || undefined },
        { name: "acknowledged", atMs: first(incident?.acknowledgements ?? []) },
        { name: "responding", atMs: first(incident?.responses ?? []) },
        { name: "resolved", atMs: resolved },
    ];
}

export type Warning =
    /** A fire that no fire-desk console has shown: call 119. */
    | "fire_unseen"
    /** Urgent, and not on the hub's disk after a while: call 119 or 110. */
    | "not_confirmed"
    /** Calm, and not sent yet. */
    | "waiting_for_signal"
    | "refused";

export const confirmWithinMs = 15_000;

export function warningOf(
    item: ReportItem | undefined,
    incident: Incident | undefined,
    nowMs: number,
): Warning | undefined {
    if (item?.state === "refused") {
        return "refused";
    }
    const isFire = (incident?.kind ?? item?.draft.kind) === ReportKind.FIRE;
    const waits = item?.state === "waiting" && nowMs - item.madeMs >= confirmWithinMs;
    if (waits && isUrgent(item)) {
        return "not_confirmed";
    }
    if (isFire && incident?.state !== IncidentState.RESOLVED && !fireDeskHasSeen(incident)) {
        return "fire_unseen";
    }
    return waits ? "waiting_for_signal" : undefined;
}

export function isUrgent({ draft }: ReportItem): boolean {
    return draft.urgent || draft.smellOfGas || draft.kind === ReportKind.FIRE;
}

/** A fire-desk console has shown it on a visible page. */
export function fireDeskHasSeen(incident: Incident | undefined): boolean {
    return incident !== undefined && incident.fireDeskShownTimeMs > 0n;
}
