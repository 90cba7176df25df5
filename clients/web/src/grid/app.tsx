// The grid worker's page: hazards and disputes of the own grid; take, note, close.

import { useEffect, useState } from "preact/hooks";
import { type Desk, deskOf } from "../console/desk.js";
import { Detail } from "../console/detail.js";
import type { Form } from "../console/incidents.js";
import { fits, needsDecision, ordered } from "../console/order.js";
import type { Incident } from "../gen/tocsin/v1/incident_pb.js";
import { say } from "../i18n/language.js";
import { teamWords } from "../i18n/teams.js";
import { kindWord, stateWord } from "../i18n/terms.js";
import { span } from "../i18n/times.js";
import { areaName } from "../shared/area_names.js";
import type { PageProps } from "../shared/boot.js";
import { chimeForNotices } from "../shared/chime.js";
import { DrillTag } from "../shared/drill.js";
import { useHub, usePrefs, useSeconds } from "../shared/hooks.js";
import type { Hub } from "../shared/hub.js";
import { LineBand } from "../shared/line_band.js";
import { NoticeList, NoticePage } from "../shared/notices.js";
import { TabBar, TopBar } from "../shared/phone_frame.js";
import { errorWords } from "../shared/refusals.js";
import { go, useRoute } from "../shared/route.js";
import { Settings } from "../shared/settings.js";
import { Banner } from "../shared/ui.js";
import { WrongPage } from "../shared/wrong_page.js";

export function Grid(props: PageProps) {
    const desk = deskOf(props.me);
    return desk?.kind === "grid" ? (
        <GridPage {...props} desk={desk} />
    ) : (
        <WrongPage home={props.me.home} />
    );
}

interface GridProps extends PageProps {
    desk: Desk;
}

function GridPage(props: GridProps) {
    const { hub, me, map, desk } = props;
    useHub(hub);
    usePrefs();
    const words = say(teamWords);
    const [view = "tasks", id = ""] = useRoute();
    useEffect(() => chimeForNotices(hub), [hub]);
    const waiting = tasks(hub, desk).filter((task) => needsDecision(desk, task)).length;
    return (
        <div class="phone">
            <TopBar
                hub={hub}
                title={`${words.gridTitle} · ${areaName(map, desk.scope)}`}
                home={view === "tasks" && !id}
            />
            <LineBand hub={hub} stern={false} />
            <main id="main" tabIndex={-1}>
                {view === "notices" ? (
                    id ? (
                        <NoticePage hub={hub} map={map} id={id} />
                    ) : (
                        <NoticeList hub={hub} map={map} />
                    )
                ) : view === "settings" ? (
                    <Settings hub={hub} me={me} map={map} duty />
                ) : id ? (
                    <Task key={id} {...props} id={id} />
                ) : (
                    <Tasks {...props} />
                )}
            </main>
            <TabBar
                tabs={[
                    { path: "tasks", word: words.tabs.tasks, icon: "list", count: waiting },
                    { path: "notices", word: words.tabs.notices, icon: "bell", count: 0 },
                    { path: "/", word: words.tabs.report, icon: "fire", count: 0 },
                    { path: "settings", word: words.tabs.settings, icon: "gear", count: 0 },
                ]}
                current={view}
            />
        </div>
    );
}

/** What the grid's desk answers for; the worker's own reports are on the volunteer's page. */
function tasks(hub: Hub, desk: Desk): Incident[] {
    return ordered(hub.fold.incidents.values(), "open", desk).filter(
        (incident) => needsDecision(desk, incident) || fits("under_way", desk, incident),
    );
}

function Tasks({ hub, desk }: GridProps) {
    useSeconds();
    const words = say(teamWords);
    const open = tasks(hub, desk);
    const closed = ordered(hub.fold.incidents.values(), "closed", desk).slice(0, 10);
    return (
        <section class="block">
            <h1>{words.myGrid}</h1>
            {open.length === 0 && <p class="empty">{words.nothing}</p>}
            <TaskRows hub={hub} desk={desk} incidents={open} />
            {closed.length > 0 && <h2>{words.closed}</h2>}
            <TaskRows hub={hub} desk={desk} incidents={closed} />
        </section>
    );
}

function TaskRows({ hub, desk, incidents }: { hub: Hub; desk: Desk; incidents: Incident[] }) {
    return (
        <ul class="rows">
            {incidents.map((incident) => {
                const names = [
                    "row",
                    incident.urgent && "task-urgent",
                    needsDecision(desk, incident) && "task-decide",
                ];
                return (
                    <li key={incident.id}>
                        <a class={names.filter(Boolean).join(" ")} href={`#/tasks/${incident.id}`}>
                            <span class="row-main">
                                <b>{kindWord(incident.kind)}</b> <DrillTag incident={incident} />
                                <bdi class="row-text">{incident.text}</bdi>
                            </span>
                            <span class="row-side">
                                <span class={`tag tag-state-${incident.state}`}>
                                    {stateWord(incident.state)}
                                </span>
                                <span class="row-time">
                                    {span(hub.now() - Number(incident.openedTimeMs))}
                                </span>
                            </span>
                        </a>
                    </li>
                );
            })}
        </ul>
    );
}

function Task(props: GridProps & { id: string }) {
    const { hub, id } = props;
    const [form, setForm] = useState<Form>();
    const [problem, setProblem] = useState("");
    const incident = hub.fold.incidents.get(id);
    useEffect(() => hub.askIncident(id), [hub, id]);
    const attempt = async (deed: Promise<unknown>) => {
        setProblem("");
        try {
            await deed;
        } catch (error) {
            setProblem(errorWords(error));
        }
    };
    return (
        <>
            <h1 class="unseen">{say(teamWords).myGrid}</h1>
            {problem && <Banner tone="warn">{problem}</Banner>}
            {incident && (
                <Detail
                    {...props}
                    incident={incident}
                    form={form}
                    onForm={setForm}
                    onOpen={(other) => go("tasks", other)}
                    attempt={attempt}
                />
            )}
        </>
    );
}
