// What a person chose on this device. Kept here and told to nobody.

export interface Prefs {
    language: "zh" | "en";
    theme: "auto" | "light" | "dark";
    /** Larger targets and text. */
    elders: boolean;
    onDuty: boolean;
    /** Hours of the day between which only alarms sound; equal: never. */
    quietFrom: number;
    quietTo: number;
    /** Which tile source the maps show; empty: none. */
    tiles: string;
    soundVolume: number;
}

const key = "tocsin.prefs";

const usual: Prefs = {
    language: "zh",
    theme: "auto",
    elders: false,
    onDuty: false,
    quietFrom: 22,
    quietTo: 7,
    tiles: "",
    soundVolume: 0.7,
};

let current: Prefs = read();
const listeners = new Set<() => void>();

function read(): Prefs {
    try {
        return { ...usual, ...JSON.parse(localStorage.getItem(key) ?? "{}") };
    } catch {
        return usual;
    }
}

export function prefs(): Prefs {
    return current;
}

export function setPrefs(change: Partial<Prefs>): void {
    current = { ...current, ...change };
    try {
        localStorage.setItem(key, JSON.stringify(current));
    } catch {
        // It holds until the page is closed.
    }
    show();
    for (const listener of [...listeners]) {
        listener();
    }
}

export function onPrefs(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

/** Puts them where the style sheets see them. */
export function show(): void {
    const root = document.documentElement;
    root.lang = current.language === "zh" ? "zh-CN" : "en";
    root.dataset.theme = current.theme;
    root.dataset.size = current.elders ? "large" : "usual";
}

export function isQuiet(hour: number, { quietFrom, quietTo }: Prefs): boolean {
    return quietFrom <= quietTo
        ? hour >= quietFrom && hour < quietTo
        : hour >= quietFrom || hour < quietTo;
}

// Another tab changed them.
if (typeof window !== "undefined") {
    window.addEventListener("storage", (event) => {
        if (event.key === key) {
            current = read();
            show();
            for (const listener of [...listeners]) {
                listener();
            }
        }
    });
}
