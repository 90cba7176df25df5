// The buttons of an incident: the next step first and largest.

import { IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { Button } from "../shared/ui.js";
import { acknowledge, assign, respond, unmerge } from "./deeds.js";
import { hasAcknowledged, hasResponded } from "./desk.js";
import type { DetailProps } from "./detail.js";
import type { Form } from "./incidents.js";

export function Actions({ hub, me, desk, incident, form, onForm, attempt }: DetailProps) {
    const words = say(consoleWords);
    const { state } = incident;
    const acknowledged = hasAcknowledged(desk, incident);
    const responded = hasResponded(desk, incident);
    const mine = incident.assignments.some(
        (each) => each.desk === desk.name && each.personId === me.person,
    );
    const toggle = (name: Form) => onForm(form === name ? undefined : name);
    const opens = (name: NonNullable<Form>, word: string) => (
        <Button aria-expanded={form === name} onClick={() => toggle(name)}>
            {word}
        </Button>
    );
    if (state === IncidentState.MERGED) {
        return desk.mayDirect ? (
            <div class="actions">
                <Button onClick={() => void attempt(unmerge(hub, incident))}>
                    {words.unmerge}
                </Button>
            </div>
        ) : null;
    }
    if (state === IncidentState.RESOLVED) {
        return (
            <div class="actions">
                {desk.mayDirect && opens("reopen", words.reopen)}
                {opens("note", words.note)}
            </div>
        );
    }
    return (
        <div class="actions">
            {!acknowledged && (
                <Button tone="alarm" onClick={() => void attempt(acknowledge(hub, incident))}>
                    {words.acknowledge} <kbd>F2</kbd>
                </Button>
            )}
            {!responded && (
                <Button
                    tone={acknowledged ? "primary" : "plain"}
                    onClick={() => void attempt(respond(hub, incident))}
                >
                    {words.respond} <kbd>F4</kbd>
                </Button>
            )}
            {desk.mayResolve && (
                <Button
                    tone={responded ? "primary" : "plain"}
                    aria-expanded={form === "resolve"}
                    onClick={() => toggle("resolve")}
                >
                    {words.resolve} <kbd>F8</kbd>
                </Button>
            )}
            {opens("note", words.note)}
            {desk.mayDirect && (
                <>
                    {opens("severity", words.severity)}
                    {opens("hand_over", words.handOver)}
                    {opens("merge", words.merge)}
                </>
            )}
            {desk.kind !== "grid" && (
                <Button onClick={() => void attempt(assign(hub, incident, mine ? "" : me.person))}>
                    {mine ? words.unassign : words.assignMe}
                </Button>
            )}
        </div>
    );
}
