// How long to wait before the next attempt: exponential, with full jitter, so that clients thrown
// out together do not come back together.

/** Gives an integer from 0 up to, not including, the bound. */
export type Random = (bound: number) => number;

/** Random integers from the browser's own source. */
export const systemRandom: Random = (bound) => {
    const words = crypto.getRandomValues(new Uint32Array(2));
    // 53 bits: as many as a number holds.
    const fraction = ((words[0] ?? 0) * 2 ** 21 + ((words[1] ?? 0) >>> 11)) / 2 ** 53;
    return Math.floor(fraction * bound);
};

export class Backoff {
    private attempts = 0;

    constructor(
        private readonly baseMs: number,
        private readonly capMs: number,
    ) {}

    /** Evenly between 0 and base * 2^n, at most the cap; n rises with each call. */
    next(random: Random): number {
        const ceiling = Math.min(this.capMs, this.baseMs * 2 ** Math.min(this.attempts, 20));
        this.attempts += 1;
        return random(Math.max(ceiling, 0) + 1);
    }

    reset(): void {
        this.attempts = 0;
    }
}
