// What a desk is watched by and lives with: drills, what nobody takes, shifts, and the life of its
// notices.

import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compose, hold, leave, reached, settle, type Town, view } from "./people.js";
import type { Stand } from "./rig/stand.js";

const pingfang = fileURLToPath(new URL("../../config/pingfang", import.meta.url));

let stand: Stand;
let town: Town;

settle((it) => {
    town = it;
    ({ stand } = it);
});

test("a drill is one on every page that shows it, and gives way to a real alarm", async () => {
    const officer = await town.desk("officer-baoguo");
    const colleague = await town.desk("auxiliary-baoguo");
    const fireDesk = await town.desk("fire-desk");
    await view(officer.page, "drill");
    await officer.page.getByLabel("情景（可不填）").fill("三楼冒烟");
    await officer.page.getByRole("button", { name: "开始演练" }).click();
    for (const { page } of [officer, colleague, fireDesk]) {
        await page.locator(".first-drill .drill-band", { hasText: "演练 DRILL" }).waitFor();
        await page.locator(".inc-drill .tag-drill").waitFor();
        expect(await page.locator(".first-urgent").count()).toBe(0);
        expect(await page.locator(".inc .tag-urgent").count()).toBe(0);
    }
    await colleague.page.locator(".inc-drill").click();
    await colleague.page.locator(".detail .drill-band", { hasText: "不是真实警情" }).waitFor();
    await colleague.page.locator(".detail-text", { hasText: "【演练】[DRILL]" }).first().waitFor();

    const retiree = await town.phone("volunteer-1");
    await hold(retiree.page, ".big-fire");
    await officer.page.locator(".first-urgent", { hasText: "火情" }).waitFor();
    await colleague.page.locator(".detail .drill-band", { hasText: "自动结束" }).waitFor();
    await view(officer.page, "drill");
    await officer.page.getByRole("button", { name: "开始演练" }).click();
    await officer.page.getByText("有真实紧急警情").last().waitFor();
    await view(officer.page, "incidents");
    await officer.page.locator(".first-urgent", { hasText: "火情" }).waitFor();
    await officer.page.keyboard.press("F8");
    await officer.page.getByRole("button", { name: "确定" }).click();
    await retiree.page.locator(".outcome").waitFor();
    await leave(officer, colleague, fireDesk, retiree);
});

test("nobody is at the station: the bureau's screen says so, with the reason", async () => {
    // The district as it is: what nobody sits at is not waited for.
    await stand.cli("admin", ["admin", "district", "load", pingfang]);
    const bureau = await town.desk("bureau");
    const retiree = await town.phone("volunteer-3");
    await view(retiree.page, "report/now");
    await retiree.page.getByRole("button", { name: "有人倒地" }).click();
    await retiree.page.locator(".form button[type=submit]").click();
    await reached(retiree.page, "已存");
    // At first it is the station's, and the bureau is not asked.
    await bureau.page.locator(".inc", { hasText: "有人倒地" }).waitFor();
    await bureau.page
        .locator(".first-escalated", { hasText: /无人签收.*无人在线.*分局/ })
        .waitFor();
    await bureau.page.locator(".inc-ringing .tag-escalated").waitFor();
    // The reporter is told nothing of that.
    expect(await retiree.page.getByText("超时").count()).toBe(0);
    await bureau.page.keyboard.press("F2");
    await expect.poll(() => bureau.page.locator(".first").count()).toBe(0);
    await reached(retiree.page, "已签收");
    await bureau.page.locator(".inc", { hasText: "有人倒地" }).click();
    await bureau.page.locator(".trail", { hasText: "超时提级" }).waitFor();
    await bureau.page.locator(".trail", { hasText: "分局 陈分局 已显示" }).waitFor();
    await view(bureau.page, "stations");
    await bureau.page.locator(".step-times tbody tr", { hasText: "保国派出所" }).first().waitFor();
    await leave(bureau, retiree);
});

test("whoever goes off duty with incidents in hand names a colleague, who has them then", async () => {
    const guard = await town.phone("volunteer-1");
    const officer = await town.desk("officer-baoguo");
    const liaison = await town.desk("liaison-baoguo");
    const duty = (page: typeof officer.page) => page.locator(".desk-duty");
    await duty(officer.page).click();
    await officer.page.locator(".desk-duty-on").waitFor();
    await view(guard.page, "report/suspicious");
    await guard.page.locator("#what").fill("交接班前的事");
    await guard.page.locator(".form button[type=submit]").click();
    await officer.page.locator(".inc", { hasText: "交接班前的事" }).click();
    await officer.page.keyboard.press("F2");
    await reached(guard.page, "已签收");

    await duty(officer.page).click();
    await officer.page.getByText("名下还有未办结的事件").waitFor();
    await officer.page.getByText("本岗位目前没有别人上岗").waitFor();
    await duty(liaison.page).click();
    await liaison.page.locator(".desk-duty-on").waitFor();
    await officer.page.getByLabel("未办结的事件交给").selectOption({ label: "郑联络" });
    await officer.page.getByRole("button", { name: "移交并下岗" }).click();
    await expect.poll(() => officer.page.locator(".desk-duty-on").count()).toBe(0);
    await liaison.page.locator(".inc", { hasText: "交接班前的事" }).click();
    await liaison.page.locator(".trail", { hasText: "负责人：郑联络" }).waitFor();
    // Also after a load.
    await liaison.page.reload();
    await liaison.page.locator(".desk-duty-on").waitFor();
    await leave(guard, officer, liaison);
});

