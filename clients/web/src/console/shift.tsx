// On and off duty at a desk. Whoever goes with incidents in hand names a colleague who takes them.

import { useState } from "preact/hooks";
import type { Person } from "../gen/tocsin/v1/district_pb.js";
import { common } from "../i18n/common.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { type Hub, RefusedError } from "../shared/hub.js";
import { errorWords } from "../shared/refusals.js";
import { Banner, Button, Dialog, Field } from "../shared/ui.js";

export function isOnDuty(person: Person | undefined): boolean {
    const shift = person?.shift;
    return shift !== undefined && shift.startedTimeMs > 0n && shift.endedTimeMs === 0n;
}

export function ShiftButton({ hub, person }: { hub: Hub; person: string }) {
    const words = say(consoleWords);
    const [asking, setAsking] = useState(false);
    const [problem, setProblem] = useState("");
    const [colleague, setColleague] = useState("");
    const onDuty = isOnDuty(hub.fold.persons.get(person));
    const colleagues = [...hub.fold.persons.values()].filter(
        (each) => each.id !== person && isOnDuty(each),
    );

    const start = async () => {
        try {
            await hub.command({ case: "startShift", value: {} });
        } catch (error) {
            setProblem(errorWords(error));
            setAsking(true);
        }
    };
    const end = async (handToPersonId: string) => {
        try {
            await hub.command({ case: "endShift", value: { handToPersonId } });
            setAsking(false);
            setProblem("");
        } catch (error) {
            setProblem(errorWords(error));
            // Otherwise there is nothing to choose.
            setAsking(asking || error instanceof RefusedError);
        }
    };
    return (
        <>
            <button
                type="button"
                class={`desk-duty ${onDuty ? "desk-duty-on" : ""}`}
                onClick={() => void (onDuty ? end("") : start())}
            >
                {onDuty ? words.endShift : words.startShift}
            </button>
            {asking && (
                <Dialog title={words.shiftTitle} onClose={() => setAsking(false)}>
                    {problem && <Banner tone="warn">{problem}</Banner>}
                    {onDuty && (
                        <>
                            <Field label={words.handTo}>
                                {(id) => (
                                    <select
                                        id={id}
                                        value={colleague}
                                        onChange={(event) =>
                                            setColleague(event.currentTarget.value)
                                        }
                                    >
                                        <option value="">—</option>
                                        {colleagues.map((each) => (
                                            <option key={each.id} value={each.id}>
                                                {each.name}
                                            </option>
                                        ))}
                                    </select>
                                )}
                            </Field>
                            {colleagues.length === 0 && <p class="hint">{words.nobodyOnDuty}</p>}
                            <Button
                                class="wide"
                                tone="primary"
                                disabled={colleague === ""}
                                onClick={() => void end(colleague)}
                            >
                                {words.handAndEnd}
                            </Button>
                        </>
                    )}
                    <Button class="wide" onClick={() => setAsking(false)}>
                        {say(common).close}
                    </Button>
                </Dialog>
            )}
        </>
    );
}
