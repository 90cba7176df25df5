// The stories of the product on its pages, told by several browsers at once: what is done on one
// appears on the others, and no page says what did not happen.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { desktop, openBrowser, phone, type Somebody, signIn } from "./rig/browser.js";
import { Stand } from "./rig/stand.js";

let stand: Stand;
let browser: Browser;
const everybody: Somebody[] = [];

beforeAll(async () => {
    stand = await Stand.start();
    browser = await openBrowser();
});

afterAll(async () => {
    await browser?.close();
    await stand?.close();
});

const baoguo = { latitude: 45.6009, longitude: 126.6102, accuracy: 15 };

async function volunteer(name: string, options = {}): Promise<Somebody> {
    const somebody = await signIn(browser, stand, name, {
        ...phone,
        geolocation: baoguo,
        permissions: ["geolocation"],
        ...options,
    });
    await somebody.page.locator(".line-live").waitFor();
    everybody.push(somebody);
    return somebody;
}

async function desk(name: string): Promise<Somebody> {
    const somebody = await signIn(browser, stand, name, desktop);
    await somebody.page.locator(".line-live").waitFor();
    everybody.push(somebody);
    return somebody;
}

/** Holds the button for as long as it asks for. */
async function hold(page: Page, selector: string): Promise<void> {
    const box = await page.locator(selector).boundingBox();
    if (!box) {
        throw new Error(`${selector} is not there`);
    }
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.waitForTimeout(1_200);
    await page.mouse.up();
}

async function leave(...people: Somebody[]): Promise<void> {
    for (const { context, complaints, name } of people) {
        expect(complaints, name).toEqual([]);
        await context.close();
    }
}

test("S2: one held button, and station and fire desk have the fire with its place", async () => {
    const [retiree, officer, fireDesk] = [
        await volunteer("volunteer-1"),
        await desk("officer-baoguo"),
        await desk("fire-desk"),
    ];
    await hold(retiree.page, ".big-fire");
    await retiree.page.getByText("119尚未看到，请立即拨打119").first().waitFor();
    await retiree.page.locator(".chain-done", { hasText: "已存" }).waitFor();

    for (const { page } of [officer, fireDesk]) {
        await page.locator(".first-urgent", { hasText: "火情" }).waitFor();
    }
    await officer.page.locator(".inc").first().click();
    await officer.page.locator(".detail .facts", { hasText: "45.60090, 126.61020" }).waitFor();
    await officer.page.locator(".report", { hasText: "王示范" }).waitFor();
    // The fire desk has the number only, because she agreed to be called.
    await fireDesk.page.locator(".inc").first().click();
    await fireDesk.page.locator(".report", { hasText: "000-0000-0001" }).waitFor();
    expect(await fireDesk.page.locator(".report").textContent()).not.toContain("王示范");

    await officer.page.keyboard.press("F2");
    await retiree.page.locator(".chain-done", { hasText: "已签收" }).waitFor();
    await fireDesk.page.keyboard.press("F2");
    await expect.poll(() => fireDesk.page.locator(".first").count()).toBe(0);
    await expect.poll(() => retiree.page.getByText("119尚未看到").count()).toBe(0);
    await officer.page.keyboard.press("F4");
    await retiree.page.locator(".chain-done", { hasText: "处置中" }).waitFor();
    await officer.page.keyboard.press("F8");
    await officer.page.getByRole("button", { name: "确定" }).click();
    await retiree.page.locator(".outcome", { hasText: "已处置" }).waitFor();
    await leave(retiree, officer, fireDesk);
});
