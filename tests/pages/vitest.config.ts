import { defineConfig } from "vitest/config";

export default defineConfig({
    test: {
        include: ["*.test.ts"],
        environment: "node",
        // A hub, a Redis and a browser for each file: one after the other, so that clocks mean something.
        fileParallelism: false,
        testTimeout: 60_000,
        hookTimeout: 120_000,
    },
});
