// In by a link, once, and out again; and a page that may do no more than the hub says.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { listen, openBrowser, openContext, signIn } from "./rig/browser.js";
import { Stand, tinyPages } from "./rig/stand.js";

let stand: Stand;
let browser: Browser;

beforeAll(async () => {
    stand = await Stand.start({ pages: tinyPages });
    browser = await openBrowser();
});

afterAll(async () => {
    await browser?.close();
    await stand?.close();
});

test("a link signs in, and the connection is the person's", async () => {
    const officer = await signIn(browser, stand, "officer-baoguo");
    expect(new URL(officer.page.url()).pathname).toBe("/console");
    await officer.page.getByText("officer-baoguo").first().waitFor();
    await expect.poll(() => officer.page.textContent("#who")).toBe("officer-baoguo");
    await expect.poll(() => officer.page.textContent("#welcome")).toBe("officer-baoguo");
    expect(await officer.page.evaluate(() => document.cookie)).toBe("");
    const cookies = await officer.context.cookies();
    expect(cookies).toMatchObject([
        { name: "tocsin", httpOnly: true, sameSite: "Strict", path: "/" },
    ]);
    expect(
        await officer.page.evaluate(
            () => getComputedStyle(document.querySelector("#who") ?? document.body).color,
        ),
    ).toBe("rgb(0, 128, 0)");
    expect(officer.complaints).toEqual([]);
    expect((await stand.metrics()).tocsin_csp_reports_total).toBe(0);
    await officer.context.close();
});

test("a link works once, and looking at it does not spend it", async () => {
    const { link } = await stand.link("volunteer-1");
    const context = await openContext(browser);
    for (let looks = 0; looks < 2; ++looks) {
        const preview = await context.newPage();
        await preview.goto(link);
        await preview.close();
    }
    const page = await context.newPage();
    await page.goto(link);
    await page.click("#in");
    await page.waitForURL((url) => url.pathname === "/");
    const again = await context.newPage();
    await again.goto(link);
    await again.click("#in");
    await expect.poll(() => again.textContent("#said")).toBe("403 link_used");
    await context.close();
});

test("a link of nobody and one that is too old", async () => {
    const context = await openContext(browser);
    const page = await context.newPage();
    await page.goto(stand.url("volunteer-1", "/sign-in#nobody-made-this"));
    await page.click("#in");
    await expect.poll(() => page.textContent("#said")).toBe("403 link_unknown");
    const { link } = await stand.link("volunteer-1", 1);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const late = await context.newPage();
    await late.goto(link);
    await late.click("#in");
    await expect.poll(() => late.textContent("#said")).toBe("403 link_expired");
    await context.close();
});

test("signing out ends the connection and the cookie", async () => {
    const searcher = await signIn(browser, stand, "searcher-1");
    await expect.poll(() => searcher.page.textContent("#welcome")).toBe("searcher-1");
    await searcher.page.click("#out");
    await expect.poll(() => searcher.page.textContent("#who")).toBe("out 200");
    await expect.poll(() => searcher.page.textContent("#welcome")).toBe("closed 4500");
    expect(await searcher.context.cookies()).toEqual([]);
    await searcher.page.reload();
    await expect.poll(() => searcher.page.textContent("#who")).toBe("401");
    await searcher.context.close();
});

test("a device that is revoked is thrown out", async () => {
    const volunteer = await signIn(browser, stand, "volunteer-2");
    await expect.poll(() => volunteer.page.textContent("#welcome")).toBe("volunteer-2");
    await stand.cli("admin", ["admin", "device", "revoke", volunteer.device]);
    await expect.poll(() => volunteer.page.textContent("#welcome")).toBe("closed 4500");
    await volunteer.page.reload();
    await expect.poll(() => volunteer.page.textContent("#who")).toBe("401");
    await volunteer.context.close();
});

test("one browser is several people, each under his own name", async () => {
    const context = await openContext(browser);
    for (const name of ["volunteer-1", "officer-baoguo"]) {
        const page = await context.newPage();
        await page.goto((await stand.link(name)).link);
        await page.click("#in");
        await expect.poll(() => page.textContent("#who")).toBe(name);
    }
    const [first, second] = context.pages();
    await first?.reload();
    await expect.poll(() => first?.textContent("#who")).toBe("volunteer-1");
    await second?.reload();
    await expect.poll(() => second?.textContent("#who")).toBe("officer-baoguo");
    await context.close();
});

test("a page from elsewhere gets nowhere with the cookie", async () => {
    const officer = await signIn(browser, stand, "officer-baoguo");
    const evil = createServer((_, answer) => {
        answer.setHeader("Content-Type", "text/html");
        answer.end("<!doctype html><title>evil</title>");
    });
    await new Promise<void>((resolve) => evil.listen(0, "127.0.0.1", resolve));
    const { port } = evil.address() as AddressInfo;
    // Another site, and another port of the very host: the cookie travels to the latter.
    for (const host of ["evil.localhost", "officer-baoguo.localhost"]) {
        const page = await officer.context.newPage();
        await page.goto(`http://${host}:${port}/`);
        const tried = await page.evaluate(async (at) => {
            const connect = await new Promise((resolve) => {
                const socket = new WebSocket(`ws://${at}/v1/connect`, ["tocsin.v1+json"]);
                socket.onmessage = () => resolve("welcome");
                socket.onerror = () => resolve("refused");
            });
            const ask = (path: string, more: RequestInit) =>
                fetch(`http://${at}${path}`, { credentials: "include", ...more }).then(
                    (answer) => answer.status,
                    () => "refused",
                );
            return {
                connect,
                look: await ask("/v1/me", {}),
                blind: await ask("/v1/sign-out", { method: "POST", mode: "no-cors" }),
            };
        }, `officer-baoguo.localhost:${stand.port}`);
        expect(tried).toEqual({ connect: "refused", look: "refused", blind: 0 });
        await page.close();
    }
    await officer.page.reload();
    await expect.poll(() => officer.page.textContent("#who")).toBe("officer-baoguo");
    await new Promise((resolve) => evil.close(resolve));
    await officer.context.close();
});

test("what the policy forbids does not happen, and is counted", async () => {
    const context = await openContext(browser);
    const page = await context.newPage();
    const complaints: string[] = [];
    listen(page, complaints);
    await page.goto(stand.url("volunteer-1", "/sign-in"));
    await page.evaluate(() => {
        const script = document.createElement("script");
        script.textContent = "window.ran = true";
        document.body.append(script);
        const image = document.createElement("img");
        image.src = "http://192.0.2.1/track.png";
        document.body.append(image);
    });
    expect(await page.evaluate(() => "ran" in window)).toBe(false);
    await expect
        .poll(async () => (await stand.metrics()).tocsin_csp_reports_total)
        .toBeGreaterThan(1);
    expect(complaints.join("\n")).toMatch(/policy: script-src/);
    await context.close();
});
