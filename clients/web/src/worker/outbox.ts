// What is to be sent, and what became of it. A report is kept on the device before it is sent and
// goes out under the same id until it is answered, so that it is stored once whatever happens to
// the page. Each tab sends what was written in it; what a tab left behind when it was closed is
// taken over by another one, and the id makes a second sending harmless.

import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Refusal } from "../gen/tocsin/v1/error_pb.js";
import { type Command, CommandSchema, type Receipt } from "../gen/tocsin/v1/session_pb.js";
import { systemRandom } from "../session/backoff.js";
import { CommandIds, type LastId } from "../session/command_ids.js";
import {
    type AckItem,
    type FileItem,
    type FollowDraft,
    type FollowItem,
    isAckDone,
    isDone,
    type OutboxView,
    type ReportDraft,
    type ReportItem,
} from "../shared/outbox_items.js";
import { uuid } from "../shared/uuid.js";
import { followBody, reportBody } from "./commands.js";
import type { Store } from "./store.js";
import { otherTabs, type Tabs } from "./tabs.js";
import type { CommandBody } from "./talk.js";
import type { Uploads } from "./uploads.js";

export interface OutboxOwner {
    submit(command: Command): void;
    show(outbox: OutboxView): void;
    answered(tag: number, receipt: Receipt | undefined, refusal: Refusal | undefined): void;
}

export class Outbox {
    private readonly reports = new Map<string, ReportItem>();
    private readonly follows = new Map<string, FollowItem>();
    private readonly files = new Map<string, FileItem>();
    private readonly acks = new Map<string, AckItem>();
    /** Commands that the page waits for: their tags by their ids. */
    private readonly waited = new Map<string, number>();
    /** Ids of what this tab has handed to the session. */
    private readonly submitted = new Set<string>();
    private ids = new CommandIds(systemRandom);
    private advancing = false;

    constructor(
        private readonly store: Store,
        private readonly tabs: Tabs,
        private readonly uploads: Uploads,
        private readonly owner: OutboxOwner,
    ) {
        this.tabs.onChange = () => this.reload();
    }

    async load(): Promise<void> {
        const last = await this.store.value<LastId>("last id");
        if (last) {
            this.ids = new CommandIds(systemRandom, last);
        }
        await this.reload();
        await this.adopt();
    }

    /** Kept first, then sent. Where the device can keep nothing it is sent from memory. */
    async report(key: string, draft: ReportDraft): Promise<void> {
        const command = this.command(reportBody(draft));
        const item: ReportItem = {
            id: command.id,
            key,
            owner: this.tabs.id,
            madeMs: Date.now(),
            draft,
            command: toBinary(CommandSchema, command),
            state: "waiting",
        };
        this.reports.set(item.id, item);
        this.show();
        await this.store.put("reports", item);
        this.submit(command);
        this.tabs.changed();
    }

    async follow(draft: FollowDraft, files: FileItem[]): Promise<void> {
        const id = uuid();
        const item: FollowItem = {
            id,
            owner: this.tabs.id,
            madeMs: Date.now(),
            draft,
            state: "waiting",
        };
        for (const file of files) {
            this.files.set(file.id, file);
        }
        this.follows.set(id, item);
        this.show();
        for (const file of files) {
            await this.store.put("files", file);
        }
        await this.store.put("follows", item);
        await this.advance();
    }

    /** 收到: once for each revision of a notice, however often the button is touched. */
    async acknowledge(noticeId: string, revision: number): Promise<void> {
        for (const item of [...this.acks.values()]) {
            if (item.noticeId !== noticeId) {
                continue;
            }
            if (item.state === "refused") {
                await this.discardAck(item.id);
            } else if (item.revision === revision) {
                return;
            }
        }
        const command = this.command({ case: "acknowledgeNotice", value: { noticeId, revision } });
        const item: AckItem = {
            id: command.id,
            owner: this.tabs.id,
            madeMs: Date.now(),
            noticeId,
            revision,
            command: toBinary(CommandSchema, command),
            state: "waiting",
        };
        await this.changeAck(item, {});
        this.submit(command);
    }

