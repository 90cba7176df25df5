import { webcrypto } from "node:crypto";
import { expect, test, vi } from "vitest";
import { oggFromWebm } from "./ogg.js";

vi.stubGlobal("crypto", webcrypto);

const element = (id: number[], content: number[]) => [
    ...id,
    0x40 | (content.length >> 8),
    content.length & 0xff,
    ...content,
];
// Of unknown length, as a recorder writes them.
const open = (id: number[], content: number[]) => [...id, 0x01, ...Array(7).fill(0xff), ...content];
const block = (packet: number[]) => element([0xa3], [0x81, 0, 0, 0x80, ...packet]);

const head = [...new TextEncoder().encode("OpusHead"), 1, 1, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0];
const wide20ms = (length: number) => [0xf8, ...Array(length - 1).fill(7)]; // one frame of 20 ms

function webm(packets: number[][]): Uint8Array {
    const tracks = element([0x16, 0x54, 0xae, 0x6b], element([0xae], element([0x63, 0xa2], head)));
    const clusters = packets.map((packet) => open([0x1f, 0x43, 0xb6, 0x75], block(packet)));
    const all = [
        ...element([0x1a, 0x45, 0xdf, 0xa3], [1, 2, 3]),
        ...open([0x18, 0x53, 0x80, 0x67], [...tracks, ...clusters.flat()]),
    ];
    return Uint8Array.from(all);
}

async function pages(blob: Blob) {
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const view = new DataView(bytes.buffer);
    const found = [];
    for (let at = 0; at < bytes.length; ) {
        expect(new TextDecoder().decode(bytes.subarray(at, at + 4))).toBe("OggS");
        const count = bytes[at + 26] ?? 0;
        const lengths = bytes.subarray(at + 27, at + 27 + count);
        const size = lengths.reduce((sum, length) => sum + length, 0);
        found.push({
            kind: bytes[at + 5],
            samples: view.getBigInt64(at + 6, true),
            sequence: view.getUint32(at + 18, true),
            size,
        });
        at += 27 + count + size;
    }
    return found;
}

test("packets go over as they are, and the time is counted", async () => {
    const found = await pages(oggFromWebm(webm([wide20ms(80), wide20ms(300), wide20ms(255)])));
    expect(found).toEqual([
        { kind: 2, samples: 0n, sequence: 0, size: head.length },
        { kind: 0, samples: 0n, sequence: 1, size: 22 },
        { kind: 4, samples: 2_880n, sequence: 2, size: 80 + 300 + 255 },
    ]);
});

test("a minute is spread over pages that hold what a page may", async () => {
    const minute = Array.from({ length: 3_000 }, () => wide20ms(160));
    const found = await pages(oggFromWebm(webm(minute)));
    expect(found.length).toBe(2 + 60);
    expect(found[found.length - 1]).toMatchObject({ kind: 4, samples: 2_880_000n });
});

test("what is no recording is refused", () => {
    expect(() => oggFromWebm(new Uint8Array([0, 0, 0]))).toThrow();
    expect(() => oggFromWebm(webm([]))).toThrow();
});
