// How it stands with one person's acknowledgement of a notice: nothing that did not happen.

import type { Notice } from "../gen/tocsin/v1/notice_pb.js";
import type { AckItem } from "../shared/outbox_items.js";

export type Standing =
    /** Not of these words; `before`: when of earlier ones. */
    | { is: "open"; beforeMs?: number; refused?: string }
    | { is: "waiting" }
    /** `atMs`: when, where this device was told. */
    | { is: "done"; atMs?: number };

/** The hub knows, and what this device has sent and heard of since. */
export function standingOf(notice: Notice, person: string, acks: AckItem[]): Standing {
    const own = notice.acknowledgements.find(({ personId }) => personId === person);
    if (own && own.revision >= notice.revision) {
        return { is: "done", atMs: Number(own.timeMs) };
    }
    const sent = acks.filter(({ noticeId }) => noticeId === notice.id);
    const ofThese = sent.find(({ revision }) => revision >= notice.revision);
    if (ofThese?.state === "stored") {
        return { is: "done", ...(ofThese.storedMs && { atMs: ofThese.storedMs }) };
    }
    if (ofThese?.refusal?.code === "already_acknowledged") {
        return { is: "done" };
    }
    if (ofThese?.state === "waiting") {
        return { is: "waiting" };
    }
    const before = own
        ? Number(own.timeMs)
        : sent.find(({ state }) => state === "stored")?.storedMs;
    return {
        is: "open",
        ...(before !== undefined && { beforeMs: before }),
        ...(ofThese?.refusal && { refused: ofThese.refusal.code }),
    };
}
