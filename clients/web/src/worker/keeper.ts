// Keeps incidents and notices on the device, with the cursor that they are whole for, so that a
// page opens without a connection and goes on from there.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
    type Cursor,
    CursorSchema,
    type Event,
    EventKind,
    EventSchema,
} from "../gen/tocsin/v1/event_pb.js";
import { IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import type { Entry } from "../gen/tocsin/v1/session_pb.js";
import { Fold } from "../shared/fold.js";
import { keepAfterCloseMs } from "../shared/outbox_items.js";
import type { Store } from "./store.js";

const everyMs = 1_000;

export class Keeper {
    readonly fold = new Fold();
    private cursor: Cursor | undefined;
    private readonly changed = new Set<string>();
    private timer: ReturnType<typeof setTimeout> | undefined;

    constructor(private readonly store: Store) {}

    /** What was kept: as events, and where to go on. */
    async load(): Promise<{ events: Event[]; cursor: Cursor | undefined }> {
        const states = await this.store.states();
        const kept = await this.store.value<Uint8Array>("cursor");
        const events = states.map((bytes) => fromBinary(EventSchema, bytes));
        for (const event of events) {
            this.fold.applyEvent(event);
        }
        this.cursor = kept && fromBinary(CursorSchema, kept);
        const cursor = this.cursor;
        return { events, cursor };
    }

    hear(entry: Entry, cursor: Cursor | undefined): void {
        for (const key of this.fold.apply(entry)) {
            this.changed.add(key);
        }
        this.cursor = cursor;
        this.timer ??= setTimeout(() => this.write(), everyMs);
    }

    /** What has been over for a day leaves the device. */
    forgetOld(nowMs: number): void {
        for (const { id, state, updatedTimeMs } of this.fold.incidents.values()) {
            if (
                state === IncidentState.RESOLVED &&
                nowMs - Number(updatedTimeMs) > keepAfterCloseMs
            ) {
                this.forget(`incident/${id}`);
            }
        }
        for (const { id, untilTimeMs } of this.fold.notices.values()) {
            if (nowMs - Number(untilTimeMs) > keepAfterCloseMs) {
                this.forget(`notice/${id}`);
            }
        }
    }

    close(): void {
        clearTimeout(this.timer);
    }

    private forget(key: string): void {
        this.fold.forget(key);
        this.changed.add(key);
        this.timer ??= setTimeout(() => this.write(), everyMs);
    }

    private write(): void {
        this.timer = undefined;
        const subjects = new Map([...this.changed].map((key) => [key, this.encoded(key)] as const));
        this.changed.clear();
        void this.store.keep(subjects, this.cursor && toBinary(CursorSchema, this.cursor));
    }

    private encoded(key: string): Uint8Array | undefined {
        const [kind, id = ""] = key.split("/", 2);
        const subject = this.subject(kind, id);
        return (
            subject &&
            toBinary(EventSchema, create(EventSchema, { kind: EventKind.STATE, subject }))
        );
    }

    private subject(kind = "", id: string): Event["subject"] | undefined {
        const incident = kind === "incident" ? this.fold.incidents.get(id) : undefined;
        const notice = kind === "notice" ? this.fold.notices.get(id) : undefined;
        const device = kind === "device" ? this.fold.devices.get(id) : undefined;
        return (
            (incident && { case: "incident", value: incident }) ??
            (notice && { case: "notice", value: notice }) ??
            (device && { case: "device", value: device })
        );
    }
}
