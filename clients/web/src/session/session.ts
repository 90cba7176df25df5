// What a page says to the hub and hears from it, over as many connections as it takes: a state
// machine without I/O, clock or timer. Its driver tells it what happened and what time it is,
// performs the actions that it hands out, and wakes it when it asks. The same machine as the C++
// client's; both run the scripts in tests/scripts/client_session.
//
//   - A command stays in the outbox until it is answered. After a reconnect it goes out again with
//     the same id, in the same order, so that the hub stores it once. Refused with a time to retry,
//     it waits and goes out again.
//   - The subscription is renewed after a reconnect from where it had come.
//   - A hub that is silent for two heartbeats is given up.

import { create, fromBinary, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type Refusal, RefusalSchema } from "../gen/tocsin/v1/error_pb.js";
import type { Cursor } from "../gen/tocsin/v1/event_pb.js";
import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import {
    type ClientMessage,
    ClientMessageSchema,
    type Command,
    type Entry,
    type Goodbye,
    GoodbyeReason,
    type Receipt,
    ServerMessageSchema,
    type Welcome,
} from "../gen/tocsin/v1/session_pb.js";
import { Backoff, type Random } from "./backoff.js";
import { Position } from "./position.js";

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
    /** A request was refused for good; `id` is the command's or the incident's. */
    | {
          what: "refused";
          request: "command" | "subscription" | "incident";
          id: string;
          refusal: Refusal;
      }
    /** A request was refused for now; it goes out again by itself. */
    | { what: "postponed"; refusal: Refusal; retryInMs: number }
    /** The answer to getIncident, its parts put together. */
    | { what: "incident"; incident: Incident }
    /** The connection is gone, or could not be made; the next attempt comes by itself. */
    | { what: "lost"; closed: Closed; retryInMs: number }
    /** The session is over: trying again would not help. */
    | { what: "ended"; closed: Closed };

interface Outgoing {
    command: Command;
    requestId: bigint; // 0: not sent on this connection
    notBefore: Instant;
}

interface Wanted {
    incidentId: string;
    whole: Incident | undefined;
    requestId: bigint;
    notBefore: Instant;
}

type Stage = "idle" | "waiting" | "opening" | "open" | "welcomed" | "ended";
type Request = NonNullable<MessageInitShape<typeof ClientMessageSchema>["request"]>;

// Close codes from here on say: do not come back (docs/protocol.md).
const firstFinalCloseCode = 4500;
const messageTooBig = 1009;
const anyTime: Instant = Number.NEGATIVE_INFINITY;

export class Session {
    private stage: Stage = "idle";
    private readonly backoff: Backoff;
    private lastRequestId = 0n;
    private unansweredRequests = 0;

    private wish: Subscription | undefined;
    private subscribeRequest = 0n; // 0: to be sent
    private subscribed = false; // what the hub sends belongs to the wish
    private subscribeNotBefore = anyTime;
    private position = new Position();
    private outbox: Outgoing[] = [];
    private wanted: Wanted[] = [];

    private welcomedAt: Instant = 0;
    private reconnectAt: Instant = 0;
    private silentUntil: Instant = 0; // the hub is given up then
    private heartbeatMs = 0;
    private mostUnanswered = 32;
    private mostBytes = 65_536;
    private goodbye: Goodbye | undefined;

    private actions: Action[] = [];
    private happenings: Happening[] = [];

    constructor(
        private readonly options: SessionOptions,
        private readonly random: Random,
    ) {
        this.backoff = new Backoff(options.backoffBaseMs, options.backoffCapMs);
    }

    // --- what the program wants ---

    start(now: Instant): void {
        if (this.stage === "idle") {
            this.stage = "opening";
            this.reconnectAt = now;
            this.actions.push({ do: "open" });
        }
    }

    /** Replaces the subscription as a whole. */
    subscribe(wish: Subscription, now: Instant): void {
        this.position = new Position(wish.cursor);
        this.wish = wish;
        this.subscribeRequest = 0n;
        this.subscribed = false;
        this.subscribeNotBefore = anyTime;
        this.pump(now);
    }

    /** The command must have its id. It is sent after those submitted before it. */
    submit(command: Command, now: Instant): void {
        this.outbox.push({ command, requestId: 0n, notBefore: anyTime });
        this.pump(now);
    }

    getIncident(incidentId: string, now: Instant): void {
        this.wanted.push({ incidentId, whole: undefined, requestId: 0n, notBefore: anyTime });
        this.pump(now);
    }

