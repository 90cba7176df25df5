import { defineConfig } from "vitest/config";

export default defineConfig({
    test: {
        // With TOCSIN_SHOTS: pictures to look at, and no tests.
        include: [process.env.TOCSIN_SHOTS ? "shots.ts" : "*.test.ts"],
        environment: "node",
        // A hub, a Redis and a browser for each file. Most of what they do is wait, so two at a time.
        minWorkers: 1,
        maxWorkers: 2,
        testTimeout: 60_000,
        expect: { poll: { timeout: 10_000 } },
        hookTimeout: 120_000,
    },
});
