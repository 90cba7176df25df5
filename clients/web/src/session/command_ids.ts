// Ids of commands: UUID version 7, rising on each device, as the hub asks for them.

import type { Random } from "./backoff.js";

const sequences = 1 << 12;

/** What of it a device keeps, so that ids go on rising after a restart. */
export interface LastId {
    ms: number;
    sequence: number;
}

export class CommandIds {
    constructor(
        private readonly random: Random,
        private last: LastId = { ms: -1, sequence: 0 },
    ) {}

    /**
     * An id greater than the one before, also where the clock stands still or jumps back.
     * `wallMs` is milliseconds since 1970 UTC. 36 characters, lower case.
     */
    next(wallMs: number): string {
        if (wallMs > this.last.ms) {
            // Half of the range is left to count in.
            this.last = { ms: wallMs, sequence: this.random(sequences / 2) };
        } else if (this.last.sequence + 1 === sequences) {
            this.last = { ms: this.last.ms + 1, sequence: 0 };
        } else {
            this.last = { ms: this.last.ms, sequence: this.last.sequence + 1 };
        }
        const time = hex(this.last.ms, 12);
        const variant = (8 + this.random(4)).toString(16);
        return [
            time.slice(0, 8),
            time.slice(8),
            `7${hex(this.last.sequence, 3)}`,
            variant + hex(this.random(2 ** 12), 3),
            hex(this.random(2 ** 24), 6) + hex(this.random(2 ** 24), 6),
        ].join("-");
    }

    get state(): LastId {
        return this.last;
    }
}

function hex(value: number, digits: number): string {
    return value.toString(16).padStart(digits, "0");
}
