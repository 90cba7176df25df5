// Debian's Chromium, and people in it: each has a context, and so cookies, storage and a network, of his own.

import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";

import type { Stand } from "./stand.js";

/** A phone held upright; the smallest that the pages are made for. */
export const phone: BrowserContextOptions = {
    viewport: { width: 360, height: 640 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
};

/** A station's old desktop. */
export const desktop: BrowserContextOptions = { viewport: { width: 1366, height: 768 } };

/** TOCSIN_CHROMIUM names another program, TOCSIN_HEADED=1 shows it. */
export async function openBrowser(): Promise<Browser> {
    return await chromium.launch({
        executablePath: process.env.TOCSIN_CHROMIUM ?? "/usr/bin/chromium",
        headless: process.env.TOCSIN_HEADED === undefined,
        // Its sandbox does not work for root, as whom tests run in containers.
        chromiumSandbox: process.getuid?.() !== 0,
        args: [
            "--disable-dev-shm-usage",
            "--autoplay-policy=no-user-gesture-required",
            "--use-fake-device-for-media-stream",
        ],
    });
}

/** One person's browser: the context, the page, and what went wrong in it. */
export interface Somebody {
    name: string;
    context: BrowserContext;
    page: Page;
    /** The device that the link made. */
    device: string;
    /** Breaches of the content security policy, uncaught errors, lines of console.error: a test ends with none. */
    complaints: string[];
}

/** Collects what a page complains about. Requests that fail are no complaint: networks do. */
export function listen(page: Page, complaints: string[]): void {
    page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
    page.on("console", (message) => {
        const text = message.text();
        if (
            message.type() === "error" &&
            !/^(Failed to load resource|WebSocket connection to)/.test(text)
        ) {
            complaints.push(`console: ${text}`);
        }
    });
}

export type Language = "zh" | "en";

export async function openContext(
    browser: Browser,
    options: BrowserContextOptions = desktop,
    language: Language = "zh",
): Promise<BrowserContext> {
    const context = await browser.newContext({ locale: "zh-CN", ...options });
    if (language !== "zh") {
        // As chosen in the settings, once.
        await context.addInitScript((prefs) => {
            if (localStorage.getItem("tocsin.prefs") === null) {
                localStorage.setItem("tocsin.prefs", prefs);
            }
        }, JSON.stringify({ language }));
    }
    await context.addInitScript(() => {
        document.addEventListener("securitypolicyviolation", (event) => {
            console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
        });
    });
    return context;
}

/** Signs in by a fresh link and its button, and waits for the person's page. `page.close()` and a new page stay signed in. */
export async function signIn(
    browser: Browser,
    stand: Stand,
    name: string,
    options: BrowserContextOptions = desktop,
    language: Language = "zh",
    prepare: (context: BrowserContext) => Promise<unknown> = async () => undefined,
): Promise<Somebody> {
    const context = await openContext(browser, options, language);
    await prepare(context);
    const page = await context.newPage();
    const complaints: string[] = [];
    listen(page, complaints);
    const { link, device } = await stand.link(name);
    await page.goto(link);
    await page.getByRole("button").first().click();
    await page.waitForURL((url) => url.pathname !== "/sign-in");
    return { name, context, page, device, complaints };
}
