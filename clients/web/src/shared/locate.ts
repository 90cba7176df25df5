// Where this device is. Asked only when something is about to be reported.

import type { Fix } from "./outbox_items.js";

export type Located = { fix: Fix } | { failed: "refused" | "unknown" };

const goodEnoughM = 30;

/**
 * Tells each fix that is better than the one before, and a failure where there is none within the
 * time. Returns what stops it; it stops by itself when a fix is good enough.
 */
export function locate(tell: (located: Located) => void, withinMs = 20_000): () => void {
    if (!("geolocation" in navigator)) {
        tell({ failed: "unknown" });
        return () => undefined;
    }
    let best: Fix | undefined;
    const stop = () => {
        navigator.geolocation.clearWatch(watch);
        clearTimeout(timer);
    };
    const watch = navigator.geolocation.watchPosition(
        ({ coords: { latitude, longitude, accuracy } }) => {
            const accuracyM = Math.min(accuracy, 100_000);
            if (!best || accuracyM < best.accuracyM) {
                best = { latitude, longitude, accuracyM };
                tell({ fix: best });
            }
            if (accuracyM <= goodEnoughM) {
                stop();
            }
        },
        ({ code, PERMISSION_DENIED }) => {
            if (code === PERMISSION_DENIED) {
                stop();
                tell({ failed: "refused" });
            }
        },
        { enableHighAccuracy: true, maximumAge: 10_000, timeout: withinMs },
    );
    const timer = setTimeout(() => {
        stop();
        if (!best) {
            tell({ failed: "unknown" });
        }
    }, withinMs);
    return stop;
}

/** The best fix that comes soon: waits a little for a good one. Undefined: none. */
export function fixSoon(waitMs = 5_000): Promise<Fix | undefined> {
    return new Promise((resolve) => {
        let best: Fix | undefined;
        const done = () => {
            stop();
            resolve(best);
        };
        const timer = setTimeout(() => best && done(), waitMs);
        const stop = locate((located) => {
            if ("fix" in located) {
                best = located.fix;
                if (best.accuracyM <= goodEnoughM || performance.now() - began > waitMs) {
                    clearTimeout(timer);
                    done();
                }
            } else {
                done();
            }
        });
        const began = performance.now();
    });
}
