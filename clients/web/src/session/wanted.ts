// What a page asks to be told once: one incident, one notice, how long the steps took. Its parts are
// put together here.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import { type NoticeDetail, NoticeDetailSchema } from "../gen/tocsin/v1/notice_pb.js";
import type { ClientMessageSchema, Entry } from "../gen/tocsin/v1/session_pb.js";
import { merge } from "./rules.js";
import type { Happening, Instant, Wanted } from "./session_types.js";

type Request = NonNullable<MessageInitShape<typeof ClientMessageSchema>["request"]>;

/** A question that is not answered in full. */
export interface Question {
    what: Wanted;
    /** The incident's, the notice's or the station's. */
    id: string;
    requestId: bigint; // 0: not sent on this connection
    notBefore: Instant;
    incident?: Incident;
    notice?: NoticeDetail;
}

export function requestOf({ what, id }: Question): Request {
    switch (what) {
        case "incident":
            return { case: "getIncident", value: { incidentId: id } };
        case "notice":
            return { case: "getNotice", value: { noticeId: id } };
        case "stats":
            return { case: "getStats", value: { stationId: id } };
    }
}

/** The parts that came on a connection that is gone, or were refused, count for nothing. */
export function forgetParts(question: Question): void {
    delete question.incident;
    delete question.notice;
}

/** Takes a part of the answer. What the page is told, once it is whole. */
export function hearPart(question: Question, { body }: Entry): Happening | undefined {
    switch (body.case) {
        case "incidentDetail": {
            const { incident, last } = body.value;
            if (incident) {
                question.incident = merge(question.incident, incident);
            }
            return last && question.incident
                ? { what: "incident", incident: question.incident }
                : undefined;
        }
        case "noticeDetail":
            question.notice = mergeNotice(question.notice, body.value);
            return body.value.last ? { what: "notice", detail: question.notice } : undefined;
        case "stats":
            return { what: "stats", stats: body.value };
        default:
            return undefined;
    }
}

function mergeNotice(whole: NoticeDetail | undefined, part: NoticeDetail): NoticeDetail {
    const notice = part.notice ?? whole?.notice;
    const trail = new Map((whole?.trail ?? []).map((incident) => [incident.id, incident]));
    for (const incident of part.trail) {
        trail.set(incident.id, merge(trail.get(incident.id), incident));
    }
    return create(NoticeDetailSchema, {
        ...(notice && { notice }),
        trail: [...trail.values()],
        hasOlder: part.hasOlder || (whole?.hasOlder ?? false),
        last: part.last,
    });
}
