// Pictures of every page, to be looked at: both languages, light and dark, a phone and a desktop, real
// and drill. They go to the folder that TOCSIN_SHOTS names; TOCSIN_SHOTS_ONLY: those whose name has it;
// TOCSIN_SHOTS_WHOLE=1: of a phone's pages all that can be scrolled to.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, test } from "vitest";
import { qianjinli, settle, type Town } from "./people.js";
import { desktop, openContext, phone } from "./rig/browser.js";
import { drill, drillViews, play, show, type View, views } from "./scene.js";

const folder = process.env.TOCSIN_SHOTS ?? "";
const only = process.env.TOCSIN_SHOTS_ONLY ?? "";
const isWhole = process.env.TOCSIN_SHOTS_WHOLE !== undefined;

let town: Town;

settle((it) => {
    town = it;
});

const looks = ["zh", "en"].flatMap((language) =>
    (["light", "dark"] as const).map((theme) => ({ language, theme })),
);
const devices = { phone: { ...phone, geolocation: qianjinli }, desktop };

async function photograph(page: Page, person: string, all: View[], look: string): Promise<void> {
    for (const each of all) {
        const { name, open } = each;
        const file = `${person}-${name}-${look}.png`;
        if (!file.includes(only)) {
            continue;
        }
        await show(page, each);
        await page.screenshot({
            path: join(folder, file),
            fullPage: isWhole && look.includes("phone"),
        });
        if (open) {
            await page.reload();
            await page.locator(".line-live").waitFor();
        }
    }
}

async function photographAll(all: Record<string, View[]>): Promise<void> {
    for (const [person, list] of Object.entries(all)) {
        for (const [device, options] of Object.entries(devices)) {
            const { context, page } = await town.desk(person, {
                ...(options as BrowserContextOptions),
                permissions: ["geolocation"],
            });
            for (const { language, theme } of looks) {
                await page.evaluate(
                    (prefs) => localStorage.setItem("tocsin.prefs", prefs),
                    JSON.stringify({ language, theme }),
                );
                await page.reload();
                await page.locator(".line-live").waitFor();
                await photograph(page, person, list, `${device}-${language}-${theme}`);
            }
            await context.close();
        }
    }
}

test("every page", async () => {
    expect(folder, "TOCSIN_SHOTS names the folder").not.toBe("");
    mkdirSync(folder, { recursive: true });
    const { stand, browser } = town;
    const scene = await play(stand);
    await photographAll(views(scene));
    await photographAll(drillViews(await drill(stand, "商场一层起火，疏散群众")));
    if (!"sign-in".includes(only)) {
        return;
    }
    const context = await openContext(browser, phone);
    const page = await context.newPage();
    await page.goto(stand.url("volunteer-2", "/sign-in#nothing"));
    await page.screenshot({ path: join(folder, "sign-in-phone-zh-light.png") });
    await context.close();
}, 900_000);
