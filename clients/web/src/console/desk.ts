// Which desk a person sits at, and what the role may do there. The hub decides; the page only does
// not offer what would be refused.

import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import type { Me } from "../shared/api.js";

export interface Desk {
    /** `station/<id>`, `fire`, `bureau` or `grid/<id>`, as in Acknowledgement. */
    name: string;
    /** The station's or grid's area; empty for the others. */
    scope: string;
    kind: "station" | "fire" | "bureau" | "grid";
    mayResolve: boolean;
    /** Merge, split, hand over, reopen, rate, ask: an officer's. */
    mayDirect: boolean;
    mayIssue: boolean;
    mayIssueMissing: boolean;
}

const roles: Record<string, Omit<Desk, "name" | "scope">> = {
    ROLE_LIAISON: desk("station", true, true, true, true),
    ROLE_OFFICER: desk("station", true, true, true, false),
    ROLE_BUREAU: desk("bureau", true, true, true, false),
    ROLE_FIRE_DESK: desk("fire", true, false, false, false),
    ROLE_AUXILIARY: desk("station", false, false, false, false),
    ROLE_GRID_WORKER: desk("grid", true, false, false, false),
};

function desk(
    kind: Desk["kind"],
    mayResolve: boolean,
    mayDirect: boolean,
    mayIssue: boolean,
    mayIssueMissing: boolean,
): Omit<Desk, "name" | "scope"> {
    return { kind, mayResolve, mayDirect, mayIssue, mayIssueMissing };
}

/** The weightiest of a person's desks; undefined: none. */
export function deskOf(me: Me): Desk | undefined {
    for (const [role, rights] of Object.entries(roles)) {
        const grant = me.grants.find((each) => each.role === role);
        if (grant) {
            const scope = grant.scope_id ?? "";
            const { kind } = rights;
            const name = kind === "station" || kind === "grid" ? `${kind}/${scope}` : kind;
            return { ...rights, scope, name };
        }
    }
    return undefined;
}

/** The desk answers for it; what else it sees is a neighbour's. */
export function isOwn(desk: Desk, incident: Incident): boolean {
    switch (desk.kind) {
        case "station":
            return incident.stationId === desk.scope;
        case "fire":
            return incident.kind === ReportKind.FIRE;
        case "grid":
            return incident.kind === ReportKind.HAZARD || incident.kind === ReportKind.DISPUTE;
        default:
            return true;
    }
}

type Counting = { desk: string; lapsedTimeMs: bigint };

const counts = (name: string) => (each: Counting) => each.desk === name && each.lapsedTimeMs === 0n;

export function hasAcknowledged({ name }: Desk, incident: Incident): boolean {
    return incident.acknowledgements.some(counts(name));
}

export function hasResponded({ name }: Desk, incident: Incident): boolean {
    return incident.responses.some(counts(name));
}
