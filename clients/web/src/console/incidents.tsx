// The list, the chosen incident, the map; and the keys.

import { useLayoutEffect, useState } from "preact/hooks";
import { type Incident, IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { kindWord } from "../i18n/terms.js";
import { watchWords } from "../i18n/watch.js";
import type { Spot } from "../map/desk_map.js";
import { MapBox } from "../map/map_box.js";
import type { PageProps } from "../shared/boot.js";
import { errorWords } from "../shared/refusals.js";
import { go } from "../shared/route.js";
import { Banner } from "../shared/ui.js";
import { acknowledge, respond } from "./deeds.js";
import type { Desk } from "./desk.js";
import { Detail } from "./detail.js";
import { IncidentList } from "./list.js";
import { type Filter, fits, needsDecision, ordered } from "./order.js";
import type { Ringing } from "./ringing.js";
import { TopIncident } from "./top_incident.js";

interface IncidentsProps extends PageProps {
    desk: Desk;
    ringing: Ringing;
    chosen: string;
}

export type Form = "resolve" | "note" | "hand_over" | "merge" | "severity" | "reopen" | undefined;

export function Incidents({ hub, me, map, desk, ringing, chosen }: IncidentsProps) {
    const words = say(consoleWords);
    const [filter, setFilter] = useState<Filter>("open");
    const [form, setForm] = useState<Form>();
    const [problem, setProblem] = useState("");
    const all = [...hub.fold.incidents.values()];
    const incidents = ordered(all, filter, desk);
    const incident = hub.fold.incidents.get(chosen);
    const rings = ringing.now();
    const first = ordered(all, "decide", desk)[0];

    const choose = (id: string) => {
        setForm(undefined);
        setProblem("");
        ringing.seen(id);
        hub.askIncident(id);
        go("incidents", id);
    };
    const attempt = async (deed: Promise<unknown>) => {
        setProblem("");
        try {
            await deed;
        } catch (error) {
            setProblem(errorWords(error));
        }
    };
    const take = (one: Incident) => {
        ringing.seen(one.id);
        return attempt(acknowledge(hub, one));
    };

    // Not useEffect, which waits until after the picture: a key pressed at what is seen must count.
    useLayoutEffect(() => {
        const onKey = (event: KeyboardEvent) => {
            if (
                event.altKey ||
                event.ctrlKey ||
                event.metaKey ||
                document.querySelector("dialog")
            ) {
                return;
            }
            // What is open, or else what needs a decision most.
            const target = incident && fits("open", desk, incident) ? incident : first;
            if (event.key === "F2" && target) {
                event.preventDefault();
                void take(needsDecision(desk, target) ? target : (first ?? target));
            } else if (event.key === "F4" && target) {
                event.preventDefault();
                void attempt(respond(hub, target));
            } else if (event.key === "F8" && target && desk.mayResolve) {
                event.preventDefault();
                choose(target.id);
                setForm("resolve");
            }
        };
        window.addEventListener("keydown", onKey);
        return () => window.removeEventListener("keydown", onKey);
    });

    return (
        <div class="incidents">
            <section class="incidents-list">
                <h1 class="unseen">{words.views.incidents}</h1>
                {first && (
                    <TopIncident
                        hub={hub}
                        map={map}
                        desk={desk}
                        incident={first}
                        isRinging={rings.has(first.id)}
                        onTake={() => void take(first)}
                        onOpen={() => choose(first.id)}
                    />
                )}
                <fieldset class="filters">
                    <legend class="unseen">{words.list}</legend>
                    {(["open", "decide", "under_way", "closed"] as const).map((name) => (
                        <button
                            type="button"
                            key={name}
                            class="filter"
                            aria-pressed={name === filter}
                            onClick={() => setFilter(name)}
                        >
                            {filterWord(name)} {all.filter((each) => fits(name, desk, each)).length}
                        </button>
                    ))}
                </fieldset>
                <IncidentList
                    hub={hub}
                    desk={desk}
                    map={map}
                    incidents={incidents}
                    chosen={chosen}
                    ringing={rings}
                    onChoose={choose}
                />
            </section>
            <section class="incidents-detail" aria-label={words.detail}>
                {problem && <Banner tone="warn">{problem}</Banner>}
                {incident ? (
                    <Detail
                        key={incident.id}
                        hub={hub}
                        me={me}
                        map={map}
                        desk={desk}
                        incident={incident}
                        form={form}
                        onForm={setForm}
                        onOpen={choose}
                        attempt={attempt}
                    />
                ) : (
                    <p class="empty">
                        {words.choose}
                        <br />
                        <small>{words.keys}</small>
                    </p>
                )}
            </section>
            {map && (
                <section class="incidents-map">
                    <h2 class="unseen">{words.map}</h2>
                    <MapBox
                        map={map}
                        home={desk.scope}
                        spots={spotsOf(incident ? [incident, ...incidents] : incidents, desk)}
                        chosen={chosen}
                        onSpot={choose}
                    />
                </section>
            )}
        </div>
    );
}

function filterWord(filter: Filter): string {
    const words = say(consoleWords);
    return {
        open: words.openNow,
        decide: words.waiting,
        under_way: words.underWay,
        closed: words.closed,
    }[filter];
}

function spotsOf(incidents: Incident[], desk: Desk): Spot[] {
    const spots = new Map<string, Spot>();
    for (const incident of incidents) {
        const { id, place, kind, state, urgent, drill } = incident;
        if (place) {
            const { latitude, longitude, accuracyM, coarse } = place;
            const tone =
                state === IncidentState.RESOLVED
                    ? "closed"
                    : !needsDecision(desk, incident)
                      ? "taken"
                      : drill
                        ? "drill"
                        : urgent
                          ? "alarm"
                          : "calm";
            spots.set(id, {
                id,
                latitude,
                longitude,
                accuracyM,
                coarse,
                tone,
                title: drill ? `${say(watchWords).drillBand} ${kindWord(kind)}` : kindWord(kind),
            });
        }
    }
    // What is drawn last lies on top: that is what matters most.
    return [...spots.values()].reverse();
}
