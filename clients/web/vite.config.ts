import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { icons } from "./icons.js";

// The hub names the pages so (docs/pages.md).
const pages = ["volunteer", "console", "grid", "search", "sign-in"];

const phonePages = ["volunteer", "grid", "search"];

/** What the service worker keeps to open without a line: all that the phone's pages load. */
function offlineList(): Plugin {
    return {
        name: "tocsin-offline-list",
        enforce: "post",
        generateBundle(_, bundle) {
            const kept = new Set(Object.keys(bundle).filter((name) => /\/worker-/.test(name)));
            const follow = (name: string) => {
                const chunk = bundle[name];
                if (chunk?.type !== "chunk" || kept.has(name)) {
                    return;
                }
                kept.add(name);
                for (const css of chunk.viteMetadata?.importedCss ?? []) {
                    kept.add(css);
                }
                for (const other of [...chunk.imports, ...chunk.dynamicImports]) {
                    follow(other);
                }
            };
            for (const chunk of Object.values(bundle)) {
                if (chunk.type === "chunk" && chunk.isEntry && phonePages.includes(chunk.name)) {
                    follow(chunk.fileName);
                }
            }
            const worker = bundle["sw.js"];
            if (worker?.type === "chunk") {
                const list = JSON.stringify(JSON.stringify([...kept].sort()));
                worker.code = worker.code.replace(/["'`]__OFFLINE_FILES__["'`]/, list);
            }
        },
    };
}

export default defineConfig({
    appType: "mpa",
    build: {
        // Old desktops and phones: Chrome 87 and up.
        target: "chrome87",
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        rollupOptions: {
            input: {
                ...Object.fromEntries(pages.map((page) => [page, `${page}.html`])),
                sw: "src/offline/sw.ts",
            },
            output: {
                entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js"),
            },
        },
    },
    worker: {
        format: "es",
        rollupOptions: { output: { entryFileNames: "assets/worker-[hash].js" } },
    },
    plugins: [icons(), offlineList()],
    test: { include: ["src/**/*.test.ts"], environment: "node" },
});
