// The hub and Redis of a test file: stand.py in a process of its own, asked line by line.

import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export type Act = "start" | "kill" | "restart" | "terminate" | "stop" | "go_on";

interface Ready {
    port: number;
    admin_port: number;
    directory: string;
}

interface Reply {
    id?: number;
    ready?: Ready;
    answer?: unknown;
    error?: string;
}

interface Waiting {
    resolve(answer: unknown): void;
    reject(error: Error): void;
}

/** The built pages; TOCSIN_PAGES names others. */
export const builtPages =
    process.env.TOCSIN_PAGES ??
    fileURLToPath(new URL("../../../clients/web/dist", import.meta.url));

/** Pages of a few lines, for tests of the hub's side alone. */
export const tinyPages = fileURLToPath(new URL("../tiny", import.meta.url));

export class Stand {
    private readonly waiting = new Map<number, Waiting>();
    private asked = 0;

    private constructor(
        private readonly process: ChildProcess,
        private readonly ready: Ready,
    ) {}

    /** Starts Redis and a hub with the demo district. `settings` are merged over the hub's configuration. */
    static async start(options: { pages?: string; settings?: object } = {}): Promise<Stand> {
        const script = fileURLToPath(new URL("stand.py", import.meta.url));
        const child = spawn(
            "/usr/bin/python3",
            [
                script,
                "--pages",
                options.pages ?? builtPages,
                "--settings",
                JSON.stringify(options.settings ?? {}),
            ],
            {
                stdio: ["pipe", "pipe", "pipe"],
                env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
            },
        );
        const lines = createInterface({ input: child.stdout });
        let stand: Stand | undefined;
        let words = "";
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
            words = (words + text).slice(-8_000);
        });
        return await new Promise<Stand>((resolve, reject) => {
            child.once("error", reject);
            child.once("exit", (code) => {
                reject(new Error(`the stand ended with ${code}:\n${words}`));
                stand?.fail(new Error(`the stand ended with ${code}:\n${words}`));
            });
            lines.on("line", (line) => {
                const reply = JSON.parse(line) as Reply;
                if (reply.ready !== undefined) {
                    stand = new Stand(child, reply.ready);
                    resolve(stand);
                } else {
                    stand?.take(reply);
                }
            });
        });
    }

    get port(): number {
        return this.ready.port;
    }

    /** The hub under a person's own host name, so that one browser can be several people. */
    url(person = "", path = ""): string {
        const host = person === "" ? "localhost" : `${person}.localhost`;
        return `http://${host}:${this.port}${path}`;
    }

    /** A link to sign in by; it works once. */
    async link(person: string, validS = 0): Promise<{ link: string; device: string }> {
        return (await this.ask("link", { person, valid_s: validS })) as {
            link: string;
            device: string;
        };
    }

    /** `tocsin ARGUMENTS` as this person; what it printed, one object a line. `code`: the exit code that it must have. */
    async cli(person: string, args: string[], code = 0): Promise<Record<string, unknown>[]> {
        return (await this.ask("cli", { person, arguments: args, code })) as Record<
            string,
            unknown
        >[];
    }

    async hub(act: Act): Promise<void> {
        await this.ask("hub", { act });
    }

    async redis(act: Act): Promise<void> {
        await this.ask("redis", { act });
    }

    /** Every sample of /metrics by its name with labels. */
    async metrics(): Promise<Record<string, number>> {
        return (await this.ask("metrics", {})) as Record<string, number>;
    }

    async log(): Promise<string> {
        return (await this.ask("log", {})) as string;
    }

    /** A point well inside an area. */
    async pointIn(area: string): Promise<{ longitude: number; latitude: number }> {
        const [longitude, latitude] = (await this.ask("area", { id: area })) as [number, number];
        return { longitude, latitude };
    }

    /** Ends everything. */
    async close(): Promise<void> {
        if (this.process.exitCode !== null) {
            return;
        }
        const gone = new Promise((resolve) => this.process.once("exit", resolve));
        this.process.stdin?.end();
        await gone;
    }

    private ask(what: string, more: object): Promise<unknown> {
        const id = ++this.asked;
        return new Promise((resolve, reject) => {
            this.waiting.set(id, { resolve, reject });
            this.process.stdin?.write(`${JSON.stringify({ id, do: what, ...more })}\n`);
        });
    }

    private take(reply: Reply): void {
        const waiting = this.waiting.get(reply.id ?? 0);
        this.waiting.delete(reply.id ?? 0);
        if (reply.error !== undefined) {
            waiting?.reject(new Error(reply.error));
        } else {
            waiting?.resolve(reply.answer);
        }
    }

    private fail(error: Error): void {
        for (const waiting of this.waiting.values()) {
            waiting.reject(error);
        }
        this.waiting.clear();
    }
}
