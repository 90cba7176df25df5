// Registers the service worker, which opens the phone's pages without a line, and says when the
// hub has a new version of them.

let waiting: ServiceWorker | null = null;
const listeners = new Set<() => void>();

export async function keepForOffline(): Promise<void> {
    if (!("serviceWorker" in navigator)) {
        return;
    }
    try {
        const registration = await navigator.serviceWorker.register("/sw.js");
        const found = (worker: ServiceWorker | null) => {
            // Without a controller it is the first one, and nothing is replaced.
            if (worker?.state === "installed" && navigator.serviceWorker.controller) {
                waiting = worker;
                for (const listener of [...listeners]) {
                    listener();
                }
            }
        };
        found(registration.waiting);
        registration.addEventListener("updatefound", () => {
            const worker = registration.installing;
            worker?.addEventListener("statechange", () => found(worker));
        });
    } catch {
        // Forbidden, or the storage is full: the page works with a line.
    }
}

export function hasNewVersion(): boolean {
    return waiting !== null;
}

export function onNewVersion(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

/** The page is loaded anew. Reports that wait are kept. */
export function takeNewVersion(): void {
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload());
    waiting?.postMessage("now");
}
