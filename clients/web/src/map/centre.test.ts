import { describe, expect, it } from "vitest";
import { centreOf } from "./centre.js";

describe("centreOf", () => {
    it("is the middle of a square, whichever way round it is drawn", () => {
        const square = [
            [2, 1],
            [4, 1],
            [4, 3],
            [2, 3],
            [2, 1],
        ];
        expect(centreOf(square)).toEqual([3, 2]);
        expect(centreOf([...square].reverse())).toEqual([3, 2]);
    });

    it("keeps an area apart from one that bends around it", () => {
        const inner = [
            [0, 0],
            [1, 0],
            [1, 1],
            [0, 1],
            [0, 0],
        ];
        const around = [
            [0, 0],
            [0, 1],
            [1, 1],
            [1, 0],
            [2, 0],
            [2, 2],
            [-1, 2],
            [-1, 0],
            [0, 0],
        ];
        const [, y] = centreOf(around);
        expect(y).toBeGreaterThan(1);
        expect(centreOf(inner)).toEqual([0.5, 0.5]);
    });

    it("is the first corner of what encloses nothing", () => {
        expect(centreOf([[5, 6]])).toEqual([5, 6]);
        expect(
            centreOf([
                [5, 6],
                [7, 8],
                [5, 6],
            ]),
        ).toEqual([5, 6]);
    });
});
