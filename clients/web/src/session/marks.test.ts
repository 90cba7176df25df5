import { expect, test } from "vitest";
import { Marks } from "./marks.js";

const marked = (marks: Marks, now: number) =>
    marks.take(now).map((request) => (request.case === "mark" ? request.value : request.case));

test("each is said once, several together, shown after delivered and never the other way", () => {
    const marks = new Marks();
    marks.mark("a", false);
    marks.mark("b", false);
    marks.mark("a", false);
    expect(marked(marks, 0)).toEqual([{ deliveredIncidentIds: ["a", "b"], shownIncidentIds: [] }]);
    marks.mark("a", true);
    marks.mark("a", false);
    expect(marks.wakes()).toEqual([200]);
    expect(marked(marks, 100)).toEqual([]);
    expect(marked(marks, 200)).toEqual([{ deliveredIncidentIds: [], shownIncidentIds: ["a"] }]);
    expect(marks.wakes()).toEqual([]);
});

test("at most 256 at once; the rest follows", () => {
    const marks = new Marks();
    for (let i = 0; i < 300; i += 1) {
        marks.mark(`i${i}`, true);
    }
    const count = (now: number) =>
        marks
            .take(now)
            .flatMap((each) => (each.case === "mark" ? (each.value.shownIncidentIds ?? []) : []));
    expect(count(0).length).toBe(256);
    expect(count(200).length).toBe(44);
});

test("all of it is said again on the next connection", () => {
    const marks = new Marks();
    marks.mark("a", true);
    marks.attended(5);
    expect(marks.take(5).length).toBe(2);
    expect(marks.take(1_000)).toEqual([]);
    marks.forgetConnection();
    expect(marks.take(20_005)).toEqual([
        { case: "mark", value: { deliveredIncidentIds: [], shownIncidentIds: ["a"] } },
        { case: "attended", value: { agoMs: 20_000n } },
    ]);
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
