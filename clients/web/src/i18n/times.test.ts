import { expect, test } from "vitest";
import { metres, span } from "./times.js";

test("spans are said in the two units that matter", () => {
    const said = [0, 59_999, 60_000, 200_000, 3_540_000, 3_600_000, 9_000_000, 200_000_000].map(
        span,
    );
    expect(said).toEqual([
        "0秒",
        "59秒",
        "1分钟",
        "3分20秒",
        "59分钟",
        "1小时",
        "2小时30分",
        "2天",
    ]);
    expect(span(-5)).toBe("0秒");
});

test("distances are no more exact than they are known", () => {
    expect([14.6, 104, 1_240].map(metres)).toEqual(["15米", "100米", "1.2公里"]);
});
