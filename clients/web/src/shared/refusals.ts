// The hub's stable codes in words for people.

import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";
import { ApiError } from "./api.js";
import { RefusedError } from "./hub.js";

export function refusalWords(code: string): string {
    const words = say(common);
    return words.refused[code] ?? words.refusedOther(code);
}

export function errorWords(error: unknown): string {
    if (error instanceof RefusedError) {
        return refusalWords(error.refusal.code);
    }
    return error instanceof ApiError ? refusalWords(error.code) : say(common).refusedOther("error");
}
