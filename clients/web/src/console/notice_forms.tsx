// What must be said to correct a notice, and to withdraw it.

import { useState } from "preact/hooks";
import { NoticeKind } from "../gen/tocsin/v1/notice_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { noticeWords } from "../i18n/notices.js";
import { Button, Choice, Field } from "../shared/ui.js";
import { correctNotice, withdrawNotice } from "./deeds.js";
import { type Identity, IdentityFields, missingIdentity } from "./identifies.js";
import type { NoticeCardProps } from "./notice_card.js";

type FormProps = NoticeCardProps & { attempt: (deed: Promise<unknown>) => Promise<void> };

const terms = [0, 12, 24, 72];
const hourMs = 3_600_000;
const mostReason = 500;
const mostText = 4_000;

function Reason({ value, onChange }: { value: string; onChange: (value: string) => void }) {
    return (
        <Field label={say(noticeWords).reason}>
            {(id) => (
                <input
                    id={id}
                    maxLength={mostReason}
                    value={value}
                    onInput={(event) => onChange(event.currentTarget.value)}
                />
            )}
        </Field>
    );
}

export function CorrectForm({ hub, notice, attempt }: FormProps) {
    const words = say(noticeWords);
    const isLookout = notice.kind === NoticeKind.LOOKOUT;
    const [text, setText] = useState(notice.text);
    const [hours, setHours] = useState(0);
    const [reason, setReason] = useState("");
    const [identity, setIdentity] = useState<Identity>({
        identifies: notice.identifiesPerson,
        caseNumber: notice.caseNumber,
    });
    const missing = isLookout ? missingIdentity(identity) : "";
    const send = (event: Event) => {
        event.preventDefault();
        const untilMs = hours > 0 ? hub.now() + hours * hourMs : 0;
        void attempt(
            correctNotice(hub, notice, {
                text,
                reason,
                untilTimeMs: BigInt(Math.round(untilMs)),
                ...(isLookout && {
                    identifiesPerson: identity.identifies === true,
                    caseNumber: identity.identifies ? identity.caseNumber : "",
                }),
            }),
        );
    };
    return (
        <form class="action-form" onSubmit={send}>
            <Field label={words.correctText}>
                {(id) => (
                    <textarea
                        id={id}
                        rows={4}
                        maxLength={mostText}
                        value={text}
                        onInput={(event) => setText(event.currentTarget.value)}
                    />
                )}
            </Field>
            {isLookout && <IdentityFields identity={identity} onChange={setIdentity} />}
            <Choice
                label={words.correctHours}
                options={terms.map((value) => ({
                    value,
                    word: value === 0 ? words.unchanged : say(consoleWords).hours(value),
                }))}
                value={hours}
                onChange={setHours}
            />
            <Reason value={reason} onChange={setReason} />
            {missing && <p class="hint hint-bad">{missing}</p>}
            <div class="action-form-end">
                <Button
                    type="submit"
                    tone="primary"
                    disabled={text.trim() === "" || missing !== ""}
                >
                    {say(consoleWords).confirm}
                </Button>
            </div>
        </form>
    );
}

export function WithdrawForm({ hub, notice, attempt }: FormProps) {
    const words = say(noticeWords);
    const [reason, setReason] = useState("");
    const send = (event: Event) => {
        event.preventDefault();
        void attempt(withdrawNotice(hub, notice, reason));
    };
    return (
        <form class="action-form" onSubmit={send}>
            <p>{words.withdrawAsk}</p>
            <Reason value={reason} onChange={setReason} />
            <div class="action-form-end">
                <Button type="submit" tone="alarm" disabled={reason.trim() === ""}>
                    {words.withdraw}
                </Button>
            </div>
        </form>
    );
}
