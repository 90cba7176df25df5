// Two tabs, links, devices that are let in no more, places that cannot be found: each page does
// what a person would expect, and says so.

import type { Browser } from "playwright-core";
import { expect, test } from "vitest";
import { hold, leave, live, reached, sendForm, settle, type Town, view } from "./people.js";
import { openContext, phone } from "./rig/browser.js";
import type { Stand } from "./rig/stand.js";

let stand: Stand;
let browser: Browser;
let town: Town;

settle((it) => {
    town = it;
    ({ stand, browser } = it);
});

async function count(text: string): Promise<number> {
    const incidents = await stand.cli("officer-baoguo", ["incident", "list"]);
    return incidents.filter((each) => JSON.stringify(each).includes(text)).length;
}

test("two tabs of one person: what one sends the other shows, and it is sent once", async () => {
    const guard = await town.phone("volunteer-1");
    const other = await guard.context.newPage();
    await other.goto(stand.url("volunteer-1", "/"));
    await live(other);
    await guard.context.setOffline(true);
    await view(guard.page, "report/suspicious");
    await sendForm(guard.page, "两个标签页");
    await other.getByText("两个标签页").waitFor();
    // Closed before it was sent: the other tab takes it over.
    await guard.page.close();
    await guard.context.setOffline(false);
    await other.getByText("两个标签页").click();
    await other.locator(".chain-done", { hasText: "已存" }).waitFor({ timeout: 40_000 });
    expect(await count("两个标签页")).toBe(1);
    guard.page = other;
    await leave(guard);
}, 90_000);

test("a link that was used says so in words, and the secret is not in the address", async () => {
    const { link } = await stand.link("volunteer-2");
    const context = await openContext(browser, phone);
    const page = await context.newPage();
    await page.goto(link);
    expect(page.url()).not.toContain("#");
    await page.getByRole("button", { name: "在本设备登录" }).click();
    await live(page);
    const again = await context.newPage();
    await again.goto(link);
    await again.getByRole("button", { name: "在本设备登录" }).click();
    await again.getByText("这个链接已经用过了").waitFor();
    await context.close();
});

test("a device that is revoked is told so, on the open page and when it is opened again", async () => {
    const guard = await town.phone("volunteer-3");
    await stand.cli("admin", ["admin", "device", "revoke", guard.device]);
    await guard.page.getByText("本设备的登录已失效").first().waitFor();
    await guard.page.reload();
    await guard.page.getByText("本设备的登录已失效").first().waitFor();
    await guard.context.close();
});

test("signing out asks, forgets what the device keeps, and ends the device", async () => {
    const guard = await town.phone("volunteer-2");
    await view(guard.page, "settings");
    await guard.page.getByRole("button", { name: "退出登录" }).click();
    await guard.page.locator("dialog").getByRole("button", { name: "退出登录" }).click();
    await guard.page.waitForURL((url) => url.pathname === "/sign-in");
    expect(await guard.page.evaluate(() => indexedDB.databases())).toEqual([]);
    expect(await guard.page.evaluate(() => localStorage.getItem("tocsin.me"))).toBeNull();
    await leave(guard);
});

test("without a place the fire goes out all the same; a place can be chosen by name", async () => {
    const retiree = await town.phone("volunteer-1", { permissions: [] });
    const officer = await town.desk("officer-baoguo");
    await hold(retiree.page, ".big-fire");
    await reached(retiree.page, "已存");
    await retiree.page.getByRole("button", { name: "改为选择社区和楼栋" }).click();
    await retiree.page.getByLabel("社区", { exact: true }).selectOption({ index: 1 });
    await retiree.page.getByRole("button", { name: "使用这个地点" }).click();
    await retiree.page.getByText("更新了地点").waitFor();
    await officer.page.locator(".inc").first().click();
    await officer.page.locator(".report").first().waitFor();
    await view(retiree.page, "report/suspicious");
    await retiree.page.getByText("没有定位权限").waitFor();
    await leave(retiree, officer);
});

test("a tap on fire asks first; by keyboard it is sent in two presses", async () => {
    const retiree = await town.phone("volunteer-2");
    await retiree.page.locator(".big-fire").click();
    await retiree.page.getByText("确认上报火情？").waitFor();
    await retiree.page.keyboard.press("Escape");
    await expect.poll(() => retiree.page.locator("dialog").count()).toBe(0);
    await retiree.page.locator(".big-fire").focus();
    await retiree.page.keyboard.press("Enter");
    await retiree.page.getByRole("button", { name: "确认，上报火情" }).press("Enter");
    await reached(retiree.page, "已存");
    await leave(retiree);
});

test("the hub dies and comes back: nothing is lost, nothing is told twice, and pages say so", async () => {
    const guard = await town.phone("volunteer-1");
    const officer = await town.desk("officer-baoguo");
    await stand.hub("kill");
    await officer.page.getByText("与服务器断开").waitFor();
    await view(guard.page, "report/now");
    await guard.page.getByRole("button", { name: "有人打架" }).click();
    await sendForm(guard.page);
    await guard.page.locator(".banner", { hasText: "尚未确认收到" }).waitFor({ timeout: 25_000 });
    await stand.hub("start");
    await reached(guard.page, "已存");
    await officer.page.locator(".inc-decide", { hasText: "有人打架" }).waitFor();
    await expect.poll(() => officer.page.getByText("与服务器断开").count()).toBe(0);
    expect(await count("有人打架")).toBe(1);
    await leave(guard, officer);
}, 90_000);
