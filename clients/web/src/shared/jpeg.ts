// Takes out of a JPEG what is not the picture: comments, and all application segments but the
// first, which says that it is a JPEG. Browsers write a colour profile into what they draw.

const startOfScan = 0xda;
const comment = 0xfe;

export function bareJpeg(jpeg: Uint8Array): Uint8Array<ArrayBuffer> {
    const kept: Uint8Array[] = [jpeg.subarray(0, 2)];
    let at = 2;
    while (at + 4 <= jpeg.length && jpeg[at] === 0xff && jpeg[at + 1] !== startOfScan) {
        const marker = jpeg[at + 1] ?? 0;
        const length = 2 + (jpeg[at + 2] ?? 0) * 256 + (jpeg[at + 3] ?? 0);
        const isMetadata = (marker > 0xe0 && marker <= 0xef) || marker === comment;
        if (!isMetadata) {
            kept.push(jpeg.subarray(at, at + length));
        }
        at += length;
    }
    kept.push(jpeg.subarray(at));
    const bare = new Uint8Array(kept.reduce((sum, { length }) => sum + length, 0));
    let to = 0;
    for (const part of kept) {
        bare.set(part, to);
        to += part.length;
    }
    return bare;
}
