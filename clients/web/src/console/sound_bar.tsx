// After every load: sound is off until somebody heard it and said so.

import { useState } from "preact/hooks";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { Button, Icon } from "../shared/ui.js";
import type { Ringing } from "./ringing.js";

export function SoundBar({ ringing, onHeard }: { ringing: Ringing; onHeard: () => void }) {
    const words = say(consoleWords);
    const [tried, setTried] = useState(false);
    if (ringing.confirmed) {
        return null;
    }
    const test = () => {
        ringing.test();
        setTried(true);
        if ("Notification" in window && Notification.permission === "default") {
            void Notification.requestPermission();
        }
    };
    return (
        <div class="sound-bar" role="alert">
            <Icon name="sound" />
            <b>{words.soundOff}</b>
            {tried && <span>{words.soundWords}</span>}
            <span class="sound-buttons">
                <Button onClick={test}>{tried ? words.soundNotHeard : words.soundTry}</Button>
                {tried && (
                    <Button
                        onClick={() => {
                            ringing.confirmed = true;
                            onHeard();
                        }}
                    >
                        {words.soundHeard}
                    </Button>
                )}
            </span>
        </div>
    );
}
