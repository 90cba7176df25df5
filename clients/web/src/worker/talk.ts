// What a page and its worker say to each other.

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Refusal } from "../gen/tocsin/v1/error_pb.js";
import type { Event } from "../gen/tocsin/v1/event_pb.js";
import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import type { NoticeDetail } from "../gen/tocsin/v1/notice_pb.js";
import type { Stats } from "../gen/tocsin/v1/proof_pb.js";
import type { CommandSchema, Entry, Receipt } from "../gen/tocsin/v1/session_pb.js";
import type { Sight } from "../session/marks.js";
import type { Wanted } from "../session/session_types.js";
import type { FileItem, FollowDraft, OutboxView, ReportDraft } from "../shared/outbox_items.js";

export type CommandBody = NonNullable<MessageInitShape<typeof CommandSchema>["body"]>;

export interface Start {
    /** The person's id: what is kept belongs to it. */
    person: string;
    /** Keep incidents, notices and the cursor on this device, to be read without a connection. */
    keep: boolean;
    /** A desk: what comes is marked as delivered. */
    desk: boolean;
    /** How often a sign of life is wanted. */
    heartbeatMs: number;
}

export type ToWorker =
    | ({ do: "start" } & Start)
    | { do: "report"; key: string; draft: ReportDraft }
    | { do: "follow"; draft: FollowDraft; files: FileItem[] }
    | { do: "acknowledge"; noticeId: string; revision: number }
    | { do: "command"; tag: number; body: CommandBody }
    | { do: "ask"; what: Wanted; id: string }
    | { do: "shown"; sights: Sight[] }
    | { do: "attended" }
    | { do: "discard"; id: string }
    | { do: "hurry" }
    /** Forget everything that this device keeps of the person. */
    | { do: "forget" };

/** How the line to the hub is. */
export interface Line {
    state: "connecting" | "live" | "lost" | "ended";
    /** Since when, by this device's clock. */
    sinceMs: number;
    /** The hub's clock less this device's, milliseconds; undefined before the hub said it. */
    clockOffMs: number | undefined;
    /** The hub cannot store at the moment. */
    storeAway: boolean;
    /** When the hub was last heard, by this device's clock. */
    heardMs: number;
    /** Why it ended, for people who look after the hub. */
    why: string;
    /** It ended because this device is not let in (any more). */
    signedOut: boolean;
}

export type FromWorker =
    | { say: "line"; line: Line }
    /** What was kept from the last time. */
    | { say: "kept"; events: Event[] }
    | { say: "heard"; entries: Entry[] }
    | { say: "outbox"; outbox: OutboxView }
    | { say: "answered"; tag: number; receipt?: Receipt; refusal?: Refusal }
    | { say: "incident"; incident: Incident }
    | { say: "notice"; detail: NoticeDetail }
    | { say: "stats"; stats: Stats }
    /** This device keeps nothing: full, or forbidden. What is sent is sent all the same. */
    | { say: "storage"; broken: boolean }
    | { say: "forgotten" };
