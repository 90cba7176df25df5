// The installed page's icons as PNG, drawn when the pages are built: the bell of public/icon.svg
// as a few simple shapes.

import { deflateSync } from "node:zlib";
import type { Plugin } from "vite";

const red = [0xb3, 0x13, 0x1b];
const white = [0xff, 0xff, 0xff];
const grid = 512;
/** Samples for each pixel and direction: smooth edges. */
const samples = 3;

const within = (x: number, y: number, cx: number, cy: number, r: number) =>
    (x - cx) ** 2 + (y - cy) ** 2 <= r ** 2;

/** On the grid of the SVG. */
function isBell(x: number, y: number): boolean {
    const knob = within(x, y, 256, 122, 30);
    const dome = y >= 130 && y <= 258 && within(x, (y - 258) * 0.77 + 258, 256, 258, 98);
    const body = y >= 258 && y <= 324 && Math.abs(x - 256) <= 98;
    const skirt = y >= 324 && y <= 372 && Math.abs(x - 256) <= 98 + ((y - 324) * 34) / 48;
    const rim = y >= 372 && y <= 388 && Math.abs(x - 256) <= 162;
    const clapper = y >= 404 && within(x, y, 256, 404, 50);
    return knob || dome || body || skirt || rim || clapper;
}

/** Red to the edge: a launcher cuts its own shape out of it. */
export function iconPng(size: number): Buffer {
    const rows: Buffer[] = [];
    for (let py = 0; py < size; py += 1) {
        const row = Buffer.alloc(1 + size * 3);
        for (let px = 0; px < size; px += 1) {
            let inside = 0;
            for (let i = 0; i < samples * samples; i += 1) {
                const x = ((px + ((i % samples) + 0.5) / samples) * grid) / size;
                const y = ((py + (Math.floor(i / samples) + 0.5) / samples) * grid) / size;
                inside += isBell(x, y) ? 1 : 0;
            }
            const share = inside / samples ** 2;
            for (let c = 0; c < 3; c += 1) {
                row[1 + px * 3 + c] = Math.round(
                    (red[c] ?? 0) * (1 - share) + (white[c] ?? 0) * share,
                );
            }
        }
        rows.push(row);
    }
    const header = Buffer.alloc(13);
    header.writeUInt32BE(size, 0);
    header.writeUInt32BE(size, 4);
    header.set([8, 2, 0, 0, 0], 8);
    return Buffer.concat([
        Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        chunk("IHDR", header),
        chunk("IDAT", deflateSync(Buffer.concat(rows), { level: 9 })),
        chunk("IEND", Buffer.alloc(0)),
    ]);
}

function chunk(name: string, content: Buffer): Buffer {
    const named = Buffer.concat([Buffer.from(name, "latin1"), content]);
    const whole = Buffer.alloc(named.length + 8);
    whole.writeUInt32BE(content.length, 0);
    named.copy(whole, 4);
    whole.writeUInt32BE(crc(named), named.length + 4);
    return whole;
}

function crc(bytes: Buffer): number {
    let value = 0xffffffff;
    for (const byte of bytes) {
        value ^= byte;
        for (let bit = 0; bit < 8; bit += 1) {
            value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
        }
    }
    return (value ^ 0xffffffff) >>> 0;
}

export function icons(): Plugin {
    return {
        name: "tocsin-icons",
        generateBundle() {
            for (const size of [192, 512]) {
                this.emitFile({
                    type: "asset",
                    fileName: `icon-${size}.png`,
                    source: iconPng(size),
                });
            }
        },
    };
}
