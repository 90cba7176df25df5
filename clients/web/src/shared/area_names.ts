// Areas by their names, one after the other.

import { both, named, say } from "../i18n/language.js";
import type { DistrictMap } from "./api.js";
import { areaAt, areaById, lineage, type Point } from "./ground.js";

const between = both({ zh: "、", en: ", " });

export function areaName(map: DistrictMap | undefined, id: string): string {
    return named(areaById(map, id)?.properties) || id;
}

export function areaNames(map: DistrictMap | undefined, ids: string[]): string {
    return ids.map((id) => areaName(map, id)).join(say(between));
}

/** From the station down: 保国街道 · 前进里社区 · 第一网格. */
export function areaPath(map: DistrictMap | undefined, id: string): string {
    const line = lineage(map, id);
    const below = line.length > 1 ? line.slice(1) : line;
    return below.map((area) => named(area.properties)).join(" · ");
}

/** Where a point lies, by name, and its coordinates for those who have a map of their own. */
export function placeName(map: DistrictMap, point: Point): string {
    const area = areaAt(map, point);
    const at = `${point.latitude.toFixed(5)}, ${point.longitude.toFixed(5)}`;
    return area ? `${areaPath(map, String(area.id))} (${at})` : at;
}
