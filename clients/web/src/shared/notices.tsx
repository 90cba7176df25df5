// Notices as cards: what, where, until when, and what everybody who reads one must know.

import type { ComponentChildren } from "preact";
import { type Notice, NoticeKind, NoticeState } from "../gen/tocsin/v1/notice_pb.js";
import { say } from "../i18n/language.js";
import { noticeWords } from "../i18n/notices.js";
import { noticeKindWord, stationWord } from "../i18n/terms.js";
import { clock } from "../i18n/times.js";
import { volunteerWords } from "../i18n/volunteer.js";
import { SmallMap } from "../map/small_map.js";
import type { DistrictMap } from "./api.js";
import { areaNames, placeName } from "./area_names.js";
import type { Hub } from "./hub.js";
import { LongText } from "./long_text.js";
import { MediaList } from "./media.js";
import { go } from "./route.js";
import { Banner, Button, Icon } from "./ui.js";

export function isInForce(notice: Notice, nowMs: number): boolean {
    return notice.state === NoticeState.ACTIVE && Number(notice.untilTimeMs) > nowMs;
}

/** Missing people first, then the latest. */
export function noticesInForce(hub: Hub): Notice[] {
    const rank = ({ kind }: Notice) => (kind === NoticeKind.MISSING_PERSON ? 0 : 1);
    return [...hub.fold.notices.values()]
        .filter((notice) => isInForce(notice, hub.now()))
        .sort((a, b) => rank(a) - rank(b) || Number(b.issuedTimeMs - a.issuedTimeMs));
}

/** Withdrawn or suspended, and its time is not over: whoever saw it must know. */
function noticesGone(hub: Hub): Notice[] {
    const now = hub.now();
    return [...hub.fold.notices.values()]
        .filter((notice) => Number(notice.untilTimeMs) > now && !isInForce(notice, now))
        .sort((a, b) => Number(b.changedTimeMs - a.changedTimeMs));
}

interface NoticeProps {
    hub: Hub;
    map: DistrictMap | undefined;
}

export function NoticeList({ hub, map }: NoticeProps) {
    const words = say(volunteerWords);
    const notices = noticesInForce(hub);
    const gone = noticesGone(hub);
    return (
        <section class="block">
            <h1>{words.tabs.notices}</h1>
            {notices.length === 0 && <p class="empty">{words.noNotices}</p>}
            <ul class="rows">
                {notices.map((notice) => (
                    <NoticeRow key={notice.id} notice={notice} map={map} />
                ))}
            </ul>
            {gone.length > 0 && (
                <>
                    <h2>{say(noticeWords).gone}</h2>
                    <ul class="rows">
                        {gone.map((notice) => (
                            <NoticeRow key={notice.id} notice={notice} map={map} />
                        ))}
                    </ul>
                </>
            )}
        </section>
    );
}

export function NoticeRow({ notice, map }: { notice: Notice; map: DistrictMap | undefined }) {
    const life = say(noticeWords);
    const isActive = notice.state === NoticeState.ACTIVE;
    return (
        <li>
            <a
                class={`row notice notice-${notice.kind} ${isActive ? "" : "notice-gone"}`}
                href={`#/notices/${notice.id}`}
            >
                <span class="row-main">
                    <span class="tag tag-notice">{noticeKindWord(notice.kind)}</span>
                    {!isActive && <span class="tag tag-refused">{life.states[notice.state]}</span>}
                    {isActive && notice.reason && <span class="tag">{life.corrected}</span>}
                    <bdi class="row-text">{notice.text}</bdi>
                </span>
                <span class="row-side">
                    <span class="row-from">{stationWord(notice.stationId, map)}</span>
                    <span class="row-time">{clock(notice.issuedTimeMs)}</span>
                </span>
            </a>
        </li>
    );
}

interface NoticePageProps extends NoticeProps {
    id: string;
    /** What else a page has to say of the notice, or to do with it: above its own button. */
    more?: (notice: Notice) => ComponentChildren;
}

export function NoticePage({ hub, map, id, more }: NoticePageProps) {
    const words = say(volunteerWords);
    const notice = hub.fold.notices.get(id);
    if (!notice) {
        return <p class="empty">{words.noticeGone}</p>;
    }
    const inForce = isInForce(notice, hub.now());
    const until = clock(notice.untilTimeMs);
    return (
        <article class={`block card notice-card notice-${notice.kind}`}>
            <p class="notice-head">
                <span class="tag tag-notice">{noticeKindWord(notice.kind)}</span>
                <span>{words.noticeFrom(stationWord(notice.stationId, map))}</span>
                <span>{clock(notice.issuedTimeMs)}</span>
            </p>
            <Standing notice={notice} />
            <h1>
                <LongText class="notice-text" text={notice.text} />
            </h1>
            <MediaList media={notice.media} />
            <p class="notice-until">
                {inForce ? words.noticeUntil(until) : words.noticeOver}
                {notice.areaIds.length > 0 && ` · ${areaNames(map, notice.areaIds)}`}
            </p>
            {notice.instruction && (
                <p class="must-know">
                    <Icon name="danger" /> {inTwoLines(notice.instruction)}
                </p>
            )}
            {notice.place && map && (
                <figure class="notice-place">
                    <SmallMap map={map} place={notice.place} />
                    <figcaption>
                        {words.lastSeen}: {placeName(map, notice.place)}
                    </figcaption>
                </figure>
            )}
            {more?.(notice)}
            {inForce && <AnswerButton notice={notice} />}
        </article>
    );
}

// The hub gives both languages in one text, Chinese first.
function inTwoLines(text: string): string {
    return text.replace(/(?<=[^\x20-\x7e]\S*)\s+(?=[A-Z])/, "\n");
}

/** Withdrawn, suspended or corrected: above all that it says. */
function Standing({ notice: { state, reason } }: { notice: Notice }) {
    const words = say(noticeWords);
    const why = reason && (
        <>
            {" "}
            <bdi>{words.why(reason)}</bdi>
        </>
    );
    switch (state) {
        case NoticeState.WITHDRAWN:
            return (
                <Banner tone="alarm">
                    {words.withdrawnNow}
                    {why}
                </Banner>
            );
        case NoticeState.AWAITING_RELEASE:
            return <Banner tone="warn">{words.suspendedNow}</Banner>;
        default:
            return reason ? (
                <Banner tone="calm">
                    {words.corrected}
                    {why}
                </Banner>
            ) : null;
    }
}

function AnswerButton({ notice }: { notice: Notice }) {
    const words = say(volunteerWords);
    if (notice.kind === NoticeKind.ADVISORY) {
        return null;
    }
    const isPerson = notice.kind === NoticeKind.MISSING_PERSON;
    return (
        <Button
            tone="primary"
            class="wide tall"
            onClick={() => go("report", isPerson ? `clue:${notice.id}` : `lookout:${notice.id}`)}
        >
            <Icon name="eye" /> {isPerson ? words.sawPerson : words.sawThing}
        </Button>
    );
}
