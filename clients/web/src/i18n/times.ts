// Times and distances for people.

import { prefs } from "../shared/prefs.js";
import { both, say } from "./language.js";

const words = both({
    zh: {
        seconds: (n: number) => `${n}秒`,
        minutes: (n: number, s: number) => (s > 0 ? `${n}分${s}秒` : `${n}分钟`),
        hours: (n: number, m: number) => (m > 0 ? `${n}小时${m}分` : `${n}小时`),
        days: (n: number) => `${n}天`,
        metres: (n: number) => (n < 1_000 ? `${n}米` : `${(n / 1_000).toFixed(1)}公里`),
    },
    en: {
        seconds: (n: number) => `${n} s`,
        minutes: (n: number, s: number) => (s > 0 ? `${n} min ${s} s` : `${n} min`),
        hours: (n: number, m: number) => (m > 0 ? `${n} h ${m} min` : `${n} h`),
        days: (n: number) => (n === 1 ? "1 day" : `${n} days`),
        metres: (n: number) => (n < 1_000 ? `${n} m` : `${(n / 1_000).toFixed(1)} km`),
    },
});

/** How long: in the two units that matter. Seconds are left out from ten minutes on. */
export function span(ms: number): string {
    const { seconds, minutes, hours, days } = say(words);
    const s = Math.max(0, Math.floor(ms / 1_000));
    if (s < 60) {
        return seconds(s);
    }
    if (s < 3_600) {
        return minutes(Math.floor(s / 60), s < 600 ? s % 60 : 0);
    }
    if (s < 48 * 3_600) {
        return hours(Math.floor(s / 3_600), Math.floor((s % 3_600) / 60));
    }
    return days(Math.floor(s / 86_400));
}

export function metres(distance: number): string {
    return say(words).metres(
        distance < 100 ? Math.round(distance) : Math.round(distance / 10) * 10,
    );
}

const two = (n: number) => n.toString().padStart(2, "0");

/** The time of day; with the date where it is another day than today's. Local time. */
export function clock(ms: number | bigint, nowMs = Date.now()): string {
    const date = new Date(Number(ms));
    const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
    if (date.toDateString() === new Date(nowMs).toDateString()) {
        return time;
    }
    const [month, day] = [date.getMonth() + 1, date.getDate()];
    return prefs().language === "zh" ? `${month}月${day}日 ${time}` : `${day}/${month} ${time}`;
}

export function clockWithSeconds(ms: number | bigint): string {
    return `${clock(ms)}:${two(new Date(Number(ms)).getSeconds())}`;
}
