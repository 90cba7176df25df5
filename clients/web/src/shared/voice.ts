// Records a voice note of at most a minute.

import { oggFromWebm } from "./ogg.js";

export const longestVoiceMs = 60_000;
const kind = "audio/webm;codecs=opus";

export interface Recording {
    /** Ends it. The sound as Opus in Ogg; undefined where nothing was recorded. */
    stop(): Promise<Blob | undefined>;
}

export function canRecord(): boolean {
    return (
        typeof MediaRecorder !== "undefined" &&
        MediaRecorder.isTypeSupported(kind) &&
        "mediaDevices" in navigator
    );
}

/** Throws where the microphone is refused. */
export async function record(): Promise<Recording> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: 24_000 });
    const parts: Blob[] = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    const ended = new Promise<void>((resolve) => {
        recorder.onstop = () => resolve();
    });
    recorder.start();
    // The hub takes a minute at most; what the recorder adds at its end counts.
    const timer = setTimeout(() => recorder.stop(), longestVoiceMs - 500);
    return {
        async stop() {
            clearTimeout(timer);
            if (recorder.state !== "inactive") {
                recorder.stop();
            }
            await ended;
            for (const track of stream.getTracks()) {
                track.stop();
            }
            try {
                const webm = new Uint8Array(await new Blob(parts).arrayBuffer());
                return oggFromWebm(webm);
            } catch {
                return undefined;
            }
        },
    };
}
