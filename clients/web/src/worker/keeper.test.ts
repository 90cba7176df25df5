import "fake-indexeddb/auto";
import { create } from "@bufbuild/protobuf";
import { expect, test, vi } from "vitest";
import { CursorSchema } from "../gen/tocsin/v1/event_pb.js";
import { IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { EntrySchema } from "../gen/tocsin/v1/session_pb.js";
import { keepAfterCloseMs } from "../shared/outbox_items.js";
import { Keeper } from "./keeper.js";
import { Store } from "./store.js";

const cursor = create(CursorSchema, { epoch: "e", alarm: "1-0", routine: "2-0" });

const event = (id: string, state: IncidentState, updatedTimeMs: bigint) =>
    create(EntrySchema, {
        body: {
            case: "event",
            value: {
                subject: { case: "incident", value: { id, version: 1, state, updatedTimeMs } },
                report: { id: `report of ${id}`, text: "ice" },
            },
        },
    });

test("what was heard is there the next time, with the cursor, and leaves a day after its end", async () => {
    const store = new Store("keeper", () => undefined);
    await store.open();
    const keeper = new Keeper(store);
    keeper.hear(event("open", IncidentState.OPEN, 5n), cursor);
    keeper.hear(event("over", IncidentState.RESOLVED, 5n), cursor);
    await vi.waitFor(async () => expect((await store.states()).length).toBe(2), 3_000);

    const next = new Keeper(store);
    const { events, cursor: kept } = await next.load();
    expect(kept).toEqual(cursor);
    expect(events.length).toBe(2);
    expect(next.fold.incidents.get("open")?.reports[0]?.text).toBe("ice");
    next.forgetOld(5 + keepAfterCloseMs + 1);
    await vi.waitFor(async () => expect((await store.states()).length).toBe(1), 3_000);
    expect((await new Keeper(store).load()).cursor).toEqual(cursor);
});
