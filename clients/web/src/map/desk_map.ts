// The map of a desk: areas, streets and places drawn from the district's own data as SVG, so that
// it works without tiles and without WebGL. Loaded after the rest of the page.

import "leaflet/dist/leaflet.css";
import type { Position } from "geojson";
import {
    circle,
    circleMarker,
    type FeatureGroup,
    featureGroup,
    type LatLngTuple,
    type Layer,
    type LayerGroup,
    type Map as LeafletMap,
    layerGroup,
    map as leafletMap,
    type Polygon,
    polygon,
    polyline,
    type TileLayer,
    tileLayer,
    tooltip,
} from "leaflet";
import { named } from "../i18n/language.js";
import type { AreaFeature, DistrictMap, TileSource } from "../shared/api.js";
import { centreOf } from "./centre.js";
import { fromGcj, type LatLon, toGcj } from "./datum.js";

export interface Spot extends LatLon {
    id: string;
    accuracyM: number;
    coarse: boolean;
    tone: "alarm" | "calm" | "drill" | "taken" | "closed" | "point";
    title: string;
}

export interface DeskMapOptions {
    onSpot?: (id: string) => void;
    onArea?: (id: string) => void;
    onPoint?: (point: LatLon) => void;
    /** The area that the map begins with; empty: all. */
    home: string;
}

export class DeskMap {
    private readonly map: LeafletMap;
    private readonly ground: FeatureGroup = featureGroup();
    private readonly spots: LayerGroup = layerGroup();
    private readonly areas = new Map<string, Polygon>();
    /** What is drawn of each spot, and what it was drawn from. */
    private readonly markers = new Map<string, { drawn: string; layers: Layer[] }>();
    private tiles: TileLayer | undefined;
    private datum: TileSource["datum"] = "WGS-84";
    private shown: { spots: Spot[]; chosen: string } = { spots: [], chosen: "" };
    private picked = new Set<string>();

    constructor(
        element: HTMLElement,
        private readonly district: DistrictMap,
        private readonly options: DeskMapOptions,
    ) {
        this.map = leafletMap(element, {
            preferCanvas: false,
            attributionControl: false,
            zoomSnap: 0.25,
            minZoom: 9,
            maxZoom: 19,
        });
        this.ground.addTo(this.map);
        this.spots.addTo(this.map);
        this.drawGround();
        const home = this.areas.get(options.home);
        this.map.fitBounds((home ?? this.ground).getBounds(), { padding: [12, 12] });
        this.map.on("zoomend", () => this.zoomed());
        this.zoomed();
        this.map.on("click", ({ latlng }) => {
            const at = { latitude: latlng.lat, longitude: latlng.lng };
            options.onPoint?.(this.datum === "GCJ-02" ? fromGcj(at) : at);
        });
    }

    close(): void {
        this.map.remove();
    }

    resized(): void {
        this.map.invalidateSize();
    }

    private zoomed(): void {
        this.map.getContainer().classList.toggle("map-far", this.map.getZoom() < 13);
    }

    /** Undefined: none, the district's own drawing only. */
    useTiles(source: TileSource | undefined): void {
        this.tiles?.remove();
        this.tiles = undefined;
        this.datum = source?.datum ?? "WGS-84";
        if (source) {
            this.tiles = tileLayer(source.url, { maxZoom: source.max_zoom ?? 18 }).addTo(this.map);
        }
        this.drawGround();
        this.show(this.shown.spots, this.shown.chosen);
    }

    show(spots: Spot[], chosen: string): void {
        this.shown = { spots, chosen };
        const gone = new Set(this.markers.keys());
        for (const spot of spots) {
            gone.delete(spot.id);
            const isChosen = spot.id === chosen;
            const drawn = JSON.stringify([spot, isChosen, this.datum]);
            if (this.markers.get(spot.id)?.drawn !== drawn) {
                this.removeSpot(spot.id);
                this.markers.set(spot.id, { drawn, layers: this.drawSpot(spot, isChosen) });
            }
        }
        for (const id of gone) {
            this.removeSpot(id);
        }
    }

    private removeSpot(id: string): void {
        for (const layer of this.markers.get(id)?.layers ?? []) {
            layer.remove();
        }
        this.markers.delete(id);
    }

    pickAreas(ids: Set<string>): void {
        this.picked = ids;
        for (const [id, shape] of this.areas) {
            shape.getElement()?.classList.toggle("map-picked", ids.has(id));
        }
    }

    /** Brings it into view; leaves the zoom alone where it is near enough. */
    centre(point: LatLon): void {
        this.map.setView(this.at(point), Math.max(this.map.getZoom(), 14.5), { animate: false });
    }

    private at(point: LatLon): LatLngTuple {
        const { latitude, longitude } = this.datum === "GCJ-02" ? toGcj(point) : point;
        return [latitude, longitude];
    }

    private ring(corners: Position[]): LatLngTuple[] {
        return corners.map(([longitude = 0, latitude = 0]) => this.at({ latitude, longitude }));
    }

    private drawGround(): void {
        this.ground.clearLayers();
        this.areas.clear();
        for (const area of this.district.areas.features) {
            const { kind } = area.properties;
            const rings = area.geometry.coordinates.map((rings) => rings.map((r) => this.ring(r)));
            const shape = polygon(rings, {
                className: `map-area map-${kind}`,
                interactive: this.options.onArea !== undefined,
                weight: 1,
            });
            if (this.options.onArea) {
                shape.bindTooltip(named(area.properties), { sticky: true });
                shape.on("click", () => this.options.onArea?.(String(area.id)));
            }
            shape.addTo(this.ground);
            this.label(area);
            this.areas.set(String(area.id), shape);
        }
        for (const street of this.district.streets.features) {
            polyline(this.ring(street.geometry.coordinates), {
                className: "map-street",
                interactive: false,
            }).addTo(this.ground);
        }
        for (const { geometry } of this.district.compounds.features) {
            if (geometry?.type === "Polygon") {
                polygon(
                    geometry.coordinates.map((r) => this.ring(r)),
                    { className: "map-compound", interactive: false },
                ).addTo(this.ground);
            }
        }
        this.pickAreas(this.picked);
    }

    // Communities only where there is room for them.
    private label({ geometry, properties }: AreaFeature): void {
        const { kind } = properties;
        if (kind === "station" || kind === "community") {
            const [longitude = 0, latitude = 0] = centreOf(geometry.coordinates[0]?.[0] ?? []);
            tooltip({
                permanent: true,
                direction: "center",
                className: `map-label map-label-${kind}`,
            })
                .setLatLng(this.at({ latitude, longitude }))
                .setContent(named(properties))
                .addTo(this.ground);
        }
    }

    private drawSpot(spot: Spot, isChosen: boolean): Layer[] {
        const at = this.at(spot);
        const layers: Layer[] = [];
        if (isChosen && spot.accuracyM > 0) {
            layers.push(
                circle(at, {
                    radius: spot.accuracyM,
                    className: "map-around",
                    interactive: false,
                }).addTo(this.spots),
            );
        }
        const marker = circleMarker(at, {
            radius: isChosen ? 10 : 7,
            className: `map-spot map-spot-${spot.tone} ${isChosen ? "map-spot-chosen" : ""}`,
            ...(spot.coarse && { dashArray: "3 3" }),
        });
        // As text: it may be what somebody wrote.
        const title = document.createElement("span");
        title.textContent = spot.title;
        marker.bindTooltip(title);
        marker.on("click", () => this.options.onSpot?.(spot.id));
        layers.push(marker.addTo(this.spots));
        return layers;
    }
}
