// How one report goes: what must be done now, the chain, questions, and what can be added.

import { type Incident, IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import { common } from "../i18n/common.js";
import { say } from "../i18n/language.js";
import { kindWord, outcomeWord } from "../i18n/terms.js";
import { clock, clockWithSeconds } from "../i18n/times.js";
import { volunteerWords } from "../i18n/volunteer.js";
import type { DistrictMap } from "../shared/api.js";
import { chainOf, fireDeskHasSeen, isUrgent, warningOf } from "../shared/chain.js";
import { useSeconds } from "../shared/hooks.js";
import type { Hub } from "../shared/hub.js";
import { LongText } from "../shared/long_text.js";
import { refusalWords } from "../shared/refusals.js";
import { goInstead } from "../shared/route.js";
import { Banner, Button, Emergency, Icon } from "../shared/ui.js";
import { FollowUp } from "./follow_up.js";
import { allOfMine, type Mine } from "./reports_of_mine.js";
import { Questions, Said } from "./said.js";

interface ProgressProps {
    hub: Hub;
    map: DistrictMap | undefined;
    id: string;
}

export function Progress({ hub, map, id }: ProgressProps) {
    useSeconds();
    const words = say(volunteerWords);
    const mine = allOfMine(hub).find(({ key }) => key === id);
    if (!mine) {
        return <p class="empty">{say(common).loading}</p>;
    }
    const { item, incident } = mine;
    const kind = item?.draft.kind ?? incident?.kind ?? ReportKind.ASSIST;
    const urgent = incident?.urgent || (item && isUrgent(item));
    const over = incident?.state === IncidentState.RESOLVED;
    return (
        <article class="block progress">
            <h1>
                {kindWord(kind)} {urgent && <span class="tag tag-urgent">{words.urgentTag}</span>}
            </h1>
            <Warn mine={mine} />
            {urgent && !over && <Emergency />}
            {(item?.draft.text || incident?.text) && (
                <LongText class="said-text" text={item?.draft.text || incident?.text || ""} />
            )}
            <Chain mine={mine} />
            {item?.receipt?.similarNearby && <p class="hint">{words.similar}</p>}
            {incident && over && <Outcome incident={incident} />}
            {incident && <Questions hub={hub} mine={mine} />}
            <Said hub={hub} mine={mine} />
            {item?.state === "refused" ? (
                <Button
                    onClick={() => {
                        hub.discard(item.id);
                        goInstead("mine");
                    }}
                >
                    {words.discard}
                </Button>
            ) : (
                <FollowUp hub={hub} map={map} mine={mine} />
            )}
        </article>
    );
}

function Warn({ mine: { item, incident } }: { mine: Mine }) {
    const words = say(volunteerWords);
    switch (warningOf(item, incident, Date.now())) {
        case "fire_unseen":
            return (
                <Banner tone="alarm">
                    <a class="call" href="tel:119">
                        <Icon name="phone" /> {words.fireUnseen}
                    </a>
                </Banner>
            );
        case "not_confirmed":
            return (
                <Banner tone="alarm">
                    <a class="call" href="tel:119">
                        <Icon name="phone" /> {words.notConfirmed}
                    </a>
                </Banner>
            );
        case "waiting_for_signal":
            return <Banner tone="calm">{words.waitingForSignal}</Banner>;
        case "refused":
            return (
                <Banner tone="warn">
                    {words.refused(refusalWords(item?.refusal?.code ?? ""))}
                </Banner>
            );
        default:
            return <Seen incident={incident} />;
    }
}

function Seen({ incident }: { incident: Incident | undefined }) {
    if (incident?.kind !== ReportKind.FIRE || !fireDeskHasSeen(incident)) {
        return null;
    }
    const seen = clock(incident.fireDeskShownTimeMs);
    return <Banner tone="calm">{say(volunteerWords).fireSeen(seen)}</Banner>;
}

function Chain({ mine: { item, incident } }: { mine: Mine }) {
    const words = say(volunteerWords);
    const steps = chainOf(item, incident);
    const last = steps.reduce((at, step, i) => (step.atMs !== undefined ? i : at), 0);
    return (
        <ol class="chain" aria-live="polite" aria-label={words.sentTitle}>
            {steps.map(({ name, atMs }, i) => (
                <li
                    key={name}
                    class={`chain-step ${atMs !== undefined ? "chain-done" : ""} ${i === last ? "chain-now" : ""}`}
                >
                    <span class="chain-dot" aria-hidden="true" />
                    <span class="chain-word">{words.steps[name]}</span>
                    <span class="chain-time">
                        {atMs === undefined && words.stepNotYet}
                        {atMs === 0 && words.stepBefore}
                        {!!atMs && clockWithSeconds(BigInt(Math.round(atMs)))}
                    </span>
                </li>
            ))}
        </ol>
    );
}

function Outcome({ incident: { resolution } }: { incident: Incident }) {
    const words = say(volunteerWords);
    return (
        resolution && (
            <section class="outcome">
                <h2>
                    {words.ended}: {outcomeWord(resolution.outcome)}
                </h2>
                <p>{resolution.thanks || words.outcomeThanks}</p>
            </section>
        )
    );
}
