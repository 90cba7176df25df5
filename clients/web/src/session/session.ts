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

import { fromBinary } from "@bufbuild/protobuf";
import type { Cursor, Event } from "../gen/tocsin/v1/event_pb.js";
import {
    type Command,
    type Entry,
    type Goodbye,
    ServerMessageSchema,
    type Welcome,
} from "../gen/tocsin/v1/session_pb.js";
import { Backoff, type Random } from "./backoff.js";
import { Marks, type Sight, sightOf } from "./marks.js";
import { Position } from "./position.js";
import { Requests } from "./requests.js";
import { isFinal } from "./rules.js";
import type {
    Action,
    Closed,
    Happening,
    Instant,
    SessionOptions,
    Subscription,
    Wanted,
} from "./session_types.js";

type Stage = "idle" | "waiting" | "opening" | "open" | "welcomed" | "ended";

export class Session {
    private stage: Stage = "idle";
    private readonly backoff: Backoff;
    private position = new Position();

    private welcomedAt: Instant = 0;
    private reconnectAt: Instant = 0;
    private silentUntil: Instant = 0; // the hub is given up then
    private heartbeatMs = 0;
    private goodbye: Goodbye | undefined;

    private readonly actions: Action[] = [];
    private readonly happenings: Happening[] = [];
    private readonly requests = new Requests(this.actions, this.happenings);
    private readonly marks = new Marks();

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
        this.requests.subscribe(wish);
        this.pump(now);
    }

    /** The command must have its id. It is sent after those submitted before it. */
    submit(command: Command, now: Instant): void {
        this.requests.submit(command);
        this.pump(now);
    }

    /** `id`: the incident's, the notice's, or the station's (empty: all that one may ask about). */
    ask(what: Wanted, id: string, now: Instant): void {
        this.requests.ask(what, id);
        this.pump(now);
    }

    /** These incidents came to this page or, `shown`, were before somebody's eyes. */
    mark(sights: Sight[], shown: boolean, now: Instant): void {
        for (const sight of sights) {
            this.marks.mark(sight, shown);
        }
        this.pump(now);
    }

    /** A key was pressed, or something clicked. */
    attended(now: Instant): void {
        this.marks.attended(now);
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
                return Math.min(this.silentUntil, ...this.requests.retries(), ...this.markWakes());
            default:
                return undefined;
        }
    }

    /** Commands without an answer yet, oldest first. */
    unanswered(): Command[] {
        return this.requests.unanswered();
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
                if (!this.requests.hearSubscribed(requestId)) {
                    break;
                }
                if (body.value.heartbeatMs > 0) {
                    this.heartbeatMs = body.value.heartbeatMs;
                    this.silentUntil = now + this.silenceAllowed();
                }
                this.position.onSubscribed(body.value);
                this.tell(entry);
                break;
            case "event":
                if (this.requests.subscribed) {
                    this.position.onEvent(body.value);
                    this.hearTurns([body.value]);
                    this.tell(entry);
                }
                break;
            case "snapshot":
                if (this.requests.subscribed) {
                    this.position.onSnapshot(body.value);
                    this.hearTurns(body.value.states);
                    this.tell(entry);
                }
                break;
            case "reset":
                if (this.requests.subscribed) {
                    this.position.onReset();
                    this.tell(entry);
                }
                break;
            case "heartbeat":
                if (this.requests.subscribed) {
                    this.position.onHeartbeat(body.value);
                    this.marks.caughtUp();
                }
                this.tell(entry);
                break;
            case "goodbye":
                this.goodbye = body.value;
                this.tell(entry);
                break;
            case "receipt":
                if (this.requests.hearReceipt(requestId)) {
                    this.happenings.push({ what: "stored", receipt: body.value });
                }
                break;
            case "refusal":
                if (requestId !== 0n) {
                    this.requests.hearRefusal(requestId, body.value, now);
                } // else of a frame that was no request; the close that follows tells
                break;
            case "incidentDetail":
            case "noticeDetail":
            case "stats":
                this.requests.hearAnswer(entry);
                break;
            default: // a pong, or of a later version
                break;
        }
    }

    private hearTurns(events: Event[]): void {
        for (const { subject } of events) {
            if (subject.case === "incident") {
                this.marks.heard(sightOf(subject.value));
            }
        }
    }

    private hearWelcome(welcome: Welcome, now: Instant): void {
        this.stage = "welcomed";
        this.welcomedAt = now;
        this.heartbeatMs = welcome.heartbeatMs > 0 ? welcome.heartbeatMs : 30_000;
        this.silentUntil = now + this.silenceAllowed();
        const { requests } = this;
        requests.mostUnanswered = welcome.limits?.unansweredRequests || requests.mostUnanswered;
        requests.mostBytes = welcome.limits?.messageBytes || requests.mostBytes;
    }

    private tell(entry: Entry): void {
        this.happenings.push({ what: "heard", entry, cursor: this.position.cursor });
    }

    // --- what the machine says ---

    private pump(now: Instant): void {
        if (this.stage === "welcomed" && !this.goodbye) {
            this.requests.pump(this.position.cursor, now);
            if (this.requests.subscribed) {
                for (const request of this.marks.take(now)) {
                    this.requests.say(request);
                }
            }
        }
    }

    private lose(closed: Closed, now: Instant): void {
        const wasSettled =
            this.stage === "welcomed" && now - this.welcomedAt >= this.options.settledAfterMs;
        const goodbye = this.goodbye;
        this.goodbye = undefined;
        this.requests.forgetConnection();
        this.marks.forgetConnection();
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

    private markWakes(): Instant[] {
        return this.requests.subscribed ? this.marks.wakes() : [];
    }

    private silenceAllowed(): number {
        return this.heartbeatMs * 2.5; // until the second is missed, and half of one for the way
    }
}
