// What phones are like: two of them, a clock that is a day off, storage that is full, what may not be
// used. Each page does what a person would expect, in words.

import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { leave, live, reached, sendForm, settle, type Town, view } from "./people.js";
import { openContext, phone } from "./rig/browser.js";
import { builtPages, type Stand } from "./rig/stand.js";

const aDayAhead = `{
    const Real = Date;
    const off = 24 * 3_600_000;
    globalThis.Date = class extends Real {
        constructor(...given) {
            given.length === 0 ? super(Real.now() + off) : super(...given);
        }
        static now() {
            return Real.now() + off;
        }
    };
}`;
const full = `IDBFactory.prototype.open = () => {
    throw new DOMException("full", "QuotaExceededError");
};`;

// The pages as built; but in the workers of these people the world is another one.
const worlds = { "volunteer-1": aDayAhead, "volunteer-3": full };
const pages = mkdtempSync(join(tmpdir(), "tocsin-pages-"));
cpSync(builtPages, pages, { recursive: true });
for (const name of readdirSync(join(pages, "assets"))) {
    const file = join(pages, "assets", name);
    if (/^worker-.*\.(br|gz)$/.test(name)) {
        rmSync(file);
    } else if (/^worker-/.test(name)) {
        const changed = Object.entries(worlds).map(
            ([person, world]) => `if (location.hostname.startsWith("${person}.")) {\n${world}\n}`,
        );
        writeFileSync(file, [...changed, readFileSync(file, "utf8")].join("\n"));
    }
}

let stand: Stand;
let town: Town;

settle((it) => {
    town = it;
    ({ stand } = it);
}, pages);

afterAll(() => rmSync(pages, { recursive: true }));

test("a phone whose clock is a day off: it is told so, and the report counts all the same", async () => {
    const officer = await town.desk("officer-baoguo");
    town.prepare = (context) => context.addInitScript(aDayAhead);
    const guard = await town.phone("volunteer-1");
    await guard.page.getByText(/本机时钟相差.*请校正/).waitFor();
    await view(guard.page, "report/suspicious");
    await sendForm(guard.page, "时钟不准的手机");
    await reached(guard.page, "已存");
    await expect.poll(() => guard.page.getByText("时钟不准的手机").count()).toBe(1);
    const row = officer.page.locator(".inc", { hasText: "时钟不准的手机" });
    expect(await row.locator(".inc-age").textContent()).toMatch(/^\d+秒$/);
    await row.click();
    await officer.page.getByText("上报人时钟有误，用接收时间").waitFor();
    await leave(officer, guard);
});

test("storage is full: it is said, and what is sent is sent", async () => {
    const guard = await town.phone("volunteer-3");
    await guard.page.getByText("本机存储已满或被禁止").waitFor();
    await view(guard.page, "report/calm");
    await guard.page.getByRole("button", { name: "路灯不亮" }).click();
    await sendForm(guard.page);
    await reached(guard.page, "已存");
    await leave(guard);
});

test("no microphone, no place: words instead, and the report goes out", async () => {
    const guard = await town.phone("volunteer-2", { permissions: [] });
    await view(guard.page, "report/suspicious");
    await guard.page.getByText("没有定位权限").waitFor();
    await guard.page.getByRole("button", { name: "录一段语音" }).click();
    await guard.page.getByText("没有麦克风权限").waitFor();
    await sendForm(guard.page, "没有权限的手机");
    await reached(guard.page, "已存");
    await leave(guard);
});

test("two devices of one person: both show the report, its answer and each other", async () => {
    const first = await town.phone("volunteer-2");
    const second = await town.phone("volunteer-2");
    const officer = await town.desk("officer-baoguo");
    await view(first.page, "report/suspicious");
    await sendForm(first.page, "两台手机");
    await reached(first.page, "已存");
    await view(second.page, "mine");
    await second.page.getByText("两台手机").click();
    await officer.page.locator(".inc", { hasText: "两台手机" }).click();
    await officer.page.getByRole("button", { name: "问上报人" }).click();
    await officer.page.locator(".ask .chip").first().click();
    for (const { page } of [first, second]) {
        await page.locator(".question").waitFor();
    }
    await second.page.locator(".question textarea").fill("在第二台上回答");
    await second.page.locator(".question button").click();
    await first.page.locator(".question", { hasText: "在第二台上回答" }).waitFor();
    await officer.page.locator(".trail", { hasText: "在第二台上回答" }).waitFor();

    await view(second.page, "settings");
    await second.page.locator(".device .tag", { hasText: "本设备" }).waitFor();
    const devices = await second.page.locator(".device").count();
    expect(devices).toBeGreaterThanOrEqual(2);
    // One of them is lost, and shut out: the other goes on, and knows.
    await stand.cli("admin", ["admin", "device", "revoke", first.device]);
    await first.page.getByText("本设备的登录已失效").first().waitFor();
    await expect.poll(() => second.page.locator(".device").count()).toBe(devices - 1);
    await second.page.reload();
    await live(second.page);
    await expect.poll(() => second.page.locator(".device").count()).toBe(devices - 1);
    await leave(first, second, officer);
});

test("a colleague who came on duty before the page was loaded can take over", async () => {
    await stand.cli("liaison-baoguo", ["shift", "start"]);
    const officer = await town.desk("officer-baoguo");
    await officer.page.locator(".desk-duty").click();
    await officer.page.locator(".desk-duty-on").waitFor();
    const said = await stand.cli("volunteer-1", ["report", "sighting", "--text", "待交接"]);
    await stand.cli("officer-baoguo", ["incident", "acknowledge", String(said[0]?.incidentId)]);
    await officer.page.locator(".desk-duty").click();
    await officer.page.getByLabel("未办结的事件交给").selectOption({ label: "郑联络" });
    await officer.page.getByRole("button", { name: "移交并下岗" }).click();
    await expect.poll(() => officer.page.locator(".desk-duty-on").count()).toBe(0);
    await leave(officer);
});

test("a link that is too old, and one of nobody, say so", async () => {
    const { link } = await stand.link("volunteer-2", 1);
    const context = await openContext(town.browser, phone);
    const page = await context.newPage();
    await page.waitForTimeout(1_500);
    for (const [address, words] of [
        [link, "这个链接已过期"],
        [stand.url("volunteer-2", "/sign-in#nobody"), "这个链接无效"],
    ] as const) {
        await page.goto("about:blank");
        await page.goto(address);
        await page.getByRole("button", { name: "在本设备登录" }).click();
        await page.getByText(words).waitFor();
    }
    await context.close();
});
