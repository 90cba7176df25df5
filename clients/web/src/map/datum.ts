// Chinese map tiles are drawn in GCJ-02, which is WGS-84 shifted by some hundred metres. Everything
// in this product is WGS-84; only what is shown on such tiles is shifted, and what is clicked on
// them is shifted back.

export interface LatLon {
    latitude: number;
    longitude: number;
}

const semiMajorM = 6_378_245;
const eccentricity2 = 0.006693421622965943;

/** Outside of it the two are the same. */
function isInChina({ latitude, longitude }: LatLon): boolean {
    return longitude > 73.66 && longitude < 135.05 && latitude > 3.86 && latitude < 53.55;
}

function wave(x: number, amplitudes: [number, number][]): number {
    return amplitudes.reduce((sum, [size, times]) => sum + size * Math.sin(x * times * Math.PI), 0);
}

function shift({ latitude, longitude }: LatLon): LatLon {
    const x = longitude - 105;
    const y = latitude - 35;
    const short = ((20 * Math.sin(6 * x * Math.PI) + 20 * Math.sin(2 * x * Math.PI)) * 2) / 3;
    const north =
        -100 +
        2 * x +
        3 * y +
        0.2 * y * y +
        0.1 * x * y +
        0.2 * Math.sqrt(Math.abs(x)) +
        short +
        (wave(y, [
            [20, 1],
            [40, 1 / 3],
            [160, 1 / 12],
            [320, 1 / 30],
        ]) *
            2) /
            3;
    const east =
        300 +
        x +
        2 * y +
        0.1 * x * x +
        0.1 * x * y +
        0.1 * Math.sqrt(Math.abs(x)) +
        short +
        (wave(x, [
            [20, 1],
            [40, 1 / 3],
            [150, 1 / 12],
            [300, 1 / 30],
        ]) *
            2) /
            3;
    const radians = (latitude * Math.PI) / 180;
    const magic = 1 - eccentricity2 * Math.sin(radians) ** 2;
    const root = Math.sqrt(magic);
    return {
        latitude: (north * 180) / (((semiMajorM * (1 - eccentricity2)) / (magic * root)) * Math.PI),
        longitude: (east * 180) / ((semiMajorM / root) * Math.cos(radians) * Math.PI),
    };
}

export function toGcj(point: LatLon): LatLon {
    if (!isInChina(point)) {
        return point;
    }
    const by = shift(point);
    return {
        latitude: point.latitude + by.latitude,
        longitude: point.longitude + by.longitude,
    };
}

/** The way back, to less than a centimetre. */
export function fromGcj(point: LatLon): LatLon {
    if (!isInChina(point)) {
        return point;
    }
    let guess = point;
    for (let i = 0; i < 5; i += 1) {
        const there = toGcj(guess);
        guess = {
            latitude: guess.latitude + point.latitude - there.latitude,
            longitude: guess.longitude + point.longitude - there.longitude,
        };
    }
    return guess;
}
