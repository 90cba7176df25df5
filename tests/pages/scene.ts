// A day in the district to look at: incidents in every state, notices, a question, an escalation.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { iconPng } from "../../clients/web/icons.js";
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

const places = {
    qianjinli: "45.6009,126.6102,15",
    near: "45.6011,126.6106,20",
    yard: "45.6003,126.6095,30",
};

export async function play(stand: Stand): Promise<Scene> {
    const photo = join(mkdtempSync(join(tmpdir(), "tocsin-scene-")), "photo.png");
    writeFileSync(photo, iconPng(400));
    const cli = async (person: string, ...args: string[]) =>
        (await stand.cli(person, args))[0] ?? {};
    const report = async (person: string, ...args: string[]) => {
        const said = await cli(person, "report", ...args);
        return { incident: String(said.incidentId), report: String(said.reportId) };
    };

    const lookout = await cli(
        ...(["officer-baoguo", "notice", "lookout", "--area", "baoguo"] as const),
        ...["--identifies-person", "no", "--text"],
        "近日保国街道多个小区电动车电瓶被盗，请留意夜间搬运电瓶的车辆，发现后上报时间、地点和去向。",
    );
    await cli(
        ...(["liaison-baoguo", "notice", "lookout", "--area", "baoguo"] as const),
        ...["--identifies-person", "yes", "--case", "2026-0117"],
        ...["--text", "寻找黑A·D1234灰色面包车，与电瓶被盗案有关。"],
    );
    await cli(
        ...(["officer-baoguo", "notice", "advisory", "--area", "baoguo"] as const),
        ...["--text", "今夜降温，路面易结冰，请提醒老年居民减少外出。"],
    );
    const missing = await cli(
        ...(["liaison-baoguo", "notice", "missing-person", "--team", "four-leaf-clover"] as const),
        ...["--area", "baoguo", "--at", places.near, "--photo", photo, "--text"],
        "李某，女，78岁，身高1.58米，灰色外套、红色毛线帽，今天14时从前进里小区走失，可能认不得路。",
    );

    const done = await report("volunteer-1", "dispute", "--text", "两家因楼道堆物争吵");
    await cli("grid-worker-1", "incident", "respond", done.incident);
    await cli("grid-worker-1", "incident", "resolve", done.incident, "--outcome", "handled");
    const hazard = await report(
        ...(["volunteer-1", "hazard", "--text", "12号楼门前台阶结冰，已有人滑倒"] as const),
        ...["--at", places.yard, "--building", "12号楼"],
    );
    await report("volunteer-2", "hazard", "--text", "路灯不亮", "--at", places.near);
    const asked = await report(
        ...(["volunteer-1", "sighting", "--at", places.near, "--may-call", "--notice"] as const),
        ...[String(lookout.noticeId), "--photo", photo, "--text"],
        "两人在车棚撬电瓶，一辆灰色三轮车等在门口",
    );
    await cli("officer-baoguo", "incident", "acknowledge", asked.incident);
    await cli(
        ...(["officer-baoguo", "incident", "ask", asked.incident, "--report"] as const),
        ...[asked.report, "--question", "which-way"],
    );
    await cli("officer-baoguo", "incident", "note", asked.incident, "--text", "已调看门口监控");
    await report(
        ...(["searcher-1", "clue", "--notice", String(missing.noticeId)] as const),
        ...["--at", places.qianjinli, "--text", "在公交站见到戴红帽子的老人"],
    );
    const fire = await report(
        ...(["volunteer-1", "fire", "--at", places.qianjinli, "--may-call"] as const),
        ...["--building", "3号楼", "--text", "三楼窗户冒黑烟"],
    );
    await report("volunteer-2", "fire", "--at", places.qianjinli, "--text", "听到有人喊着火");
    return {
        fire: fire.incident,
        asked: asked.incident,
        hazard: hazard.incident,
        missing: String(missing.noticeId),
        lookout: String(lookout.noticeId),
    };
}
