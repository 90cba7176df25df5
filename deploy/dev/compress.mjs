// Lays FILE.br and FILE.gz beside each file of a directory that gets smaller by it: the hub sends them to whoever accepts
// them.   node compress.mjs DIRECTORY
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const kTexts = /\.(html|js|mjs|css|json|geojson|webmanifest|svg|txt|wasm)$/;
// A packet holds as much anyhow.
const kWorthwhile = 1_000;

const forms = {
    ".br": (bytes) =>
        brotliCompressSync(bytes, {
            params: {
                [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
                [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
            },
        }),
    ".gz": (bytes) => gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

const directory = process.argv[2];
for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !kTexts.test(entry.name)) {
        continue;
    }
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(file);
    for (const [ending, compress] of Object.entries(forms)) {
        const smaller = bytes.length < kWorthwhile ? bytes : compress(bytes);
        if (smaller.length < bytes.length) {
            writeFileSync(file + ending, smaller);
        } else {
            rmSync(file + ending, { force: true });
        }
    }
}
