import "fake-indexeddb/auto";
import { webcrypto } from "node:crypto";
import { create } from "@bufbuild/protobuf";
import { beforeEach, expect, test, vi } from "vitest";
import { RefusalSchema } from "../gen/tocsin/v1/error_pb.js";
import { ReportKind } from "../gen/tocsin/v1/report_pb.js";
import { type Command, ReceiptSchema } from "../gen/tocsin/v1/session_pb.js";
import { keepAfterCloseMs, type OutboxView, type ReportDraft } from "../shared/outbox_items.js";
import { Outbox } from "./outbox.js";
import { Store } from "./store.js";
import { Tabs } from "./tabs.js";

// What older versions of Node do not have by themselves; none of them has locks.
vi.stubGlobal("crypto", webcrypto);
vi.stubGlobal("navigator", {});

const draft: ReportDraft = {
    kind: ReportKind.HAZARD,
    text: "ice",
    urgent: false,
    smellOfGas: false,
    mayCall: false,
    building: "",
    noticeId: "",
    place: undefined,
};
const follow = {
    item: "k",
    reportId: "",
    place: undefined,
    text: "more",
    worse: false,
    over: false,
    questionId: "",
    fileIds: [],
};

let person = 0;
let sent: Command[];
let view: OutboxView;

// As a tab that is opened: what another left is its own now, for nobody holds a lock here.
async function open(): Promise<Outbox> {
    const store = new Store(`p${person}`, () => undefined);
    await store.open();
    const tabs = new Tabs(`p${person}`);
    const outbox = new Outbox(
        store,
        tabs,
        { send: async () => undefined },
        {
            submit: (command) => sent.push(command),
            show: (outbox) => {
                view = outbox;
            },
            answered: () => undefined,
        },
    );
    await outbox.load();
    return outbox;
}

beforeEach(() => {
    person += 1;
    sent = [];
});

const receipt = (commandId: string) =>
    create(ReceiptSchema, { commandId, incidentId: "i", reportId: "r", storedTimeMs: 5n });

test("a report is kept before it is sent, and sent again under its id by the next tab", async () => {
    await (await open()).report("k", draft);
    expect(sent.length).toBe(1);
    const again = await open();
    expect(sent.length).toBe(2);
    expect(sent[1]).toEqual(sent[0]);
    await again.stored(receipt(sent[0]?.id ?? ""));
    expect(view.reports[0]?.state).toBe("stored");
    await open();
    expect(sent.length).toBe(2);
});

test("what follows waits for the report, and is sent once whatever happens between", async () => {
    const outbox = await open();
    await outbox.report("k", draft);
    await outbox.follow(follow, []);
    expect(sent.length).toBe(1);
    await outbox.stored(receipt(sent[0]?.id ?? ""));
    expect(sent.length).toBe(2);
    expect(sent[1]?.body).toMatchObject({
        case: "amendReport",
        value: { reportId: "r", text: "more" },
    });
    await open();
    expect(sent.length).toBe(3);
    expect(sent[2]).toEqual(sent[1]);
    await outbox.stored(receipt(sent[1]?.id ?? ""));
    expect(view.follows[0]?.state).toBe("stored");
});

test("ids rise over the tabs of a device", async () => {
    await (await open()).report("a", draft);
    await (await open()).report("b", draft);
    const ids = [...new Set(sent.map(({ id }) => id))];
    expect(ids.length).toBe(2);
    expect([...ids].sort()).toEqual(ids);
});

test("a refused report stays until it is discarded, and is not sent again", async () => {
    const outbox = await open();
    await outbox.report("k", draft);
    const id = sent[0]?.id ?? "";
    await outbox.refused(id, create(RefusalSchema, { code: "text_too_long", field: "text" }));
    expect(view.reports[0]).toMatchObject({ state: "refused", refusal: { code: "text_too_long" } });
    await open();
    expect(sent.length).toBe(1);
    await outbox.discard(id);
    expect(view.reports).toEqual([]);
});

test("a report that waits cannot be discarded", async () => {
    const outbox = await open();
    await outbox.report("k", draft);
    await outbox.discard(sent[0]?.id ?? "");
    expect(view.reports.length).toBe(1);
});

