// What a phone keeps of what it has to send, until the hub has it and the incident is over.

import type { ReportKind } from "../gen/tocsin/v1/report_pb.js";

/** WGS-84 degrees; radius in metres, 0 where it is not known. */
export interface Fix {
    latitude: number;
    longitude: number;
    accuracyM: number;
}

/** What a person fills in. */
export interface ReportDraft {
    kind: ReportKind;
    text: string;
    urgent: boolean;
    smellOfGas: boolean;
    mayCall: boolean;
    building: string;
    noticeId: string;
    place: Fix | undefined;
}

export type SendState = "waiting" | "stored" | "refused";

export interface KeptRefusal {
    code: string;
    field: string;
}

/** A report, from the tap to the day after its incident was closed. */
export interface ReportItem {
    /** The command's id. */
    id: string;
    /** Made by the page, which calls it so before there is an id. */
    key: string;
    /** The tab that sends it. */
    owner: string;
    /** When it was made, by this device's clock: milliseconds since 1970 UTC. */
    madeMs: number;
    draft: ReportDraft;
    /** The encoded command. */
    command: Uint8Array;
    state: SendState;
    refusal?: KeptRefusal;
    receipt?: { incidentId: string; reportId: string; storedMs: number; similarNearby: boolean };
    /** When this device learnt that the incident was closed. */
    closedMs?: number;
}

/** Something to say after a report: sent once the report is stored. */
export interface FollowDraft {
    /** The report's key; empty for a report of another device, which `reportId` names. */
    item: string;
    /** The report's id at the hub, where it is known already. */
    reportId: string;
    place: Fix | undefined;
    text: string;
    worse: boolean;
    over: boolean;
    /** The question that this answers: its statement's id. */
    questionId: string;
    fileIds: string[];
}

export interface FollowItem {
    id: string;
    owner: string;
    madeMs: number;
    draft: FollowDraft;
    /** The encoded command; made, and kept, before the first sending. */
    command?: Uint8Array;
    state: SendState;
    refusal?: KeptRefusal;
}

/** 收到: a search team's member has a notice. */
export interface AckItem {
    /** The command's id. */
    id: string;
    owner: string;
    madeMs: number;
    noticeId: string;
    /** Of which words. */
    revision: number;
    /** The encoded command. */
    command: Uint8Array;
    state: SendState;
    refusal?: KeptRefusal;
    /** When the hub stored it, by the hub's clock. */
    storedMs?: number;
}

export interface FileItem {
    id: string;
    kind: "photo" | "voice";
    blob: Blob;
    state: SendState;
    /** The hub's id, once it has the file. */
    mediaId?: string;
}

/** What the page is told about the outbox. */
export interface OutboxView {
    reports: ReportItem[];
    follows: FollowItem[];
    files: FileItem[];
    acks: AckItem[];
}

/** Sent reports leave the phone so long after their incident was closed. */
export const keepAfterCloseMs = 24 * 3_600_000;

/** Answered a day ago: by now the hub tells of it. */
export function isAckDone(item: AckItem, nowMs: number): boolean {
    return item.state !== "waiting" && nowMs - item.madeMs >= keepAfterCloseMs;
}

export function isDone(item: ReportItem, nowMs: number): boolean {
    return item.closedMs !== undefined && nowMs - item.closedMs >= keepAfterCloseMs;
}
