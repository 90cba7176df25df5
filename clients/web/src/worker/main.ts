// The worker of a page: the connection, the outbox and what is kept. One for each tab.

import { EventKind } from "../gen/tocsin/v1/event_pb.js";
import { IncidentState } from "../gen/tocsin/v1/incident_pb.js";
import type { Entry } from "../gen/tocsin/v1/session_pb.js";
import { StoreState } from "../gen/tocsin/v1/session_pb.js";
import { type Sight, sightOf } from "../session/marks.js";
import type { Happening } from "../session/session_types.js";
import { Keeper } from "./keeper.js";
import { Link } from "./link.js";
import { Outbox } from "./outbox.js";
import { Store } from "./store.js";
import { Tabs } from "./tabs.js";
import type { FromWorker, Line, Start, ToWorker } from "./talk.js";
import { httpUploads } from "./uploads.js";

const beatMs = 5_000;

const say = (message: FromWorker) => self.postMessage(message);

class Worker {
    private readonly store: Store;
    private readonly link: Link;
    private readonly outbox: Outbox;
    private readonly keeper: Keeper | undefined;
    private broken = false;
    private line: Line = {
        state: "connecting",
        sinceMs: Date.now(),
        clockOffMs: undefined,
        storeAway: false,
        heardMs: Date.now(),
        why: "",
        signedOut: false,
    };

    constructor(private readonly start: Start) {
        this.store = new Store(start.person, (broken) => this.onBroken(broken));
        this.link = new Link((happenings) => this.onHappenings(happenings));
        this.keeper = start.keep ? new Keeper(this.store) : undefined;
        this.outbox = new Outbox(this.store, new Tabs(start.person), httpUploads, {
            submit: (command) => this.link.submit(command),
            show: (outbox) => say({ say: "outbox", outbox }),
            answered: (tag, receipt, refusal) =>
                say({
                    say: "answered",
                    tag,
                    ...(receipt && { receipt }),
                    ...(refusal && { refusal }),
                }),
        });
    }

    async run(): Promise<void> {
        await this.store.open();
        const kept = await this.keeper?.load();
        if (kept) {
            say({ say: "kept", events: kept.events });
        }
        await this.outbox.load();
        this.link.start(this.start.heartbeatMs, kept?.cursor);
        self.addEventListener("online", () => this.link.hurry());
        setInterval(() => this.beat(), beatMs);
    }

    hear(message: Exclude<ToWorker, { do: "start" }>): void {
        switch (message.do) {
            case "report":
                void this.outbox.report(message.key, message.draft);
                break;
            case "follow":
                void this.outbox.follow(message.draft, message.files);
                break;
            case "acknowledge":
                void this.outbox.acknowledge(message.noticeId, message.revision);
                break;
            case "command":
                this.outbox.direct(message.tag, message.body);
                break;
            case "ask":
                this.link.ask(message.what, message.id);
                break;
            case "shown":
                this.link.mark(message.sights, true);
                break;
            case "attended":
                this.link.attended();
                break;
            case "discard":
                void this.outbox.discard(message.id);
                break;
            case "hurry":
                this.link.hurry();
                break;
            case "forget":
                this.link.close();
                this.keeper?.close();
                void this.store.forget().then(() => say({ say: "forgotten" }));
                break;
        }
    }

    private beat(): void {
        void this.outbox.adopt();
        void this.outbox.discardDone();
        this.keeper?.forgetOld(Date.now());
    }

    private onHappenings(happenings: Happening[]): void {
        const entries: Entry[] = [];
        for (const happening of happenings) {
            switch (happening.what) {
                case "heard":
                    this.keeper?.hear(happening.entry, happening.cursor);
                    this.onEntry(happening.entry);
                    entries.push(happening.entry);
                    break;
                case "stored":
                    void this.outbox.stored(happening.receipt);
                    break;
                case "refused":
                    if (happening.request === "command") {
                        void this.outbox.refused(happening.id, happening.refusal);
                    }
                    break;
                case "incident":
                    say({ say: "incident", incident: happening.incident });
                    break;
                case "notice":
                    say({ say: "notice", detail: happening.detail });
                    break;
                case "stats":
                    say({ say: "stats", stats: happening.stats });
                    break;
                case "lost":
                    this.turn({ state: "lost", why: happening.closed.why });
                    break;
                case "ended": {
                    const { why, httpStatus, closeCode } = happening.closed;
                    this.turn({
                        state: "ended",
                        why,
                        signedOut: httpStatus === 401 || closeCode === 4500,
                    });
                    break;
                }
                case "postponed":
                    break;
            }
        }
        if (entries.length > 0) {
            say({ say: "heard", entries });
            this.noteIncidents(entries);
        }
    }

    private onEntry({ body }: Entry): void {
        if (body.case === "welcome") {
            this.turn({
                state: "live",
                clockOffMs: Number(body.value.timeMs) - Date.now(),
                storeAway: false,
            });
            void this.outbox.advance();
        } else if (body.case === "heartbeat") {
            this.turn({
                state: "live",
                clockOffMs: Number(body.value.timeMs) - Date.now(),
                storeAway: body.value.store === StoreState.AWAY,
            });
        }
    }

    private noteIncidents(entries: Entry[]): void {
        const delivered: Sight[] = [];
        for (const { body } of entries) {
            const events =
                body.case === "event"
                    ? [body.value]
                    : body.case === "snapshot"
                      ? body.value.states
                      : [];
            for (const { kind, subject } of events) {
                if (subject.case === "incident" && kind !== EventKind.INCIDENT_LEFT) {
                    delivered.push(sightOf(subject.value));
                    const isClosed = subject.value.state === IncidentState.RESOLVED;
                    void this.outbox.closed(subject.value.id, isClosed);
                }
            }
        }
        if (this.start.desk && delivered.length > 0) {
            this.link.mark(delivered, false);
        }
    }

    private turn(change: Partial<Line>): void {
        const now = Date.now();
        const sinceMs = change.state && change.state !== this.line.state ? now : this.line.sinceMs;
        const heardMs = change.state === "live" ? now : this.line.heardMs;
        this.line = { ...this.line, ...change, sinceMs, heardMs };
        say({ say: "line", line: this.line });
    }

    private onBroken(broken: boolean): void {
        if (broken !== this.broken) {
            this.broken = broken;
            say({ say: "storage", broken });
        }
    }
}

let worker: Worker | undefined;
let ready: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
    if (data.do === "start") {
        worker = new Worker(data);
        ready = worker.run();
    } else {
        // What was left from the last time goes first.
        void ready.then(() => worker?.hear(data));
    }
};
