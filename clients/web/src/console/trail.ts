// An incident's life as one list, in order of time.

import type { Incident, Statement } from "../gen/tocsin/v1/incident_pb.js";
import type { Media } from "../gen/tocsin/v1/media_pb.js";
import type { Proof } from "../gen/tocsin/v1/proof_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { deskWord, outcomeWord, severityWord, stationWord } from "../i18n/terms.js";
import type { DistrictMap } from "../shared/api.js";
import { prefs } from "../shared/prefs.js";
import { escalationWords } from "./escalations.js";

export interface TrailStep {
    key: string;
    timeMs: number;
    what: string;
    /** What somebody wrote. */
    text?: string;
    media?: Media[];
    /** Shown as belonging to the past. */
    lapsed?: boolean;
}

export function trailOf(incident: Incident, map: DistrictMap | undefined): TrailStep[] {
    const words = say(consoleWords);
    const who = (each: { desk: string; name: string }) =>
        each.name ? `${deskWord(each.desk, map)} ${each.name}` : deskWord(each.desk, map);
    const steps: TrailStep[] = [
        { key: "opened", timeMs: Number(incident.openedTimeMs), what: words.opened },
        ...incident.acknowledgements.map((each, i) => ({
            key: `ack${i}`,
            timeMs: Number(each.timeMs),
            what: words.acknowledgedBy(who(each)),
            lapsed: each.lapsedTimeMs !== 0n,
        })),
        ...incident.responses.map((each, i) => ({
            key: `resp${i}`,
            timeMs: Number(each.timeMs),
            what: words.respondedBy(who(each)),
            lapsed: each.lapsedTimeMs !== 0n,
        })),
        ...incident.assignments.map((each, i) => ({
            key: `assign${i}`,
            timeMs: Number(each.timeMs),
            what: words.assignedTo(each.name || "—"),
        })),
        ...incident.handOvers.map((each, i) => ({
            key: `hand${i}`,
            timeMs: Number(each.timeMs),
            what: words.handedOver(
                stationWord(each.fromStationId, map),
                stationWord(each.toStationId, map),
            ),
        })),
        ...incident.reopenings.map((each, i) => ({
            key: `reopen${i}`,
            timeMs: Number(each.timeMs),
            what: words.reopenedBy(who(each)),
        })),
        ...incident.proofs.flatMap((proof) => proofSteps(proof, map)),
        ...incident.escalations.map((each, i) => ({
            key: `escalation${i}`,
            timeMs: Number(each.latestTimeMs || each.timeMs),
            what: escalationWords(each, map),
        })),
        ...incident.statements.flatMap((statement) => statementStep(statement, map)),
    ];
    const { rating, resolution } = incident;
    if (rating) {
        steps.push({
            key: "rating",
            timeMs: Number(rating.timeMs),
            what: words.rated(severityWord(rating.severity)),
        });
    }
    if (resolution) {
        steps.push({
            key: "resolution",
            timeMs: Number(resolution.timeMs),
            what: words.resolvedBy(who(resolution), outcomeWord(resolution.outcome)),
            text: resolution.note,
        });
    }
    return steps.sort((a, b) => a.timeMs - b.timeMs);
}

function proofSteps(proof: Proof, map: DistrictMap | undefined): TrailStep[] {
    const words = say(consoleWords);
    const desk = deskWord(proof.desk, map);
    // A desk has another one since it was opened again or handed over.
    const key = `${proof.desk} ${proof.deliveredTimeMs}`;
    const steps: TrailStep[] = [];
    if (proof.deliveredTimeMs > 0n) {
        const timeMs = Number(proof.deliveredTimeMs);
        steps.push({ key: `delivered ${key}`, timeMs, what: words.delivered(desk) });
    }
    if (proof.shownTimeMs > 0n) {
        const what = words.shown(`${desk} ${proof.shownName}`.trim());
        steps.push({ key: `shown ${key}`, timeMs: Number(proof.shownTimeMs), what });
    }
    return steps;
}

function statementStep(statement: Statement, map: DistrictMap | undefined): TrailStep[] {
    const words = say(consoleWords);
    const { content, id } = statement;
    const who = statement.name || deskWord(statement.desk, map);
    const step = { key: id, timeMs: Number(statement.timeMs) };
    switch (content.case) {
        case "note":
            return [{ ...step, what: words.noted(who), text: content.value.text }];
        case "amendment": {
            const { worse, over, place, text, media } = content.value;
            const said = [
                worse && words.worse,
                over && words.isOver,
                place && words.newPlace,
                text,
            ];
            return [{ ...step, what: words.amended, text: said.filter(Boolean).join("\n"), media }];
        }
        case "question": {
            const { text, textEn } = content.value;
            const own = prefs().language === "en" && textEn ? textEn : text;
            return [{ ...step, what: words.question(who), text: own }];
        }
        case "answer":
            return [
                {
                    ...step,
                    what: words.answer,
                    text: content.value.text || (content.value.place ? words.newPlace : ""),
                    media: content.value.media,
                },
            ];
        default:
            return [];
    }
}
