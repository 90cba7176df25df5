// What must be said with some of the steps: an outcome, a note, a station, another incident.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Outcome, Severity } from "../gen/tocsin/v1/incident_pb.js";
import { common } from "../i18n/common.js";
import { consoleWords } from "../i18n/console.js";
import { named, say } from "../i18n/language.js";
import { kindWord, outcomeWord, severityWord } from "../i18n/terms.js";
import { clock } from "../i18n/times.js";
import { Button, Check, Choice, Field } from "../shared/ui.js";
import { addNote, handOver, merge, rate, reopen, resolve } from "./deeds.js";
import { isOwn } from "./desk.js";
import type { DetailProps } from "./detail.js";
import type { Form } from "./incidents.js";
import { isOpen } from "./order.js";

const outcomes = [Outcome.HANDLED, Outcome.FALSE_ALARM, Outcome.DUPLICATE, Outcome.NO_ACTION];
const severities = [
    Severity.EXTREME,
    Severity.SEVERE,
    Severity.MODERATE,
    Severity.MINOR,
    Severity.UNKNOWN,
];

export function ActionForm(props: DetailProps & { form: NonNullable<Form> }) {
    const { hub, map, desk, incident, form, onForm, onOpen, attempt } = props;
    const words = say(consoleWords);
    const [text, setText] = useState("");
    const [outcome, setOutcome] = useState<Outcome>(Outcome.HANDLED);
    const [severity, setSeverity] = useState<Severity>(
        incident.rating?.severity ?? Severity.UNKNOWN,
    );
    const [other, setOther] = useState("");
    const [forNeighbours, setForNeighbours] = useState(false);
    const box = useRef<HTMLFormElement>(null);
    // At once: what is typed after the key that opened it belongs here.
    useLayoutEffect(() => {
        box.current?.querySelector<HTMLElement>("textarea, select, button")?.focus();
    }, [form]);

    const deeds: Record<NonNullable<Form>, () => Promise<unknown>> = {
        resolve: () => resolve(hub, incident, outcome, text),
        note: () => addNote(hub, incident, text, forNeighbours),
        severity: () => rate(hub, incident, severity),
        hand_over: () => handOver(hub, incident, other, text),
        reopen: () => reopen(hub, incident, text),
        merge: () => merge(hub, incident.id, other).then(() => onOpen(other)),
    };
    const ready =
        form === "note"
            ? text.trim() !== ""
            : form === "merge" || form === "hand_over"
              ? other !== ""
              : true;
    const send = (event: Event) => {
        event.preventDefault();
        if (ready) {
            void attempt(deeds[form]().then(() => onForm(undefined)));
        }
    };
    const textLabel = {
        resolve: words.outcomeNote,
        note: words.noteText,
        hand_over: words.handOverWhy,
        reopen: words.noteText,
    }[form as string];
    const others = [...hub.fold.incidents.values()].filter(
        (each) => each.id !== incident.id && isOpen(each) && isOwn(desk, each),
    );

    return (
        <form
            class="action-form"
            ref={box}
            onSubmit={send}
            onKeyDown={(event) => event.key === "Escape" && onForm(undefined)}
        >
            {form === "resolve" && (
                <Choice
                    label={words.outcomeTitle}
                    options={outcomes.map((value) => ({ value, word: outcomeWord(value) }))}
                    value={outcome}
                    onChange={setOutcome}
                />
            )}
            {form === "severity" && (
                <Choice
                    label={words.severity}
                    options={severities.map((value) => ({ value, word: severityWord(value) }))}
                    value={severity}
                    onChange={setSeverity}
                />
            )}
            {form === "hand_over" && (
                <Select
                    label={words.handOverTo}
                    value={other}
                    onChange={setOther}
                    options={(map?.stations ?? [])
                        .filter(({ id }) => id !== incident.stationId)
                        .map((station) => ({ id: station.id, name: named(station) }))}
                />
            )}
            {form === "merge" && (
                <Select
                    label={words.mergeTarget}
                    value={other}
                    onChange={setOther}
                    options={others.map((each) => ({
                        id: each.id,
                        name: `${clock(each.openedTimeMs)} ${kindWord(each.kind)} ${each.text.slice(0, 40)}`,
                    }))}
                />
            )}
            {textLabel && (
                <Field label={textLabel}>
                    {(id) => (
                        <textarea
                            id={id}
                            rows={2}
                            value={text}
                            onInput={(event) => setText(event.currentTarget.value)}
                        />
                    )}
                </Field>
            )}
            {form === "note" && (
                <Check
                    label={words.forNeighbours}
                    checked={forNeighbours}
                    onChange={setForNeighbours}
                />
            )}
            <div class="action-form-end">
                <Button type="submit" tone="primary" disabled={!ready}>
                    {words.confirm}
                </Button>
                <Button onClick={() => onForm(undefined)}>{say(common).cancel}</Button>
            </div>
        </form>
    );
}

function Select({
    label,
    options,
    value,
    onChange,
}: {
    label: string;
    options: { id: string; name: string }[];
    value: string;
    onChange: (id: string) => void;
}) {
    return (
        <Field label={label}>
            {(id) => (
                <select
                    id={id}
                    value={value}
                    onChange={(event) => onChange(event.currentTarget.value)}
                >
                    <option value="">—</option>
                    {options.map((option) => (
                        <option key={option.id} value={option.id}>
                            {option.name}
                        </option>
                    ))}
                </select>
            )}
        </Field>
    );
}