    /** Tries at once instead of waiting: the person asked, or the network is said to be back. */
    hurry(now: Instant): void {
        if (this.stage === "waiting") {
            this.reconnectAt = now;
            this.onTime(now);
        }
    }

    // --- what the driver tells ---

    onOpen(now: Instant): void {
        if (this.stage === "opening") {
            this.stage = "open";
            this.silentUntil = now + this.options.welcomeWithinMs;
        }
    }

    onMessage(bytes: Uint8Array, now: Instant): void {
        if (this.stage !== "open" && this.stage !== "welcomed") {
            return;
        }
        let entries: Entry[];
        try {
            entries = fromBinary(ServerMessageSchema, bytes).entries;
        } catch {
            this.actions.push({ do: "abandon" });
            this.lose({ why: "the hub sent something that is not a message of tocsin.v1" }, now);
            return;
        }
        if (this.stage === "welcomed") {
            this.silentUntil = now + this.silenceAllowed();
        }
        for (const entry of entries) {
            this.hear(entry, now);
        }
        this.pump(now);
    }

    onClosed(closed: Closed, now: Instant): void {
        if (this.stage === "opening" || this.stage === "open" || this.stage === "welcomed") {
            this.lose(closed, now);
        }
    }

    onTime(now: Instant): void {
        if (this.stage === "waiting" && now >= this.reconnectAt) {
            this.stage = "opening";
            this.actions.push({ do: "open" });
        } else if (this.stage === "open" && now >= this.silentUntil) {
            this.actions.push({ do: "abandon" });
            this.lose({ why: "the hub said no welcome" }, now);
        } else if (this.stage === "welcomed") {
            if (now >= this.silentUntil) {
                this.actions.push({ do: "abandon" });
                this.lose({ why: "the hub missed two heartbeats" }, now);
            } else {
                this.pump(now);
            }
        }
    }

    // --- what the driver asks, after each of the above ---

    takeActions(): Action[] {
        return this.actions.splice(0);
    }

    takeHappenings(): Happening[] {
        return this.happenings.splice(0);
    }

    /** When to call onTime at the latest. Nothing: no need. */
    wakeAt(): Instant | undefined {
        switch (this.stage) {
            case "waiting":
                return this.reconnectAt;
            case "open":
                return this.silentUntil;
            case "welcomed":
                return Math.min(this.silentUntil, ...this.retries());
            default:
                return undefined;
        }
    }

    /** Commands without an answer yet, oldest first. */
    unanswered(): Command[] {
        return this.outbox.map((outgoing) => outgoing.command);
    }

    cursor(): Cursor | undefined {
        return this.position.cursor;
    }

    /** The hub said welcome on the connection that stands now. */
    get isWelcomed(): boolean {
        return this.stage === "welcomed";
    }

    get hasEnded(): boolean {
        return this.stage === "ended";
    }

    // --- what the hub says ---

    private hear(entry: Entry, now: Instant): void {
        const { requestId, body } = entry;
        switch (body.case) {
            case "welcome":
                this.hearWelcome(body.value, now);
                this.tell(entry);
                break;
            case "subscribed":
                if (requestId !== 0n) {
                    this.unansweredRequests -= 1;
                    if (requestId !== this.subscribeRequest) {
                        break; // answers a subscription that was replaced meanwhile
                    }
                    this.subscribed = true;
                }
                if (body.value.heartbeatMs > 0) {
                    this.heartbeatMs = body.value.heartbeatMs;
                    this.silentUntil = now + this.silenceAllowed();
                }
                this.position.onSubscribed(body.value);
                this.tell(entry);
                break;
            case "event":
                if (this.subscribed) {
                    this.position.onEvent(body.value);
                    this.tell(entry);
                }
                break;
            case "snapshot":
                if (this.subscribed) {
                    this.position.onSnapshot(body.value);
                    this.tell(entry);
                }
                break;
            case "reset":
                if (this.subscribed) {
                    this.position.onReset();
                    this.tell(entry);
                }
                break;
            case "heartbeat":
                if (this.subscribed) {
                    this.position.onHeartbeat(body.value);
                }
                this.tell(entry);
                break;
            case "goodbye":
                this.goodbye = body.value;
                this.tell(entry);
                break;
            case "receipt":
                if (requestId !== 0n && this.answered(this.outbox, requestId)) {
                    this.happenings.push({ what: "stored", receipt: body.value });
                }
                break;
            case "refusal":
                if (requestId !== 0n) {
                    this.hearRefusal(requestId, body.value, now);
                } // else of a frame that was no request; the close that follows tells
                break;
            case "incidentDetail":
                this.hearDetail(requestId, body.value.incident, body.value.last);
                break;
            default: // a pong, or of a later version
                break;
        }
    }

