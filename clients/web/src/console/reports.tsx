// The reports of an incident, each with who sent it where that may be seen, and the question back.

import { useState } from "preact/hooks";
import type { Report } from "../gen/tocsin/v1/report_pb.js";
import { consoleWords } from "../i18n/console.js";
import { say } from "../i18n/language.js";
import { kindWord } from "../i18n/terms.js";
import { clock } from "../i18n/times.js";
import { LongText } from "../shared/long_text.js";
import { prefs } from "../shared/prefs.js";
import { Button, Field } from "../shared/ui.js";
import { ask, split } from "./deeds.js";
import { type DetailProps, PlaceWords } from "./detail.js";
import { isOpen } from "./order.js";

export function Reports(props: DetailProps) {
    const words = say(consoleWords);
    const { reports } = props.incident;
    if (reports.length === 0) {
        return null;
    }
    return (
        <section>
            <h3>
                {words.reportsTitle} · {reports.length}
            </h3>
            <ul class="reports">
                {reports.map((report) => (
                    <ReportCard key={report.id} {...props} report={report} />
                ))}
            </ul>
        </section>
    );
}

function ReportCard(props: DetailProps & { report: Report }) {
    const { hub, desk, incident, report, attempt, onOpen } = props;
    const words = say(consoleWords);
    const [asking, setAsking] = useState(false);
    return (
        <li class="report">
            <p class="report-head">
                <b>{kindWord(report.kind)}</b>
                {report.smellOfGas && <span class="tag tag-urgent">{words.gas}</span>}
                {report.over && <span class="tag">{words.over}</span>}
                <time>{clock(report.receivedTimeMs)}</time>
            </p>
            <LongText class="detail-text" text={report.text || words.noText} />
            <p class="report-facts">
                <Who report={report} />
                {report.building && (
                    <span>
                        {words.building} <bdi>{report.building}</bdi>
                    </span>
                )}
                {report.place && (
                    <span>
                        <PlaceWords incident={report} />
                    </span>
                )}
                {report.firstPlace && <span>{words.placeCorrected}</span>}
                {report.timeDoubtful && <span>{words.doubtful}</span>}
            </p>
            {desk.mayDirect && (
                <Button tone="quiet" aria-expanded={asking} onClick={() => setAsking(!asking)}>
                    {words.ask}
                </Button>
            )}
            {desk.mayDirect && incident.reports.length > 1 && isOpen(incident) && (
                <Button
                    tone="quiet"
                    onClick={() =>
                        void attempt(
                            split(hub, incident, [report.id]).then((receipt) =>
                                onOpen(receipt.incidentId),
                            ),
                        )
                    }
                >
                    {words.split}
                </Button>
            )}
            {asking && <AskForm {...props} onDone={() => setAsking(false)} />}
        </li>
    );
}

function Who({ report: { reporter } }: { report: Report }) {
    const words = say(consoleWords);
    if (!reporter) {
        return <span>{words.reporterHidden}</span>;
    }
    return (
        <span>
            {reporter.name && (
                <>
                    {words.reporter} <bdi>{reporter.name}</bdi>{" "}
                </>
            )}
            {reporter.phone ? (
                <a href={`tel:${reporter.phone}`}>{reporter.phone}</a>
            ) : reporter.mayCall ? (
                words.mayCall
            ) : (
                words.mayNotCall
            )}
        </span>
    );
}

function AskForm({
    hub,
    map,
    incident,
    report,
    attempt,
    onDone,
}: DetailProps & { report: Report; onDone: () => void }) {
    const words = say(consoleWords);
    const [text, setText] = useState("");
    const put = (question: { text: string } | { questionId: string }) =>
        void attempt(ask(hub, incident, report.id, question).then(onDone));
    return (
        <div class="ask">
            <div class="choice-row">
                {(map?.questions ?? []).map((ready) => (
                    <button
                        type="button"
                        class="chip"
                        key={ready.id}
                        onClick={() => put({ questionId: ready.id })}
                    >
                        {prefs().language === "zh" ? ready.text_zh : ready.text_en}
                    </button>
                ))}
            </div>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    if (text.trim() !== "") {
                        put({ text });
                    }
                }}
            >
                <Field label={words.askText}>
                    {(id) => (
                        <input
                            id={id}
                            value={text}
                            onInput={(event) => setText(event.currentTarget.value)}
                        />
                    )}
                </Field>
                <Button type="submit" tone="primary">
                    {words.askSend}
                </Button>
            </form>
        </div>
    );
}
