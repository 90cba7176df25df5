// The service worker: the phone's pages open without a line. It keeps what the build made, under
// names that change with the content, and never anything that the hub says.

const worker = self as unknown as ServiceWorkerGlobalScope;

// The build writes the list here.
const files: string[] = JSON.parse("__OFFLINE_FILES__");
const pages = ["/", "/search", "/grid"];
const cacheName = `tocsin-${hash(files.join())}`;

function hash(text: string): string {
    let value = 5_381;
    for (let i = 0; i < text.length; i += 1) {
        value = ((value * 33) ^ text.charCodeAt(i)) >>> 0;
    }
    return value.toString(36);
}

worker.addEventListener("install", (event) => {
    event.waitUntil(
        caches
            .open(cacheName)
            .then((cache) =>
                cache.addAll([
                    ...pages.map((page) => new Request(page, { cache: "reload" })),
                    "/manifest.webmanifest",
                    "/icon.svg",
                    ...files.map((file) => `/${file}`),
                ]),
            ),
    );
});

worker.addEventListener("activate", (event) => {
    event.waitUntil(
        (async () => {
            for (const name of await caches.keys()) {
                if (name !== cacheName) {
                    await caches.delete(name);
                }
            }
            await worker.clients.claim();
        })(),
    );
});

// A page says that its person wants the new version now.
worker.addEventListener("message", ({ data }) => {
    if (data === "now") {
        void worker.skipWaiting();
    }
});

worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== worker.location.origin) {
        return;
    }
    const isPage = request.mode === "navigate" && pages.includes(pathname);
    if (isPage || pathname.startsWith("/assets/") || pathname === "/icon.svg") {
        event.respondWith(fromCache(isPage ? pathname : request));
    }
});

async function fromCache(request: Request | string): Promise<Response> {
    const cache = await caches.open(cacheName);
    return (await cache.match(request)) ?? fetch(request);
}