    private hearWelcome(welcome: Welcome, now: Instant): void {
        this.stage = "welcomed";
        this.welcomedAt = now;
        this.heartbeatMs = welcome.heartbeatMs > 0 ? welcome.heartbeatMs : 30_000;
        this.silentUntil = now + this.silenceAllowed();
        this.mostUnanswered = welcome.limits?.unansweredRequests || this.mostUnanswered;
        this.mostBytes = welcome.limits?.messageBytes || this.mostBytes;
    }

    private hearRefusal(requestId: bigint, refusal: Refusal, now: Instant): void {
        const retryInMs = refusal.retryAfterMs;
        const again = retryInMs > 0;
        if (again) {
            this.happenings.push({ what: "postponed", refusal, retryInMs });
        }
        if (requestId === this.subscribeRequest) {
            this.unansweredRequests -= 1;
            this.subscribeRequest = 0n;
            this.subscribeNotBefore = now + retryInMs;
            if (!again) {
                this.wish = undefined;
                this.happenings.push({ what: "refused", request: "subscription", id: "", refusal });
            }
            return;
        }
        const outgoing = this.outbox.find((each) => each.requestId === requestId);
        const wanted = this.wanted.find((each) => each.requestId === requestId);
        if (again) {
            this.unansweredRequests -= 1;
            for (const waiting of [outgoing, wanted]) {
                if (waiting) {
                    waiting.requestId = 0n;
                    waiting.notBefore = now + retryInMs;
                }
            }
            if (wanted) {
                wanted.whole = undefined;
            }
        } else if (outgoing && this.answered(this.outbox, requestId)) {
            const id = outgoing.command.id;
            this.happenings.push({ what: "refused", request: "command", id, refusal });
        } else if (wanted && this.answered(this.wanted, requestId)) {
            const id = wanted.incidentId;
            this.happenings.push({ what: "refused", request: "incident", id, refusal });
        } else {
            this.unansweredRequests -= 1; // of a subscription that was replaced
        }
    }

    private hearDetail(requestId: bigint, part: Incident | undefined, last: boolean): void {
        const wanted = this.wanted.find((each) => each.requestId === requestId);
        if (requestId === 0n || !wanted || !part) {
            return;
        }
        wanted.whole = merge(wanted.whole, part);
        if (last && this.answered(this.wanted, requestId)) {
            this.happenings.push({ what: "incident", incident: wanted.whole });
        }
    }

    private tell(entry: Entry): void {
        this.happenings.push({ what: "heard", entry, cursor: this.position.cursor });
    }

    /** Takes what was answered out of the list. False where nothing there bears the id. */
    private answered(list: { requestId: bigint }[], requestId: bigint): boolean {
        const at = list.findIndex((each) => each.requestId === requestId);
        if (at < 0) {
            return false;
        }
        list.splice(at, 1);
        this.unansweredRequests -= 1;
        return true;
    }

    // --- what the machine says ---

    // The subscription first, then commands in order, as far as the hub lets requests stand
    // unanswered.
    private pump(now: Instant): void {
        if (this.stage !== "welcomed" || this.goodbye) {
            return;
        }
        if (
            this.wish &&
            this.subscribeRequest === 0n &&
            this.subscribeNotBefore <= now &&
            this.hasRoom()
        ) {
            const { channels = [], heartbeatMs = 0, noSnapshot = false } = this.wish;
            const cursor = this.position.cursor;
            const value = { channels, heartbeatMs, noSnapshot, ...(cursor && { cursor }) };
            this.subscribeRequest = this.send({ case: "subscribe", value });
            this.subscribed = false;
        }
        for (const outgoing of [...this.outbox]) {
            if (!this.hasRoom() || (outgoing.requestId === 0n && outgoing.notBefore > now)) {
                break; // what was submitted later must not overtake it
            }
            if (outgoing.requestId === 0n && !this.refusedAsTooLong(outgoing)) {
                outgoing.requestId = this.send({ case: "command", value: outgoing.command });
            }
        }
        for (const wanted of this.wanted) {
            if (wanted.requestId === 0n && wanted.notBefore <= now && this.hasRoom()) {
                const value = { incidentId: wanted.incidentId };
                wanted.requestId = this.send({ case: "getIncident", value });
            }
        }
    }

