// What the hub answers over HTTP: who this is, and the map. Both are kept, to open without a line.

import type { Feature, Geometry, LineString, MultiPolygon } from "geojson";

export interface Grant {
    role: string;
    scope_id?: string;
}

export interface Me {
    person: string;
    name: string;
    roles: string[];
    home: string;
    grants: Grant[];
    home_area_id?: string;
    channels?: string[];
    device: string;
}

export interface Named {
    name_zh: string;
    name_en: string;
}

export interface AreaProperties extends Named {
    kind: "bureau" | "station" | "community" | "grid";
    parent_id?: string;
    station_name_zh?: string;
    station_name_en?: string;
}

export interface TileSource {
    name: string;
    url: string;
    datum: "WGS-84" | "GCJ-02";
    attribution?: string;
    max_zoom?: number;
}

export type AreaFeature = Feature<MultiPolygon, AreaProperties>;
export type CompoundFeature = Feature<Geometry | null, Named & { area_id: string }>;
export type BuildingFeature = Feature<
    Geometry,
    Named & { area_id: string; compound_id?: string; at?: [number, number] }
>;
export type StreetFeature = Feature<LineString, Named & { area_id: string }>;

export interface DistrictMap {
    district: Named & { id: string };
    areas: { features: AreaFeature[] };
    compounds: { features: CompoundFeature[] };
    buildings: { features: BuildingFeature[] };
    streets: { features: StreetFeature[] };
    stations: (Named & { id: string })[];
    teams: (Named & { id: string })[];
    questions: { id: string; text_zh: string; text_en: string }[];
    tiles: TileSource[];
}

/** The hub said no, or there is no hub. `status` 0: no answer. */
export class ApiError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
    ) {
        super(`${status} ${code}`);
    }
}

async function call<T>(path: string, init?: RequestInit): Promise<T> {
    let answer: Response;
    try {
        answer = await fetch(path, init);
    } catch {
        throw new ApiError(0, "no_answer");
    }
    const body = await answer.json().catch(() => ({}));
    if (!answer.ok) {
        throw new ApiError(answer.status, typeof body.code === "string" ? body.code : "");
    }
    return body as T;
}

export function signIn(secret: string): Promise<{ person: string; home: string; name: string }> {
    return call("/v1/sign-in", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ secret }),
    });
}

export function signOut(): Promise<unknown> {
    return call("/v1/sign-out", { method: "POST" });
}

const meKey = "tocsin.me";
const districtKey = "tocsin.district";

/** As the hub says now, kept for the next time; 401 and 403 forget what it said before. */
async function keeping<T>(path: string, key: string): Promise<T> {
    try {
        const value = await call<T>(path);
        try {
            localStorage.setItem(key, JSON.stringify(value));
        } catch {
            // Full: then it is not there without a line.
        }
        return value;
    } catch (error) {
        if (error instanceof ApiError && (error.status === 401 || error.status === 403)) {
            localStorage.removeItem(key);
        }
        throw error;
    }
}

function kept<T>(key: string): T | undefined {
    try {
        return JSON.parse(localStorage.getItem(key) ?? "null") ?? undefined;
    } catch {
        return undefined;
    }
}

export const fetchMe = () => keeping<Me>("/v1/me", meKey);
export const fetchDistrict = () => keeping<DistrictMap>("/v1/district", districtKey);

/** As the hub said last; undefined where it never did, or said that this device is let in no more. */
export const keptMe = () => kept<Me>(meKey);
export const keptDistrict = () => kept<DistrictMap>(districtKey);

export function forgetKept(): void {
    localStorage.removeItem(meKey);
    localStorage.removeItem(districtKey);
}
