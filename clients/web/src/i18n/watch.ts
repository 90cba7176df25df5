// The words for what a desk is watched by: drills, escalations, how long the steps took.

import { DrillEnd } from "../gen/tocsin/v1/drill_pb.js";
import { Clock, EscalationReason } from "../gen/tocsin/v1/escalation_pb.js";
import { both } from "./language.js";

export const watchWords = both({
    zh: {
        drillBand: "演练 DRILL",
        drillNotReal: "不是真实警情",
        drillTitle: "开始一次演练",
        drillWords:
            "演练会在接警台响铃，全程标明“演练”，不计入统计。辖区内有真实紧急警情时不能开始；真实警情一来，演练自动结束。",
        drillArea: "演练区域",
        drillKind: "演练内容",
        drillText: "情景（可不填）",
        drillStart: "开始演练",
        drillEnded: {
            [DrillEnd.UNSPECIFIED]: "",
            [DrillEnd.REAL_ALARM]: "有真实警情，演练自动结束",
            [DrillEnd.TIME]: "演练满两小时，自动结束",
        } as Record<number, string>,
        overdue: "超时",
        and: "、",
        clocks: {
            [Clock.UNACKNOWLEDGED]: "无人签收",
            [Clock.NOT_RESPONDING]: "无人出警",
            [Clock.SILENT]: "没有进展",
        } as Record<number, string>,
        reasons: {
            [EscalationReason.NOBODY_CONNECTED]: "接警台无人在线",
            [EscalationReason.UNATTENDED]: "接警台无人值守",
        } as Record<number, string>,
        escalation: (clock: string, waited: string, why: string, desks: string, times: number) =>
            `超时提级：${[clock, waited, why].filter(Boolean).join("，")}，已通知 ${desks}${times > 1 ? `（第 ${times} 次）` : ""}`,
        early: "（存储时钟跳快，提前触发）",
        stats: "各步用时",
        statsWords: "未办结的和一天内办结的警情；演练不计。中位数 / 95% / 最长",
        statsKind: "类别",
        statsCount: "起数",
        steps: ["存到显示", "显示到签收", "签收到出警"],
        refresh: "刷新",
    },
    en: {
        drillBand: "DRILL 演练",
        drillNotReal: "not a real alarm",
        drillTitle: "Sound a drill",
        drillWords:
            "It rings at the desks, is marked as a drill throughout and counts in no statistics. It cannot begin while a real alarm is open in the station, and ends by itself when there is one.",
        drillArea: "Where",
        drillKind: "What is practised",
        drillText: "What to imagine (optional)",
        drillStart: "Sound the drill",
        drillEnded: {
            [DrillEnd.UNSPECIFIED]: "",
            [DrillEnd.REAL_ALARM]: "Ended by a real alarm",
            [DrillEnd.TIME]: "Ended by itself after two hours",
        } as Record<number, string>,
        overdue: "Overdue",
        and: ", ",
        clocks: {
            [Clock.UNACKNOWLEDGED]: "nobody acknowledged",
            [Clock.NOT_RESPONDING]: "nobody on the way",
            [Clock.SILENT]: "no word",
        } as Record<number, string>,
        reasons: {
            [EscalationReason.NOBODY_CONNECTED]: "no console connected",
            [EscalationReason.UNATTENDED]: "nobody at the console",
        } as Record<number, string>,
        escalation: (clock: string, waited: string, why: string, desks: string, times: number) =>
            `Escalated: ${[clock, waited, why].filter(Boolean).join(", ")}; ${desks} told${times > 1 ? ` (${times} times)` : ""}`,
        early: " (early: the store's clock jumped ahead)",
        stats: "How long the steps took",
        statsWords:
            "Open incidents and those closed within a day; no drills. Median / 95 % / longest",
        statsKind: "Kind",
        statsCount: "Incidents",
        steps: ["stored to shown", "shown to acknowledged", "acknowledged to responding"],
        refresh: "Refresh",
    },
});
