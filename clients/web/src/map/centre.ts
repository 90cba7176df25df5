// Where to write an area's name.

import type { Position } from "geojson";

/**
 * The centroid of what a ring (longitude, latitude; closed) encloses: unlike the middle of its bounds, it keeps apart the
 * names of an area and of one that bends around it. Good for rings of some kilometres. The ring's first corner where it
 * encloses nothing.
 */
export function centreOf(ring: readonly Position[]): Position {
    const [ox = 0, oy = 0] = ring[0] ?? [];
    let twice = 0;
    let x = 0;
    let y = 0;
    for (let i = 0; i + 1 < ring.length; ++i) {
        const [ax = 0, ay = 0] = ring[i] as Position;
        const [bx = 0, by = 0] = ring[i + 1] as Position;
        const cross = (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
        twice += cross;
        x += (ax + bx - 2 * ox) * cross;
        y += (ay + by - 2 * oy) * cross;
    }
    return twice === 0 ? [ox, oy] : [ox + x / (3 * twice), oy + y / (3 * twice)];
}
