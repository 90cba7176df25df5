import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EventKind, EventSchema } from "../gen/tocsin/v1/event_pb.js";
import { type IncidentSchema, IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { EntrySchema } from "../gen/tocsin/v1/session_pb.js";
import { Fold } from "./fold.js";

const about = (
    incident: MessageInitShape<typeof IncidentSchema>,
    more: Pick<MessageInitShape<typeof EventSchema>, "report" | "statement"> = {},
) => create(EventSchema, { ...more, subject: { case: "incident", value: incident } });

const entry = (body: NonNullable<MessageInitShape<typeof EntrySchema>["body"]>) =>
    create(EntrySchema, { body });

test("the highest version counts, in whatever order they come", () => {
    const fold = new Fold();
    fold.applyEvent(about({ id: "a", version: 3, state: IncidentState.ACKNOWLEDGED }));
    fold.applyEvent(about({ id: "a", version: 2, state: IncidentState.OPEN }));
    expect(fold.incidents.get("a")).toMatchObject({
        version: 3,
        state: IncidentState.ACKNOWLEDGED,
    });
});

test("reports and statements gather from events", () => {
    const fold = new Fold();
    fold.applyEvent(about({ id: "a", version: 1 }, { report: { id: "r1", text: "one" } }));
    fold.applyEvent(about({ id: "a", version: 3 }, { report: { id: "r2", text: "two" } }));
    // Late, and of an older version: the report is news all the same.
    fold.applyEvent(about({ id: "a", version: 2 }, { statement: { id: "s1", timeMs: 1n } }));
    fold.applyEvent(about({ id: "a", version: 4 }, { report: { id: "r1", text: "mended" } }));
    const known = fold.incidents.get("a");
    expect(known?.version).toBe(4);
    expect(known?.reports.map(({ text }) => text)).toEqual(["mended", "two"]);
    expect(known?.statements.map(({ id }) => id)).toEqual(["s1"]);
});

test("what a whole snapshot does not name is gone, but for what is over", () => {
    const fold = new Fold();
    for (const [id, state] of [
        ["open", IncidentState.OPEN],
        ["gone", IncidentState.OPEN],
        ["over", IncidentState.RESOLVED],
    ] as const) {
        fold.applyEvent(about({ id, version: 1, state }));
    }
    fold.apply(entry({ case: "reset", value: {} }));
    const page = (id: string, last: boolean) =>
        entry({
            case: "snapshot",
            value: { states: [about({ id, version: 2, state: IncidentState.OPEN })], last },
        });
    fold.apply(page("open", false));
    expect(fold.incidents.size).toBe(3);
    fold.apply(page("new", true));
    expect([...fold.incidents.keys()].sort()).toEqual(["new", "open", "over"]);
});

test("a snapshot beside what was missed removes nothing", () => {
    const fold = new Fold();
    fold.applyEvent(about({ id: "mine", version: 1, state: IncidentState.OPEN }));
    fold.apply(entry({ case: "subscribed", value: { resumed: true } }));
    const states = [about({ id: "other", version: 1 })];
    fold.apply(entry({ case: "snapshot", value: { states, last: true } }));
    expect([...fold.incidents.keys()].sort()).toEqual(["mine", "other"]);
});

test("an incident that left is off the screen, until it comes back", () => {
    const fold = new Fold();
    const left = create(EventSchema, {
        kind: EventKind.INCIDENT_LEFT,
        subject: { case: "incident", value: { id: "a", version: 3 } },
    });
    fold.applyEvent(about({ id: "a", version: 1, text: "smoke" }));
    expect(fold.applyEvent(left)).toEqual(["incident/a"]);
    expect(fold.incidents.has("a")).toBe(false);
    // Late, from the other lane.
    fold.applyEvent(about({ id: "a", version: 2, text: "smoke" }));
    expect(fold.incidents.has("a")).toBe(false);
    fold.applyEvent(about({ id: "a", version: 4, text: "back" }));
    expect(fold.incidents.get("a")?.text).toBe("back");
    fold.applyEvent(left);
    expect(fold.incidents.get("a")?.version).toBe(4);
});

test("what happens between the pages of a whole snapshot stays", () => {
    const fold = new Fold();
    fold.apply(entry({ case: "reset", value: {} }));
    fold.apply(entry({ case: "snapshot", value: {} }));
    fold.apply(entry({ case: "event", value: about({ id: "new", version: 1 }) }));
    fold.apply(entry({ case: "snapshot", value: { last: true } }));
    expect(fold.incidents.has("new")).toBe(true);
});
