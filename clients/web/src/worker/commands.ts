// What a person filled in, as the hub's commands.

import type { FollowDraft, ReportDraft } from "../shared/outbox_items.js";
import type { CommandBody } from "./talk.js";

export function reportBody(draft: ReportDraft): CommandBody {
    const { place, ...rest } = draft;
    return {
        case: "submitReport",
        value: { ...rest, observedTimeMs: BigInt(Date.now()), ...(place && { place }) },
    };
}

/** Undefined: nothing is left to say, because the hub took none of the files. */
export function followBody(
    draft: FollowDraft,
    reportId: string,
    mediaIds: string[],
): CommandBody | undefined {
    const { place, text, worse, over, questionId } = draft;
    if (!place && !text && !worse && !over && mediaIds.length === 0) {
        return undefined;
    }
    const value = { reportId, text, mediaIds, ...(place && { place }) };
    return questionId
        ? { case: "answerQuestion", value: { ...value, questionId } }
        : { case: "amendReport", value: { ...value, worse, over } };
}
