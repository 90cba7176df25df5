// How the line to the hub is, in words that do not fade.

import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";
import { span } from "../i18n/times.js";
import { useHub, useNewVersion, useSeconds } from "./hooks.js";
import type { Hub } from "./hub.js";
import { takeNewVersion } from "./offline.js";
import { Banner, Button } from "./ui.js";

const clockMayBeOffMs = 60_000;

/** The worker itself says nothing any more: it would have said that the line is lost. */
function isSilent({ line, options }: Hub): boolean {
    return line.state === "live" && Date.now() - line.heardMs > options.heartbeatMs * 3 + 5_000;
}

/** A dot and a word, for the head of the page. */
export function LineDot({ hub }: { hub: Hub }) {
    const { line } = useHub(hub);
    const words = say(common);
    const word =
        line.state === "live"
            ? words.live
            : line.state === "connecting"
              ? words.connecting
              : words.lost;
    return (
        <span class={`line line-${line.state}`} role="status">
            {word}
        </span>
    );
}

/** What is wrong, across the page; nothing where nothing is. */
export function LineBand({ hub, stern }: { hub: Hub; stern: boolean }) {
    const { line, storageBroken } = useHub(hub);
    useSeconds();
    const words = say(common);
    const isNew = useNewVersion();
    const offMs = Math.abs(line.clockOffMs ?? 0);
    return (
        <div class="bands">
            {line.state === "ended" && (
                <Banner tone="alarm">
                    {line.signedOut ? words.endedWords : words.brokenOff}
                    {!line.signedOut && (
                        <Button onClick={() => location.reload()}>{words.retry}</Button>
                    )}
                </Banner>
            )}
            {(line.state === "lost" || isSilent(hub)) && (
                <Banner tone={stern ? "alarm" : "warn"}>
                    {words.lostLong(span(Date.now() - Math.max(line.sinceMs, line.heardMs)))}
                </Banner>
            )}
            {line.storeAway && line.state === "live" && (
                <Banner tone="alarm">{words.storeAway}</Banner>
            )}
            {offMs > clockMayBeOffMs && (
                <Banner tone={stern ? "alarm" : "warn"}>{words.clockOff(span(offMs))}</Banner>
            )}
            {isNew && (
                <Banner tone="calm">
                    {words.newVersion} <Button onClick={takeNewVersion}>{words.reload}</Button>
                </Banner>
            )}
            {storageBroken && <Banner tone="warn">{words.storageBroken}</Banner>}
        </div>
    );
}
