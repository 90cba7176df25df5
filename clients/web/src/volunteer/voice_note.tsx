// A button that records; pressed again, or after a minute, it stops.

import { useEffect, useState } from "preact/hooks";
import { say } from "../i18n/language.js";
import { volunteerWords } from "../i18n/volunteer.js";
import { useSeconds } from "../shared/hooks.js";
import { Button, Icon } from "../shared/ui.js";
import { canRecord, longestVoiceMs, type Recording, record } from "../shared/voice.js";

export function VoiceNote({ onVoice }: { onVoice: (blob: Blob) => void }) {
    useSeconds();
    const words = say(volunteerWords);
    const [recording, setRecording] = useState<{ now: Recording; sinceMs: number } | undefined>();
    const [refused, setRefused] = useState(false);
    const left = recording ? longestVoiceMs - (performance.now() - recording.sinceMs) : 0;
    const stop = async () => {
        setRecording(undefined);
        const blob = await recording?.now.stop();
        if (blob) {
            onVoice(blob);
        }
    };
    const start = async () => {
        try {
            setRefused(false);
            setRecording({ now: await record(), sinceMs: performance.now() });
        } catch {
            setRefused(true);
        }
    };
    useEffect(() => {
        if (recording && left <= 0) {
            void stop();
        }
    });
    useEffect(() => () => void recording?.now.stop(), [recording]);
    if (!canRecord()) {
        return null;
    }
    return (
        <>
            {recording ? (
                <Button tone="alarm" onClick={() => void stop()}>
                    <Icon name="voice" /> {words.voiceStop(Math.max(0, Math.ceil(left / 1_000)))}
                </Button>
            ) : (
                <Button onClick={() => void start()}>
                    <Icon name="voice" /> {words.voice}
                </Button>
            )}
            {refused && (
                <p class="hint hint-bad" role="alert">
                    {words.voiceRefused}
                </p>
            )}
        </>
    );
}