    private hasRoom(): boolean {
        return this.unansweredRequests < this.mostUnanswered;
    }

    private send(request: Request): bigint {
        this.lastRequestId += 1n;
        this.unansweredRequests += 1;
        const message = create(ClientMessageSchema, { requestId: this.lastRequestId, request });
        this.actions.push({ do: "send", message, bytes: toBinary(ClientMessageSchema, message) });
        return this.lastRequestId;
    }

    // Sent, it would cost the connection, and every other command on it, again and again.
    private refusedAsTooLong(outgoing: Outgoing): boolean {
        const { command } = outgoing;
        const message = create(ClientMessageSchema, {
            requestId: this.lastRequestId + 1n,
            request: { case: "command", value: command },
        });
        const bytes = toBinary(ClientMessageSchema, message).length;
        if (bytes <= this.mostBytes) {
            return false;
        }
        const refusal = create(RefusalSchema, {
            code: command.body.case === "putArea" ? "too_many" : "text_too_long",
            field: "command",
            message: `The command is ${bytes} bytes long; the hub reads ${this.mostBytes}.`,
        });
        this.outbox = this.outbox.filter((each) => each !== outgoing);
        this.happenings.push({ what: "refused", request: "command", id: command.id, refusal });
        return true;
    }

    private lose(closed: Closed, now: Instant): void {
        const wasSettled =
            this.stage === "welcomed" && now - this.welcomedAt >= this.options.settledAfterMs;
        const goodbye = this.goodbye;
        this.forgetConnection();
        if (isFinal(closed, goodbye)) {
            this.stage = "ended";
            this.happenings.push({ what: "ended", closed });
            return;
        }
        if (wasSettled) {
            this.backoff.reset();
        }
        let retryInMs = this.backoff.next(this.random);
        if (goodbye && goodbye.retryAfterMs > 0) {
            retryInMs = goodbye.retryAfterMs; // already spread by the hub
        } else if (closed.refusal) {
            retryInMs += closed.refusal.retryAfterMs;
        }
        this.stage = "waiting";
        this.reconnectAt = now + retryInMs;
        this.happenings.push({ what: "lost", closed, retryInMs });
    }

    private forgetConnection(): void {
        this.goodbye = undefined;
        this.unansweredRequests = 0;
        this.subscribeRequest = 0n;
        this.subscribed = false;
        this.subscribeNotBefore = anyTime;
        for (const waiting of [...this.outbox, ...this.wanted]) {
            waiting.requestId = 0n;
            waiting.notBefore = anyTime;
        }
        for (const wanted of this.wanted) {
            wanted.whole = undefined;
        }
    }

    private silenceAllowed(): number {
        return this.heartbeatMs * 2.5; // until the second is missed, and half of one for the way
    }

    private retries(): Instant[] {
        const times = this.wanted
            .filter((wanted) => wanted.requestId === 0n)
            .map((wanted) => wanted.notBefore);
        const next = this.outbox.find((outgoing) => outgoing.requestId === 0n);
        if (next) {
            times.push(next.notBefore);
        }
        if (this.wish && this.subscribeRequest === 0n) {
            times.push(this.subscribeNotBefore);
        }
        return times.filter((time) => time !== anyTime);
    }
}

function isFinal(closed: Closed, goodbye: Goodbye | undefined): boolean {
    const { hopeless = false, closeCode = 0, httpStatus = 0 } = closed;
    if (hopeless || closeCode >= firstFinalCloseCode || closeCode === messageTooBig) {
        return true;
    }
    if (httpStatus !== 0) {
        // 5xx and 429 pass; whatever else a server says to the upgrade, it will say again.
        return httpStatus < 500 && httpStatus !== 429;
    }
    return (
        goodbye !== undefined &&
        goodbye.retryAfterMs === 0 &&
        (goodbye.reason === GoodbyeReason.REVOKED || goodbye.reason === GoodbyeReason.PROTOCOL)
    );
}

/**
 * Puts the parts of one incident together: pages of a snapshot, parts of a detail. A lower version
 * is ignored.
 */
export function merge(whole: Incident | undefined, part: Incident): Incident {
    if (!whole || part.version > whole.version) {
        return part;
    }
    if (part.version === whole.version) {
        return { ...whole, reports: [...whole.reports, ...part.reports] };
    }
    return whole;
}
