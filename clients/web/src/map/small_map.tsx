// A still picture of where something is, drawn from the district's own areas: no tiles, no WebGL,
// and small enough for a phone's first load.

import type { Position } from "geojson";
import type { AreaFeature, DistrictMap } from "../shared/api.js";
import type { Fix } from "../shared/outbox_items.js";

const width = 320;
const height = 200;
const leastSpanM = 900;
const metresPerDegree = 111_195;

interface Frame {
    x: (lon: number) => number;
    y: (lat: number) => number;
    metre: number;
}

function frame({ latitude, longitude, accuracyM }: Fix): Frame {
    const spanM = Math.max(leastSpanM, accuracyM * 2.6);
    const metre = height / spanM;
    const perLon = metresPerDegree * Math.cos((latitude * Math.PI) / 180) * metre;
    const perLat = metresPerDegree * metre;
    return {
        x: (lon) => width / 2 + (lon - longitude) * perLon,
        y: (lat) => height / 2 - (lat - latitude) * perLat,
        metre,
    };
}

function path(rings: Position[][], { x, y }: Frame): string {
    return rings
        .map((ring) => {
            const corners = ring.map(
                ([lon = 0, lat = 0]) => `${x(lon).toFixed(1)} ${y(lat).toFixed(1)}`,
            );
            return `M${corners.join("L")}Z`;
        })
        .join("");
}

function line(points: Position[], { x, y }: Frame): string {
    return `M${points.map(([lon = 0, lat = 0]) => `${x(lon).toFixed(1)} ${y(lat).toFixed(1)}`).join("L")}`;
}

const areaPathOf = (area: AreaFeature, at: Frame) =>
    area.geometry.coordinates.map((rings) => path(rings, at)).join("");

export function SmallMap({ map, place }: { map: DistrictMap; place: Fix }) {
    const at = frame(place);
    const radius = Math.max(7, place.accuracyM * at.metre);
    return (
        <svg class="small-map" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
            {map.areas.features.map((area) => (
                <path
                    key={area.id}
                    class={`map-area map-${area.properties.kind}`}
                    d={areaPathOf(area, at)}
                />
            ))}
            {map.streets.features.map((street) => (
                <path
                    key={street.id}
                    class="map-street"
                    d={line(street.geometry.coordinates, at)}
                />
            ))}
            {map.compounds.features.map(
                ({ id, geometry }) =>
                    geometry?.type === "Polygon" && (
                        <path key={id} class="map-compound" d={path(geometry.coordinates, at)} />
                    ),
            )}
            <circle class="map-around" cx={width / 2} cy={height / 2} r={radius} />
            <circle class="map-point" cx={width / 2} cy={height / 2} r={5} />
        </svg>
    );
}
