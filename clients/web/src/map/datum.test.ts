import { expect, test } from "vitest";
import { distanceM } from "../shared/ground.js";
import { fromGcj, toGcj } from "./datum.js";

// WGS-84 and GCJ-02 of the same points, as published conversion tables and libraries give them.
const known = [
    { name: "Tiananmen", wgs: [39.90734, 116.391264], gcj: [39.908743, 116.397507] },
    { name: "Shanghai, People's Square", wgs: [31.2304, 121.4737], gcj: [31.228459, 121.478226] },
] as const;

test.each(known)("$name is where the tiles have it", ({ wgs, gcj }) => {
    const shifted = toGcj({ latitude: wgs[0], longitude: wgs[1] });
    const there = { latitude: gcj[0], longitude: gcj[1] };
    expect(distanceM(shifted, there)).toBeLessThan(2);
});

test("there and back is the same place to a centimetre, all over the district", () => {
    for (let latitude = 45.5; latitude <= 45.67; latitude += 0.017) {
        for (let longitude = 126.56; longitude <= 126.81; longitude += 0.025) {
            const point = { latitude, longitude };
            const shifted = toGcj(point);
            expect(distanceM(point, shifted)).toBeGreaterThan(300);
            expect(distanceM(point, shifted)).toBeLessThan(800);
            expect(distanceM(point, fromGcj(shifted))).toBeLessThan(0.01);
        }
    }
});

test("outside of China nothing is shifted", () => {
    const paris = { latitude: 48.8584, longitude: 2.2945 };
    expect(toGcj(paris)).toEqual(paris);
    expect(fromGcj(paris)).toEqual(paris);
});
