// The driver of the session machine: a WebSocket and a timer. It lives in a worker, because a
// browser slows the timers of tabs in the background down.

import type { Cursor } from "../gen/tocsin/v1/event_pb.js";
import type { Command } from "../gen/tocsin/v1/session_pb.js";
import { systemRandom } from "../session/backoff.js";
import type { Sight } from "../session/marks.js";
import { Session } from "../session/session.js";
import {
    type Closed,
    type Happening,
    usualOptions,
    type Wanted,
} from "../session/session_types.js";

const subprotocol = "tocsin.v1";

export class Link {
    private readonly session = new Session(usualOptions, systemRandom);
    private socket: WebSocket | undefined;
    private timer: ReturnType<typeof setTimeout> | undefined;

    constructor(private readonly tell: (happenings: Happening[]) => void) {}

    start(heartbeatMs: number, cursor: Cursor | undefined): void {
        const now = performance.now();
        this.session.subscribe({ heartbeatMs, ...(cursor && { cursor }) }, now);
        this.session.start(now);
        this.run();
    }

    submit(command: Command): void {
        this.session.submit(command, performance.now());
        this.run();
    }

    ask(what: Wanted, id: string): void {
        this.session.ask(what, id, performance.now());
        this.run();
    }

    mark(sights: Sight[], shown: boolean): void {
        this.session.mark(sights, shown, performance.now());
        this.run();
    }

    attended(): void {
        this.session.attended(performance.now());
        this.run();
    }

    hurry(): void {
        this.session.hurry(performance.now());
        this.run();
    }

    get isWelcomed(): boolean {
        return this.session.isWelcomed;
    }

    close(): void {
        clearTimeout(this.timer);
        const { socket } = this;
        this.socket = undefined;
        socket?.close();
    }

    // Performs what the machine asks for, tells what happened, and sets its timer.
    private run(): void {
        for (const action of this.session.takeActions()) {
            if (action.do === "open") {
                this.open();
            } else if (action.do === "abandon") {
                this.close();
            } else if (this.socket?.readyState === WebSocket.OPEN) {
                this.socket.send(action.bytes);
            }
        }
        const happenings = this.session.takeHappenings();
        clearTimeout(this.timer);
        const wakeAt = this.session.wakeAt();
        if (wakeAt !== undefined) {
            const wait = Math.max(0, Math.ceil(wakeAt - performance.now()));
            this.timer = setTimeout(() => {
                this.session.onTime(performance.now());
                this.run();
            }, wait);
        }
        if (happenings.length > 0) {
            this.tell(happenings);
        }
    }

    private open(): void {
        this.close();
        const { protocol, host } = self.location;
        const scheme = protocol === "https:" ? "wss" : "ws";
        const socket = new WebSocket(`${scheme}://${host}/v1/connect`, subprotocol);
        socket.binaryType = "arraybuffer";
        this.socket = socket;
        let opened = false;
        const ifCurrent = (then: () => void) => () => {
            if (this.socket === socket) {
                then();
                this.run();
            }
        };
        socket.onopen = ifCurrent(() => {
            opened = true;
            this.session.onOpen(performance.now());
        });
        socket.onmessage = ({ data }) =>
            ifCurrent(() => this.session.onMessage(new Uint8Array(data), performance.now()))();
        socket.onclose = async ({ code }) => {
            const closed = opened
                ? { why: `closed with ${code}`, closeCode: code }
                : await whyNot();
            ifCurrent(() => {
                this.socket = undefined;
                this.session.onClosed(closed, performance.now());
            })();
        };
    }
}

// A browser does not say why an upgrade was refused; whether this device is known can be asked.
async function whyNot(): Promise<Closed> {
    try {
        const { status } = await fetch("/v1/me", { cache: "no-store" });
        const why = `no connection; /v1/me answers ${status}`;
        return status === 401 ? { why, httpStatus: status } : { why };
    } catch {
        return { why: "no network, or no hub" };
    }
}
