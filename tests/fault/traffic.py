"""Senders that want every report stored, and watchers that want every event: both come back, whatever happens."""

import asyncio
import collections
import contextlib
import time

import websockets
from google.protobuf import json_format

from harness.processes import PATIENCE_S, TestTimeout
from harness.wire import messages, offset_key, uuid7

from ledger import Attempt, Ledger

COME_BACK_S = 0.05
GONE = (OSError, websockets.InvalidHandshake, websockets.ConnectionClosed, asyncio.TimeoutError, EOFError)


def open_socket(url: str, token: str, json: bool = False, **options):
    return websockets.connect(
        url.replace("http", "ws", 1) + "/v1/connect", extra_headers={"Authorization": f"Bearer {token}"},
        subprotocols=["tocsin.v1+json" if json else "tocsin.v1"], max_size=None, max_queue=None, ping_interval=None,
        compression=None, open_timeout=10, close_timeout=1, **options)


def entries_of(data):
    message = messages().ServerMessage()
    if isinstance(data, str):
        json_format.Parse(data, message)
    else:
        message.ParseFromString(data)
    return message.entries


async def end(task):
    """Cancels until it is gone: a cancellation that meets a time-out in the same turn of the loop is lost (Python 3.11)."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=0.5)


class Sender:
    """Sends reports of its own with up to `depth` unanswered, one each `pace_s`; what has no receipt is sent again with its
    id on the next connection, or when the hub said to. `hold` stops new ones for a while."""

    def __init__(self, name: str, hub, token: str, ledger: Ledger, rng, *, depth=16, pace_s=0.01, json=False, urgent=0.1):
        self.name, self.hub, self.token, self.ledger, self.rng = name, hub, token, ledger, rng
        self.depth, self.pace_s, self.json, self.urgent = depth, pace_s, json, urgent
        self.outbox: collections.OrderedDict[str, Attempt] = collections.OrderedDict()
        self.connections = 0
        self.made = 0
        self.limit = None
        self.hold = False
        self.stopping = False
        self.answered = 0
        self._task = None

    def start(self):
        self._task = asyncio.create_task(self._run())
        return self

    async def drain(self, timeout: float = PATIENCE_S):
        """No new reports; waits until every one has its receipt."""
        self.stopping = True
        try:
            await asyncio.wait_for(asyncio.shield(self._task), timeout)
        except asyncio.TimeoutError:
            raise TestTimeout(f"{self.name}: {len(self.outbox)} reports still without receipt after {timeout:g} s; the last "
                              f"refusals: {self.ledger.refusals[-3:]}") from None

    async def abandon(self):
        if self._task:
            await end(self._task)

    def _make(self) -> Attempt:
        pb = messages()
        self.made += 1
        alarm = self.rng.random() < self.urgent
        text = f"{self.name} {self.made}"
        attempt = Attempt(uuid7(), text, alarm, self.name)
        attempt.command = pb.Command(id=attempt.id, submit_report=pb.SubmitReport(
            kind=pb.REPORT_KIND_FIRE if alarm else pb.REPORT_KIND_ASSIST, text=text))
        self.outbox[attempt.id] = attempt
        self.ledger.attempt(attempt)
        return attempt

    def _done(self) -> bool:
        return self.stopping and not self.outbox

    async def _run(self):
        while not self._done():
            try:
                async with open_socket(self.hub.url, self.token, self.json) as socket:
                    self.connections += 1
                    await self._converse(socket)
            except GONE:
                await asyncio.sleep(COME_BACK_S)

    async def _converse(self, socket):
        pb = messages()
        unanswered: dict[int, Attempt] = {}
        again = collections.deque(self.outbox.values())
        changed = asyncio.Event()
        connection = (self.name, self.connections)

        async def read():
            async for data in socket:
                for entry in entries_of(data):
                    body = entry.WhichOneof("body")
                    if body not in ("receipt", "refusal"):
                        continue
                    attempt = unanswered.pop(entry.request_id, None)
                    assert attempt is not None, f"an answer that nobody asked for: {entry}"
                    self.answered += 1
                    if body == "receipt":
                        self.ledger.receipt(attempt, entry.receipt, connection, entry.request_id)
                        self.outbox.pop(attempt.id, None)
                    else:
                        self.ledger.refusals.append(entry.refusal)
                        assert entry.refusal.retry_after_ms > 0, f"refused for good: {entry.refusal}"
                        attempt.not_before = time.monotonic() + entry.refusal.retry_after_ms / 1000
                        again.append(attempt)
                    changed.set()

        reader = asyncio.create_task(read())
        request = 0
        try:
            while not self._done() and not reader.done():
                changed.clear()
                attempt = None
                if len(unanswered) < self.depth:
                    if again and again[0].not_before <= time.monotonic():
                        attempt = again.popleft()
                    elif not again and not self.stopping and not self.hold and self.limit != self.made:
                        attempt = self._make()
                if attempt is None:
                    with contextlib.suppress(asyncio.TimeoutError):
                        await asyncio.wait_for(changed.wait(), 0.02)
                    continue
                request += 1
                attempt.sent += 1
                unanswered[request] = attempt
                message = pb.ClientMessage(request_id=request, command=attempt.command)
                await socket.send(json_format.MessageToJson(message, indent=None) if self.json else message.SerializeToString())
                if self.pace_s:
                    await asyncio.sleep(self.pace_s)
        finally:
            await end(reader)
            if not reader.cancelled() and reader.exception() and not isinstance(reader.exception(), GONE):
                raise reader.exception()  # an answer that should not have come


class Watcher:
    """Subscribes to everything that its person may see, and goes on from its cursor after every fall. `seen` holds
    (lane, offset, text) of each report in the order of coming; `times` when each came."""

    def __init__(self, name: str, hub, token: str, *, json=False, cursor=None, heartbeat_ms=1000, options=None):
        self.name, self.hub, self.token, self.json = name, hub, token, json
        self.cursor = cursor
        self.first_cursor = None
        self.heartbeat_ms = heartbeat_ms
        self.options = options or {}
        self.resets_allowed = False
        self.seen: list[tuple[int, str, str]] = []
        self.times: list[float] = []
        self.resets: list = []
        self.goodbyes: list = []
        self.closes: list[int] = []
        self.stores: list[tuple[float, int]] = []  # (when, StoreState) of each heartbeat
        self.falls = 0
        self.connections = 0
        self._changed = asyncio.Condition()
        self._task = None

    async def start(self):
        self._task = asyncio.create_task(self._run())
        await self.wait(lambda: self.cursor is not None and self.connections > 0, what="subscribed")
        return self

    async def stop(self):
        if self._task.done():
            self._task.result()  # a task ends by itself only where something was wrong
        await end(self._task)

    async def wait(self, predicate, timeout: float = PATIENCE_S, what: str = "the condition"):
        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(lambda: predicate() or self._task.done()), timeout)
            except asyncio.TimeoutError:
                raise TestTimeout(f"watcher {self.name}: {what}: not within {timeout:g} s; {len(self.seen)} seen, "
                                  f"{self.falls} falls, cursor {self.cursor}") from None
        if self._task.done() and not predicate():
            self._task.result()

    async def reaches(self, head: str, timeout: float = PATIENCE_S):
        """Until the hub said that everything up to this offset was sent, in both lanes."""
        goal = offset_key(head)
        await self.wait(lambda: min(offset_key(self.cursor.alarm), offset_key(self.cursor.routine)) >= goal, timeout,
                        f"all up to {head}")

    async def _run(self):
        while True:
            try:
                async with open_socket(self.hub.url, self.token, self.json, **self.options) as socket:
                    try:
                        await self._converse(socket)
                    finally:
                        self.closes.append(socket.close_code or 1006)
            except GONE:
                pass
            self.falls += 1
            await asyncio.sleep(COME_BACK_S)

    async def _converse(self, socket):
        pb = messages()
        ask = pb.ClientMessage(request_id=1, subscribe=pb.Subscribe(
            cursor=self.cursor, heartbeat_ms=self.heartbeat_ms, no_snapshot=True))
        await socket.send(json_format.MessageToJson(ask, indent=None) if self.json else ask.SerializeToString())
        async for data in socket:
            for entry in entries_of(data):
                self._take(pb, entry)
            async with self._changed:
                self._changed.notify_all()

    def _take(self, pb, entry):
        body = entry.WhichOneof("body")
        if body == "event":
            event = entry.event
            if event.lane == pb.LANE_ALARM:
                self.cursor.alarm = event.offset
            else:
                self.cursor.routine = event.offset
            if event.HasField("report"):
                self.seen.append((event.lane, event.offset, event.report.text))
                self.times.append(time.monotonic())
        elif body == "subscribed":
            assert self.cursor is None or entry.subscribed.resumed or self.resets_allowed, f"not resumed: {entry}"
            if entry.subscribed.HasField("cursor"):
                self._move(entry.subscribed.cursor)
            self.connections += 1
        elif body == "heartbeat":
            self.stores.append((time.monotonic(), entry.heartbeat.store))
            if entry.heartbeat.HasField("cursor"):
                self._move(entry.heartbeat.cursor)
        elif body == "reset":
            self.resets.append(entry.reset)
        elif body == "goodbye":
            self.goodbyes.append(entry.goodbye)
        elif body == "refusal":
            assert entry.refusal.retry_after_ms > 0, f"refused: {entry.refusal}"

    def _move(self, cursor):
        self.cursor = messages().Cursor()
        self.cursor.CopyFrom(cursor)
        if self.first_cursor is None:
            self.first_cursor = messages().Cursor()
            self.first_cursor.CopyFrom(cursor)


async def read_back(hub, token: str, cursor, head: str, timeout: float = PATIENCE_S):
    """The whole log after a cursor as a fresh subscriber reads it: (lane, offset, text) in order within the lanes."""
    start = messages().Cursor()
    start.CopyFrom(cursor)
    reader = await Watcher("reader", hub, token, cursor=start).start()
    try:
        await reader.reaches(head, timeout)
        assert not reader.resets, reader.resets
        return list(reader.seen)
    finally:
        await reader.stop()
