// A short sound for what comes to a phone: alarms always, the rest while on duty and outside the
// quiet hours. A browser makes no sound before the page was touched; then there is none.

import { EventKind, Lane } from "../gen/tocsin/v1/event_pb.js";
import type { Hub } from "./hub.js";
import { isQuiet, prefs } from "./prefs.js";

let context: AudioContext | undefined;

/** One tone after the other: hertz each, `seconds` long. */
export function play(tones: number[], seconds: number, volume: number): void {
    context ??= new AudioContext();
    if (context.state === "suspended") {
        void context.resume();
    }
    let at = context.currentTime + 0.02;
    for (const tone of tones) {
        const oscillator = new OscillatorNode(context, { type: "triangle", frequency: tone });
        const gain = new GainNode(context, { gain: 0 });
        gain.gain.setValueAtTime(0, at);
        gain.gain.linearRampToValueAtTime(volume, at + 0.02);
        gain.gain.setValueAtTime(volume, at + seconds - 0.04);
        gain.gain.linearRampToValueAtTime(0, at + seconds);
        oscillator.connect(gain).connect(context.destination);
        oscillator.start(at);
        oscillator.stop(at + seconds);
        at += seconds;
    }
}

export function mayChime(lane: Lane, hour: number): boolean {
    const chosen = prefs();
    return lane === Lane.ALARM || (chosen.onDuty && !isQuiet(hour, chosen));
}

const tells = new Set([
    EventKind.NOTICE_ISSUED,
    EventKind.NOTICE_RELEASED,
    EventKind.NOTICE_CORRECTED,
    EventKind.NOTICE_WITHDRAWN,
    EventKind.REPORTER_ASKED,
]);

/** Sounds for what becomes of notices and for questions to the reporter. Returns what ends it. */
export function chimeForNotices(hub: Hub): () => void {
    hub.onEntry = ({ body }) => {
        if (body.case !== "event") {
            return;
        }
        const { kind, lane } = body.value;
        if (tells.has(kind) && mayChime(lane, new Date().getHours())) {
            play(lane === Lane.ALARM ? [880, 660, 880, 660] : [660, 880], 0.18, 0.5);
            navigator.vibrate?.(lane === Lane.ALARM ? [200, 100, 200] : 100);
        }
    };
    return () => {
        hub.onEntry = () => undefined;
    };
}
