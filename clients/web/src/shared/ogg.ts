// Browsers record voice as Opus in WebM; the hub takes Opus in Ogg. The sound is the same, packet
// by packet: only what is around it is made anew.

/** Elements of WebM that hold others, and are gone into: segment, cluster, tracks, entry, group. */
const masters = new Set([0x18538067, 0x1f43b675, 0x1654ae6b, 0xae, 0xa0]);
const codecPrivate = 0x63a2;
const blocks = new Set([0xa3, 0xa1]); // simple, and in a group
const lacing = 0x06;
const packetsPerPage = 50;
const mostSegments = 255;

interface Sound {
    head: Uint8Array;
    packets: Uint8Array[];
}

export function oggFromWebm(webm: Uint8Array): Blob {
    const { head, packets } = read(webm);
    const serial = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
    const pages = [page([head], 0n, 2, serial, 0), page([tags()], 0n, 0, serial, 1)];
    let samples = 0n;
    for (let from = 0; from < packets.length; ) {
        const group: Uint8Array[] = [];
        let segments = 0;
        while (from < packets.length && group.length < packetsPerPage) {
            const packet = packets[from] as Uint8Array;
            segments += Math.floor(packet.length / 255) + 1;
            if (segments > mostSegments) {
                break;
            }
            samples += BigInt(samplesOf(packet));
            group.push(packet);
            from += 1;
        }
        const isLast = from >= packets.length;
        pages.push(page(group, samples, isLast ? 4 : 0, serial, pages.length));
    }
    return new Blob(pages, { type: "audio/ogg" });
}

// Walks the elements in order, into those that hold others and over the rest.
function read(bytes: Uint8Array): Sound {
    let head: Uint8Array | undefined;
    const packets: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
        const id = vint(bytes, at, false);
        const size = vint(bytes, at + id.length, true);
        at += id.length + size.length;
        if (masters.has(id.value)) {
            continue;
        }
        const content = bytes.subarray(at, at + size.value);
        if (id.value === codecPrivate) {
            head = content;
        } else if (blocks.has(id.value)) {
            const track = vint(content, 0, true).length;
            const flags = content[track + 2] ?? 0;
            if ((flags & lacing) !== 0) {
                throw new Error("laced blocks are not expected of a recorder");
            }
            packets.push(content.subarray(track + 3));
        }
        at += size.value;
    }
    if (!head || packets.length === 0) {
        throw new Error("nothing was recorded");
    }
    return { head, packets };
}

/** A number whose first byte says how long it is; of ids the mark of the length is a part. */
function vint(bytes: Uint8Array, at: number, unmark: boolean): { value: number; length: number } {
    const first = bytes[at] ?? 0;
    const length = Math.clz32(first) - 23;
    if (first === 0 || length > 8) {
        throw new Error("not WebM");
    }
    let value = unmark ? first & (0xff >> length) : first;
    for (let i = 1; i < length; i += 1) {
        value = value * 256 + (bytes[at + i] ?? 0);
    }
    return { value, length };
}

/** At 48 kHz, by the packet's first byte (RFC 6716, 3.1). */
function samplesOf(packet: Uint8Array): number {
    const toc = packet[0] ?? 0;
    const config = toc >> 3;
    const frame =
        config < 12
            ? [480, 960, 1_920, 2_880][config & 3]
            : config < 16
              ? [480, 960][config & 1]
              : [120, 240, 480, 960][config & 3];
    const code = toc & 3;
    const frames = code === 0 ? 1 : code === 3 ? (packet[1] ?? 0) & 0x3f : 2;
    return (frame ?? 0) * frames;
}

function tags(): Uint8Array {
    const bytes = new Uint8Array(8 + 4 + 6 + 4);
    bytes.set(new TextEncoder().encode("OpusTags"), 0);
    new DataView(bytes.buffer).setUint32(8, 6, true);
    bytes.set(new TextEncoder().encode("tocsin"), 12);
    return bytes;
}

/** `kind`: 2 is the first, 4 the last page (RFC 3533). */
function page(
    packets: Uint8Array[],
    samples: bigint,
    kind: number,
    serial: number,
    sequence: number,
): Uint8Array<ArrayBuffer> {
    const lengths = packets.flatMap(({ length }) => [
        ...Array<number>(Math.floor(length / 255)).fill(255),
        length % 255,
    ]);
    const size = packets.reduce((sum, { length }) => sum + length, 0);
    const bytes = new Uint8Array(27 + lengths.length + size);
    const view = new DataView(bytes.buffer);
    bytes.set(new TextEncoder().encode("OggS"), 0);
    bytes[5] = kind;
    view.setBigInt64(6, samples, true);
    view.setUint32(14, serial, true);
    view.setUint32(18, sequence, true);
    bytes[26] = lengths.length;
    bytes.set(lengths, 27);
    let at = 27 + lengths.length;
    for (const packet of packets) {
        bytes.set(packet, at);
        at += packet.length;
    }
    view.setUint32(22, checksum(bytes), true);
    return bytes;
}

const table = Array.from({ length: 256 }, (_, i) => {
    let value = i << 24;
    for (let bit = 0; bit < 8; bit += 1) {
        value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
    }
    return value;
});

function checksum(bytes: Uint8Array): number {
    let value = 0;
    for (const byte of bytes) {
        value = (value << 8) ^ (table[((value >>> 24) ^ byte) & 0xff] ?? 0);
    }
    return value >>> 0;
}
