// One notice at a desk: what everybody reads, its life, what came in for it, what can be done.

import { useState } from "preact/hooks";
import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import { type Notice, NoticeAct, NoticeState } from "../gen/tocsin/v1/notice_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { noticeWords } from "../i18n/notices.js";
import { deskWord, noticeKindWord, stationWord } from "../i18n/terms.js";
import { clock } from "../i18n/times.js";
import { areaNames } from "../shared/area_names.js";
import type { PageProps } from "../shared/boot.js";
import { LongText } from "../shared/long_text.js";
import { MediaList } from "../shared/media.js";
import { isInForce } from "../shared/notices.js";
import { errorWords } from "../shared/refusals.js";
import { go } from "../shared/route.js";
import { Banner, Button } from "../shared/ui.js";
import { WhoHasIt } from "../shared/who_has_it.js";
import { releaseNotice } from "./deeds.js";
import type { Desk } from "./desk.js";
import { CorrectForm, WithdrawForm } from "./notice_forms.js";

/** Those who may correct, withdraw and release it. */
export function mayManage({ mayIssue, kind, scope }: Desk, notice: Notice): boolean {
    return mayIssue && (kind === "bureau" || notice.stationId === scope);
}

/** Who wrote the version that stands. */
function authorOf({ steps }: Notice): string {
    const written = steps.filter(
        ({ act }) => act === NoticeAct.ISSUED || act === NoticeAct.CORRECTED,
    );
    return written[written.length - 1]?.personId ?? "";
}

export interface NoticeCardProps extends PageProps {
    desk: Desk;
    notice: Notice;
    answers: Incident[];
}

export function NoticeCard(props: NoticeCardProps) {
    const { hub, map, notice } = props;
    const words = say(consoleWords);
    const life = say(noticeWords);
    const awaits = notice.state === NoticeState.AWAITING_RELEASE;
    return (
        <li class={`card notice-${notice.kind}`}>
            <p class="notice-head">
                <span class="tag tag-notice">{noticeKindWord(notice.kind)}</span>
                {awaits && <span class="tag tag-escalated">{life.awaiting}</span>}
                {notice.state === NoticeState.WITHDRAWN && (
                    <span class="tag">{life.states[notice.state]}</span>
                )}
                <span>{stationWord(notice.stationId, map)}</span>
                <span>{clock(notice.issuedTimeMs)}</span>
                <span>{words.until(clock(notice.untilTimeMs))}</span>
                <span>{areaNames(map, notice.areaIds)}</span>
                {notice.caseNumber && (
                    <span>
                        {life.caseNumber} <bdi>{notice.caseNumber}</bdi>
                    </span>
                )}
            </p>
            <LongText class="detail-text" text={notice.text} />
            <MediaList media={notice.media} />
            <WhoHasIt notice={notice} />
            {notice.steps.length > 1 && <Life {...props} />}
            <Answers {...props} />
            {(awaits || isInForce(notice, hub.now())) && <Deeds {...props} />}
        </li>
    );
}

function Life({ map, notice }: NoticeCardProps) {
    const life = say(noticeWords);
    return (
        <ol class="trail" aria-label={life.life}>
            {notice.steps.map((step) => (
                <li key={`${step.act} ${step.timeMs}`}>
                    <time>{clock(step.timeMs)}</time>
                    <span>
                        {life.acts[step.act]} · {deskWord(step.desk, map)} <bdi>{step.name}</bdi>
                    </span>
                    {step.reason && <LongText class="trail-text" text={step.reason} />}
                </li>
            ))}
        </ol>
    );
}

function Answers({ hub, notice, answers }: NoticeCardProps) {
    const words = say(consoleWords);
    const life = say(noticeWords);
    return (
        <div class="notice-answers">
            {answers.length > 0 && <b>{words.answers(answers.length)}</b>}
            {answers.map(({ id, text, openedTimeMs }) => (
                <button
                    type="button"
                    class="notice-answer"
                    key={id}
                    onClick={() => {
                        hub.askIncident(id);
                        go("incidents", id);
                    }}
                >
                    {clock(openedTimeMs)} <bdi>{text.slice(0, 80)}</bdi>
                </button>
            ))}
            {notice.state !== NoticeState.AWAITING_RELEASE && (
                <Button tone="quiet" onClick={() => hub.askNotice(notice.id)}>
                    {life.askAnswers}
                </Button>
            )}
        </div>
    );
}

function Deeds(props: NoticeCardProps) {
    const { hub, me, desk, notice } = props;
    const words = say(noticeWords);
    const [form, setForm] = useState<"correct" | "withdraw" | undefined>();
    const [problem, setProblem] = useState("");
    if (!mayManage(desk, notice)) {
        return null;
    }
    const attempt = async (deed: Promise<unknown>) => {
        setProblem("");
        try {
            await deed;
            setForm(undefined);
        } catch (error) {
            setProblem(errorWords(error));
        }
    };
    const opens = (name: "correct" | "withdraw", word: string) => (
        <Button
            aria-expanded={form === name}
            onClick={() => setForm(form === name ? undefined : name)}
        >
            {word}
        </Button>
    );
    const awaits = notice.state === NoticeState.AWAITING_RELEASE;
    const isMine = authorOf(notice) === me.person;
    return (
        <>
            {problem && <Banner tone="warn">{problem}</Banner>}
            {awaits && isMine && <p class="hint">{words.needSecond}</p>}
            <div class="actions">
                {awaits && !isMine && (
                    <Button tone="primary" onClick={() => void attempt(releaseNotice(hub, notice))}>
                        {words.release}
                    </Button>
                )}
                {opens("correct", words.correct)}
                {opens("withdraw", words.withdraw)}
            </div>
            {form === "correct" && <CorrectForm {...props} attempt={attempt} />}
            {form === "withdraw" && <WithdrawForm {...props} attempt={attempt} />}
        </>
    );
}
