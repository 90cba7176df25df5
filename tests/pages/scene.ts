// A day in the district to look at: incidents in every state, notices, a question, an escalation. And
// all the views in which it can be looked at.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { iconPng } from "../../clients/web/icons.js";
import { view } from "./people.js";
import type { Stand } from "./rig/stand.js";

export interface Scene {
    /** Incidents. */
    fire: string;
    asked: string;
    hazard: string;
    /** Notices. */
    missing: string;
    lookout: string;
}

/** What somebody sees; `open` is clicked first. */
export interface View {
    name: string;
    path: string;
    open?: string;
}

const places = {
    qianjinli: "45.6009,126.6102,15",
    near: "45.6011,126.6106,20",
    yard: "45.6003,126.6095,30",
};

/** Whether a person's page is a desk's; everybody else has a phone. */
export const isDesk = (name: string) => !/^(volunteer|searcher|team|grid)/.test(name);

/** `instead`: written in every field instead of what people would write there; it has at least 4 signs. */
export async function play(stand: Stand, instead?: string): Promise<Scene> {
    const photo = join(mkdtempSync(join(tmpdir(), "tocsin-scene-")), "photo.png");
    writeFileSync(photo, iconPng(400));
    const words = (usual: string, most = 4_000) =>
        instead === undefined ? usual : [...instead].slice(0, most).join("");
    const cli = async (person: string, ...args: string[]) =>
        (await stand.cli(person, args))[0] ?? {};
    const text = (usual: string) => `--text=${words(usual)}`;
    const report = async (person: string, kind: string, at: string, said: string) => {
        const answer = await cli(person, "report", kind, "--at", at, text(said), "--may-call");
        return { incident: String(answer.incidentId), report: String(answer.reportId) };
    };
    const notice = async (person: string, kind: string, said: string, ...more: string[]) =>
        String(
            (await cli(person, "notice", kind, "--area", "baoguo", text(said), ...more)).noticeId,
        );

    const lookout = await notice(
        ...(["officer-baoguo", "lookout"] as const),
        "近日保国街道多个小区电动车电瓶被盗，请留意夜间搬运电瓶的车辆，发现后上报时间、地点和去向。",
        ...["--identifies-person", "no"],
    );
    await notice(
        ...(["liaison-baoguo", "lookout", "寻找黑A·D1234灰色面包车，与电瓶被盗案有关。"] as const),
        ...["--identifies-person", "yes", `--case=${words("2026-0117", 64)}`],
    );
    await notice(
        ...(["officer-baoguo", "advisory"] as const),
        "今夜降温，路面易结冰，请提醒老年居民减少外出。",
    );
    const old = await notice("officer-baoguo", "advisory", "今天下午停水两小时。");
    await cli("officer-baoguo", "notice", "withdraw", old, `--reason=${words("已恢复供水", 500)}`);
    const missing = await notice(
        ...(["liaison-baoguo", "missing-person"] as const),
        "李某，女，78岁，身高1.58米，灰色外套、红色毛线帽，今天14时从前进里小区走失，可能认不得路。",
        ...["--team", "four-leaf-clover", "--at", places.near, "--photo", photo],
    );
    // One has the first words, one those that it was corrected to, the team's lead none.
    await cli("searcher-1", "notice", "acknowledge", missing);
    await cli(
        ...(["liaison-baoguo", "notice", "correct", missing] as const),
        `--reason=${words("帽子是红色的", 500)}`,
        text(
            "李某，女，78岁，身高1.58米，灰色外套、红色毛线帽，今天14时从前进里小区走失，可能认不得路。请留意公交站。",
        ),
    );
    await cli("searcher-2", "notice", "acknowledge", missing);

    const done = await report("volunteer-1", "dispute", places.yard, "两家因楼道堆物争吵");
    await cli("grid-worker-1", "incident", "respond", done.incident);
    await cli("grid-worker-1", "incident", "resolve", done.incident, "--outcome", "handled");
    const hazard = await report("volunteer-1", "hazard", places.yard, "12号楼门前台阶结冰");
    await report("volunteer-2", "hazard", places.near, "路灯不亮");
    await report("volunteer-2", "assist", places.near, "老人需要人陪同去医院");
    const said = await cli(
        ...(["volunteer-1", "report", "sighting", "--at", places.near, "--may-call"] as const),
        ...["--notice", lookout, "--photo", photo, `--building=${words("3号楼车棚", 100)}`],
        text("两人在车棚撬电瓶，一辆灰色三轮车等在门口"),
    );
    const asked = { incident: String(said.incidentId), report: String(said.reportId) };
    await cli("officer-baoguo", "incident", "acknowledge", asked.incident);
    await cli(
        ...(["officer-baoguo", "incident", "ask", asked.incident, "--report"] as const),
        ...[asked.report, text("往哪个方向走了？")],
    );
    await cli("volunteer-1", "report", "amend", asked.report, text("又来了一个人"));
    await cli("officer-baoguo", "incident", "note", asked.incident, text("已调看门口监控"));
    await cli(
        ...(["searcher-1", "report", "clue", "--notice", missing] as const),
        ...["--at", places.qianjinli, text("在公交站见到戴红帽子的老人")],
    );
    const fire = await report("volunteer-1", "fire", places.qianjinli, "三楼窗户冒黑烟");
    await report("volunteer-2", "fire", places.qianjinli, "听到有人喊着火");
    return {
        fire: fire.incident,
        asked: asked.incident,
        hazard: hazard.incident,
        missing,
        lookout,
    };
}

