// The page's end of its worker: what is known, and what can be asked.

import type { Refusal } from "../gen/tocsin/v1/error_pb.js";
import type { Event } from "../gen/tocsin/v1/event_pb.js";
import type { Stats } from "../gen/tocsin/v1/proof_pb.js";
import type { Entry, Receipt } from "../gen/tocsin/v1/session_pb.js";
import type { Sight } from "../session/marks.js";
import type { CommandBody, FromWorker, Line, ToWorker } from "../worker/talk.js";
import { Fold } from "./fold.js";
import type { FileItem, FollowDraft, OutboxView, ReportDraft } from "./outbox_items.js";
import { uuid } from "./uuid.js";

export class RefusedError extends Error {
    constructor(readonly refusal: Refusal) {
        super(refusal.code);
    }
}

export interface HubOptions {
    person: string;
    /** Sees incidents of others: what the hub tells of is then not by itself the person's own. */
    isStaff: boolean;
    keep: boolean;
    desk: boolean;
    heartbeatMs: number;
}

export class Hub {
    readonly fold = new Fold();
    outbox: OutboxView = { reports: [], follows: [], files: [], acks: [] };
    line: Line = {
        state: "connecting",
        sinceMs: Date.now(),
        clockOffMs: undefined,
        storeAway: false,
        heardMs: Date.now(),
        why: "",
        signedOut: false,
    };
    /** This device keeps nothing. */
    storageBroken = false;
    /** The answer to the latest askStats. */
    stats: Stats | undefined;
    /** Told at once, also while the page is hidden: for what must sound. */
    onEntry: (entry: Entry) => void = () => undefined;
    /** Told of all that was known from the last time. */
    onKept: (events: Event[]) => void = () => undefined;

    private readonly worker = new Worker(new URL("../worker/main.ts", import.meta.url), {
        type: "module",
        name: "tocsin",
    });
    private readonly listeners = new Set<() => void>();
    private readonly waiting = new Map<
        number,
        { resolve: (receipt: Receipt) => void; reject: (error: RefusedError) => void }
    >();
    private readonly saidShown = new Map<string, number>();
    private lastTag = 0;
    private version = 0;
    private told = false;
    private forgotten: (() => void) | undefined;

    constructor(readonly options: HubOptions) {
        this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.hear(data);
        this.tell({ do: "start", ...options });
        document.addEventListener("visibilitychange", () => {
            if (!document.hidden) {
                this.tell({ do: "hurry" });
                this.change();
            }
        });
    }

    /** The hub's time, as well as it is known: milliseconds since 1970 UTC. */
    now(): number {
        return Date.now() + (this.line.clockOffMs ?? 0);
    }

    /** Its key: what follows it names it so. */
    report(draft: ReportDraft): string {
        const key = uuid();
        this.tell({ do: "report", key, draft });
        return key;
    }

    follow(draft: FollowDraft, files: FileItem[] = []): void {
        this.tell({ do: "follow", draft, files });
    }

    /** 收到: kept on the device, and sent when there is a line. */
    acknowledge(noticeId: string, revision: number): void {
        this.tell({ do: "acknowledge", noticeId, revision });
    }

    /** Resolves once it is on the hub's disk; rejects with a RefusedError. */
    command(body: CommandBody): Promise<Receipt> {
        this.lastTag += 1;
        const tag = this.lastTag;
        this.tell({ do: "command", tag, body });
        return new Promise((resolve, reject) => this.waiting.set(tag, { resolve, reject }));
    }

    /** All about one incident comes into the fold. */
    askIncident(id: string): void {
        this.tell({ do: "ask", what: "incident", id });
    }

    /** A notice comes into the fold, and what came in for it, also what is closed. */
    askNotice(id: string): void {
        this.tell({ do: "ask", what: "notice", id });
    }

    /** How long the steps took: comes as `stats`. Empty: of all stations that one may ask about. */
    askStats(stationId: string): void {
        this.tell({ do: "ask", what: "stats", id: stationId });
    }

    /** They were before somebody's eyes. Said once for each, and again once it was opened again or handed over. */
    shown(sights: Sight[]): void {
        const news = sights.filter(({ id, turns }) => turns !== this.saidShown.get(id));
        if (news.length > 0) {
            for (const { id, turns } of news) {
                this.saidShown.set(id, turns);
            }
            this.tell({ do: "shown", sights: news });
        }
    }

    /** A key was pressed, or something clicked. */
    attended(): void {
        this.tell({ do: "attended" });
    }

    discard(id: string): void {
        this.tell({ do: "discard", id });
    }

    hurry(): void {
        this.tell({ do: "hurry" });
    }

    /** Forgets all that this device keeps. The hub is of no use afterwards. */
    forget(): Promise<void> {
        this.tell({ do: "forget" });
        return new Promise((resolve) => {
            this.forgotten = resolve;
        });
    }

    subscribe = (listener: () => void): (() => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    };

    /** Rises with each change. */
    get changes(): number {
        return this.version;
    }

    private tell(message: ToWorker): void {
        this.worker.postMessage(message);
    }

    private hear(message: FromWorker): void {
        switch (message.say) {
            case "line":
                this.line = message.line;
                break;
            case "kept":
                for (const event of message.events) {
                    this.fold.applyEvent(event);
                }
                this.onKept(message.events);
                break;
            case "heard":
                for (const entry of message.entries) {
                    this.fold.apply(entry);
                    this.onEntry(entry);
                }
                break;
            case "outbox":
                this.outbox = message.outbox;
                break;
            case "answered":
                this.answered(message.tag, message.receipt, message.refusal);
                break;
            case "incident":
                this.fold.applyDetail(message.incident);
                break;
            case "notice":
                this.fold.applyNotice(message.detail);
                break;
            case "stats":
                this.stats = message.stats;
                break;
            case "storage":
                this.storageBroken = message.broken;
                break;
            case "forgotten":
                this.forgotten?.();
                break;
        }
        this.change();
    }

    private answered(tag: number, receipt: Receipt | undefined, refusal: Refusal | undefined) {
        const waiting = this.waiting.get(tag);
        this.waiting.delete(tag);
        if (receipt) {
            waiting?.resolve(receipt);
        } else if (refusal) {
            if (refusal.incident) {
                this.fold.applyDetail(refusal.incident);
            }
            waiting?.reject(new RefusedError(refusal));
        }
    }

    // However much comes at once, the page is painted once for it.
    private change(): void {
        this.version += 1;
        if (this.told) {
            return;
        }
        this.told = true;
        const paint = () => {
            this.told = false;
            for (const listener of [...this.listeners]) {
                listener();
            }
        };
        if (document.hidden) {
            setTimeout(paint, 0);
        } else {
            requestAnimationFrame(paint);
        }
    }
}
