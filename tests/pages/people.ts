// People on the pages, and what their hands do.

import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import {
    desktop,
    type Language,
    openBrowser,
    phone,
    type Somebody,
    signIn,
} from "./rig/browser.js";
import { Stand } from "./rig/stand.js";
import { inWords, type Words } from "./words.js";

/** In the home grid of volunteer-1. */
export const qianjinli = { latitude: 45.6009, longitude: 126.6102, accuracy: 15 };

export class Town {
    /** What the pages of those who come are in. */
    language: Language = "zh";
    /** Done to each browser before anything is opened in it. */
    prepare: ((context: BrowserContext) => Promise<unknown>) | undefined;
    private there: Somebody[] = [];

    constructor(
        readonly browser: Browser,
        readonly stand: Stand,
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
        const { browser, stand, language, prepare } = this;
        const somebody = await signIn(browser, stand, name, options, language, prepare);
        this.there.push(somebody);
        await live(somebody.page);
        return somebody;
    }

    /** Everybody goes, also those whom a test that failed left behind. */
    async empty(): Promise<void> {
        await Promise.all(this.there.map(({ context }) => context.close()));
        this.there = [];
        this.language = "zh";
        this.prepare = undefined;
    }
}

/** A hub with the demo district and a browser for a test file. After each test everybody goes home. */
export function settle(begin: (town: Town) => void, pages?: string): void {
    let town: Town | undefined;
    beforeAll(async () => {
        const [stand, browser] = await Promise.all([
            Stand.start(pages === undefined ? {} : { pages }),
            openBrowser(),
        ]);
        town = new Town(browser, stand);
        begin(town);
    });
    afterEach(() => town?.empty());
    afterAll(async () => {
        await town?.browser.close();
        await town?.stand.close();
    });
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

/** Fills in a new notice of the kind for the whole of the named area. */
export async function compose(
    page: Page,
    kind: string,
    area: string,
    text: string,
    words: Words = inWords.zh,
): Promise<void> {
    await view(page, "notices");
    await page.getByRole("button", { name: words.compose }).click();
    await page.getByRole("button", { name: kind }).click();
    await page.locator(".compose textarea").fill(text);
    await page.locator(".tree").getByLabel(area, { exact: true }).check();
}

/** A desk issues a notice that identifies nobody. */
export async function issue(
    page: Page,
    kind: string,
    area: string,
    text: string,
    words: Words = inWords.zh,
): Promise<void> {
    await compose(page, kind, area, text, words);
    if (kind === words.lookout) {
        await page.getByRole("button", { name: words.nobody, exact: true }).click();
    }
    await page.getByRole("button", { name: words.publish, exact: true }).click();
    await page.locator(".notice-list", { hasText: text }).first().waitFor();
}

/** Nothing was complained about, and home. */
export async function leave(...people: Somebody[]): Promise<void> {
    for (const { context, complaints, name } of people) {
        expect(complaints, name).toEqual([]);
        await context.close();
    }
}