/** A drill where nothing real is going on: the one that goes on there, or a new one. */
export async function drill(stand: Stand, said: string): Promise<string> {
    const open = await stand.cli("officer-xinjiang", ["incident", "list"]);
    const going = open.find((each) => each.drill === true);
    if (going) {
        return String(going.id);
    }
    const [answer] = await stand.cli("officer-xinjiang", [
        ...["drill", "--area", "xinjiang", `--text=${said}`],
    ]);
    return String(answer?.incidentId);
}

/** By whose page they are. */
export const views = (scene: Scene): Record<string, View[]> => ({
    "volunteer-1": [
        { name: "home", path: "home" },
        { name: "fire-ask", path: "home", open: ".big-fire" },
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
    ],
    "searcher-1": [
        { name: "missing", path: "missing" },
        { name: "corrected", path: `notices/${scene.missing}` },
        { name: "clue", path: `report/clue:${scene.missing}` },
    ],
    "team-lead": [{ name: "missing", path: "missing" }],
    "grid-worker-1": [
        { name: "tasks", path: "tasks" },
        { name: "task", path: `tasks/${scene.hazard}` },
    ],
    "officer-baoguo": [
        { name: "incidents", path: "incidents" },
        { name: "fire", path: `incidents/${scene.fire}` },
        { name: "asked", path: `incidents/${scene.asked}` },
        { name: "close", path: `incidents/${scene.asked}`, open: ".actions kbd:has-text('F8')" },
        { name: "notices", path: "notices" },
        { name: "compose", path: "notices", open: ".desk-page-head .button" },
        { name: "figures", path: "stations" },
        { name: "drill-form", path: "drill" },
        { name: "settings", path: "settings" },
    ],
    bureau: [
        { name: "incidents", path: "incidents" },
        { name: "stations", path: "stations" },
    ],
    "fire-desk": [{ name: "fire", path: `incidents/${scene.fire}` }],
});

/** Of a drill. */
export const drillViews = (incident: string): Record<string, View[]> => ({
    "officer-xinjiang": [
        { name: "drill-list", path: "incidents" },
        { name: "drill", path: `incidents/${incident}` },
    ],
    bureau: [{ name: "drill", path: `incidents/${incident}` }],
});

/** Opens it, and gives it time to be there. */
export async function show(page: Page, { path, open }: View): Promise<void> {
    await view(page, path);
    await page.waitForTimeout(200);
    if (open) {
        await page.locator(open).first().click();
        await page.waitForTimeout(200);
    }
}