test("closed reports leave after their day; opened again, they stay", async () => {
    const outbox = await open();
    await outbox.report("k", draft);
    await outbox.stored(receipt(sent[0]?.id ?? ""));
    await outbox.closed("i", true);
    expect(view.reports[0]?.closedMs).toBeGreaterThan(0);
    await outbox.discardDone();
    expect(view.reports.length).toBe(1);
    await outbox.closed("i", false);
    expect(view.reports[0]?.closedMs).toBeUndefined();
    await outbox.closed("i", true);
    const now = Date.now;
    Date.now = () => now() + keepAfterCloseMs;
    await outbox.discardDone();
    Date.now = now;
    expect(view.reports).toEqual([]);
});

test("without storage it is sent from memory, and says so", async () => {
    let broken = false;
    const store = new Store("none", (is) => {
        broken = is;
    });
    const opened = indexedDB.open;
    indexedDB.open = () => {
        throw new Error("forbidden");
    };
    await store.open();
    indexedDB.open = opened;
    expect(broken).toBe(true);
    const outbox = new Outbox(
        store,
        new Tabs("none"),
        { send: async () => undefined },
        {
            submit: (command) => sent.push(command),
            show: () => undefined,
            answered: () => undefined,
        },
    );
    await outbox.load();
    await outbox.report("k", draft);
    expect(sent.length).toBe(1);
});

test("an acknowledgement waits on the device, and is sent once however often it is tapped", async () => {
    const outbox = await open();
    await outbox.acknowledge("n", 1);
    await outbox.acknowledge("n", 1);
    expect(sent.length).toBe(1);
    expect(sent[0]?.body).toMatchObject({
        case: "acknowledgeNotice",
        value: { noticeId: "n", revision: 1 },
    });
    expect(view.acks).toMatchObject([{ noticeId: "n", revision: 1, state: "waiting" }]);
    // The page is closed before it was answered.
    const again = await open();
    expect(sent.length).toBe(2);
    expect(sent[1]).toEqual(sent[0]);
    await again.stored(receipt(sent[0]?.id ?? ""));
    expect(view.acks).toMatchObject([{ state: "stored", storedMs: 5 }]);
    await (await open()).acknowledge("n", 1);
    expect(sent.length).toBe(2);
    await again.acknowledge("n", 2);
    expect(sent.length).toBe(3);
});

test("a refused acknowledgement can be given again, and leaves after a day", async () => {
    const outbox = await open();
    await outbox.acknowledge("n", 1);
    const refusal = create(RefusalSchema, { code: "wrong_state" });
    await outbox.refused(sent[0]?.id ?? "", refusal);
    expect(view.acks).toMatchObject([{ state: "refused", refusal: { code: "wrong_state" } }]);
    await outbox.acknowledge("n", 1);
    expect(view.acks).toMatchObject([{ state: "waiting" }]);
    await outbox.stored(receipt(sent[1]?.id ?? ""));
    const now = Date.now;
    Date.now = () => now() + keepAfterCloseMs;
    await outbox.discardDone();
    Date.now = now;
    expect(view.acks).toEqual([]);
    await open();
    expect(sent.length).toBe(2);
});

test("a device of before acknowledgements keeps what it had", async () => {
    const name = `tocsin:p${person}`;
    const old = indexedDB.open(name, 1);
    old.onupgradeneeded = () => {
        for (const store of ["values", "states"]) {
            old.result.createObjectStore(store);
        }
        for (const store of ["reports", "follows", "files"]) {
            old.result.createObjectStore(store, { keyPath: "id" });
        }
    };
    await new Promise<void>((resolve) => {
        old.onsuccess = () => {
            old.result
                .transaction("follows", "readwrite")
                .objectStore("follows")
                .put({
                    ...{ id: "f", owner: "gone", madeMs: 1, draft: follow, state: "stored" },
                });
            old.result.close();
            resolve();
        };
    });
    const outbox = await open();
    expect(view.follows).toMatchObject([{ id: "f" }]);
    await outbox.acknowledge("n", 1);
    await open();
    expect(view.acks).toMatchObject([{ noticeId: "n" }]);
});
