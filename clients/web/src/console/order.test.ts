import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { EscalationSchema } from "../gen/tocsin/v1/escalation_pb.js";
import {
    AcknowledgementSchema,
    type Incident,
    IncidentSchema,
    IncidentState,
    Pattern,
} from "../gen/tocsin/v1/incident_pb.js";
import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import { type Desk, deskOf } from "./desk.js";
import { needsDecision, ordered } from "./order.js";
import { rings } from "./ringing.js";

const me = (role: string, scope_id: string) => ({
    person: "p",
    name: "",
    roles: [role],
    home: "/console",
    grants: [{ role, scope_id }],
    device: "d",
});
const station = deskOf(me("ROLE_OFFICER", "baoguo")) as Desk;

interface Given {
    id: string;
    urgent?: boolean;
    age: number;
    acknowledged?: string;
    station?: string;
    state?: IncidentState;
}

const incident = ({
    id,
    urgent = false,
    age,
    acknowledged,
    station = "baoguo",
    state,
}: Given): Incident =>
    create(IncidentSchema, {
        id,
        urgent,
        kind: ReportKind.ASSIST,
        stationId: station,
        state: state ?? (acknowledged ? IncidentState.ACKNOWLEDGED : IncidentState.OPEN),
        openedTimeMs: BigInt(1_000_000 - age),
        acknowledgements: acknowledged ? [{ desk: acknowledged, timeMs: 1n }] : [],
    });

test("what needs a decision is first, urgent before calm, then the oldest", () => {
    const all = [
        incident({ id: "neighbour", urgent: true, age: 90, station: "xinjiang" }),
        incident({ id: "taken-urgent", urgent: true, age: 80, acknowledged: "station/baoguo" }),
        incident({ id: "calm-old", age: 70 }),
        incident({ id: "urgent-new", urgent: true, age: 1 }),
        incident({ id: "taken-calm", age: 95, acknowledged: "station/baoguo" }),
        incident({ id: "urgent-old", urgent: true, age: 10 }),
        incident({ id: "closed", urgent: true, age: 99, state: IncidentState.RESOLVED }),
    ];
    expect(ordered(all, "open", station).map(({ id }) => id)).toEqual([
        "urgent-old",
        "urgent-new",
        "calm-old",
        "taken-urgent",
        "taken-calm",
        "neighbour",
    ]);
    expect(ordered(all, "closed", station).map(({ id }) => id)).toEqual(["closed"]);
});

test("another desk's acknowledgement is not this desk's", () => {
    const fire = incident({ id: "f", urgent: true, age: 5, acknowledged: "fire" });
    expect(needsDecision(station, fire)).toBe(true);
    expect(rings(station, fire)).toBe(true);
    const lapsed = incident({ id: "l", urgent: true, age: 5, acknowledged: "station/baoguo" });
    (lapsed.acknowledgements[0] as { lapsedTimeMs: bigint }).lapsedTimeMs = 7n;
    expect(rings(station, lapsed)).toBe(true);
});

test("what is calm, a neighbour's, or odd does not ring", () => {
    expect(rings(station, incident({ id: "c", age: 5 }))).toBe(false);
    expect(rings(station, incident({ id: "n", urgent: true, age: 5, station: "x" }))).toBe(false);
    const odd = incident({ id: "o", urgent: true, age: 5 });
    odd.pattern = Pattern.MANY_FIRES;
    expect(rings(station, odd)).toBe(false);
});

test("the bureau decides what nobody has, and what came up to it, until the station acts", () => {
    const bureau = deskOf(me("ROLE_BUREAU", "")) as Desk;
    const fresh = incident({ id: "f", urgent: true, age: 5 });
    expect(rings(bureau, fresh)).toBe(false);
    expect(rings(bureau, incident({ id: "n", urgent: true, age: 5, station: "" }))).toBe(true);
    const escalation = create(EscalationSchema, { desks: ["bureau"], latestTimeMs: 10n });
    const escalated = { ...fresh, escalations: [escalation] };
    expect(rings(bureau, escalated)).toBe(true);
    const taken = create(AcknowledgementSchema, { desk: "station/baoguo", timeMs: 20n });
    expect(rings(bureau, { ...escalated, acknowledgements: [taken] })).toBe(false);
});

test("a drill stands behind what is real", () => {
    const drill = { ...incident({ id: "drill", urgent: true, age: 50 }), drill: true };
    const real = incident({ id: "real", urgent: true, age: 1 });
    const calm = incident({ id: "calm", age: 60 });
    expect(ordered([calm, drill, real], "open", station).map(({ id }) => id)).toEqual([
        "real",
        "drill",
        "calm",
    ]);
});

test("a thousand rows are ordered within a frame", () => {
    const all = Array.from({ length: 1_000 }, (_, i) =>
        incident({ id: `i${i}`, urgent: i % 3 === 0, age: (i * 7_919) % 1_000 }),
    );
    const began = performance.now();
    for (let i = 0; i < 10; i += 1) {
        ordered(all, "open", station);
    }
    expect((performance.now() - began) / 10).toBeLessThan(16);
});
