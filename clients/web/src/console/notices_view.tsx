// A desk's notices: those that wait for a second officer, those in force with what came in for them,
// those that are over; and a new one.

import { useState } from "preact/hooks";
import { type Notice, NoticeState } from "../gen/tocsin/v1/notice_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { noticeWords } from "../i18n/notices.js";
import type { PageProps } from "../shared/boot.js";
import { isInForce, noticesInForce } from "../shared/notices.js";
import { Banner, Button } from "../shared/ui.js";
import { Compose } from "./compose.js";
import type { Desk } from "./desk.js";
import { NoticeCard } from "./notice_card.js";

const mostOver = 10;

export type Sent = "published" | "for_release" | undefined;

export function NoticesView(props: PageProps & { desk: Desk }) {
    const { hub, desk } = props;
    const words = say(consoleWords);
    const life = say(noticeWords);
    const [composing, setComposing] = useState(false);
    const [sent, setSent] = useState<Sent>();
    if (composing) {
        return (
            <Compose
                {...props}
                onDone={(what) => {
                    setSent(what);
                    setComposing(false);
                }}
            />
        );
    }
    const all = [...hub.fold.notices.values()];
    const latest = (a: Notice, b: Notice) => Number(b.changedTimeMs - a.changedTimeMs);
    const awaiting = all.filter((notice) => awaits(notice, hub.now())).sort(latest);
    const over = all
        .filter((notice) => !isInForce(notice, hub.now()) && !awaits(notice, hub.now()))
        .sort(latest)
        .slice(0, mostOver);
    const inForce = noticesInForce(hub);
    return (
        <div class="desk-page">
            <div class="desk-page-head">
                <h1>{words.inForce}</h1>
                {desk.mayIssue && (
                    <Button tone="primary" onClick={() => setComposing(true)}>
                        {words.compose}
                    </Button>
                )}
            </div>
            {sent && (
                <Banner tone="calm">
                    {sent === "published" ? words.published : life.sentForRelease}
                </Banner>
            )}
            {awaiting.length > 0 && (
                <section class="notice-awaiting">
                    <h2>{life.awaiting}</h2>
                    <p class="hint">{life.awaitingWords}</p>
                    <Cards {...props} notices={awaiting} />
                </section>
            )}
            {inForce.length === 0 && <p class="empty">{words.noNotices}</p>}
            <Cards {...props} notices={inForce} />
            {over.length > 0 && (
                <section class="notice-over">
                    <h2>{life.over}</h2>
                    <Cards {...props} notices={over} />
                </section>
            )}
        </div>
    );
}

function awaits({ state, untilTimeMs }: Notice, nowMs: number): boolean {
    return state === NoticeState.AWAITING_RELEASE && Number(untilTimeMs) > nowMs;
}

function Cards(props: PageProps & { desk: Desk; notices: Notice[] }) {
    const incidents = [...props.hub.fold.incidents.values()];
    return (
        <ul class="notice-list">
            {props.notices.map((notice) => (
                <NoticeCard
                    key={notice.id}
                    {...props}
                    notice={notice}
                    answers={incidents
                        .filter(({ noticeId }) => noticeId === notice.id)
                        .sort((a, b) => Number(b.openedTimeMs - a.openedTimeMs))}
                />
            ))}
        </ul>
    );
}
