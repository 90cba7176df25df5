// What somebody wrote, however long: it scrolls in its own place, also by keyboard.

import { useLayoutEffect, useRef } from "preact/hooks";

export function LongText({ text, class: name }: { text: string; class: string }) {
    const box = useRef<HTMLDivElement>(null);
    useLayoutEffect(() => {
        const element = box.current;
        // A stop for the tabulator key only where there is something to scroll.
        if (element && element.scrollHeight > element.clientHeight + 1) {
            element.tabIndex = 0;
        } else {
            element?.removeAttribute("tabindex");
        }
    }, [text]);
    return (
        <div class={name} ref={box}>
            <bdi>{text}</bdi>
        </div>
    );
}
