// Photos are drawn anew before they leave the phone: smaller, and without what the camera wrote
// into them (place, time, device).

import { bareJpeg } from "./jpeg.js";

const longestSide = 1_600;
const mostBytes = 2 * 1_024 * 1_024;

export class PhotoError extends Error {}

/** A JPEG of at most 2 MiB. Throws PhotoError where the file is no picture that can be read. */
export async function shrink(file: Blob): Promise<Blob> {
    const image = await read(file);
    for (const [side, quality] of [
        [longestSide, 0.82],
        [longestSide, 0.6],
        [1_024, 0.6],
    ] as const) {
        const blob = await draw(image, side, quality);
        const bare = bareJpeg(new Uint8Array(await blob.arrayBuffer()));
        if (bare.length <= mostBytes) {
            return new Blob([bare], { type: "image/jpeg" });
        }
    }
    throw new PhotoError("too large");
}

async function read(file: Blob): Promise<HTMLImageElement> {
    const url = URL.createObjectURL(file);
    try {
        const image = new Image();
        image.src = url;
        await image.decode();
        return image;
    } catch {
        throw new PhotoError("not a picture");
    } finally {
        URL.revokeObjectURL(url);
    }
}

function draw(image: HTMLImageElement, side: number, quality: number): Promise<Blob> {
    const scale = Math.min(1, side / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve, reject) =>
        canvas.toBlob(
            (blob) => (blob ? resolve(blob) : reject(new PhotoError("not drawn"))),
            "image/jpeg",
            quality,
        ),
    );
}
