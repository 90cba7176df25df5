// What goes into the session machine and comes out of it.

import type { Refusal } from "../gen/tocsin/v1/error_pb.js";
import type { Cursor } from "../gen/tocsin/v1/event_pb.js";
import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import type { NoticeDetail } from "../gen/tocsin/v1/notice_pb.js";
import type { Stats } from "../gen/tocsin/v1/proof_pb.js";
import type { ClientMessage, Entry, Receipt } from "../gen/tocsin/v1/session_pb.js";

/** Milliseconds of a clock that never jumps, such as performance.now(). */
export type Instant = number;

export interface SessionOptions {
    backoffBaseMs: number;
    backoffCapMs: number;
    /** From the opening to the hub's welcome. */
    welcomeWithinMs: number;
    /** A connection that lived for so long counts as a success: the next wait is short again. */
    settledAfterMs: number;
}

export const usualOptions: SessionOptions = {
    backoffBaseMs: 250,
    backoffCapMs: 2_000,
    welcomeWithinMs: 10_000,
    settledAfterMs: 5_000,
};

/** What to receive. */
export interface Subscription {
    /** Empty: all that the person may see, following the role. */
    channels?: string[];
    /** Where to go on. */
    cursor?: Cursor;
    /** 0: as the hub has it. */
    heartbeatMs?: number;
    noSnapshot?: boolean;
}

/** What the driver must do, in order. `open`: every older connection is done with. */
export type Action =
    | { do: "open" }
    | { do: "send"; message: ClientMessage; bytes: Uint8Array }
    | { do: "abandon" };

/** What can be asked about, beside commands. */
export type Wanted = "incident" | "notice" | "stats";

/** How a connection ended, or why there was none. */
export interface Closed {
    why: string;
    closeCode?: number;
    httpStatus?: number;
    refusal?: Refusal;
    /** It would be the same again. */
    hopeless?: boolean;
}

/** What the program is told, in order. */
export type Happening =
    /** The hub said something that answers no command; the cursor is as of after it. */
    | { what: "heard"; entry: Entry; cursor: Cursor | undefined }
    /** A command is on disk. */
    | { what: "stored"; receipt: Receipt }
    /** A request was refused for good; `id` is the command's, the incident's, the notice's or the station's. */
    | {
          what: "refused";
          request: "command" | "subscription" | Wanted;
          id: string;
          refusal: Refusal;
      }
    /** A request was refused for now; it goes out again by itself. */
    | { what: "postponed"; refusal: Refusal; retryInMs: number }
    /** All about one incident, its parts put together. */
    | { what: "incident"; incident: Incident }
    /** One notice and what came in for it, its parts put together; of the trail one entry an incident. */
    | { what: "notice"; detail: NoticeDetail }
    /** How long the steps took. */
    | { what: "stats"; stats: Stats }
    /** The connection is gone, or could not be made; the next attempt comes by itself. */
    | { what: "lost"; closed: Closed; retryInMs: number }
    /** The session is over: trying again would not help. */
    | { what: "ended"; closed: Closed };
