import { defineConfig } from "vitest/config";

export default defineConfig({
    // Old desktops and phones: Chrome 87 and up.
    build: { target: "chrome87" },
    test: { include: ["src/**/*.test.ts"], environment: "node" },
});