test("a lookout that identifies somebody is released by another officer, corrected, withdrawn", async () => {
    const officer = await town.desk("officer-baoguo");
    const guard = await town.phone("volunteer-1");
    const text = "寻找黑A12345号面包车";
    await compose(officer.page, "协查通报", "保国街道", text);
    await officer.page.getByRole("button", { name: "发布", exact: true }).click();
    await officer.page.getByText("请选择能否认出具体的人").waitFor();
    await officer.page.getByRole("button", { name: /^能，/ }).click();
    await officer.page.getByLabel("案件编号").fill("2026-0117");
    await officer.page.getByRole("button", { name: "发布", exact: true }).click();
    await officer.page.locator(".notice-awaiting", { hasText: text }).waitFor();
    await officer.page.getByText("须由另一位民警审核").waitFor();
    expect(await officer.page.getByRole("button", { name: "审核通过并发出" }).count()).toBe(0);
    await view(guard.page, "notices");
    expect(await guard.page.getByText(text).count()).toBe(0);

    const liaison = await town.desk("liaison-baoguo");
    await view(liaison.page, "notices");
    await liaison.page.getByRole("button", { name: "审核通过并发出" }).click();
    await guard.page.locator(".notice", { hasText: text }).click();

    // A correction that identifies somebody suspends it until it is released again.
    await officer.page.getByRole("button", { name: "更正", exact: true }).click();
    await officer.page.getByLabel("更正后的内容").fill("寻找黑A54321号面包车");
    await officer.page.getByLabel(/^原因/).fill("车牌写错");
    await officer.page.getByRole("button", { name: "确定" }).click();
    await guard.page.getByText("这条通知正在更正").waitFor();
    expect(await guard.page.getByText("A54321").count()).toBe(0);
    await liaison.page.getByRole("button", { name: "审核通过并发出" }).click();
    await guard.page.locator(".notice-text", { hasText: "A54321" }).waitFor();
    await guard.page.getByText("原因：车牌写错").waitFor();

    await officer.page.getByRole("button", { name: "撤回", exact: true }).click();
    await officer.page.getByLabel(/^原因/).fill("车辆已找到");
    await officer.page.locator(".action-form button[type=submit]").click();
    await guard.page.getByText("这条通知已撤回").waitFor();
    expect(await guard.page.getByRole("button", { name: "我有线索" }).count()).toBe(0);
    await view(guard.page, "notices");
    await guard.page.locator(".notice-gone .tag-refused", { hasText: "已撤回" }).waitFor();
    await officer.page.locator(".notice-over .trail", { hasText: "车辆已找到" }).waitFor();
    await leave(officer, guard, liaison);
});

test("a notice's answers can be read when they are closed", async () => {
    const liaison = await town.desk("liaison-baoguo");
    await compose(liaison.page, "协查通报", "保国街道", "寻找被盗电瓶");
    await liaison.page.getByRole("button", { name: "不能", exact: true }).click();
    await liaison.page.getByRole("button", { name: "发布", exact: true }).click();
    await liaison.page.locator(".notice-list", { hasText: "被盗电瓶" }).waitFor();
    const [notice] = await stand.cli("volunteer-1", ["notice", "list"]);
    const id = JSON.stringify(notice).match(/"id":\s*"([^"]+)"/)?.[1] ?? "";
    const [said] = await stand.cli("volunteer-1", [
        ...["report", "sighting", "--text", "车棚有两块旧电瓶", "--notice", id],
    ]);
    await stand.cli("officer-baoguo", [
        ...["incident", "resolve", String(said?.incidentId), "--outcome", "handled"],
    ]);
    // A desk begins with what is open.
    await liaison.page.reload();
    await liaison.page.locator(".line-live").waitFor();
    expect(await liaison.page.locator(".notice-answer").count()).toBe(0);
    await liaison.page.getByRole("button", { name: "查看全部线索" }).click();
    await liaison.page.locator(".notice-answer", { hasText: "旧电瓶" }).click();
    await liaison.page.locator(".report", { hasText: "旧电瓶" }).waitFor();
    await leave(liaison);
});
