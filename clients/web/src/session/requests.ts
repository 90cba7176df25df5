// The requests of a session: which wait, which are sent and unanswered, and what may go out now.

import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { type Refusal, RefusalSchema } from "../gen/tocsin/v1/error_pb.js";
import type { Cursor } from "../gen/tocsin/v1/event_pb.js";
import { ClientMessageSchema, type Command, type Entry } from "../gen/tocsin/v1/session_pb.js";
import type { Action, Happening, Instant, Subscription, Wanted } from "./session_types.js";
import { forgetParts, hearPart, type Question, requestOf } from "./wanted.js";

interface Outgoing {
    command: Command;
    requestId: bigint; // 0: not sent on this connection
    notBefore: Instant;
}

type Request = NonNullable<MessageInitShape<typeof ClientMessageSchema>["request"]>;

const anyTime: Instant = Number.NEGATIVE_INFINITY;

/** Pushes what is to be sent and told into its owner's lists. */
export class Requests {
    mostUnanswered = 32;
    mostBytes = 65_536;
    /** What the hub sends belongs to the wish. */
    subscribed = false;

    private last = 0n;
    private unansweredRequests = 0;
    private wish: Subscription | undefined;
    private subscribeRequest = 0n; // 0: to be sent
    private subscribeNotBefore = anyTime;
    private outbox: Outgoing[] = [];
    private wanted: Question[] = [];

    constructor(
        private readonly actions: Action[],
        private readonly happenings: Happening[],
    ) {}

    subscribe(wish: Subscription): void {
        this.wish = wish;
        this.subscribeRequest = 0n;
        this.subscribed = false;
        this.subscribeNotBefore = anyTime;
    }

    submit(command: Command): void {
        this.outbox.push({ command, requestId: 0n, notBefore: anyTime });
    }

    ask(what: Wanted, id: string): void {
        this.wanted.push({ what, id, requestId: 0n, notBefore: anyTime });
    }

    /** Commands without an answer yet, oldest first. */
    unanswered(): Command[] {
        return this.outbox.map((outgoing) => outgoing.command);
    }

    // --- answers ---

    /** False: it answers a subscription that was replaced meanwhile. */
    hearSubscribed(requestId: bigint): boolean {
        if (requestId !== 0n) {
            this.unansweredRequests -= 1;
            if (requestId !== this.subscribeRequest) {
                return false;
            }
            this.subscribed = true;
        }
        return true;
    }

    /** False: it answers no command that waits. */
    hearReceipt(requestId: bigint): boolean {
        return requestId !== 0n && this.answered(this.outbox, requestId);
    }

    hearRefusal(requestId: bigint, refusal: Refusal, now: Instant): void {
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
                forgetParts(wanted);
            }
        } else if (outgoing && this.answered(this.outbox, requestId)) {
            const id = outgoing.command.id;
            this.happenings.push({ what: "refused", request: "command", id, refusal });
        } else if (wanted && this.answered(this.wanted, requestId)) {
            const { what: request, id } = wanted;
            this.happenings.push({ what: "refused", request, id, refusal });
        } else {
            this.unansweredRequests -= 1; // of a subscription that was replaced
        }
    }

    hearAnswer(entry: Entry): void {
        const { requestId } = entry;
        const wanted = this.wanted.find((each) => each.requestId === requestId);
        const whole = requestId !== 0n && wanted && hearPart(wanted, entry);
        if (whole && this.answered(this.wanted, requestId)) {
            this.happenings.push(whole);
        }
    }

    // --- sending ---

    /**
     * The subscription first, then commands in order, as far as the hub lets requests stand
     * unanswered.
     */
    pump(cursor: Cursor | undefined, now: Instant): void {
        if (
            this.wish &&
            this.subscribeRequest === 0n &&
            this.subscribeNotBefore <= now &&
            this.hasRoom()
        ) {
            const { channels = [], heartbeatMs = 0, noSnapshot = false } = this.wish;
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
                wanted.requestId = this.send(requestOf(wanted));
            }
        }
    }

    /** When something that was put off may go out. */
    retries(): Instant[] {
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

    /** What was sent on the connection that is gone goes out again on the next. */
    forgetConnection(): void {
        this.unansweredRequests = 0;
        this.subscribeRequest = 0n;
        this.subscribed = false;
        this.subscribeNotBefore = anyTime;
        for (const waiting of [...this.outbox, ...this.wanted]) {
            waiting.requestId = 0n;
            waiting.notBefore = anyTime;
        }
        for (const wanted of this.wanted) {
            forgetParts(wanted);
        }
    }

    /** What is never answered, and does not count as unanswered. */
    say(request: Request): void {
        this.last += 1n;
        const message = create(ClientMessageSchema, { requestId: this.last, request });
        this.actions.push({ do: "send", message, bytes: toBinary(ClientMessageSchema, message) });
    }

    private hasRoom(): boolean {
        return this.unansweredRequests < this.mostUnanswered;
    }

    private send(request: Request): bigint {
        this.last += 1n;
        this.unansweredRequests += 1;
        const message = create(ClientMessageSchema, { requestId: this.last, request });
        this.actions.push({ do: "send", message, bytes: toBinary(ClientMessageSchema, message) });
        return this.last;
    }

    // Sent, it would cost the connection, and every other command on it, again and again.
    private refusedAsTooLong(outgoing: Outgoing): boolean {
        const { command } = outgoing;
        const message = create(ClientMessageSchema, {
            requestId: this.last + 1n,
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
}
