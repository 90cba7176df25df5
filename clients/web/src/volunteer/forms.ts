// What each form begins with, and what its quick buttons fill in.

import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import { say } from "../i18n/language.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { ReportDraft } from "../shared/outbox_items.js";
import { emptyDraft } from "./send.js";

export type FormKind = "now" | "suspicious" | "calm" | "clue" | "lookout";

/** Characters, as the hub counts them: code points. */
export const mostChars = 4_000;

const kindOf: Record<FormKind, ReportKind> = {
    now: ReportKind.ASSIST,
    suspicious: ReportKind.SIGHTING,
    calm: ReportKind.HAZARD,
    clue: ReportKind.CLUE,
    lookout: ReportKind.SIGHTING,
};

export function beginning(form: FormKind, noticeId: string): ReportDraft {
    const kind = kindOf[form] ?? ReportKind.SIGHTING;
    // A clue goes out in three taps: the words are there already.
    const text = form === "clue" ? say(volunteerWords).clueText : "";
    return { ...emptyDraft, kind, text, urgent: form === "now", noticeId };
}

type Sets = Pick<ReportDraft, "kind" | "text" | "smellOfGas">;

export function quickOf(form: FormKind): { word: string; sets: Sets }[] {
    const words = say(volunteerWords);
    const { ASSIST, DISPUTE, HAZARD, SIGHTING } = ReportKind;
    const quick = (word: string, kind: ReportKind, smellOfGas = false) => ({
        word,
        sets: { kind, text: word, smellOfGas },
    });
    if (form === "now") {
        const { down, fight, gas, theft, other } = words.nowQuick;
        return [
            quick(down, ASSIST),
            quick(fight, DISPUTE),
            quick(gas, HAZARD, true),
            quick(theft, SIGHTING),
            quick(other, ASSIST),
        ];
    }
    if (form === "calm") {
        const { ice, lamp, exit, help, quarrel } = words.calmQuick;
        return [
            quick(ice, HAZARD),
            quick(lamp, HAZARD),
            quick(exit, HAZARD),
            quick(help, ASSIST),
            quick(quarrel, DISPUTE),
        ];
    }
    return [];
}
