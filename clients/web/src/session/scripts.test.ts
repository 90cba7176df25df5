// The session machine by the scripts that the C++ client runs too (tests/scripts/client_session).

import { readdirSync, readFileSync } from "node:fs";
import { fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import type { Cursor } from "../gen/tocsin/v1/event_pb.js";
import {
    type ClientMessage,
    CommandSchema,
    ServerMessageSchema,
    SubscribeSchema,
} from "../gen/tocsin/v1/session_pb.js";
import { cursorText } from "./position.js";
import { Session } from "./session.js";
import { type Action, type Closed, type Happening, usualOptions } from "./session_types.js";

const folder = new URL("../../../../tests/scripts/client_session/", import.meta.url);

interface Step {
    start?: true;
    subscribe?: JsonValue;
    submit?: JsonValue;
    getIncident?: string;
    opened?: true;
    hub?: JsonValue[];
    bytes?: string;
    closed?: Closed;
    pass?: number;
    sends?: string[];
    tells?: string[];
    wakeIn?: number | null;
    unanswered?: string[];
}

interface Script {
    what: string;
    options: { backoffBaseMs: number; backoffCapMs: number; random: string };
    steps: Step[];
}

const orNone = (cursor: Cursor | undefined) => (cursor ? cursorText(cursor) : "-");
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function requestWord({ request }: ClientMessage): string {
    switch (request.case) {
        case "subscribe":
            return `subscribe ${request.value.cursor ? cursorText(request.value.cursor) : "anew"}`;
        case "command":
            return `command ${request.value.id}`;
        case "getIncident":
            return `get ${request.value.incidentId}`;
        default:
            return "?";
    }
}

function actionWord(action: Action): string {
    return action.do === "send" ? requestWord(action.message) : action.do;
}

function happeningWord(happening: Happening): string {
    switch (happening.what) {
        case "heard":
            return `${snake(happening.entry.body.case ?? "?")} ${orNone(happening.cursor)}`;
        case "stored":
            return `stored ${happening.receipt.commandId}`;
        case "refused":
            return `refused ${happening.id} ${happening.refusal.code}`;
        case "postponed":
            return `postponed ${happening.retryInMs}`;
        case "incident":
            return `incident ${happening.incident.id} ${happening.incident.reports.length}`;
        case "notice":
            return `notice ${happening.detail.notice?.id} ${happening.detail.trail.length}`;
        case "stats":
            return `stats ${happening.stats.rows.length}`;
        case "lost":
            return `lost ${happening.retryInMs}`;
        case "ended":
            return "ended";
    }
}

class Player {
    private now = 3_600_000;
    private readonly session: Session;

    constructor(script: Script) {
        const given = BigInt(script.options.random);
        this.session = new Session({ ...usualOptions, ...script.options }, (bound) =>
            Number(given % BigInt(bound)),
        );
    }

    play(step: Step): void {
        this.input(step);
        expect(this.session.takeActions().map(actionWord)).toEqual(step.sends ?? []);
        expect(this.session.takeHappenings().map(happeningWord)).toEqual(step.tells ?? []);
        if (step.wakeIn !== undefined) {
            const wake = this.session.wakeAt();
            expect(wake === undefined ? null : wake - this.now).toBe(step.wakeIn);
        }
        if (step.unanswered) {
            expect(this.session.unanswered().map((command) => command.id)).toEqual(step.unanswered);
        }
    }

    private input(step: Step): void {
        const { session, now } = this;
        if (step.start) {
            session.start(now);
        } else if (step.subscribe !== undefined) {
            const { channels, cursor, heartbeatMs, noSnapshot } = fromJson(
                SubscribeSchema,
                step.subscribe,
            );
            session.subscribe(
                { channels, heartbeatMs, noSnapshot, ...(cursor && { cursor }) },
                now,
            );
        } else if (step.submit !== undefined) {
            session.submit(fromJson(CommandSchema, step.submit), now);
        } else if (step.getIncident !== undefined) {
            session.ask("incident", step.getIncident, now);
        } else if (step.opened) {
            session.onOpen(now);
        } else if (step.hub) {
            const message = fromJson(ServerMessageSchema, { entries: step.hub });
            session.onMessage(toBinary(ServerMessageSchema, message), now);
        } else if (step.bytes !== undefined) {
            session.onMessage(Uint8Array.from(Buffer.from(step.bytes, "base64")), now);
        } else if (step.closed) {
            session.onClosed(step.closed, now);
        } else if (step.pass !== undefined) {
            this.now += step.pass;
            session.onTime(this.now);
        } else {
            throw new Error(`a step without an input: ${JSON.stringify(step)}`);
        }
    }
}

describe("the session machine", () => {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    test("has scripts", () => expect(names.length).toBeGreaterThan(30));
    test.each(names)("%s", (name) => {
        const script: Script = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
        const player = new Player(script);
        for (const step of script.steps) {
            player.play(step);
        }
    });
});
