import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { DistrictMap } from "./api.js";
import { areaAt, distanceM, middle } from "./ground.js";

// The demo district, as GET /v1/district gives it.
const file = JSON.parse(
    readFileSync(new URL("../../../../config/pingfang/areas.geojson", import.meta.url), "utf8"),
);
const features = file.features.map(
    (feature: {
        properties: { id: string; parent: string };
        geometry: { type: string; coordinates: unknown[] };
    }) => ({
        id: feature.properties.id,
        properties: { ...feature.properties, parent_id: feature.properties.parent },
        geometry: {
            type: "MultiPolygon",
            coordinates:
                feature.geometry.type === "Polygon"
                    ? [feature.geometry.coordinates]
                    : feature.geometry.coordinates,
        },
    }),
);
const map = { areas: { features } } as DistrictMap;

// The points of config/pingfang/README.md.
test.each([
    [45.6009, 126.6102, "baoguo-qianjinli-1"],
    [45.6009, 126.6303, "baoguo-huahui-1"],
    [45.5928, 126.6402, "baoguo-youji-2"],
    [45.6092, 126.6502, "xinjiang-xinyou-1"],
    [45.5525, 126.6485, "pingfangzhen"],
    [45.53, 126.79, undefined],
])("%d, %d lies in %s", (latitude, longitude, id) => {
    expect(areaAt(map, { latitude, longitude })?.id).toBe(id);
});

test("a degree of latitude is 111 km", () => {
    const a = { latitude: 45, longitude: 126 };
    expect(distanceM(a, { ...a, latitude: 46 })).toBeCloseTo(111_195, -1);
});

test("the middle of an area reaches its corners", () => {
    const area = features.find(({ id }: { id: string }) => id === "baoguo-qianjinli-1");
    const at = middle(area.geometry.coordinates.flat(2));
    expect(areaAt(map, at)?.id).toBe("baoguo-qianjinli-1");
    expect(at.accuracyM).toBeGreaterThan(100);
    expect(at.accuracyM).toBeLessThan(2_000);
});
