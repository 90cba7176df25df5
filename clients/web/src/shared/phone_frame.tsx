// What is above and below the main part on a phone.

import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";
import { usePrefs } from "./hooks.js";
import type { Hub } from "./hub.js";
import { LineDot } from "./line_band.js";
import { setPrefs } from "./prefs.js";
import { Icon, type IconName } from "./ui.js";

export function TopBar({ hub, title, home }: { hub: Hub; title: string; home: boolean }) {
    const { language } = usePrefs();
    const words = say(common);
    const other = language === "zh" ? "en" : "zh";
    return (
        <header class="top">
            <button type="button" class="skip" onClick={skipToMain}>
                {words.skip}
            </button>
            {!home && (
                <button
                    type="button"
                    class="top-button"
                    aria-label={words.back}
                    onClick={() => history.back()}
                >
                    <Icon name="back" />
                </button>
            )}
            <span class="top-title">{title}</span>
            <LineDot hub={hub} />
            <button
                type="button"
                class="top-button"
                lang={other === "en" ? "en" : "zh-CN"}
                onClick={() => setPrefs({ language: other })}
            >
                {words.otherLanguage}
            </button>
        </header>
    );
}

// A button and no link: the fragment is the page's route.
export function skipToMain(): void {
    document.getElementById("main")?.focus();
}

export interface Tab {
    /** A view of this page, or another page where it begins with a slash. */
    path: string;
    word: string;
    icon: IconName;
    count: number;
}

export function TabBar({ tabs, current }: { tabs: Tab[]; current: string }) {
    return (
        <nav class="tabs">
            {tabs.map(({ path, word, icon, count }) => (
                <a
                    key={path}
                    href={path.startsWith("/") ? path : `#/${path}`}
                    aria-current={path === current ? "page" : undefined}
                    class="tab"
                >
                    <Icon name={icon} />
                    <span>{word}</span>
                    {count > 0 && <span class="tab-count">{count}</span>}
                </a>
            ))}
        </nav>
    );
}
