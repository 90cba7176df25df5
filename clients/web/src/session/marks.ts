// What a desk's page proves: which incidents came to it, which were before somebody's eyes, and
// that somebody is there. Never answered; said again on the next connection.

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { ClientMessageSchema } from "../gen/tocsin/v1/session_pb.js";
import type { Instant } from "./session_types.js";

type Request = NonNullable<MessageInitShape<typeof ClientMessageSchema>["request"]>;

// What is said again after a reconnect: more than a desk handles in the time that a hub takes to
// die.
const marksKept = 512;
const marksAtOnce = 256;
const marksEveryMs = 200;
const attendedEveryMs = 10_000;
const anyTime: Instant = Number.NEGATIVE_INFINITY;

interface Marked {
    id: string;
    shown: boolean;
    isSent: boolean;
}

export class Marks {
    private marks: Marked[] = [];
    private marksNotBefore = anyTime;
    private attendedAt: Instant | undefined;
    private attendedIsSaid = true;
    private attendedNotBefore = anyTime;

    mark(id: string, shown: boolean): void {
        // Shown says delivered too.
        if (!this.marks.some((mark) => mark.id === id && (mark.shown || !shown))) {
            this.marks.push({ id, shown, isSent: false });
            this.marks = this.marks.slice(-marksKept);
        }
    }

    attended(now: Instant): void {
        this.attendedAt = now;
        this.attendedIsSaid = false;
    }

    /** What may be said now. */
    take(now: Instant): Request[] {
        const requests: Request[] = [];
        const unsent = this.marks.filter(({ isSent }) => !isSent).slice(0, marksAtOnce);
        if (unsent.length > 0 && now >= this.marksNotBefore) {
            this.marksNotBefore = now + marksEveryMs;
            const ids = (shown: boolean) =>
                unsent.filter((mark) => mark.shown === shown).map(({ id }) => id);
            const value = { deliveredIncidentIds: ids(false), shownIncidentIds: ids(true) };
            requests.push({ case: "mark", value });
            for (const mark of unsent) {
                mark.isSent = true;
            }
        }
        if (this.mayAttend() && now >= this.attendedNotBefore) {
            this.attendedIsSaid = true;
            this.attendedNotBefore = now + attendedEveryMs;
            const agoMs = BigInt(Math.max(0, Math.round(now - (this.attendedAt ?? now))));
            requests.push({ case: "attended", value: { agoMs } });
        }
        return requests;
    }

    /** When there is more to say. */
    wakes(): Instant[] {
        const wakes: Instant[] = [];
        if (this.marks.some(({ isSent }) => !isSent)) {
            wakes.push(this.marksNotBefore);
        }
        if (this.mayAttend()) {
            wakes.push(this.attendedNotBefore);
        }
        return wakes.filter((wake) => wake !== anyTime);
    }

    forgetConnection(): void {
        for (const mark of this.marks) {
            mark.isSent = false;
        }
        this.marksNotBefore = anyTime;
        this.attendedIsSaid = this.attendedAt === undefined;
        this.attendedNotBefore = anyTime;
    }

    private mayAttend(): boolean {
        return !this.attendedIsSaid && this.attendedAt !== undefined;
    }
}
