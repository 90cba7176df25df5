// What rings at a desk, and the sound. It goes on until somebody takes what rings, and it does so
// while the page is hidden: that is what it is for.

import { type Event, EventKind, Lane } from "../gen/tocsin/v1/event_pb.js";
import { type Incident, Pattern } from "../gen/tocsin/v1/incident_pb.js";
import type { Entry } from "../gen/tocsin/v1/session_pb.js";
import { play } from "../shared/chime.js";
import type { Hub } from "../shared/hub.js";
import { prefs } from "../shared/prefs.js";
import { type Desk, isOwn } from "./desk.js";
import { isOpen, needsDecision } from "./order.js";

const everyMs = 3_000;

/** An alarm that this desk has not taken. */
export function rings(desk: Desk, incident: Incident): boolean {
    return (
        incident.urgent && incident.pattern !== Pattern.MANY_FIRES && needsDecision(desk, incident)
    );
}

export class Ringing {
    /** Somebody heard the sound after this page was loaded. */
    confirmed = false;
    /** What the hub said rings again, though this desk has taken it. */
    private readonly again = new Set<string>();
    private readonly timer: ReturnType<typeof setInterval>;

    constructor(
        private readonly hub: Hub,
        private readonly desk: Desk,
        private readonly notify: () => void,
    ) {
        hub.onEntry = (entry) => this.hear(entry);
        this.timer = setInterval(() => this.beat(), everyMs);
    }

    close(): void {
        clearInterval(this.timer);
        this.hub.onEntry = () => undefined;
    }

    test(): void {
        sound();
    }

    /** What rings now, by id. */
    now(): Set<string> {
        const ringing = new Set<string>();
        for (const incident of this.hub.fold.incidents.values()) {
            if (rings(this.desk, incident) || (this.again.has(incident.id) && isOpen(incident))) {
                ringing.add(incident.id);
            }
        }
        return ringing;
    }

    /** Somebody looked at it. */
    seen(id: string): void {
        this.again.delete(id);
    }

    private hear({ body }: Entry): void {
        if (body.case === "event" && this.isNew(body.value)) {
            this.beat();
            this.notify();
        }
    }

    private isNew({ kind, rings: ringsAgain, lane, subject }: Event): boolean {
        if (subject.case !== "incident" || !isOwn(this.desk, subject.value)) {
            return false;
        }
        if (ringsAgain && !needsDecision(this.desk, subject.value)) {
            this.again.add(subject.value.id);
        }
        return ringsAgain || (kind === EventKind.INCIDENT_OPENED && lane === Lane.ALARM);
    }

    private beat(): void {
        if (this.confirmed && this.now().size > 0) {
            sound();
        }
    }
}

function sound(): void {
    play([988, 740, 988, 740], 0.22, prefs().soundVolume);
}
