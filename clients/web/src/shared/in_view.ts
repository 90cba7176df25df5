// Which incidents were before somebody's eyes: in view on a visible page for a second on end.

import { useEffect, useRef } from "preact/hooks";
import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import { type Sight, sightOf } from "../session/marks.js";
import type { Hub } from "./hub.js";

const longEnoughMs = 1_000;
const lookEveryMs = 250;

/** Since when each is in view; what left the view, or was opened again, handed over or reported again, begins anew. Pure, for its tests. */
export class InView {
    private readonly since = new Map<string, { sight: Sight; atMs: number }>();

    /** Those that have now been seen for long enough. */
    look(sights: Sight[], nowMs: number): Sight[] {
        const inView = new Set(sights.map(({ id }) => id));
        for (const id of this.since.keys()) {
            if (!inView.has(id)) {
                this.since.delete(id);
            }
        }
        const seen: Sight[] = [];
        for (const sight of sights) {
            const since = this.since.get(sight.id);
            const isSame =
                since?.sight.turns === sight.turns && since.sight.reports === sight.reports;
            if (!isSame) {
                this.since.set(sight.id, { sight, atMs: nowMs });
            } else if (nowMs - since.atMs >= longEnoughMs) {
                seen.push(sight);
            }
        }
        return seen;
    }
}

export function useInView(hub: Hub, incidents: Incident[]): void {
    const latest = useRef(incidents);
    latest.current = incidents;
    useEffect(() => {
        const view = new InView();
        const timer = setInterval(() => {
            const sights = document.hidden ? [] : latest.current.map(sightOf);
            hub.shown(view.look(sights, performance.now()));
        }, lookEveryMs);
        return () => clearInterval(timer);
    }, [hub]);
}
