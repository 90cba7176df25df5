import { expect, test } from "vitest";
import { Marks } from "./marks.js";

const sight = (id: string, turns = 0, reports = 1) => ({ id, turns, reports });

const marked = (marks: Marks, now: number) =>
    marks.take(now).map((request) => (request.case === "mark" ? request.value : request.case));

test("each is said once, several together, shown after delivered and never the other way", () => {
    const marks = new Marks();
    marks.mark(sight("a"), false);
    marks.mark(sight("b"), false);
    marks.mark(sight("a"), false);
    expect(marked(marks, 0)).toEqual([{ deliveredIncidentIds: ["a", "b"], shownIncidentIds: [] }]);
    marks.mark(sight("a"), true);
    marks.mark(sight("a"), false);
    expect(marks.wakes()).toEqual([200]);
    expect(marked(marks, 100)).toEqual([]);
    expect(marked(marks, 200)).toEqual([{ deliveredIncidentIds: [], shownIncidentIds: ["a"] }]);
    expect(marks.wakes()).toEqual([]);
});

test("at most 256 at once; the rest follows", () => {
    const marks = new Marks();
    for (let i = 0; i < 300; i += 1) {
        marks.mark(sight(`i${i}`), true);
    }
    const count = (now: number) =>
        marks
            .take(now)
            .flatMap((each) => (each.case === "mark" ? (each.value.shownIncidentIds ?? []) : []));
    expect(count(0).length).toBe(256);
    expect(count(200).length).toBe(44);
});

test("all of it is said again on the next connection, when all that happened was heard", () => {
    const marks = new Marks();
    marks.mark(sight("a"), true);
    marks.attended(5);
    expect(marks.take(5).length).toBe(2);
    expect(marks.take(1_000)).toEqual([]);
    marks.forgetConnection();
    marks.mark(sight("b"), true);
    expect(marked(marks, 2_000)[0]).toEqual({ deliveredIncidentIds: [], shownIncidentIds: ["b"] });
    expect(marks.wakes()).toEqual([]);
    marks.forgetConnection();
    marks.caughtUp();
    expect(marks.take(20_005)).toEqual([
        { case: "mark", value: { deliveredIncidentIds: [], shownIncidentIds: ["a", "b"] } },
        { case: "attended", value: { agoMs: 20_000n } },
    ]);
});

test("of what was opened again or handed over nothing of before is said, and all of it anew", () => {
    const marks = new Marks();
    marks.mark(sight("a"), true);
    expect(marked(marks, 0).length).toBe(1);
    marks.forgetConnection();
    marks.heard(sight("a", 1));
    marks.caughtUp();
    marks.mark(sight("a"), true);
    expect(marks.take(1_000)).toEqual([]);
    marks.mark(sight("a", 1), true);
    marks.mark(sight("a", 1), true);
    expect(marked(marks, 2_000)).toEqual([{ deliveredIncidentIds: [], shownIncidentIds: ["a"] }]);
    expect(marks.take(3_000)).toEqual([]);
});

test("what another report came to is shown anew, also after one went away again", () => {
    const marks = new Marks();
    const shown = [{ deliveredIncidentIds: [], shownIncidentIds: ["a"] }];
    marks.mark(sight("a"), true);
    expect(marked(marks, 0)).toEqual(shown);
    marks.forgetConnection();
    marks.heard(sight("a", 0, 2));
    marks.caughtUp();
    expect(marks.take(1_000)).toEqual([]);
    marks.mark(sight("a", 0, 2), true);
    marks.mark(sight("a", 0, 2), true);
    expect(marked(marks, 2_000)).toEqual(shown);
    marks.mark(sight("a"), true);
    expect(marks.take(3_000)).toEqual([]);
    marks.mark(sight("a", 0, 2), true);
    expect(marked(marks, 4_000)).toEqual(shown);
});

test("that somebody is there is said at most once in ten seconds", () => {
    const marks = new Marks();
    marks.attended(0);
    expect(marks.take(0).length).toBe(1);
    marks.attended(4_000);
    expect(marks.take(4_000)).toEqual([]);
    expect(marks.wakes()).toEqual([10_000]);
    expect(marks.take(10_000)).toEqual([{ case: "attended", value: { agoMs: 6_000n } }]);
});
