// What rings at a desk, and the sound. It goes on until somebody takes what rings, and it does so
// while the page is hidden: that is what it is for.

import type { Event } from "../gen/tocsin/v1/event_pb.js";
import { type Incident, Pattern } from "../gen/tocsin/v1/incident_pb.js";
import type { Entry } from "../gen/tocsin/v1/session_pb.js";
import { play } from "../shared/chime.js";
import type { Hub } from "../shared/hub.js";
import { prefs } from "../shared/prefs.js";
import type { Desk } from "./desk.js";
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
        sound(false);
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

    // The hub says what rings. The bureau, which sees all, rings for what is its to decide.
    private isNew({ rings: doesRing, subject }: Event): boolean {
        if (subject.case !== "incident" || !doesRing) {
            return false;
        }
        const incident = subject.value;
        if (this.desk.kind === "bureau" && !needsDecision(this.desk, incident)) {
            return false;
        }
        if (!rings(this.desk, incident)) {
            this.again.add(incident.id);
        }
        return true;
    }

    private beat(): void {
        const ringing = this.now();
        if (this.confirmed && ringing.size > 0) {
            sound(this.areDrills(ringing));
        }
    }

    private areDrills(ids: Set<string>): boolean {
        const { incidents } = this.hub.fold;
        return [...ids].every((id) => incidents.get(id)?.drill ?? false);
    }
}

// A drill sounds like no alarm: three slow tones, going up.
function sound(isDrill: boolean): void {
    if (isDrill) {
        play([392, 494, 587], 0.4, prefs().soundVolume);
    } else {
        play([988, 740, 988, 740], 0.22, prefs().soundVolume);
    }
}
