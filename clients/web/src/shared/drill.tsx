// A drill is shown as one above all else, in both languages, whatever is chosen.

import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import { say } from "../i18n/language.js";
import { watchWords } from "../i18n/watch.js";

/** Beside the kind, where there is room for a word only. */
export function DrillTag({ incident }: { incident: Incident }) {
    return incident.drill ? <span class="tag tag-drill">{say(watchWords).drillBand}</span> : null;
}

/** Across the top of what shows one incident. */
export function DrillBand({ incident }: { incident: Incident }) {
    if (!incident.drill) {
        return null;
    }
    const words = say(watchWords);
    const end = words.drillEnded[incident.drillEnd];
    return (
        <p class="drill-band">
            <b>{words.drillBand}</b> <span>{end || words.drillNotReal}</span>
        </p>
    );
}
