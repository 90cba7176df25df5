// People on the pages, and what their hands do.

import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { expect } from "vitest";
import { desktop, phone, type Somebody, signIn } from "./rig/browser.js";
import type { Stand } from "./rig/stand.js";

/** In the home grid of volunteer-1. */
export const qianjinli = { latitude: 45.6009, longitude: 126.6102, accuracy: 15 };

export class Town {
    constructor(
        private readonly browser: Browser,
        private readonly stand: Stand,
    ) {}

    /** Somebody with a phone that knows where it is. */
    async phone(name: string, options: BrowserContextOptions = {}): Promise<Somebody> {
        return await this.enter(name, {
            ...phone,
            geolocation: qianjinli,
            permissions: ["geolocation"],
            ...options,
        });
    }

    async desk(name: string, options: BrowserContextOptions = {}): Promise<Somebody> {
        return await this.enter(name, { ...desktop, ...options });
    }

    private async enter(name: string, options: BrowserContextOptions): Promise<Somebody> {
        const somebody = await signIn(this.browser, this.stand, name, options);
        await live(somebody.page);
        return somebody;
    }
}

export async function live(page: Page): Promise<void> {
    await page.locator(".line-live").waitFor();
}

/** What the page needs without a line is on the device. */
export async function offlineReady(page: Page): Promise<void> {
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    // What was heard is written down within a second.
    await page.waitForTimeout(1_500);
}

/** Holds the button for as long as it asks for. */
export async function hold(page: Page, selector: string): Promise<void> {
    const box = await page.locator(selector).boundingBox();
    if (!box) {
        throw new Error(`${selector} is not there`);
    }
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.waitForTimeout(1_200);
    await page.mouse.up();
}

/** Another view of the page that is open: what stands behind the number sign. */
export async function view(page: Page, path: string): Promise<void> {
    await page.evaluate((hash) => {
        location.hash = hash;
    }, `/${path}`);
}

/** Fills in and sends the form that is open; without words what stands there already. */
export async function sendForm(page: Page, text?: string): Promise<void> {
    if (text !== undefined) {
        await page.locator("#what").fill(text);
    }
    await page.locator(".form button[type=submit]").click();
}

/** Until the report that is open bears this step of its chain. */
export async function reached(page: Page, step: string): Promise<void> {
    await page.locator(".chain-done", { hasText: step }).waitFor();
}

/** A desk issues a notice of the kind to the whole of the named area. */
export async function issue(page: Page, kind: string, area: string, text: string): Promise<void> {
    await view(page, "notices");
    await page.getByRole("button", { name: "发布通知" }).click();
    await page.getByRole("button", { name: kind }).click();
    await page.locator(".compose textarea").fill(text);
    await page.locator(".tree").getByLabel(area, { exact: true }).check();
    await page.getByRole("button", { name: "发布", exact: true }).click();
    await page.locator(".notice-list", { hasText: text }).waitFor();
}

/** Nothing was complained about, and home. */
export async function leave(...people: Somebody[]): Promise<void> {
    for (const { context, complaints, name } of people) {
        expect(complaints, name).toEqual([]);
        await context.close();
    }
}
