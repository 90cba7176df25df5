// The district on the ground: distances, which area a point lies in, the middle of an area.

import type { Position } from "geojson";
import type { AreaFeature, DistrictMap } from "./api.js";
import type { Fix } from "./outbox_items.js";

const earthRadiusM = 6_371_008.8;
const radians = Math.PI / 180;

export interface Point {
    latitude: number;
    longitude: number;
}

export function distanceM(a: Point, b: Point): number {
    const dLat = (b.latitude - a.latitude) * radians;
    const dLon = (b.longitude - a.longitude) * radians;
    const h =
        Math.sin(dLat / 2) ** 2 +
        Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * Math.sin(dLon / 2) ** 2;
    return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(h)));
}

function isInRing(ring: Position[], { latitude: y, longitude: x }: Point): boolean {
    let inside = false;
    let [px = 0, py = 0] = ring[ring.length - 1] ?? [];
    for (const [cx = 0, cy = 0] of ring) {
        if (cy > y !== py > y && x < ((px - cx) * (y - cy)) / (py - cy) + cx) {
            inside = !inside;
        }
        px = cx;
        py = cy;
    }
    return inside;
}

export function isIn(area: AreaFeature, point: Point): boolean {
    return area.geometry.coordinates.some(
        ([outer = [], ...holes]) =>
            isInRing(outer, point) && !holes.some((hole) => isInRing(hole, point)),
    );
}

const depth = { bureau: 0, station: 1, community: 2, grid: 3 };

/** The smallest area that holds the point. */
export function areaAt(map: DistrictMap, point: Point): AreaFeature | undefined {
    let best: AreaFeature | undefined;
    for (const area of map.areas.features) {
        const deeper = !best || depth[area.properties.kind] > depth[best.properties.kind];
        if (deeper && isIn(area, point)) {
            best = area;
        }
    }
    return best;
}

/** The middle of what the corners span, and a radius that reaches all of them. */
export function middle(corners: Position[]): Fix {
    const lons = corners.map(([lon = 0]) => lon);
    const lats = corners.map(([, lat = 0]) => lat);
    const at = {
        latitude: (Math.min(...lats) + Math.max(...lats)) / 2,
        longitude: (Math.min(...lons) + Math.max(...lons)) / 2,
    };
    const far = Math.max(
        0,
        ...corners.map(([longitude = 0, latitude = 0]) => distanceM(at, { latitude, longitude })),
    );
    return { ...at, accuracyM: Math.round(far) };
}

export function areaById(map: DistrictMap | undefined, id: string): AreaFeature | undefined {
    return map?.areas.features.find((area) => area.id === id);
}

export function childrenOf(map: DistrictMap, parent: string): AreaFeature[] {
    return map.areas.features.filter(({ properties }) => properties.parent_id === parent);
}

/** The area and all above it, the largest first. */
export function lineage(map: DistrictMap | undefined, id: string): AreaFeature[] {
    const line: AreaFeature[] = [];
    for (let area = areaById(map, id); area && line.length < 8; ) {
        line.unshift(area);
        area = areaById(map, area.properties.parent_id ?? "");
    }
    return line;
}
