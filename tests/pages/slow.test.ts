// A cheap phone on a bad network: the first visit, nothing kept yet.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, test } from "vitest";
import { leave, Town } from "./people.js";
import { openBrowser } from "./rig/browser.js";
import { Stand } from "./rig/stand.js";

let stand: Stand;
let browser: Browser;

beforeAll(async () => {
    stand = await Stand.start();
    browser = await openBrowser();
});

afterAll(async () => {
    await browser?.close();
    await stand?.close();
});

// Reach: 3 s. Said, and not asserted: how busy the machine is besides decides no test.
test("a first visit at 400 kbit/s, on a phone four times slower than this machine", async () => {
    const guard = await new Town(browser, stand).phone("volunteer-1");
    // Signed in, and then as if it had never been here.
    await guard.page.evaluate(async () => {
        localStorage.clear();
        for (const registration of await navigator.serviceWorker.getRegistrations()) {
            await registration.unregister();
        }
    });
    await guard.page.goto("about:blank");
    const tools = await guard.context.newCDPSession(guard.page);
    await tools.send("Network.enable");
    await tools.send("Network.clearBrowserCache");
    await tools.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 100,
        downloadThroughput: 50_000,
        uploadThroughput: 50_000,
    });
    await tools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    const began = performance.now();
    await guard.page.goto(stand.url("volunteer-1", "/"), { waitUntil: "commit" });
    await guard.page.locator(".big-fire").waitFor();
    const usable = performance.now() - began;
    console.log(`usable after ${Math.round(usable)} ms`);
    await leave(guard);
});
