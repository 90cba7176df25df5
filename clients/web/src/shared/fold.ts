// Incidents and notices as a page knows them: a fold over what the hub says. The highest version
// counts; reports and statements gather, as the hub sends each of them once.

import type { Device, Person } from "../gen/tocsin/v1/district_pb.js";
import { type Event, EventKind } from "../gen/tocsin/v1/event_pb.js";
import { type Incident, IncidentState, type Statement } from "../gen/tocsin/v1/incident_pb.js";
import type { Notice, NoticeDetail } from "../gen/tocsin/v1/notice_pb.js";
import type { Report } from "../gen/tocsin/v1/report_pb.js";
import type { Entry } from "../gen/tocsin/v1/session_pb.js";

export class Fold {
    readonly incidents = new Map<string, Incident>();
    readonly notices = new Map<string, Notice>();
    /** This person, and the colleagues of the desk as far as the hub tells of their shifts. */
    readonly persons = new Map<string, Person>();
    /** This person's own. */
    readonly devices = new Map<string, Device>();
    private own = "";
    /** Incidents that are no longer shown to this person: since which version. */
    private readonly left = new Map<string, number>();
    /** A snapshot is under way: what it does not name is gone when it ends. */
    private named: Set<string> | undefined;

    /** What changed: `incident/<id>`, `notice/<id>`, `device/<id>` or `person/<id>` each. */
    apply(entry: Entry): string[] {
        const { body } = entry;
        switch (body.case) {
            case "welcome":
                this.own = body.value.person?.id ?? "";
                this.learn(body.value.person);
                return [];
            case "event": {
                const changed = this.applyEvent(body.value);
                for (const key of changed) {
                    this.named?.add(key);
                }
                return changed;
            }
            case "subscribed":
                this.named = body.value.resumed || body.value.cursor ? undefined : new Set();
                return [];
            case "reset":
                this.named = new Set();
                this.left.clear();
                return [];
            case "snapshot": {
                const changed = body.value.states.flatMap((state) => this.applyEvent(state));
                for (const key of changed) {
                    this.named?.add(key);
                }
                return body.value.last ? [...changed, ...this.endSnapshot()] : changed;
            }
            default:
                return [];
        }
    }

    applyEvent(event: Event): string[] {
        const changed: string[] = [];
        if (event.kind === EventKind.INCIDENT_LEFT) {
            return this.applyLeft(event);
        }
        if (event.subject.case === "incident") {
            const incident = event.subject.value;
            this.join(incident, event);
            changed.push(`incident/${incident.id}`);
        } else if (event.subject.case === "notice") {
            const notice = event.subject.value;
            const old = this.notices.get(notice.id);
            if (!old || notice.version >= old.version) {
                this.notices.set(notice.id, notice);
            }
            changed.push(`notice/${notice.id}`);
        }
        if (event.subject.case === "person") {
            this.learn(event.subject.value);
            changed.push(`person/${event.subject.value.id}`);
        } else if (event.subject.case === "device") {
            this.devices.set(event.subject.value.id, event.subject.value);
            changed.push(`device/${event.subject.value.id}`);
        }
        for (const other of event.others) {
            this.join(other, undefined);
            changed.push(`incident/${other.id}`);
        }
        return changed;
    }

    /** The answer to a question for all about one incident. */
    applyDetail(incident: Incident): void {
        const old = this.incidents.get(incident.id);
        if (!this.isLeft(incident) && (!old || incident.version >= old.version)) {
            this.incidents.set(incident.id, incident);
        }
    }

    /** The answer to a question for a notice and what came in for it. */
    applyNotice({ notice, trail }: NoticeDetail): void {
        if (notice && notice.version >= (this.notices.get(notice.id)?.version ?? 0)) {
            this.notices.set(notice.id, notice);
        }
        for (const incident of trail) {
            this.applyDetail(incident);
        }
    }

    forget(key: string): void {
        const [kind, id = ""] = key.split("/", 2);
        const { incidents, notices, devices } = this;
        ({ incident: incidents, notice: notices, device: devices })[kind ?? ""]?.delete(id);
    }

    // Events about a shift bear no more of a person than id, name and shift, and no version.
    private learn(person: Person | undefined): void {
        if (person) {
            this.persons.set(person.id, person);
        }
    }

    // Off the screen; what comes late of a lower version does not bring it back.
    private applyLeft(event: Event): string[] {
        const all = event.subject.case === "incident" ? [event.subject.value, ...event.others] : [];
        return all.map(({ id, version }) => {
            if (version >= (this.incidents.get(id)?.version ?? 0)) {
                this.incidents.delete(id);
                this.left.set(id, version);
            }
            return `incident/${id}`;
        });
    }

    private isLeft({ id, version }: Incident): boolean {
        return version < (this.left.get(id) ?? 0);
    }

    private join(part: Incident, event: Event | undefined): void {
        if (!this.isLeft(part)) {
            this.left.delete(part.id);
            this.incidents.set(part.id, this.joined(part, event));
        }
    }

    private joined(part: Incident, event: Event | undefined): Incident {
        const old = this.incidents.get(part.id);
        const reports = withNew(old?.reports, [...part.reports, ...listOf(event?.report)]);
        const said = withNew(old?.statements, [...part.statements, ...listOf(event?.statement)]);
        const newest = old && old.version > part.version ? old : part;
        return { ...newest, reports, statements: said.sort(byTime) };
    }

    // An incident that is over is no part of a snapshot, and is kept as it was last known.
    private endSnapshot(): string[] {
        const { named } = this;
        this.named = undefined;
        if (!named) {
            return [];
        }
        const gone: string[] = [];
        for (const { id, state } of this.incidents.values()) {
            if (!named.has(`incident/${id}`) && state !== IncidentState.RESOLVED) {
                gone.push(`incident/${id}`);
            }
        }
        for (const [kind, all] of [
            ["notice", this.notices],
            ["device", this.devices],
        ] as const) {
            for (const id of all.keys()) {
                if (!named.has(`${kind}/${id}`)) {
                    gone.push(`${kind}/${id}`);
                }
            }
        }
        for (const key of gone) {
            this.forget(key);
        }
        // Colleagues who are on duty are in the snapshot, the others need not be known.
        for (const id of this.persons.keys()) {
            if (id !== this.own && !named.has(`person/${id}`)) {
                this.persons.delete(id);
            }
        }
        return gone;
    }
}

/** After these the reports of an incident are others than before: ask for all of it. */
export function movesReports(event: Event): boolean {
    return (
        event.kind === EventKind.INCIDENT_MERGED ||
        event.kind === EventKind.INCIDENT_UNMERGED ||
        event.kind === EventKind.INCIDENT_SPLIT
    );
}

function listOf<T>(value: T | undefined): T[] {
    return value === undefined ? [] : [value];
}

function withNew<T extends Report | Statement>(old: T[] = [], more: T[]): T[] {
    if (more.length === 0) {
        return old;
    }
    const all = new Map(old.map((each) => [each.id, each]));
    for (const each of more) {
        all.set(each.id, each);
    }
    return [...all.values()];
}

function byTime(a: Statement, b: Statement): number {
    return Number(a.timeMs - b.timeMs);
}
