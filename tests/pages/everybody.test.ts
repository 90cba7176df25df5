// What holds on every page: hostile text is text, narrow and zoomed windows do not spill, and no
// page asks for more than its content security policy allows.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { issue, leave, reached, sendForm, settle, type Town, view } from "./people.js";
import type { Stand } from "./rig/stand.js";
import { drill, drillViews, isDesk, play, show, type View, views } from "./scene.js";

let stand: Stand;
let town: Town;

// A script, an override of the direction, many combining marks, emoji, a link.
const hostile = [
    "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>",
    "\u202egnp.exe\u202c\u2067\u061c",
    `a${"\u0301".repeat(1_500)}`,
    "👩‍🚒🧯".repeat(40),
    "https://example.invalid/?q=javascript:alert(1)",
    "长".repeat(900),
].join(" ");

settle((it) => {
    town = it;
    ({ stand } = it);
});

async function spills(page: Page): Promise<number> {
    return await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
}

test("hostile text in every field of every kind is text, and the layout stays whole", async () => {
    await stand.cli("admin", [
        ...[
            "admin",
            "person",
            "add",
            "volunteer-1",
            `--name=${[...hostile].slice(0, 100).join("")}`,
        ],
        ...["--phone", "<b>0", "--home", "baoguo-qianjinli-1", "--role", "volunteer"],
    ]);
    const scene = await play(stand, hostile);
    await stand.cli("volunteer-1", [
        ...["report", "hazard", "--at", "45.6003,126.6095,30", `--text=a${"\u0301".repeat(3_999)}`],
    ]);
    const signs = (most: number) => [...hostile].slice(0, most).join("");
    // Opened again and handed over, with reasons; and what a device is called.
    const [sent] = await stand.cli("volunteer-1", [
        ...["report", "assist", "--at", "45.6003,126.6095,30", `--text=${hostile}`],
    ]);
    const moved = String(sent?.incidentId);
    for (const act of [
        ["resolve", moved, "--outcome", "handled", `--note=${hostile}`],
        ["reopen", moved, `--text=${hostile}`],
        ["hand-over", moved, "--to", "xinjiang", `--text=${hostile}`],
    ]) {
        await stand.cli("officer-baoguo", ["incident", ...act]);
    }
    for (const person of ["volunteer-1", "officer-xinjiang"]) {
        await stand.cli("admin", [
            ...["admin", "device", "add", person, "--link", `--label=${signs(100)}`],
        ]);
    }
    const all: Record<string, View[]> = {
        ...views(scene),
        ...drillViews(await drill(stand, hostile)),
    };
    all["officer-xinjiang"]?.push(
        { name: "moved", path: `incidents/${moved}` },
        { name: "devices", path: "settings" },
    );
    for (const [name, list] of Object.entries(all)) {
        const { page, ...rest } = isDesk(name) ? await town.desk(name) : await town.phone(name);
        for (const each of list) {
            await show(page, each);
            expect(await spills(page), `${name} ${each.name}`).toBeLessThanOrEqual(0);
            await page.keyboard.press("Escape");
        }
        expect(await page.evaluate(() => "hacked" in window), name).toBe(false);
        await leave({ page, ...rest });
    }
    // Written on the pages themselves.
    const officer = await town.desk("officer-baoguo");
    const guard = await town.phone("volunteer-2");
    await view(guard.page, "report/calm");
    await guard.page.locator(".place input").fill("<b>3</b>\u202e号楼");
    await sendForm(guard.page, hostile);
    await reached(guard.page, "已存");
    await issue(officer.page, "安全提示", "保国街道", hostile);
    expect(await spills(guard.page)).toBeLessThanOrEqual(0);
    await leave(officer, guard);
    expect((await stand.metrics()).tocsin_csp_reports_total).toBe(0);
}, 120_000);

const phonePages = [
    [
        "volunteer-1",
        ["home", "report/now", "report/calm", "report/suspicious", "notices", "mine", "settings"],
    ],
    ["searcher-1", ["missing", "notices", "mine", "settings"]],
    ["grid-worker-1", ["tasks", "notices", "settings"]],
] as const;

test("at 320 pixels, and at twice the size, nothing spills", async () => {
    await play(stand);
    for (const [name, views] of phonePages) {
        const somebody = await town.phone(name, { viewport: { width: 320, height: 568 } });
        await somebody.page.evaluate(() =>
            localStorage.setItem("tocsin.prefs", JSON.stringify({ language: "en", elders: true })),
        );
        await somebody.page.reload();
        for (const each of views) {
            await view(somebody.page, each);
            await somebody.page.waitForTimeout(150);
            expect(await spills(somebody.page), each).toBeLessThanOrEqual(0);
        }
        await leave(somebody);
    }
    // 1366 x 768 at 200 %.
    const officer = await town.desk("officer-baoguo", { viewport: { width: 683, height: 384 } });
    await officer.page.locator(".inc").first().click();
    await officer.page.waitForTimeout(300);
    expect(await spills(officer.page)).toBeLessThanOrEqual(0);
    await leave(officer);
});

test("elders' mode: targets of 48 pixels, text of 20, the fire in one gesture", async () => {
    const retiree = await town.phone("volunteer-1");
    await view(retiree.page, "settings");
    await retiree.page.getByLabel(/长辈模式/).check();
    await view(retiree.page, "home");
    const sizes = await retiree.page.evaluate(() => ({
        text: Number.parseFloat(getComputedStyle(document.body).fontSize),
        small: [...document.querySelectorAll("main a, main button, nav a")]
            .map((each) => each.getBoundingClientRect())
            .filter(({ width, height }) => width < 48 || height < 48).length,
    }));
    expect(sizes).toEqual({ text: 20, small: 0 });
    const fire = await retiree.page.locator(".big-fire").boundingBox();
    expect(fire?.width).toBeGreaterThan(320);
    expect((fire?.y ?? 0) + (fire?.height ?? 0)).toBeLessThan(640);
    await leave(retiree);
});
