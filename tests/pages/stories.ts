// The stories of the product on its pages, told by several browsers at once: what is done on one
// appears on the others, and no page says what did not happen.

import { beforeEach, expect, test } from "vitest";
import {
    hold,
    issue,
    leave,
    offlineReady,
    reached,
    sendForm,
    settle,
    type Town,
    view,
} from "./people.js";
import type { Language } from "./rig/browser.js";
import type { Stand } from "./rig/stand.js";
import { inWords } from "./words.js";

/** Told to the pages in this language; a test file of its own for each. */
export function tellStories(language: Language): void {
    let stand: Stand;
    let town: Town;
    const w = inWords[language];

    settle((it) => {
        town = it;
        ({ stand } = it);
    });

    beforeEach(() => {
        town.language = language;
    });

    test("S1: a lookout goes out, a sighting comes back tied to it, and its sender sees how it ends", async () => {
        const officer = await town.desk("officer-baoguo");
        const guard = await town.phone("volunteer-1");
        const far = await town.phone("volunteer-3");
        await issue(officer.page, w.lookout, w.baoguo, "寻找黑色电动车电瓶，近三日多起被盗", w);

        await guard.page.locator(".notice", { hasText: "电瓶" }).click();
        await guard.page.getByText(w.mustKnow).waitFor();
        await guard.page.getByRole("button", { name: w.knows }).click();
        await sendForm(guard.page, "有人正在往面包车上搬电瓶");
        await reached(guard.page, w.steps.stored);

        await view(officer.page, "notices");
        await officer.page.locator(".notice-answer", { hasText: "面包车" }).click();
        await officer.page.locator(".report", { hasText: "王示范" }).waitFor();
        await officer.page.keyboard.press("F4");
        await reached(guard.page, w.steps.going);
        await officer.page.keyboard.press("F8");
        await officer.page.getByRole("button", { name: w.confirm }).click();
        await guard.page.locator(".outcome", { hasText: w.handled }).waitFor();
        // Another station's people were not asked to look out.
        expect(await far.page.getByText("电瓶").count()).toBe(0);
        await leave(officer, guard, far);
    });

    test("S2: one held button, and station and fire desk have the fire with its place", async () => {
        const retiree = await town.phone("volunteer-1");
        const officer = await town.desk("officer-baoguo");
        const fireDesk = await town.desk("fire-desk");
        await hold(retiree.page, ".big-fire");
        await retiree.page.getByText(w.unseen).first().waitFor();
        await reached(retiree.page, w.steps.stored);

        for (const { page } of [officer, fireDesk]) {
            await page.locator(".first-urgent", { hasText: w.fire }).waitFor();
        }
        await officer.page.locator(".inc", { hasText: w.fire }).first().click();
        await officer.page.locator(".detail .facts", { hasText: "45.60090, 126.61020" }).waitFor();
        await officer.page.locator(".report", { hasText: "王示范" }).waitFor();
        // The fire desk has the number only, because she agreed to be called.
        await fireDesk.page.locator(".inc", { hasText: w.fire }).first().click();
        await fireDesk.page.locator(".report", { hasText: "000-0000-0001" }).waitFor();
        expect(await fireDesk.page.locator(".report").textContent()).not.toContain("王示范");

        await officer.page.keyboard.press("F2");
        await reached(retiree.page, w.steps.taken);
        await fireDesk.page.keyboard.press("F2");
        await expect.poll(() => fireDesk.page.locator(".first").count()).toBe(0);
        await expect.poll(() => retiree.page.getByText(w.unseen).count()).toBe(0);
        await officer.page.keyboard.press("F4");
        await reached(retiree.page, w.steps.going);
        await officer.page.keyboard.press("F8");
        await officer.page.getByRole("button", { name: w.confirm }).click();
        await retiree.page.locator(".outcome", { hasText: w.handled }).waitFor();
        await leave(retiree, officer, fireDesk);
    });

    test("S2: a hidden console has the fire, and is not said to have shown it", async () => {
        const retiree = await town.phone("volunteer-1");
        const fireDesk = await town.desk("fire-desk");
        // As when another window is in front: what the browser would say then.
        const hide = (hidden: boolean) =>
            fireDesk.page.evaluate((is) => {
                Object.defineProperty(document, "hidden", { configurable: true, value: is });
                document.dispatchEvent(new Event("visibilitychange"));
            }, hidden);
        await hide(true);
        await hold(retiree.page, ".big-fire");
        await reached(retiree.page, w.steps.stored);
        await fireDesk.page.waitForTimeout(3_000);
        await retiree.page.getByText(w.unseen).first().waitFor();
        const [incident] = await stand.cli("bureau", ["incident", "list"]);
        const proofs = JSON.stringify(incident);
        expect(proofs).toMatch(/"desk":\s*"fire"/);
        expect(await retiree.page.locator(".chain-done", { hasText: w.steps.shown }).count()).toBe(
            0,
        );
        await hide(false);
        await retiree.page.getByText(w.seen).waitFor();
        await expect.poll(() => retiree.page.getByText(w.unseen).count()).toBe(0);
        await fireDesk.page.keyboard.press("F8");
        await fireDesk.page.getByRole("button", { name: w.confirm }).click();
        await retiree.page.locator(".outcome").waitFor();
        await leave(retiree, fireDesk);
    });

    test("S2: neighbours report the same fire: one incident, several reports", async () => {
        const officer = await town.desk("officer-baoguo");
        const [first, second] = [await town.phone("volunteer-1"), await town.phone("volunteer-2")];
        await hold(first.page, ".big-fire");
        await reached(first.page, w.steps.stored);
        await officer.page.locator(".inc-decide", { hasText: w.fire }).waitFor();
        await first.page.getByText(w.placeFollowed).waitFor();
        // With a place from the start, as from a phone that knew it: by the form of what happens now.
        await stand.cli("volunteer-2", ["report", "fire", "--at", "45.6009,126.6102,15"]);
        await officer.page.locator(".inc-decide", { hasText: w.twoReports }).waitFor();
        // Neither learns of the other.
        for (const { page } of [first, second]) {
            expect(await page.getByText(w.twoReports).count()).toBe(0);
        }
        await leave(officer, first, second);
    });

    test("S3: a missing person: the team has the notice, and a clue comes back in three taps", async () => {
        const liaison = await town.desk("liaison-baoguo");
        const searcher = await town.phone("searcher-1");
        await view(liaison.page, "notices");
        await liaison.page.getByRole("button", { name: w.compose }).click();
        await liaison.page.getByRole("button", { name: w.missing }).click();
        await liaison.page
            .locator(".compose textarea")
            .fill("七旬老人，灰色外套，往前进里方向走失");
        await liaison.page.getByLabel(w.team).check();
        await liaison.page.locator(".compose .map-canvas").click({ position: { x: 200, y: 200 } });
        await liaison.page.getByRole("button", { name: w.publish, exact: true }).click();

        await searcher.page.locator(".missing", { hasText: "灰色外套" }).waitFor();
        await searcher.page.locator(".missing .small-map").waitFor();
        // The liaison sees who has it, and who has not; the searcher only the own.
        const has = liaison.page.locator(".who-has-it");
        await expect.poll(() => has.textContent()).toContain("楚队员");
        expect(await has.textContent()).toContain(w.hasIt(0));
        await searcher.page.getByRole("button", { name: w.haveIt, exact: true }).click();
        await searcher.page.getByText(w.acknowledged).waitFor();
        await liaison.page.locator(".who-list", { hasText: "楚队员" }).waitFor();
        await expect.poll(() => has.textContent()).toContain(w.hasIt(1));
        expect(await has.locator(".who-not").textContent()).toContain("卫队员");
        expect(await searcher.page.getByText("卫队员").count()).toBe(0);
        await searcher.page.getByRole("button", { name: w.saw }).click();
        await sendForm(searcher.page);
        await reached(searcher.page, w.steps.stored);
        await liaison.page.locator(".notice-answer", { hasText: w.sawText }).waitFor();

        // Corrected: what was acknowledged is an earlier text. Acknowledged again without signal, it waits, and says so.
        const notices = await stand.cli("liaison-baoguo", ["notice", "list"]);
        const of = (each: unknown) => JSON.stringify(each).includes("灰色外套");
        const id = (notices.find(of) as { id: string }).id;
        await view(searcher.page, "missing");
        await stand.cli("liaison-baoguo", [
            "notice",
            "correct",
            id,
            "--text",
            "灰色外套，蓝色帽子",
        ]);
        await liaison.page.locator(".who-list", { hasText: w.earlier }).waitFor();
        await searcher.page.getByText("蓝色帽子").waitFor();
        await offlineReady(searcher.page);
        await searcher.context.setOffline(true);
        await searcher.page.getByRole("button", { name: w.haveIt, exact: true }).click();
        await searcher.page.getByText(w.acknowledgeWaits).waitFor();
        expect(await searcher.page.getByText(w.acknowledged).count()).toBe(0);
        expect(await liaison.page.locator(".who-list", { hasText: w.earlier }).count()).toBe(1);
        await searcher.page.close();
        searcher.page = await searcher.context.newPage();
        await searcher.page.goto(stand.url("searcher-1", "/search"));
        await searcher.context.setOffline(false);
        await searcher.page.getByText(w.acknowledged).waitFor();
        await expect
            .poll(() => liaison.page.locator(".who-list", { hasText: w.earlier }).count())
            .toBe(0);

        // Readable without signal, also after the page was closed.
        await offlineReady(searcher.page);
        await searcher.context.setOffline(true);
        await searcher.page.close();
        searcher.page = await searcher.context.newPage();
        await searcher.page.goto(stand.url("searcher-1", "/search"));
        await searcher.page.locator(".missing", { hasText: "灰色外套" }).waitFor();
        await leave(liaison, searcher);
    });

    test("S4: a report from a basement waits, survives closing, and goes out once", async () => {
        const guard = await town.phone("volunteer-1");
        const officer = await town.desk("officer-baoguo");
        await offlineReady(guard.page);
        await guard.context.setOffline(true);
        await view(guard.page, "report/suspicious");
        await sendForm(guard.page, "地下车库有可疑面包车");
        await guard.page.locator(".chain-done", { hasText: w.steps.waiting }).waitFor();
        expect(await guard.page.locator(".chain-done").count()).toBe(1);
        await guard.page.getByText(w.waits).waitFor({ timeout: 25_000 });
        await guard.page.close();

        guard.page = await guard.context.newPage();
        await guard.page.goto(stand.url("volunteer-1", "/"));
        await guard.page.getByText("地下车库有可疑面包车").waitFor();
        await guard.context.setOffline(false);
        await guard.page.getByText("地下车库有可疑面包车").click();
        await reached(guard.page, w.steps.stored);
        await officer.page.locator(".inc", { hasText: "地下车库" }).waitFor();
        await guard.page.reload();
        await guard.page.locator(".line-live").waitFor();
        const incidents = await stand.cli("officer-baoguo", ["incident", "list"]);
        expect(incidents.filter((each) => JSON.stringify(each).includes("地下车库")).length).toBe(
            1,
        );
        await leave(guard, officer);
    });

    test("S5: a hazard is calm, and the grid worker takes and closes it", async () => {
        const cleaner = await town.phone("volunteer-1");
        const gridWorker = await town.phone("grid-worker-1");
        const officer = await town.desk("officer-baoguo");
        await view(cleaner.page, "report/calm");
        await cleaner.page.getByRole("button", { name: w.ice }).click();
        await cleaner.page.getByText(w.located).waitFor();
        await sendForm(cleaner.page);
        await reached(cleaner.page, w.steps.stored);

        await gridWorker.page.locator(".task-decide", { hasText: w.ice }).click();
        expect(await gridWorker.page.locator("main").textContent()).not.toContain("王示范");
        await gridWorker.page.getByRole("button", { name: w.take }).click();
        await reached(cleaner.page, w.steps.taken);
        await gridWorker.page.getByRole("button", { name: w.resolve }).click();
        await gridWorker.page.getByRole("button", { name: w.confirm }).click();
        await cleaner.page.locator(".outcome").waitFor();
        // It never stood above what is urgent.
        expect(await officer.page.locator(".first-urgent", { hasText: w.ice }).count()).toBe(0);
        await leave(cleaner, gridWorker, officer);
    });
}
