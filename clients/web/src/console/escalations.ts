// Why an incident went further up, in words.

import type { Escalation } from "../gen/tocsin/v1/escalation_pb.js";
import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import { say } from "../i18n/language.js";
import { deskWord } from "../i18n/terms.js";
import { span } from "../i18n/times.js";
import { watchWords } from "../i18n/watch.js";
import type { DistrictMap } from "../shared/api.js";

export function latestOf({ escalations }: Incident): Escalation {
    return escalations.reduce((a, b) => (b.latestTimeMs >= a.latestTimeMs ? b : a));
}

export function escalationWords(each: Escalation, map: DistrictMap | undefined): string {
    const words = say(watchWords);
    const desks = each.desks.map((desk) => deskWord(desk, map)).join(words.and);
    const said = words.escalation(
        words.clocks[each.clock] ?? words.overdue,
        each.afterS > 0 ? span(each.afterS * 1_000) : "",
        words.reasons[each.reason] ?? "",
        desks,
        each.times,
    );
    return each.earlyMs > 0n ? said + words.early : said;
}
