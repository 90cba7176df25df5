import { expect, test } from "vitest";
import { bareJpeg } from "./jpeg.js";

const segment = (marker: number, ...content: number[]) => [
    0xff,
    marker,
    0,
    content.length + 2,
    ...content,
];

test("what the camera or the browser wrote beside the picture is gone", () => {
    const start = [0xff, 0xd8];
    const jfif = segment(0xe0, 1, 2);
    const tables = segment(0xdb, 3, 4, 5);
    const scan = [0xff, 0xda, 0, 2, 9, 9, 0xff, 0x00, 0xff, 0xe1, 7, 0xff, 0xd9];
    const whole = [
        ...start,
        ...jfif,
        ...segment(0xe1, 69, 120, 105, 102),
        ...segment(0xe2, 73, 67, 67),
        ...tables,
        ...segment(0xfe, 33),
        ...scan,
    ];
    expect([...bareJpeg(Uint8Array.from(whole))]).toEqual([...start, ...jfif, ...tables, ...scan]);
});