    /** A command that lives as long as the page: its answer is told under the tag. */
    direct(tag: number, body: CommandBody): void {
        const command = this.command(body);
        this.waited.set(command.id, tag);
        this.submit(command);
    }

    async stored(receipt: Receipt): Promise<void> {
        const { commandId, incidentId, reportId, similarNearby } = receipt;
        const report = this.reports.get(commandId);
        if (report) {
            const storedMs = Number(receipt.storedTimeMs);
            await this.change(report, {
                state: "stored",
                receipt: { incidentId, reportId, storedMs, similarNearby },
            });
            await this.advance();
        }
        await this.followAnswered(commandId, "stored");
        const ack = this.acks.get(commandId);
        if (ack) {
            const storedMs = Number(receipt.storedTimeMs);
            await this.changeAck(ack, { state: "stored", storedMs });
        }
        this.answer(commandId, receipt, undefined);
    }

    async refused(commandId: string, refusal: Refusal): Promise<void> {
        const { code, field } = refusal;
        const report = this.reports.get(commandId);
        if (report) {
            await this.change(report, { state: "refused", refusal: { code, field } });
        }
        await this.followAnswered(commandId, "refused", refusal);
        const ack = this.acks.get(commandId);
        if (ack) {
            await this.changeAck(ack, { state: "refused", refusal: { code, field } });
        }
        this.answer(commandId, undefined, refusal);
    }

    /** The incident of a report was closed: from now on its day on this device runs. */
    async closed(incidentId: string, isClosed: boolean): Promise<void> {
        for (const item of this.reports.values()) {
            if (item.receipt?.incidentId === incidentId && isClosed !== !!item.closedMs) {
                const { closedMs, ...open } = item;
                await this.change(isClosed ? item : open, isClosed ? { closedMs: Date.now() } : {});
            }
        }
    }

    /** Takes out a report that was refused, or whose day is over, with what followed it. */
    async discard(id: string): Promise<void> {
        const item = this.reports.get(id);
        if (!item || item.state === "waiting") {
            return;
        }
        for (const follow of [...this.follows.values()]) {
            if (follow.draft.item === item.key) {
                for (const file of follow.draft.fileIds) {
                    this.files.delete(file);
                    await this.store.remove("files", file);
                }
                this.follows.delete(follow.id);
                await this.store.remove("follows", follow.id);
            }
        }
        this.reports.delete(id);
        await this.store.remove("reports", id);
        this.show();
        this.tabs.changed();
    }

    async discardDone(): Promise<void> {
        for (const item of [...this.reports.values()]) {
            if (isDone(item, Date.now())) {
                await this.discard(item.id);
            }
        }
        for (const item of [...this.acks.values()]) {
            if (isAckDone(item, Date.now())) {
                await this.discardAck(item.id);
            }
        }
    }

    private async discardAck(id: string): Promise<void> {
        this.acks.delete(id);
        await this.store.remove("acks", id);
        this.show();
    }

    /** Sends what a closed tab, or the last run of this one, left unanswered. */
    async adopt(): Promise<void> {
        const others = await otherTabs();
        const left = <T extends { state: string; owner: string; madeMs: number }>(
            items: Map<string, T>,
        ) =>
            [...items.values()]
                .filter((item) => item.state === "waiting" && !others.has(item.owner))
                .sort((a, b) => a.madeMs - b.madeMs);
        for (const item of left(this.reports)) {
            if (item.owner !== this.tabs.id) {
                await this.change(item, { owner: this.tabs.id });
            }
            this.submit(fromBinary(CommandSchema, item.command));
        }
        for (const item of left(this.acks)) {
            if (item.owner !== this.tabs.id) {
                await this.changeAck(item, { owner: this.tabs.id });
            }
            this.submit(fromBinary(CommandSchema, item.command));
        }
        for (const item of left(this.follows)) {
            if (item.owner !== this.tabs.id) {
                await this.changeFollow(item, { owner: this.tabs.id });
            }
        }
        await this.advance();
    }

