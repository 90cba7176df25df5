import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { IncidentSchema, IncidentState, Outcome } from "../gen/tocsin/v1/incident_pb.js";
import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import { chainOf, confirmWithinMs, warningOf } from "./chain.js";
import { isDone, keepAfterCloseMs, type ReportItem } from "./outbox_items.js";

const madeMs = 1_000_000;

function item(kind: ReportKind, more: Partial<ReportItem> = {}, urgent = false): ReportItem {
    return {
        id: "1",
        key: "k",
        owner: "tab",
        madeMs,
        command: new Uint8Array(),
        state: "waiting",
        draft: {
            kind,
            urgent,
            text: "",
            smellOfGas: false,
            mayCall: false,
            building: "",
            noticeId: "",
            place: undefined,
        },
        ...more,
    };
}

const stored = {
    state: "stored",
    receipt: { incidentId: "i", reportId: "r", storedMs: madeMs + 90, similarNearby: false },
} as const;

test("no step is shown that did not happen", () => {
    const steps = (report: ReportItem, incident?: Parameters<typeof chainOf>[1]) =>
        chainOf(report, incident)
            .filter(({ atMs }) => atMs !== undefined)
            .map(({ name }) => name);
    expect(steps(item(ReportKind.FIRE))).toEqual(["waiting"]);
    expect(steps(item(ReportKind.FIRE, stored))).toEqual(["waiting", "stored"]);
    const incident = create(IncidentSchema, {
        id: "i",
        kind: ReportKind.FIRE,
        acknowledgements: [{ desk: "station/a", timeMs: 1_000_200n, lapsedTimeMs: 1_000_300n }],
    });
    // It was handed over: nobody who answers for it now has acknowledged it.
    expect(steps(item(ReportKind.FIRE, stored), incident)).toEqual(["waiting", "stored"]);
    incident.acknowledgements.push(
        create(IncidentSchema, {
            acknowledgements: [{ desk: "station/b", timeMs: 1_000_400n }],
        }).acknowledgements[0] as (typeof incident.acknowledgements)[number],
    );
    expect(chainOf(item(ReportKind.FIRE, stored), incident)[3]).toEqual({
        name: "acknowledged",
        atMs: 1_000_400,
    });
    const closed = create(IncidentSchema, {
        id: "i",
        state: IncidentState.RESOLVED,
        resolution: { outcome: Outcome.HANDLED, timeMs: 1_000_500n },
    });
    expect(steps(item(ReportKind.FIRE, stored), closed)).toContain("resolved");
});

test("what was done before this report came is done, and no time is made up for it", () => {
    const incident = create(IncidentSchema, {
        id: "i",
        kind: ReportKind.FIRE,
        acknowledgements: [{ desk: "station/a" }, { desk: "fire", timeMs: 1_000_400n }],
        responses: [{ desk: "station/a" }],
    });
    const chain = chainOf(item(ReportKind.FIRE, stored), incident);
    expect(chain.map(({ atMs }) => atMs)).toEqual([
        madeMs,
        madeMs + 90,
        undefined,
        1_000_400,
        0,
        undefined,
    ]);
});

test("urgent and not stored in 15 s: call; calm: wait for signal", () => {
    const early = madeMs + confirmWithinMs - 1;
    const late = madeMs + confirmWithinMs;
    const { ASSIST, HAZARD, FIRE } = ReportKind;
    expect(warningOf(item(ASSIST, {}, true), undefined, early)).toBeUndefined();
    expect(warningOf(item(ASSIST, {}, true), undefined, late)).toBe("not_confirmed");
    expect(warningOf(item(HAZARD), undefined, early)).toBeUndefined();
    expect(warningOf(item(HAZARD), undefined, late)).toBe("waiting_for_signal");
    expect(warningOf(item(HAZARD, stored), undefined, late)).toBeUndefined();
    expect(warningOf(item(FIRE), undefined, late)).toBe("not_confirmed");
    expect(warningOf(item(FIRE, { state: "refused" }), undefined, late)).toBe("refused");
    const gas = item(HAZARD);
    gas.draft.smellOfGas = true;
    expect(warningOf(gas, undefined, late)).toBe("not_confirmed");
});

test("a report leaves the phone a day after its incident was closed, and not before", () => {
    const open = item(ReportKind.HAZARD, stored);
    expect(isDone(open, madeMs + 100 * keepAfterCloseMs)).toBe(false);
    const closed = { ...open, closedMs: madeMs };
    expect(isDone(closed, madeMs + keepAfterCloseMs - 1)).toBe(false);
    expect(isDone(closed, madeMs + keepAfterCloseMs)).toBe(true);
});
