// One form for all that is not a fire: a sentence, a place, photos; urgent ones name the emergency
// numbers first.

import { useState } from "preact/hooks";
import { NoticeKind } from "../gen/tocsin/v1/notice_pb.js";
import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";
import { kindWord, noticeKindWord } from "../i18n/terms.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { PageProps } from "../shared/boot.js";
import { noticesInForce } from "../shared/notices.js";
import type { FileItem, Fix } from "../shared/outbox_items.js";
import { goInstead } from "../shared/route.js";
import { Button, Check, Choice, Emergency, Field, Icon } from "../shared/ui.js";
import { Attachments } from "./attachments.js";
import { beginning, type FormKind, mostChars, quickOf } from "./forms.js";
import { PlaceField } from "./place_field.js";
import { sendReport } from "./send.js";

export function ReportForm({ hub, map, form }: PageProps & { form: string }) {
    const [name, noticeId = ""] = form.split(":", 2) as [FormKind, string?];
    const words = say(volunteerWords);
    const [draft, setDraft] = useState(() => beginning(name, noticeId));
    const [place, setPlace] = useState<Fix | undefined>();
    const [files, setFiles] = useState<FileItem[]>([]);
    const [missing, setMissing] = useState(false);
    const change = (part: Partial<typeof draft>) => setDraft({ ...draft, ...part });
    const urgent = draft.urgent || draft.smellOfGas;
    const lookouts = noticesInForce(hub).filter(({ kind }) => kind === NoticeKind.LOOKOUT);
    const tooLong = [...draft.text].length > mostChars;

    const send = (event: Event) => {
        event.preventDefault();
        if (draft.text.trim() === "") {
            setMissing(true);
            document.getElementById("what")?.focus();
        } else if (!tooLong) {
            goInstead("mine", sendReport(hub, { ...draft, place }, files));
        }
    };

    return (
        <form class="block form" onSubmit={send} noValidate>
            <h1>{title(name, words)}</h1>
            {urgent && <Emergency />}
            {(name === "suspicious" || noticeId) && <p class="must-know">{words.doNotFollow}</p>}
            <QuickRow
                form={name}
                onPick={(quick) => {
                    setMissing(false);
                    change(quick);
                }}
                chosen={draft.text}
            />
            {draft.smellOfGas && <GasSteps />}
            <div class="field">
                <label for="what">{words.what}</label>
                <textarea
                    id="what"
                    rows={3}
                    value={draft.text}
                    aria-invalid={missing || tooLong}
                    aria-describedby="what-hint"
                    onInput={(event) => {
                        setMissing(false);
                        change({ text: event.currentTarget.value });
                    }}
                />
                <p class={`hint ${missing || tooLong ? "hint-bad" : ""}`} id="what-hint">
                    {tooLong
                        ? say(common).tooLong(mostChars)
                        : missing
                          ? words.needText
                          : words.whatHint}
                </p>
            </div>
            {name === "calm" && (
                <Choice
                    label={words.calmKind}
                    options={[ReportKind.HAZARD, ReportKind.ASSIST, ReportKind.DISPUTE].map(
                        (kind) => ({
                            value: kind,
                            word: kindWord(kind),
                        }),
                    )}
                    value={draft.kind}
                    onChange={(kind) => change({ kind })}
                />
            )}
            {name === "suspicious" && lookouts.length > 0 && (
                <Field label={words.answersTo}>
                    {(id) => (
                        <select
                            id={id}
                            value={draft.noticeId}
                            onChange={(event) => change({ noticeId: event.currentTarget.value })}
                        >
                            <option value="">{words.noLookout}</option>
                            {lookouts.map((notice) => (
                                <option key={notice.id} value={notice.id}>
                                    {noticeKindWord(notice.kind)}：{notice.text.slice(0, 40)}
                                </option>
                            ))}
                        </select>
                    )}
                </Field>
            )}
            <PlaceField
                map={map}
                onPlace={setPlace}
                building={draft.building}
                onBuilding={(building) => change({ building })}
            />
            <Attachments files={files} onChange={setFiles} />
            <div class="checks">
                {name !== "now" && (
                    <Check
                        label={words.urgentMark}
                        checked={urgent}
                        disabled={draft.smellOfGas}
                        onChange={(checked) => change({ urgent: checked })}
                    />
                )}
                <Check
                    label={words.gasMark}
                    checked={draft.smellOfGas}
                    onChange={(smellOfGas) => change({ smellOfGas })}
                />
                <Check
                    label={words.mayCall}
                    checked={draft.mayCall}
                    onChange={(mayCall) => change({ mayCall })}
                />
            </div>
            <div class="form-end">
                <Button type="submit" tone={urgent ? "alarm" : "primary"} class="wide tall">
                    {say(common).send}
                </Button>
            </div>
        </form>
    );
}

function title(form: FormKind, words: (typeof volunteerWords)["zh"]): string {
    switch (form) {
        case "now":
            return words.now;
        case "calm":
            return words.calm;
        case "clue":
            return words.sawPerson;
        case "lookout":
            return words.sawThing;
        default:
            return words.suspicious;
    }
}

function QuickRow({
    form,
    chosen,
    onPick,
}: {
    form: FormKind;
    chosen: string;
    onPick: (quick: ReturnType<typeof quickOf>[number]["sets"]) => void;
}) {
    const words = say(volunteerWords);
    const quick = quickOf(form);
    if (quick.length === 0) {
        return null;
    }
    return (
        <fieldset class="choice">
            <legend>{words.quick}</legend>
            <div class="choice-row">
                {quick.map(({ word, sets }) => (
                    <button
                        type="button"
                        key={word}
                        class="chip"
                        aria-pressed={chosen === sets.text}
                        onClick={() => onPick(sets)}
                    >
                        {word}
                    </button>
                ))}
            </div>
        </fieldset>
    );
}

function GasSteps() {
    const words = say(volunteerWords);
    return (
        <div class="gas" role="alert">
            <b>
                <Icon name="danger" /> {words.gasTitle}
            </b>
            <ol>
                {words.gasSteps.map((step) => (
                    <li key={step}>{step}</li>
                ))}
            </ol>
        </div>
    );
}
