// How much the pages weigh on the way: what a first visit loads, compressed.

import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const dist =
    process.env.TOCSIN_PAGES ?? new URL("../../clients/web/dist", import.meta.url).pathname;

const read = (path: string) => readFileSync(`${dist}/${path}`);

/** The page's own files and the worker. `lazily`: those that come later, too. */
function loads(page: string, lazily: RegExp): string[] {
    const html = read(page).toString();
    const first = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map(
        ([, file]) => file ?? "",
    );
    const all = readdirSync(`${dist}/assets`)
        .filter((file) => /\.(js|css)$/.test(file))
        .map((file) => `assets/${file}`);
    const more = all.filter((file) => /\/worker-/.test(file) || lazily.test(file));
    return [...new Set([page, ...first, ...more])];
}

const kib = (files: string[], pack: (bytes: Buffer) => Buffer) =>
    files.reduce((sum, file) => sum + pack(read(file)).length, 0) / 1_024;

test.each([
    ["volunteer.html", /$^/, 120],
    ["search.html", /$^/, 120],
    ["grid.html", /$^/, 140],
    ["console.html", /\/desk_map-/, 400],
])("%s loads at most what it may", (page, lazily, most) => {
    const files = loads(page, lazily);
    expect(files.length).toBeGreaterThan(3);
    const [gzip, brotli] = [
        kib(files, (b) => gzipSync(b, { level: 9 })),
        kib(files, brotliCompressSync),
    ];
    console.log(`${page}: ${gzip.toFixed(1)} KiB gzip, ${brotli.toFixed(1)} KiB brotli`);
    expect(gzip).toBeLessThanOrEqual(most);
});
