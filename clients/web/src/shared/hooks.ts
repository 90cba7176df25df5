// What components listen to.

import { useEffect, useReducer, useState } from "preact/hooks";
import type { Hub } from "./hub.js";
import { hasNewVersion, onNewVersion } from "./offline.js";
import { onPrefs, type Prefs, prefs } from "./prefs.js";

function useAgain(subscribe: (listener: () => void) => () => void): void {
    const [, again] = useReducer((count: number) => count + 1, 0);
    // The function that subscribes is the same for the life of what it belongs to.
    useEffect(() => subscribe(() => again(0)), []);
}

/** Paints again whenever the hub said something. */
export function useHub(hub: Hub): Hub {
    useAgain(hub.subscribe);
    return hub;
}

export function usePrefs(): Prefs {
    useAgain(onPrefs);
    return prefs();
}

export function useNewVersion(): boolean {
    useAgain(onNewVersion);
    return hasNewVersion();
}

const tickers = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

function onTick(listener: () => void): () => void {
    tickers.add(listener);
    ticking ??= setInterval(() => {
        for (const ticker of [...tickers]) {
            ticker();
        }
    }, 1_000);
    return () => {
        tickers.delete(listener);
        if (tickers.size === 0) {
            clearInterval(ticking);
            ticking = undefined;
        }
    };
}

/** Paints again each second. */
export function useSeconds(): void {
    useAgain(onTick);
}

/** True while something asynchronous that was started here goes on. */
export function useBusy(): [boolean, (action: () => Promise<unknown>) => Promise<void>] {
    const [busy, setBusy] = useState(false);
    const run = async (action: () => Promise<unknown>) => {
        setBusy(true);
        try {
            await action();
        } finally {
            setBusy(false);
        }
    };
    return [busy, run];
}
