// What a desk does, as commands. Each resolves once it is on the hub's disk.

import type { Incident, Outcome, Severity } from "../gen/tocsin/v1/incident_pb.js";
import type { Notice } from "../gen/tocsin/v1/notice_pb.js";
import type { Hub } from "../shared/hub.js";

export const acknowledge = (hub: Hub, { id }: Incident) =>
    hub.command({ case: "acknowledgeIncident", value: { incidentId: id } });

export const respond = (hub: Hub, { id }: Incident) =>
    hub.command({ case: "respondIncident", value: { incidentId: id } });

export const resolve = (hub: Hub, { id }: Incident, outcome: Outcome, note: string) =>
    hub.command({ case: "resolveIncident", value: { incidentId: id, outcome, note } });

export const addNote = (hub: Hub, { id }: Incident, text: string, forNeighbours: boolean) =>
    hub.command({ case: "addNote", value: { incidentId: id, text, forNeighbours } });

/** Empty: nobody any more. */
export const assign = (hub: Hub, { id, version }: Incident, personId: string) =>
    hub.command({
        case: "assignIncident",
        value: { incidentId: id, personId, seenVersion: version },
    });

export const rate = (hub: Hub, { id, version }: Incident, severity: Severity) =>
    hub.command({
        case: "setSeverity",
        value: { incidentId: id, severity, seenVersion: version },
    });

export const handOver = (hub: Hub, { id }: Incident, stationId: string, text: string) =>
    hub.command({ case: "handOverIncident", value: { incidentId: id, stationId, text } });

export const reopen = (hub: Hub, { id }: Incident, text: string) =>
    hub.command({ case: "reopenIncident", value: { incidentId: id, text } });

export const merge = (hub: Hub, incidentId: string, intoIncidentId: string) =>
    hub.command({ case: "mergeIncident", value: { incidentId, intoIncidentId } });

export const unmerge = (hub: Hub, { id }: Incident) =>
    hub.command({ case: "unmergeIncident", value: { incidentId: id } });

/** These reports are about something else. */
export const split = (hub: Hub, { id }: Incident, reportIds: string[]) =>
    hub.command({ case: "splitIncident", value: { incidentId: id, reportIds } });

export const ask = (
    hub: Hub,
    { id }: Incident,
    reportId: string,
    question: { text: string } | { questionId: string },
) => hub.command({ case: "askReporter", value: { incidentId: id, reportId, ...question } });

/** Of the version that was read: another one meanwhile is refused. */
export const releaseNotice = (hub: Hub, { id, version }: Notice) =>
    hub.command({ case: "releaseNotice", value: { noticeId: id, version } });

/** Time 0: as it was. */
export interface Correction {
    text: string;
    reason: string;
    untilTimeMs: bigint;
    identifiesPerson?: boolean;
    caseNumber?: string;
}

export const correctNotice = (hub: Hub, { id, version }: Notice, change: Correction) =>
    hub.command({ case: "correctNotice", value: { ...change, noticeId: id, version } });

export const withdrawNotice = (hub: Hub, { id }: Notice, reason: string) =>
    hub.command({ case: "withdrawNotice", value: { noticeId: id, reason } });
