// Everybody can use every page: axe finds nothing on any, by light and by dark.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";
import { leave, settle, type Town } from "./people.js";
import { openContext } from "./rig/browser.js";
import type { Stand } from "./rig/stand.js";
import { drill, drillViews, isDesk, play, show, views } from "./scene.js";

let stand: Stand;
let browser: Browser;
let town: Town;

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

settle((it) => {
    town = it;
    ({ stand, browser } = it);
});

async function violations(page: Page): Promise<string[]> {
    // The tools' own script, past the page's policy.
    await page.evaluate(axe);
    return await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: typeof import("axe-core") };
        const { violations } = await axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        });
        return violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(" ")}`);
    });
}

test.each(["light", "dark"] as const)(
    "axe finds nothing on any page (%s)",
    async (colorScheme) => {
        const scene = await play(stand);
        const all = { ...views(scene), ...drillViews(await drill(stand, "演练")) };
        town.language = colorScheme === "dark" ? "en" : "zh";
        for (const [name, list] of Object.entries(all)) {
            const somebody = isDesk(name)
                ? await town.desk(name, { colorScheme })
                : await town.phone(name, { colorScheme });
            for (const each of list) {
                await show(somebody.page, each);
                expect(await violations(somebody.page), `${name} ${each.name}`).toEqual([]);
                await somebody.page.keyboard.press("Escape");
            }
            await leave(somebody);
        }
        const context = await openContext(browser, { colorScheme });
        const page = await context.newPage();
        await page.goto(stand.url("volunteer-1", "/sign-in"));
        expect(await violations(page)).toEqual([]);
        await context.close();
    },
    180_000,
);
