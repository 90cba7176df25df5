// A practice alarm for a station, or a community or grid of it.

import { useState } from "preact/hooks";
import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import { named, say } from "../i18n/language.js";
import { kindWord } from "../i18n/terms.js";
import { watchWords } from "../i18n/watch.js";
import type { DistrictMap } from "../shared/api.js";
import { childrenOf } from "../shared/ground.js";
import { useBusy } from "../shared/hooks.js";
import type { Hub } from "../shared/hub.js";
import { errorWords } from "../shared/refusals.js";
import { go } from "../shared/route.js";
import { Banner, Button, Choice, Field } from "../shared/ui.js";
import type { Desk } from "./desk.js";

const kinds = [ReportKind.FIRE, ReportKind.ASSIST, ReportKind.SIGHTING, ReportKind.HAZARD];

interface DrillFormProps {
    hub: Hub;
    map: DistrictMap | undefined;
    desk: Desk;
}

export function DrillForm({ hub, map, desk }: DrillFormProps) {
    const words = say(watchWords);
    const areas = drillAreas(map, desk);
    const [area, setArea] = useState(areas[0]?.id ?? desk.scope);
    const [kind, setKind] = useState(ReportKind.FIRE);
    const [text, setText] = useState("");
    const [problem, setProblem] = useState("");
    const [busy, run] = useBusy();
    const send = (event: Event) => {
        event.preventDefault();
        void run(async () => {
            try {
                const { incidentId } = await hub.command({
                    case: "startDrill",
                    value: { areaId: area, kind, text },
                });
                go("incidents", incidentId);
            } catch (error) {
                setProblem(errorWords(error));
            }
        });
    };
    return (
        <form class="drill-form card" onSubmit={send}>
            <h1>{words.drillTitle}</h1>
            <p class="hint">{words.drillWords}</p>
            {problem && <Banner tone="warn">{problem}</Banner>}
            <Field label={words.drillArea}>
                {(id) => (
                    <select
                        id={id}
                        value={area}
                        onChange={(event) => setArea(event.currentTarget.value)}
                    >
                        {areas.map((each) => (
                            <option key={each.id} value={each.id}>
                                {each.name}
                            </option>
                        ))}
                    </select>
                )}
            </Field>
            <Choice
                label={words.drillKind}
                options={kinds.map((value) => ({ value, word: kindWord(value) }))}
                value={kind}
                onChange={setKind}
            />
            <Field label={words.drillText}>
                {(id) => (
                    <textarea
                        id={id}
                        rows={2}
                        value={text}
                        onInput={(event) => setText(event.currentTarget.value)}
                    />
                )}
            </Field>
            <Button type="submit" class="wide tall button-drill" disabled={busy}>
                {words.drillStart}
            </Button>
        </form>
    );
}

/** The own station with its communities; for the bureau every station. */
function drillAreas(map: DistrictMap | undefined, desk: Desk): { id: string; name: string }[] {
    const all = map?.areas.features ?? [];
    const stations = all.filter(
        ({ id, properties }) =>
            properties.kind === "station" && (desk.kind === "bureau" || id === desk.scope),
    );
    return stations.flatMap((station) => {
        const name = named(station.properties);
        const below = desk.kind === "bureau" ? [] : childrenOf(map as DistrictMap, `${station.id}`);
        return [
            { id: String(station.id), name },
            ...below.map(({ id, properties }) => ({
                id: String(id),
                name: `${name} · ${named(properties)}`,
            })),
        ];
    });
}
