import { expect, test } from "vitest";
import { CommandIds } from "./command_ids.js";

const form = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The same numbers in each run. */
function seeded(): (bound: number) => number {
    let state = 1;
    return (bound) => {
        state = (state * 48_271) % 0x7fffffff;
        return Math.floor((state / 0x7fffffff) * bound);
    };
}

test("ids rise, also where the clock stands still or jumps back", () => {
    const ids = new CommandIds(seeded());
    const clock = [1_000, 1_000, 999, 5, 1_001, ...Array<number>(10_000).fill(1_001)];
    const made = clock.map((now) => ids.next(now));
    for (const id of made) {
        expect(id).toMatch(form);
    }
    expect([...made].sort()).toEqual(made);
    expect(new Set(made).size).toBe(made.length);
});

test("ids begin with the time, and go on rising from what was kept", () => {
    const ids = new CommandIds(() => 0);
    const first = ids.next(0x0123456789ab);
    expect(first.slice(0, 13)).toBe("01234567-89ab");
    const later = new CommandIds(() => 0, ids.state);
    expect(later.next(7) > first).toBe(true);
});
