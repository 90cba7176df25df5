// The other tabs of the same person in this browser: who is alive (a lock each), and a word when
// something that is kept has changed.

import { uuid } from "../shared/uuid.js";

const lockPrefix = "tocsin-tab:";

export class Tabs {
    readonly id = uuid();
    onChange: () => void = () => undefined;
    private readonly channel: BroadcastChannel;

    constructor(person: string) {
        // Held as long as this worker lives.
        void navigator.locks?.request(lockPrefix + this.id, () => new Promise(() => undefined));
        this.channel = new BroadcastChannel(`tocsin:${person}`);
        this.channel.onmessage = () => this.onChange();
    }

    /** Tells the others. */
    changed(): void {
        this.channel.postMessage("changed");
    }
}

/** Ids of the tabs that live. */
export async function otherTabs(): Promise<Set<string>> {
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    const names = held.map(({ name = "" }) => name);
    return new Set(
        names.filter((name) => name.startsWith(lockPrefix)).map((n) => n.slice(lockPrefix.length)),
    );
}
