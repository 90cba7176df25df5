// The list, of which only what is in view is made: 500 open incidents scroll like five.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import type { DistrictMap } from "../shared/api.js";
import type { Hub } from "../shared/hub.js";
import { useInView } from "../shared/in_view.js";
import type { Desk } from "./desk.js";
import { IncidentRow } from "./row.js";

export const rowHeight = 78;
const spare = 4;

interface ListProps {
    hub: Hub;
    desk: Desk;
    map: DistrictMap | undefined;
    incidents: Incident[];
    chosen: string;
    ringing: Set<string>;
    onChoose: (id: string) => void;
}

export function IncidentList({ hub, desk, map, incidents, chosen, ringing, onChoose }: ListProps) {
    const words = say(consoleWords);
    const box = useRef<HTMLDivElement>(null);
    const [top, setTop] = useState(0);
    const [height, setHeight] = useState(600);
    useEffect(() => {
        const element = box.current;
        if (!element) {
            return;
        }
        const watch = new ResizeObserver(() => setHeight(element.clientHeight));
        watch.observe(element);
        return () => watch.disconnect();
    }, []);
    useEffect(() => {
        const element = box.current;
        element?.addEventListener("keydown", move);
        return () => element?.removeEventListener("keydown", move);
    });

    const begin = Math.max(0, Math.floor(top / rowHeight) - spare);
    const end = Math.min(incidents.length, Math.ceil((top + height) / rowHeight) + spare);
    // The first and the last may be in view by half.
    const firstSeen = Math.ceil(top / rowHeight);
    const lastSeen = Math.floor((top + height) / rowHeight);
    useInView(hub, incidents.slice(firstSeen, lastSeen));
    const at = incidents.findIndex(({ id }) => id === chosen);

    const move = (event: KeyboardEvent) => {
        const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
        const next = step && incidents[Math.min(incidents.length - 1, Math.max(0, at + step))];
        if (next) {
            event.preventDefault();
            onChoose(next.id);
            bring(box.current, incidents.indexOf(next));
            requestAnimationFrame(() => document.getElementById(`row-${next.id}`)?.focus());
        }
    };

    return (
        <div class="list" ref={box} onScroll={(event) => setTop(event.currentTarget.scrollTop)}>
            {incidents.length === 0 && <p class="empty">{words.nothingOpen}</p>}
            <ul
                class="list-all"
                aria-label={words.list}
                ref={(element) => {
                    element?.style.setProperty("height", `${incidents.length * rowHeight}px`);
                }}
            >
                {incidents.slice(begin, end).map((incident, i) => (
                    <IncidentRow
                        key={incident.id}
                        hub={hub}
                        desk={desk}
                        map={map}
                        incident={incident}
                        position={begin + i}
                        count={incidents.length}
                        isChosen={incident.id === chosen}
                        isRinging={ringing.has(incident.id)}
                        isStop={incident.id === chosen || (at < 0 && begin + i === 0)}
                        onChoose={onChoose}
                    />
                ))}
            </ul>
        </div>
    );
}

// Scrolls only as far as is needed to see it.
function bring(box: HTMLDivElement | null, position: number): void {
    if (box) {
        const y = position * rowHeight;
        box.scrollTop = Math.min(y, Math.max(box.scrollTop, y + rowHeight - box.clientHeight));
    }
}
