// What a desk's page proves: which incidents came to it, which were before somebody's eyes, and
// that somebody is there. Never answered; said again on the next connection. What was so before an
// incident was opened again or handed over, or another report came, is not said of it afterwards.

import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import type { ClientMessageSchema } from "../gen/tocsin/v1/session_pb.js";
import type { Instant } from "./session_types.js";

type Request = NonNullable<MessageInitShape<typeof ClientMessageSchema>["request"]>;

// What is said again after a reconnect: more than a desk handles in the time that a hub takes to
// die.
const marksKept = 512;
const turnsKept = 4_096;
const marksAtOnce = 256;
const marksEveryMs = 200;
const attendedEveryMs = 10_000;
const anyTime: Instant = Number.NEGATIVE_INFINITY;

/** An incident as it was when it came, or was before somebody's eyes. */
export interface Sight {
    id: string;
    /** How often it had been opened again or handed over by then. */
    turns: number;
    /** How many reports it had by then; at least 1. */
    reports: number;
}

export function sightOf(incident: Incident): Sight {
    return {
        id: incident.id,
        turns: incident.reopenings.length + incident.handOvers.length,
        reports: Math.max(1, incident.reportCount),
    };
}

interface Marked extends Sight {
    shown: boolean;
    /** On this connection. */
    isSent: boolean;
    /** On an earlier one. */
    wasSent: boolean;
}

export class Marks {
    private marks: Marked[] = [];
    /** As last heard of, but for those with nothing but one report. */
    private readonly latest = new Map<string, { turns: number; reports: number }>();
    private hasCaughtUp = false;
    private marksNotBefore = anyTime;
    private attendedAt: Instant | undefined;
    private attendedIsSaid = true;
    private attendedNotBefore = anyTime;

    mark(sight: Sight, shown: boolean): void {
        this.heard(sight);
        const { id } = sight;
        // Shown says delivered too.
        if (
            !this.isLate(sight) &&
            !this.marks.some((mark) => mark.id === id && (mark.shown || !shown))
        ) {
            this.marks.push({ ...sight, shown, isSent: false, wasSent: false });
            this.marks = this.marks.slice(-marksKept);
        }
    }

    /** The hub told of it. */
    heard({ id, turns, reports }: Sight): void {
        const before = this.latest.get(id) ?? { turns: 0, reports: 1 };
        if (turns > before.turns || reports > before.reports) {
            this.marks = this.marks.filter((mark) => mark.id !== id);
        } else if (turns < before.turns || reports === before.reports) {
            return;
        }
        // Reports can also become fewer: a later one is then news again.
        this.latest.set(id, { turns: Math.max(turns, before.turns), reports });
        for (const oldest of [...this.latest.keys()].slice(0, -turnsKept)) {
            this.latest.delete(oldest);
        }
    }

    private isLate({ id, turns }: Sight): boolean {
        return turns < (this.latest.get(id)?.turns ?? 0);
    }

    /** All that happened while there was no connection was heard. */
    caughtUp(): void {
        this.hasCaughtUp = true;
    }

    attended(now: Instant): void {
        this.attendedAt = now;
        this.attendedIsSaid = false;
    }

    /** What may be said now. */
    take(now: Instant): Request[] {
        const requests: Request[] = [];
        const unsent = this.marks.filter((mark) => this.maySay(mark)).slice(0, marksAtOnce);
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
        if (this.marks.some((mark) => this.maySay(mark))) {
            wakes.push(this.marksNotBefore);
        }
        if (this.mayAttend()) {
            wakes.push(this.attendedNotBefore);
        }
        return wakes.filter((wake) => wake !== anyTime);
    }

    forgetConnection(): void {
        for (const mark of this.marks) {
            mark.wasSent ||= mark.isSent;
            mark.isSent = false;
        }
        this.hasCaughtUp = false;
        this.marksNotBefore = anyTime;
        this.attendedIsSaid = this.attendedAt === undefined;
        this.attendedNotBefore = anyTime;
    }

    /** What is said again waits until it is known whether it still holds. */
    private maySay(mark: Marked): boolean {
        return !mark.isSent && (!mark.wasSent || this.hasCaughtUp);
    }

    private mayAttend(): boolean {
        return !this.attendedIsSaid && this.attendedAt !== undefined;
    }
}
