// What was said after the report: what the reporter added, what an officer asks, the answers.

import { useState } from "preact/hooks";
import type { Statement } from "../gen/tocsin/v1/incident_pb.js";
import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";
import { clock } from "../i18n/times.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { Hub } from "../shared/hub.js";
import { LongText } from "../shared/long_text.js";
import type { FollowItem } from "../shared/outbox_items.js";
import { prefs } from "../shared/prefs.js";
import { Button, Field } from "../shared/ui.js";
import { Thumb } from "./attachments.js";
import type { Mine } from "./reports_of_mine.js";
import { emptyFollow } from "./send.js";

interface SaidProps {
    hub: Hub;
    mine: Mine;
}

export function Questions({ hub, mine }: SaidProps) {
    const statements = mine.incident?.statements ?? [];
    const answers = new Map<string, string>();
    for (const { content } of statements) {
        if (content.case === "answer") {
            answers.set(content.value.questionId, content.value.text);
        }
    }
    for (const { draft } of hub.outbox.follows) {
        if (draft.questionId) {
            answers.set(draft.questionId, draft.text);
        }
    }
    return (
        <>
            {statements.map((statement) =>
                statement.content.case === "question" ? (
                    <QuestionCard
                        key={statement.id}
                        hub={hub}
                        mine={mine}
                        statement={statement}
                        answer={answers.get(statement.id)}
                    />
                ) : null,
            )}
        </>
    );
}

function QuestionCard({
    hub,
    mine,
    statement,
    answer,
}: SaidProps & { statement: Statement; answer: string | undefined }) {
    const words = say(volunteerWords);
    const [text, setText] = useState("");
    if (statement.content.case !== "question") {
        return null;
    }
    const { reportId, text: zh, textEn } = statement.content.value;
    const question = prefs().language === "en" && textEn ? textEn : zh;
    const send = (event: Event) => {
        event.preventDefault();
        if (text.trim() !== "") {
            const { key: item } = mine;
            hub.follow({ ...emptyFollow, item, reportId, questionId: statement.id, text });
        }
    };
    return (
        <section class="question">
            <h2>
                {words.question} <span class="row-time">{clock(statement.timeMs)}</span>
            </h2>
            <LongText class="said-text" text={question} />
            {answer !== undefined ? (
                <p>
                    {words.answered}: <bdi>{answer}</bdi>
                </p>
            ) : (
                <form onSubmit={send}>
                    <Field label={words.answer}>
                        {(id) => (
                            <textarea
                                id={id}
                                rows={2}
                                value={text}
                                onInput={(event) => setText(event.currentTarget.value)}
                            />
                        )}
                    </Field>
                    <Button type="submit" tone="primary">
                        {say(common).send}
                    </Button>
                </form>
            )}
        </section>
    );
}

export function Said({ hub, mine }: SaidProps) {
    const words = say(volunteerWords);
    const follows = hub.outbox.follows.filter(({ draft }) => draft.item === mine.key);
    if (follows.length === 0) {
        return null;
    }
    return (
        <section class="said">
            <h2>{words.said}</h2>
            <ul class="rows">
                {follows.map((follow) => (
                    <FollowRow key={follow.id} hub={hub} follow={follow} />
                ))}
            </ul>
        </section>
    );
}

function FollowRow({ hub, follow }: { hub: Hub; follow: FollowItem }) {
    const words = say(volunteerWords);
    const { draft, state } = follow;
    const files = hub.outbox.files.filter(({ id }) => draft.fileIds.includes(id));
    const word = {
        waiting: words.followWaiting,
        stored: words.followStored,
        refused: words.followRefused,
    }[state];
    return (
        <li class="row">
            <span class="row-main">
                {draft.worse && <b>{words.worse} </b>}
                {draft.over && <b>{words.over} </b>}
                {draft.place && <span>{words.saidPlace} </span>}
                {files.length > 0 && <span>{words.saidFiles(files.length)} </span>}
                {draft.text && <bdi class="row-text">{draft.text}</bdi>}
                {files.map((file) => (
                    <span key={file.id}>
                        <Thumb file={file} />
                        {file.state === "refused" && (
                            <span class="hint hint-bad">{words.fileRefused}</span>
                        )}
                    </span>
                ))}
            </span>
            <span class="row-side">
                <span class={`tag tag-${state === "stored" ? "stored" : state}`}>{word}</span>
                <span class="row-time">{clock(follow.madeMs)}</span>
            </span>
        </li>
    );
}
