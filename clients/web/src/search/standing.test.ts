import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { type Notice, NoticeSchema } from "../gen/tocsin/v1/notice_pb.js";
import type { AckItem } from "../shared/outbox_items.js";
import { standingOf } from "./standing.js";

const notice = (revision: number, ownRevision = 0): Notice =>
    create(NoticeSchema, {
        id: "n",
        revision,
        acknowledgements: [
            { personId: "other", name: "O", timeMs: 1n, revision },
            ...(ownRevision > 0
                ? [{ personId: "me", name: "M", timeMs: 70n, revision: ownRevision }]
                : []),
        ],
    });

const ack = (change: Partial<AckItem>): AckItem => ({
    id: "c",
    owner: "tab",
    madeMs: 5,
    noticeId: "n",
    revision: 1,
    command: new Uint8Array(),
    state: "waiting",
    ...change,
});

const refused = (code: string) =>
    ack({ state: "refused", refusal: { code, field: "command.acknowledge_notice.notice_id" } });

test.each([
    ["nothing was done", notice(1), [], { is: "open" }],
    ["what waits is not said to be done", notice(1), [ack({})], { is: "waiting" }],
    [
        "stored, and the hub has not told yet",
        notice(1),
        [ack({ state: "stored", storedMs: 60 })],
        { is: "done", atMs: 60 },
    ],
    ["the hub tells", notice(1, 1), [], { is: "done", atMs: 70 }],
    ["told of on another device", notice(2, 2), [ack({})], { is: "done", atMs: 70 }],
    ["corrected since", notice(2, 1), [], { is: "open", beforeMs: 70 }],
    [
        "corrected since, as far as this device knows",
        notice(2),
        [ack({ state: "stored", storedMs: 60 })],
        { is: "open", beforeMs: 60 },
    ],
    ["waits, of an earlier text", notice(2), [ack({})], { is: "open" }],
    ["again, of the new text", notice(2, 1), [ack({ revision: 2 })], { is: "waiting" }],
    ["refused", notice(1), [refused("wrong_state")], { is: "open", refused: "wrong_state" }],
    ["by another device before", notice(1), [refused("already_acknowledged")], { is: "done" }],
    ["another notice's", notice(1), [ack({ noticeId: "x" })], { is: "open" }],
] as const)("%s", (_, of, acks, expected) => {
    expect(standingOf(of, "me", [...acks])).toEqual(expected);
});
