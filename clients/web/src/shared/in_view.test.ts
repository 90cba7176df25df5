import { expect, test } from "vitest";
import { InView } from "./in_view.js";

const sights = (...ids: string[]) => ids.map((id) => ({ id, turns: 0, reports: 1 }));

test("a second on end is shown, a second in pieces is not", () => {
    const view = new InView();
    expect(view.look(sights("a", "b"), 0)).toEqual([]);
    expect(view.look(sights("a"), 600)).toEqual([]);
    expect(view.look(sights("a", "b"), 1_000)).toEqual(sights("a"));
    expect(view.look(sights("b"), 1_600)).toEqual([]);
    expect(view.look(sights("b"), 2_000)).toEqual(sights("b"));
});

test("a hidden page begins anew", () => {
    const view = new InView();
    view.look(sights("a"), 0);
    view.look([], 500);
    expect(view.look(sights("a"), 1_000)).toEqual([]);
    expect(view.look(sights("a"), 2_000)).toEqual(sights("a"));
});

test("what is opened again or handed over begins anew", () => {
    const view = new InView();
    view.look(sights("a"), 0);
    const again = [{ id: "a", turns: 1, reports: 1 }];
    expect(view.look(again, 1_000)).toEqual([]);
    expect(view.look(again, 1_900)).toEqual([]);
    expect(view.look(again, 2_000)).toEqual(again);
});

test("what somebody else reports, too, begins anew", () => {
    const view = new InView();
    view.look(sights("a"), 0);
    const joined = [{ id: "a", turns: 0, reports: 2 }];
    expect(view.look(joined, 1_000)).toEqual([]);
    expect(view.look(joined, 2_000)).toEqual(joined);
});
