// A button that acts when it was held for a second. A tap, and a press by keyboard or screen
// reader, asks first instead: hands shake.

import { useEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "../shared/ui.js";

const holdMs = 1_000;

interface HoldButtonProps {
    class: string;
    icon: IconName;
    word: string;
    hint: string;
    holding: string;
    onHeld: () => void;
    onTap: () => void;
}

export function HoldButton(props: HoldButtonProps) {
    const [held, setHeld] = useState(false);
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
    const done = useRef(false);
    const stop = () => {
        clearTimeout(timer.current);
        timer.current = undefined;
        setHeld(false);
    };
    useEffect(() => () => clearTimeout(timer.current), []);
    const start = () => {
        stop();
        done.current = false;
        setHeld(true);
        timer.current = setTimeout(() => {
            stop();
            done.current = true;
            navigator.vibrate?.(80);
            props.onHeld();
        }, holdMs);
    };
    return (
        <button
            type="button"
            class={`${props.class} hold ${held ? "hold-on" : ""}`}
            onPointerDown={(event) => event.isPrimary && event.button === 0 && start()}
            onPointerUp={stop}
            onPointerLeave={stop}
            onPointerCancel={stop}
            onContextMenu={(event) => event.preventDefault()}
            onClick={() => {
                stop();
                if (!done.current) {
                    props.onTap();
                }
                done.current = false;
            }}
        >
            <span class="hold-fill" aria-hidden="true" />
            <Icon name={props.icon} />
            <span class="big-word">{props.word}</span>
            <span class="big-hint">{held ? props.holding : props.hint}</span>
        </button>
    );
}
