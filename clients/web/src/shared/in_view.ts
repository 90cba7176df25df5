// Which incidents were before somebody's eyes: in view on a visible page for a second on end.

import { useEffect, useRef } from "preact/hooks";
import type { Hub } from "./hub.js";

const longEnoughMs = 1_000;
const lookEveryMs = 250;

/** Since when each is in view; what left the view begins anew. Pure, for its tests. */
export class InView {
    private readonly since = new Map<string, number>();

    /** Those that have now been seen for long enough. */
    look(ids: string[], nowMs: number): string[] {
        const inView = new Set(ids);
        for (const id of this.since.keys()) {
            if (!inView.has(id)) {
                this.since.delete(id);
            }
        }
        const seen: string[] = [];
        for (const id of inView) {
            const since = this.since.get(id);
            if (since === undefined) {
                this.since.set(id, nowMs);
            } else if (nowMs - since >= longEnoughMs) {
                seen.push(id);
            }
        }
        return seen;
    }
}

export function useInView(hub: Hub, ids: string[]): void {
    const latest = useRef(ids);
    latest.current = ids;
    useEffect(() => {
        const view = new InView();
        const timer = setInterval(() => {
            hub.shown(view.look(document.hidden ? [] : latest.current, performance.now()));
        }, lookEveryMs);
        return () => clearInterval(timer);
    }, [hub]);
}
