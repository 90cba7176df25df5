// Words in two languages: each page has its own, Chinese first.

import { prefs } from "../shared/prefs.js";

export interface Both<T> {
    zh: T;
    en: T;
}

/** A dictionary whose English has exactly the keys of the Chinese. */
export function both<T>(words: { zh: T; en: NoInfer<T> }): Both<T> {
    return words;
}

/** The words of the language that is chosen now. */
export function say<T>(words: Both<T>): T {
    return words[prefs().language];
}

/** A name of the district, which has both; where one is missing the other serves. */
export function named(names: { name_zh?: string; name_en?: string } | undefined): string {
    const { name_zh = "", name_en = "" } = names ?? {};
    return prefs().language === "zh" ? name_zh || name_en : name_en || name_zh;
}
