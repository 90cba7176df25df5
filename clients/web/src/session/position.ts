// How far a subscriber has come, by the rules of tocsin.v1.Cursor.

import { clone } from "@bufbuild/protobuf";
import { type Cursor, CursorSchema, type Event, Lane } from "../gen/tocsin/v1/event_pb.js";
import type { Heartbeat, Snapshot, Subscribed } from "../gen/tocsin/v1/session_pb.js";

/** The text form, `epoch:alarm:routine`, with `~mark` behind the epoch where it has one. */
export function cursorText(cursor: Cursor): string {
    const mark = cursor.mark === "" ? "" : `~${cursor.mark}`;
    return `${cursor.epoch}${mark}:${cursor.alarm}:${cursor.routine}`;
}

/**
 * Feed it all that the hub says about a subscription, in order. There is no cursor before the hub
 * gave one, and none between a reset and the end of the snapshot after it: what the missing pages
 * would have said is in no event, so a client that is cut off there starts anew.
 */
export class Position {
    private held: Cursor | undefined;

    /** Goes on from a cursor kept from earlier. */
    constructor(kept?: Cursor) {
        this.held = kept && clone(CursorSchema, kept);
    }

    /** The cursor to come back with, as of the last thing that was fed in. The caller's own copy. */
    get cursor(): Cursor | undefined {
        return this.held && clone(CursorSchema, this.held);
    }

    onSubscribed(subscribed: Subscribed): void {
        if (subscribed.cursor) {
            this.held = subscribed.cursor;
        } else if (!subscribed.resumed) {
            this.held = undefined; // none was given, or the one that was given is not honoured
        }
    }

    onEvent(event: Event): void {
        if (!this.held || event.offset === "") {
            return;
        }
        if (event.lane === Lane.ALARM) {
            this.held = { ...this.held, alarm: event.offset };
        } else if (event.lane === Lane.ROUTINE) {
            this.held = { ...this.held, routine: event.offset };
        }
    }

    onSnapshot(snapshot: Snapshot): void {
        if (snapshot.last && snapshot.cursor) {
            this.held = snapshot.cursor;
        }
    }

    onHeartbeat(heartbeat: Heartbeat): void {
        if (heartbeat.cursor) {
            this.held = heartbeat.cursor;
        }
    }

    onReset(): void {
        this.held = undefined;
    }
}
