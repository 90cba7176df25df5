// The words that the whole product uses, by the wire's own numbers.

import { IncidentState, Outcome, Severity } from "../gen/tocsin/v1/incident_pb.js";
import { NoticeKind } from "../gen/tocsin/v1/notice_pb.js";
import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import type { DistrictMap } from "../shared/api.js";
import { both, named, say } from "./language.js";

const kinds = both<Record<ReportKind, string>>({
    zh: {
        [ReportKind.UNSPECIFIED]: "上报",
        [ReportKind.SIGHTING]: "可疑线索",
        [ReportKind.FIRE]: "火情",
        [ReportKind.HAZARD]: "隐患",
        [ReportKind.ASSIST]: "求助",
        [ReportKind.DISPUTE]: "矛盾纠纷",
        [ReportKind.CLUE]: "寻人线索",
    },
    en: {
        [ReportKind.UNSPECIFIED]: "Report",
        [ReportKind.SIGHTING]: "Suspicious",
        [ReportKind.FIRE]: "Fire",
        [ReportKind.HAZARD]: "Hazard",
        [ReportKind.ASSIST]: "Help needed",
        [ReportKind.DISPUTE]: "Dispute",
        [ReportKind.CLUE]: "Clue",
    },
});

const states = both<Record<IncidentState, string>>({
    zh: {
        [IncidentState.UNSPECIFIED]: "待签收",
        [IncidentState.OPEN]: "待签收",
        [IncidentState.ACKNOWLEDGED]: "已签收",
        [IncidentState.RESPONDING]: "处置中",
        [IncidentState.RESOLVED]: "办结",
        [IncidentState.MERGED]: "已合并",
    },
    en: {
        [IncidentState.UNSPECIFIED]: "Waiting",
        [IncidentState.OPEN]: "Waiting",
        [IncidentState.ACKNOWLEDGED]: "Acknowledged",
        [IncidentState.RESPONDING]: "Responding",
        [IncidentState.RESOLVED]: "Resolved",
        [IncidentState.MERGED]: "Merged",
    },
});

const severities = both<Record<Severity, string>>({
    zh: {
        [Severity.UNSPECIFIED]: "未评定",
        [Severity.EXTREME]: "特别严重",
        [Severity.SEVERE]: "严重",
        [Severity.MODERATE]: "较重",
        [Severity.MINOR]: "一般",
        [Severity.UNKNOWN]: "不明",
    },
    en: {
        [Severity.UNSPECIFIED]: "Not rated",
        [Severity.EXTREME]: "Extreme",
        [Severity.SEVERE]: "Severe",
        [Severity.MODERATE]: "Moderate",
        [Severity.MINOR]: "Minor",
        [Severity.UNKNOWN]: "Unknown",
    },
});

const outcomes = both<Record<Outcome, string>>({
    zh: {
        [Outcome.UNSPECIFIED]: "办结",
        [Outcome.HANDLED]: "已处置",
        [Outcome.FALSE_ALARM]: "误报",
        [Outcome.DUPLICATE]: "重复",
        [Outcome.NO_ACTION]: "无需处置",
    },
    en: {
        [Outcome.UNSPECIFIED]: "Closed",
        [Outcome.HANDLED]: "Dealt with",
        [Outcome.FALSE_ALARM]: "False alarm",
        [Outcome.DUPLICATE]: "Duplicate",
        [Outcome.NO_ACTION]: "No action needed",
    },
});

const noticeKinds = both<Record<NoticeKind, string>>({
    zh: {
        [NoticeKind.UNSPECIFIED]: "通知",
        [NoticeKind.LOOKOUT]: "协查通报",
        [NoticeKind.MISSING_PERSON]: "寻人通知",
        [NoticeKind.ADVISORY]: "安全提示",
    },
    en: {
        [NoticeKind.UNSPECIFIED]: "Notice",
        [NoticeKind.LOOKOUT]: "Lookout",
        [NoticeKind.MISSING_PERSON]: "Missing person",
        [NoticeKind.ADVISORY]: "Safety advice",
    },
});

const desks = both({
    zh: { fire: "消防接警台", bureau: "分局", grid: "网格员", station: "派出所" },
    en: { fire: "Fire desk", bureau: "Bureau", grid: "Grid worker", station: "Station" },
});

// A kind that this page does not know yet is read as the one that its file names.
export const kindWord = (kind: ReportKind) => say(kinds)[kind] ?? say(kinds)[ReportKind.ASSIST];
export const stateWord = (state: IncidentState) =>
    say(states)[state] ?? say(states)[IncidentState.OPEN];
export const severityWord = (severity: Severity) =>
    say(severities)[severity] ?? say(severities)[Severity.UNKNOWN];
export const outcomeWord = (outcome: Outcome) =>
    say(outcomes)[outcome] ?? say(outcomes)[Outcome.UNSPECIFIED];
export const noticeKindWord = (kind: NoticeKind) =>
    say(noticeKinds)[kind] ?? say(noticeKinds)[NoticeKind.ADVISORY];

/** `station/baoguo` as people call it. */
export function deskWord(desk: string, map: DistrictMap | undefined): string {
    const [kind, id] = desk.split("/", 2);
    if (kind === "station") {
        return named(map?.stations.find((each) => each.id === id)) || say(desks).station;
    }
    if (kind === "grid") {
        return say(desks).grid;
    }
    return kind === "fire" ? say(desks).fire : say(desks).bureau;
}

/** The station in charge; empty is the bureau itself. */
export function stationWord(id: string, map: DistrictMap | undefined): string {
    return deskWord(id === "" ? "bureau" : `station/${id}`, map);
}
