// What a device keeps of one person, in IndexedDB. Where that is full or forbidden the worker goes
// on without: `broken` is told, and what is sent is sent all the same.

import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";
import type { AckItem, FileItem, FollowItem, ReportItem } from "../shared/outbox_items.js";

interface Schema extends DBSchema {
    /** The cursor, encoded, and the last command id. */
    values: { key: string; value: unknown };
    /** Incidents and notices as encoded events of kind STATE, by subject. */
    states: { key: string; value: Uint8Array };
    reports: { key: string; value: ReportItem };
    follows: { key: string; value: FollowItem };
    files: { key: string; value: FileItem };
    acks: { key: string; value: AckItem };
}

interface Kept {
    reports: ReportItem[];
    follows: FollowItem[];
    files: FileItem[];
    acks: AckItem[];
}

type Db = IDBPDatabase<Schema>;

const nameOf = (person: string) => `tocsin:${person}`;

export class Store {
    private db: Db | undefined;

    constructor(
        private readonly person: string,
        private readonly onBroken: (broken: boolean) => void,
    ) {}

    async open(): Promise<void> {
        try {
            this.db = await openDB<Schema>(nameOf(this.person), 2, {
                upgrade(db, from) {
                    if (from < 1) {
                        db.createObjectStore("values");
                        db.createObjectStore("states");
                        for (const name of ["reports", "follows", "files"] as const) {
                            db.createObjectStore(name, { keyPath: "id" });
                        }
                    }
                    db.createObjectStore("acks", { keyPath: "id" });
                },
                blocking: () => this.db?.close(),
            });
        } catch {
            this.onBroken(true);
        }
    }

    async load(): Promise<Kept> {
        const none = { reports: [], follows: [], files: [], acks: [] };
        return (
            (await this.attempt(async (db) => ({
                reports: await db.getAll("reports"),
                follows: await db.getAll("follows"),
                files: await db.getAll("files"),
                acks: await db.getAll("acks"),
            }))) ?? none
        );
    }

    value<T>(key: string): Promise<T | undefined> {
        return this.attempt(async (db) => (await db.get("values", key)) as T | undefined);
    }

    putValue(key: string, value: unknown): Promise<unknown> {
        return this.attempt((db) => db.put("values", value, key));
    }

    /** True: it is on this device. */
    put(kind: "reports", item: ReportItem): Promise<boolean>;
    put(kind: "follows", item: FollowItem): Promise<boolean>;
    put(kind: "files", item: FileItem): Promise<boolean>;
    put(kind: "acks", item: AckItem): Promise<boolean>;
    async put(
        kind: keyof Kept,
        item: ReportItem | FollowItem | FileItem | AckItem,
    ): Promise<boolean> {
        return (await this.attempt((db) => db.put(kind, item))) !== undefined;
    }

    remove(kind: keyof Kept, id: string): Promise<unknown> {
        return this.attempt((db) => db.delete(kind, id));
    }

    async states(): Promise<Uint8Array[]> {
        return (await this.attempt((db) => db.getAll("states"))) ?? [];
    }

    /** Subjects (undefined: forgotten) and the cursor that they are whole for, all or nothing. */
    keep(subjects: Map<string, Uint8Array | undefined>, cursor: Uint8Array | undefined) {
        return this.attempt(async (db) => {
            const all = db.transaction(["states", "values"], "readwrite");
            const states = all.objectStore("states");
            for (const [key, bytes] of subjects) {
                await (bytes ? states.put(bytes, key) : states.delete(key));
            }
            const values = all.objectStore("values");
            await (cursor ? values.put(cursor, "cursor") : values.delete("cursor"));
            await all.done;
        });
    }

    async forget(): Promise<void> {
        this.db?.close();
        this.db = undefined;
        await deleteDB(nameOf(this.person)).catch(() => undefined);
    }

    private async attempt<T>(action: (db: Db) => Promise<T>): Promise<T | undefined> {
        if (!this.db) {
            return undefined;
        }
        try {
            const result = await action(this.db);
            this.onBroken(false);
            return result;
        } catch {
            this.onBroken(true);
            return undefined;
        }
    }
}
