// What the buttons do. A report goes out at once; its place and its files follow.

import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import type { Hub } from "../shared/hub.js";
import { fixSoon } from "../shared/locate.js";
import type { FileItem, Fix, FollowDraft, ReportDraft } from "../shared/outbox_items.js";
import { uuid } from "../shared/uuid.js";

export const emptyDraft: ReportDraft = {
    kind: ReportKind.UNSPECIFIED,
    text: "",
    urgent: false,
    smellOfGas: false,
    mayCall: false,
    building: "",
    noticeId: "",
    place: undefined,
};

export const emptyFollow: FollowDraft = {
    item: "",
    reportId: "",
    place: undefined,
    text: "",
    worse: false,
    over: false,
    questionId: "",
    fileIds: [],
};

/** Sent without a word and without a fix. The report's key. */
export function reportFire(hub: Hub): string {
    const key = hub.report({ ...emptyDraft, kind: ReportKind.FIRE, urgent: true, mayCall: true });
    void fixSoon().then((place) => place && followWithPlace(hub, key, place));
    return key;
}

export function followWithPlace(hub: Hub, key: string, place: Fix): void {
    hub.follow({ ...emptyFollow, item: key, place });
}

export function fileItem(kind: FileItem["kind"], blob: Blob): FileItem {
    return { id: uuid(), kind, blob, state: "waiting" };
}

/** A report, and its files behind it. The report's key. */
export function sendReport(hub: Hub, draft: ReportDraft, files: FileItem[]): string {
    const key = hub.report(draft);
    if (files.length > 0) {
        const fileIds = files.map(({ id }) => id);
        hub.follow({ ...emptyFollow, item: key, fileIds }, files);
    }
    return key;
}
