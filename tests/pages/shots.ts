// Pictures of every page, to be looked at: both languages, light and dark, a phone and a desktop, real
// and drill. They go to the folder that TOCSIN_SHOTS names; TOCSIN_SHOTS_ONLY: those whose name has it.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { expect, test } from "vitest";
import { qianjinli, settle, type Town } from "./people.js";
import { desktop, openContext, phone } from "./rig/browser.js";
import { play, type Scene } from "./scene.js";

const folder = process.env.TOCSIN_SHOTS ?? "";
const only = process.env.TOCSIN_SHOTS_ONLY ?? "";

let town: Town;

settle((it) => {
    town = it;
});

const looks = ["zh", "en"].flatMap((language) =>
    (["light", "dark"] as const).map((theme) => ({ language, theme })),
);
const devices = { phone: { ...phone, geolocation: qianjinli }, desktop };

/** What is photographed of whom; `open` is clicked first. */
interface Shot {
    name: string;
    path: string;
    open?: string;
}

const shots = (scene: Scene): Record<string, Shot[]> => ({
    "volunteer-1": [
        { name: "home", path: "home" },
        { name: "now", path: "report/now" },
        { name: "gas", path: "report/now", open: ".chip >> nth=2" },
        { name: "calm", path: "report/calm" },
        { name: "suspicious", path: "report/suspicious" },
        { name: "notices", path: "notices" },
        { name: "notice", path: `notices/${scene.missing}` },
        { name: "lookout", path: `notices/${scene.lookout}` },
        { name: "mine", path: "mine" },
        { name: "fire", path: `mine/${scene.fire}` },
        { name: "asked", path: `mine/${scene.asked}` },
        { name: "settings", path: "settings" },
        { name: "fire-ask", path: "home", open: ".big-fire" },
    ],
    "searcher-1": [
        { name: "missing", path: "missing" },
        { name: "clue", path: `report/clue:${scene.missing}` },
    ],
    "grid-worker-1": [
        { name: "tasks", path: "tasks" },
        { name: "task", path: `tasks/${scene.hazard}` },
    ],
    "officer-baoguo": [
        { name: "incidents", path: "incidents" },
        { name: "fire", path: `incidents/${scene.fire}` },
        { name: "asked", path: `incidents/${scene.asked}` },
        {
            name: "resolve",
            path: `incidents/${scene.asked}`,
            open: ".actions button:has-text('F8')",
        },
        { name: "notices", path: "notices" },
        { name: "compose", path: "notices", open: ".desk-page-head .button" },
        { name: "figures", path: "stations" },
        { name: "drill", path: "drill" },
        { name: "settings", path: "settings" },
    ],
    bureau: [
        { name: "incidents", path: "incidents" },
        { name: "stations", path: "stations" },
    ],
    "fire-desk": [{ name: "fire", path: `incidents/${scene.fire}` }],
});
const drillShots = (drill: string): Record<string, Shot[]> => ({
    "officer-xinjiang": [
        { name: "drill-list", path: "incidents" },
        { name: "drill", path: `incidents/${drill}` },
    ],
    bureau: [{ name: "drill", path: `incidents/${drill}` }],
});

async function photograph(page: Page, person: string, all: Shot[], look: string): Promise<void> {
    for (const { name, path, open } of all) {
        const file = `${person}-${name}-${look}.png`;
        if (!file.includes(only)) {
            continue;
        }
        await page.evaluate((hash) => {
            location.hash = hash;
        }, `/${path}`);
        await page.waitForTimeout(350);
        if (open) {
            await page.locator(open).first().click();
            await page.waitForTimeout(250);
        }
        await page.screenshot({ path: join(folder, file), fullPage: look.includes("phone") });
        if (open) {
            await page.reload();
            await page.locator(".line-live").waitFor();
        }
    }
}

async function photographAll(all: Record<string, Shot[]>): Promise<void> {
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
    const drill = await stand.cli("officer-xinjiang", [
        ...["drill", "--area", "xinjiang", "--text", "商场一层起火，疏散群众"],
    ]);
    await photographAll(shots(scene));
    await photographAll(drillShots(String(drill[0]?.incidentId)));
    const context = await openContext(browser, phone);
    const page = await context.newPage();
    await page.goto(stand.url("volunteer-2", "/sign-in#nothing"));
    await page.screenshot({ path: join(folder, "sign-in-phone-zh-light.png") });
    await context.close();
}, 900_000);
