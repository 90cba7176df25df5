// A place for the map, which comes when it is loaded. The list beside it says the same in words.

import { useEffect, useRef, useState } from "preact/hooks";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import type { DistrictMap } from "../shared/api.js";
import { usePrefs } from "../shared/hooks.js";
import { setPrefs } from "../shared/prefs.js";
import type { LatLon } from "./datum.js";
import type { DeskMap, Spot } from "./desk_map.js";

interface MapBoxProps {
    map: DistrictMap;
    home: string;
    spots: Spot[];
    chosen: string;
    picked?: Set<string>;
    onSpot?: (id: string) => void;
    onArea?: (id: string) => void;
    onPoint?: (point: LatLon) => void;
}

export function MapBox(props: MapBoxProps) {
    const { map, home, spots, chosen, picked } = props;
    const words = say(consoleWords);
    const { tiles } = usePrefs();
    const box = useRef<HTMLDivElement>(null);
    const latest = useRef(props);
    latest.current = props;
    const [drawn, setDrawn] = useState<DeskMap | undefined>();

    useEffect(() => {
        const element = box.current;
        if (!element) {
            return;
        }
        let made: DeskMap | undefined;
        let gone = false;
        const watch = new ResizeObserver(() => made?.resized());
        void import("./desk_map.js").then(({ DeskMap }) => {
            if (gone) {
                return;
            }
            made = new DeskMap(element, map, {
                home,
                onSpot: (id) => latest.current.onSpot?.(id),
                ...(props.onArea && { onArea: (id: string) => latest.current.onArea?.(id) }),
                onPoint: (point) => latest.current.onPoint?.(point),
            });
            watch.observe(element);
            setDrawn(made);
        });
        return () => {
            gone = true;
            watch.disconnect();
            made?.close();
        };
        // The map is made once; what changes is shown below.
    }, []);

    useEffect(() => {
        drawn?.useTiles(map.tiles.find(({ name }) => name === tiles));
    }, [drawn, tiles]);
    const marks = JSON.stringify([spots, chosen]);
    // Drawn again only where something is different.
    useEffect(() => drawn?.show(spots, chosen), [drawn, marks]);
    useEffect(() => drawn?.pickAreas(picked ?? new Set()), [drawn, picked]);
    useEffect(() => {
        const spot = spots.find(({ id }) => id === chosen);
        if (spot) {
            drawn?.centre(spot);
        }
    }, [drawn, chosen]);

    return (
        <div class="map-box">
            {/* The list and the detail say in words what the map shows. */}
            <div class="map-canvas" ref={box} role="application" aria-label={words.mapWords} />
            {map.tiles.length > 0 && (
                <label class="map-tiles">
                    <span class="unseen">{words.tiles}</span>
                    <select
                        value={tiles}
                        onChange={(event) => setPrefs({ tiles: event.currentTarget.value })}
                    >
                        <option value="">{words.tilesNone}</option>
                        {map.tiles.map(({ name }) => (
                            <option key={name} value={name}>
                                {name}
                            </option>
                        ))}
                    </select>
                </label>
            )}
        </div>
    );
}
