// One incident: what is known, what can be done, how it went.

import { type Incident, Pattern } from "../gen/tocsin/v1/incident_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { kindWord, severityWord, stateWord, stationWord } from "../i18n/terms.js";
import { clockWithSeconds, metres, span } from "../i18n/times.js";
import { areaPath } from "../shared/area_names.js";
import type { PageProps } from "../shared/boot.js";
import { DrillBand } from "../shared/drill.js";
import { useSeconds } from "../shared/hooks.js";
import { useInView } from "../shared/in_view.js";
import { LongText } from "../shared/long_text.js";
import { MediaList } from "../shared/media.js";
import { Banner, Button } from "../shared/ui.js";
import { ActionForm } from "./action_forms.js";
import { Actions } from "./actions.js";
import { merge } from "./deeds.js";
import { type Desk, isOwn } from "./desk.js";
import { escalationWords, latestOf } from "./escalations.js";
import type { Form } from "./incidents.js";
import { isOpen } from "./order.js";
import { Reports } from "./reports.js";
import { trailOf } from "./trail.js";

export interface DetailProps extends PageProps {
    desk: Desk;
    incident: Incident;
    form: Form;
    onForm: (form: Form) => void;
    onOpen: (id: string) => void;
    attempt: (deed: Promise<unknown>) => Promise<void>;
}

export function Detail(props: DetailProps) {
    const { map, desk, incident, form } = props;
    const words = say(consoleWords);
    const own = isOwn(desk, incident);
    useInView(props.hub, [incident]);
    return (
        <article class="detail">
            <DrillBand incident={incident} />
            <header class="detail-head">
                <h2>
                    {kindWord(incident.kind)}
                    {incident.urgent && !incident.drill && (
                        <span class="tag tag-urgent">{words.urgent}</span>
                    )}
                    {incident.rating && (
                        <span class="tag">{severityWord(incident.rating.severity)}</span>
                    )}
                    <span class={`tag tag-state-${incident.state}`}>
                        {stateWord(incident.state)}
                    </span>
                </h2>
                <Age {...props} />
            </header>
            {!own && <Banner tone="calm">{words.neighbour}</Banner>}
            {incident.pattern === Pattern.MANY_FIRES && (
                <Banner tone="warn">{words.manyFires}</Banner>
            )}
            {own && incident.escalations.length > 0 && isOpen(incident) && (
                <Banner tone="warn">{escalationWords(latestOf(incident), map)}</Banner>
            )}
            <LongText class="detail-text" text={incident.text || words.noText} />
            {own && <Actions {...props} />}
            {own && form && <ActionForm {...props} form={form} />}
            <dl class="facts">
                <dt>{words.area}</dt>
                <dd>
                    {stationWord(incident.stationId, map)}
                    {incident.areaId && ` · ${areaPath(map, incident.areaId)}`}
                </dd>
                <dt>{words.place}</dt>
                <dd>
                    <PlaceWords incident={incident} />
                </dd>
            </dl>
            <PerhapsSame {...props} />
            <Merged {...props} />
            <Reports {...props} />
            <h3>{words.trail}</h3>
            <ol class="trail">
                {trailOf(incident, map).map((step) => (
                    <li key={step.key} class={step.lapsed ? "trail-lapsed" : ""}>
                        <time>{clockWithSeconds(BigInt(step.timeMs))}</time>
                        <span>
                            {step.what} {step.lapsed && words.lapsed}
                        </span>
                        {step.text && <LongText class="trail-text" text={step.text} />}
                        {step.media && step.media.length > 0 && (
                            <div class="trail-media">
                                <MediaList media={step.media} />
                            </div>
                        )}
                    </li>
                ))}
            </ol>
        </article>
    );
}

function Age({ hub, incident }: DetailProps) {
    useSeconds();
    const until = isOpen(incident) ? hub.now() : Number(incident.updatedTimeMs);
    return <time class="detail-age">{span(until - Number(incident.openedTimeMs))}</time>;
}

export function PlaceWords({ incident: { place } }: { incident: Pick<Incident, "place"> }) {
    const words = say(consoleWords);
    if (!place) {
        return <>—</>;
    }
    const { latitude, longitude, accuracyM } = place;
    return (
        <>
            {latitude.toFixed(5)}, {longitude.toFixed(5)}
            {accuracyM > 0 && ` · ${words.accuracy(metres(accuracyM))}`}
        </>
    );
}

function PerhapsSame({ hub, desk, incident, onOpen, attempt }: DetailProps) {
    const words = say(consoleWords);
    const near = incident.perhapsSame.flatMap((each) => {
        const other = hub.fold.incidents.get(each.incidentId);
        return other && isOpen(other) && isOpen(incident) ? [{ ...each, other }] : [];
    });
    if (near.length === 0) {
        return null;
    }
    return (
        <section class="same">
            <h3>{words.perhapsSame}</h3>
            <ul>
                {near.map(({ other, distanceM, ageS }) => (
                    <li key={other.id}>
                        <span>
                            <b>{kindWord(other.kind)}</b>{" "}
                            {words.perhapsSameWords(metres(distanceM), span(ageS * 1_000))}
                            <bdi class="inc-text">{other.text}</bdi>
                        </span>
                        <Button onClick={() => onOpen(other.id)}>{words.open}</Button>
                        {desk.mayDirect && (
                            <Button
                                onClick={() =>
                                    void attempt(
                                        merge(hub, incident.id, other.id).then(() =>
                                            onOpen(other.id),
                                        ),
                                    )
                                }
                            >
                                {words.mergeInto}
                            </Button>
                        )}
                    </li>
                ))}
            </ul>
        </section>
    );
}

function Merged({ incident, onOpen }: DetailProps) {
    const words = say(consoleWords);
    const { mergedInto } = incident;
    return mergedInto ? (
        <p>
            {words.mergedInto} <Button onClick={() => onOpen(mergedInto)}>{words.open}</Button>
        </p>
    ) : null;
}