    /** Sends what waited for a report to be stored, its files first. */
    async advance(): Promise<void> {
        if (this.advancing) {
            return;
        }
        this.advancing = true;
        try {
            for (const item of [...this.follows.values()]) {
                if (item.state === "waiting" && item.owner === this.tabs.id) {
                    await this.advanceOne(item);
                }
            }
        } finally {
            this.advancing = false;
        }
    }

    private async advanceOne(item: FollowItem): Promise<void> {
        if (item.command) {
            this.submit(fromBinary(CommandSchema, item.command));
            return;
        }
        const report = [...this.reports.values()].find(({ key }) => key === item.draft.item);
        const reportId = item.draft.reportId || report?.receipt?.reportId;
        if (!reportId) {
            return;
        }
        const mediaIds: string[] = [];
        for (const id of item.draft.fileIds) {
            const file = this.files.get(id);
            if (file?.state === "waiting") {
                const sent = await this.uploads.send(file);
                if (!sent) {
                    return; // tried again with the next beat
                }
                this.files.set(id, sent);
                await this.store.put("files", sent);
                this.show();
            }
            const mediaId = this.files.get(id)?.mediaId;
            if (mediaId) {
                mediaIds.push(mediaId);
            }
        }
        const body = followBody(item.draft, reportId, mediaIds);
        if (!body) {
            await this.changeFollow(item, { state: "refused" });
            return;
        }
        const command = this.command(body);
        await this.changeFollow(item, { command: toBinary(CommandSchema, command) });
        this.submit(command);
    }

    private async followAnswered(
        commandId: string,
        state: "stored" | "refused",
        refusal?: Refusal,
    ) {
        for (const item of this.follows.values()) {
            if (item.command && fromBinary(CommandSchema, item.command).id === commandId) {
                const { code = "", field = "" } = refusal ?? {};
                await this.changeFollow(item, {
                    state,
                    ...(refusal && { refusal: { code, field } }),
                });
            }
        }
    }

    private command(body: CommandBody): Command {
        const id = this.ids.next(Date.now());
        void this.store.putValue("last id", this.ids.state);
        return create(CommandSchema, { id, body });
    }

    private submit(command: Command): void {
        if (!this.submitted.has(command.id)) {
            this.submitted.add(command.id);
            this.owner.submit(command);
        }
    }

    private answer(id: string, receipt: Receipt | undefined, refusal: Refusal | undefined): void {
        const tag = this.waited.get(id);
        if (tag !== undefined) {
            this.waited.delete(id);
            this.owner.answered(tag, receipt, refusal);
        }
    }

    private async change(item: ReportItem, change: Partial<ReportItem>): Promise<void> {
        const changed = { ...item, ...change };
        this.reports.set(item.id, changed);
        this.show();
        await this.store.put("reports", changed);
        this.tabs.changed();
    }

    private async changeFollow(item: FollowItem, change: Partial<FollowItem>): Promise<void> {
        const changed = { ...item, ...change };
        this.follows.set(item.id, changed);
        this.show();
        await this.store.put("follows", changed);
        this.tabs.changed();
    }

    private async changeAck(item: AckItem, change: Partial<AckItem>): Promise<void> {
        const changed = { ...item, ...change };
        this.acks.set(item.id, changed);
        this.show();
        await this.store.put("acks", changed);
        this.tabs.changed();
    }

    // What another tab wrote. What this tab could not write down stays.
    private async reload(): Promise<void> {
        const { reports, follows, files, acks } = await this.store.load();
        const fill = <T extends { id: string }>(into: Map<string, T>, from: T[]) => {
            for (const item of from) {
                into.set(item.id, item);
            }
        };
        fill(this.reports, reports);
        fill(this.follows, follows);
        fill(this.files, files);
        fill(this.acks, acks);
        this.show();
    }

    private show(): void {
        this.owner.show({
            reports: [...this.reports.values()],
            follows: [...this.follows.values()],
            files: [...this.files.values()],
            acks: [...this.acks.values()],
        });
    }
}
