import { expect, test } from "vitest";
import { InView } from "./in_view.js";

test("a second on end is shown, a second in pieces is not", () => {
    const view = new InView();
    expect(view.look(["a", "b"], 0)).toEqual([]);
    expect(view.look(["a"], 600)).toEqual([]);
    expect(view.look(["a", "b"], 1_000)).toEqual(["a"]);
    expect(view.look(["b"], 1_600)).toEqual([]);
    expect(view.look(["b"], 2_000)).toEqual(["b"]);
});

test("a hidden page begins anew", () => {
    const view = new InView();
    view.look(["a"], 0);
    view.look([], 500);
    expect(view.look(["a"], 1_000)).toEqual([]);
    expect(view.look(["a"], 2_000)).toEqual(["a"]);
});
