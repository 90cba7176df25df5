// A desk's notices: those in force with what came in for them, and a new one.

import { useState } from "preact/hooks";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { noticeKindWord, stationWord } from "../i18n/terms.js";
import { clock } from "../i18n/times.js";
import { areaNames } from "../shared/area_names.js";
import type { PageProps } from "../shared/boot.js";
import { LongText } from "../shared/long_text.js";
import { MediaList } from "../shared/media.js";
import { noticesInForce } from "../shared/notices.js";
import { go } from "../shared/route.js";
import { Banner, Button } from "../shared/ui.js";
import { Compose } from "./compose.js";
import type { Desk } from "./desk.js";

export function NoticesView(props: PageProps & { desk: Desk }) {
    const { hub, map, desk } = props;
    const words = say(consoleWords);
    const [composing, setComposing] = useState(false);
    const [published, setPublished] = useState(false);
    const notices = noticesInForce(hub);
    const incidents = [...hub.fold.incidents.values()];
    if (composing) {
        return (
            <Compose
                {...props}
                onDone={(sent) => {
                    setPublished(sent);
                    setComposing(false);
                }}
            />
        );
    }
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
            {published && <Banner tone="calm">{words.published}</Banner>}
            {notices.length === 0 && <p class="empty">{words.noNotices}</p>}
            <ul class="notice-list">
                {notices.map((notice) => {
                    const answers = incidents.filter(({ noticeId }) => noticeId === notice.id);
                    return (
                        <li key={notice.id} class={`card notice-${notice.kind}`}>
                            <p class="notice-head">
                                <span class="tag tag-notice">{noticeKindWord(notice.kind)}</span>
                                <span>{stationWord(notice.stationId, map)}</span>
                                <span>{clock(notice.issuedTimeMs)}</span>
                                <span>{words.until(clock(notice.untilTimeMs))}</span>
                                <span>{areaNames(map, notice.areaIds)}</span>
                            </p>
                            <LongText class="detail-text" text={notice.text} />
                            <MediaList media={notice.media} />
                            {answers.length > 0 && (
                                <div class="notice-answers">
                                    <b>{words.answers(answers.length)}</b>
                                    {answers.map(({ id, text, openedTimeMs }) => (
                                        <button
                                            type="button"
                                            class="notice-answer"
                                            key={id}
                                            onClick={() => go("incidents", id)}
                                        >
                                            {clock(openedTimeMs)} <bdi>{text.slice(0, 80)}</bdi>
                                        </button>
                                    ))}
                                </div>
                            )}
                        </li>
                    );
                })}
            </ul>
        </div>
    );
}
