"""The wire itself: protobuf modules made from proto/ at run time, and an asyncio WebSocket client that keeps every byte."""

import asyncio
import atexit
import contextlib
import functools
import importlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import types
import uuid

import websockets
from google.protobuf import json_format

from .processes import PATIENCE_S, REPOSITORY, TestTimeout

BINARY, JSON = "tocsin.v1", "tocsin.v1+json"


@functools.cache
def messages() -> types.SimpleNamespace:
    """Every message and enum value of tocsin.v1 by its name, as protoc makes them: messages().ClientMessage, …

    `store` holds those of tocsin.store.v1.
    """
    out = tempfile.mkdtemp(prefix="tocsin-proto-")
    atexit.register(shutil.rmtree, out, ignore_errors=True)
    root = REPOSITORY / "proto"
    files = sorted(str(path) for path in root.glob("tocsin/**/*.proto"))
    subprocess.run(["protoc", f"-I{root}", f"--python_out={out}", *files], check=True)
    sys.path.insert(0, out)
    found, stored = types.SimpleNamespace(), types.SimpleNamespace()
    for path in files:
        name = os.path.relpath(path, root)[: -len(".proto")].replace("/", ".") + "_pb2"
        module = importlib.import_module(name)
        vars(stored if ".store." in name else found).update(
            {key: value for key, value in vars(module).items() if not key.startswith("_")})
    found.store = stored
    return found


_last_id = [0]


def uuid7() -> str:
    """A UUID of version 7, rising within this process."""
    value = max(time.time_ns() // 1_000_000 << 12 | secrets.randbits(8), _last_id[0] + 1)
    _last_id[0] = value
    ms, counter = value >> 12, value & 0xFFF
    return str(uuid.UUID(int=(ms << 80) | (7 << 76) | (counter << 64) | (2 << 62) | secrets.randbits(62)))


def place(latitude: float, longitude: float, accuracy_m: float = 0):
    return messages().Place(latitude=latitude, longitude=longitude, accuracy_m=accuracy_m)


def report(kind: str = "SIGHTING", text: str = "seen", **fields):
    """The SubmitReport of a kind named in short: report("HAZARD", "ice", urgent=True)."""
    pb = messages()
    return pb.SubmitReport(kind=getattr(pb, "REPORT_KIND_" + kind), text=text, **fields)


class Closed(Exception):
    """The hub closed the connection; `.code` says how."""

    def __init__(self, code: int, reason: str):
        super().__init__(f"closed with {code} {reason}")
        self.code = code
        self.reason = reason


class Client:
    """One connection. A task reads all the time; everything received is in `entries`, and as it came in `raw`."""

    def __init__(self, socket, json: bool):
        self.socket = socket
        self.json = json
        self.entries: list = []
        self.raw: list[bytes] = []
        self.text_messages: list[str] = []
        self.close_code: int | None = None
        self.close_reason = ""
        self._answers: dict = {}  # request id -> the first entry that answers it
        self._next_request = 1000  # below are the tests' own
        self._changed = asyncio.Condition()
        self._task = asyncio.create_task(self._read())

    async def _read(self):
        pb = messages()
        try:
            async for data in self.socket:
                message = pb.ServerMessage()
                if isinstance(data, str):
                    self.text_messages.append(data)
                    self.raw.append(data.encode())
                    json_format.Parse(data, message)
                else:
                    self.raw.append(data)
                    message.ParseFromString(data)
                async with self._changed:
                    self.entries.extend(message.entries)
                    for entry in message.entries:
                        if entry.request_id:
                            self._answers.setdefault(entry.request_id, entry)
                    self._changed.notify_all()
        except websockets.ConnectionClosed:
            pass
        finally:
            async with self._changed:
                self.close_code = self.socket.close_code or 1006
                self.close_reason = self.socket.close_reason or ""
                self._changed.notify_all()

    @property
    def welcome(self):
        return next(entry.welcome for entry in self.entries if entry.HasField("welcome"))

    @property
    def events(self) -> list:
        return [entry.event for entry in self.entries if entry.HasField("event")]

    def all(self, field: str) -> list:
        """Every body of one kind, in order: all("heartbeat")."""
        return [getattr(entry, field) for entry in self.entries if entry.HasField(field)]

    async def wait_for(self, predicate, timeout: float = PATIENCE_S, after: int = 0):
        """The first entry from number `after` on for which predicate(entry) holds. Closed if the hub closes before."""
        position = after

        def found():
            nonlocal position
            while position < len(self.entries):
                position += 1
                if predicate(self.entries[position - 1]):
                    return self.entries[position - 1]
            return self.close_code is not None or None

        async with self._changed:
            try:
                value = await asyncio.wait_for(self._changed.wait_for(found), timeout)
            except asyncio.TimeoutError:
                raise TestTimeout(f"not among {len(self.entries)} entries within {timeout:g} s; "
                                  f"the last: {self.entries[-3:]}") from None
        if value is True:
            raise Closed(self.close_code, self.close_reason)
        return value

    async def until(self, condition, timeout: float = PATIENCE_S):
        """Waits until condition() holds, looked at whenever something came."""
        await self.wait_for(lambda _: condition(), timeout, after=max(0, len(self.entries) - 1))

    async def wait_closed(self, timeout: float = PATIENCE_S) -> int:
        """The close code, when the hub has closed; 1006 where it went without a word."""
        async with self._changed:
            try:
                await asyncio.wait_for(self._changed.wait_for(lambda: self.close_code is not None), timeout)
            except asyncio.TimeoutError:
                raise TestTimeout(f"the hub kept the connection for {timeout:g} s") from None
        return self.close_code

    async def send_raw(self, data: bytes | str):
        await self.socket.send(data)

    async def send(self, **fields) -> int:
        """Sends a ClientMessage (a request id is made unless given) without waiting; answers the request id."""
        self._next_request += 1
        fields.setdefault("request_id", self._next_request)
        message = messages().ClientMessage(**fields)
        await self.send_raw(json_format.MessageToJson(message, indent=None) if self.json else message.SerializeToString())
        return fields["request_id"]

    async def answer(self, request_id: int, timeout: float = PATIENCE_S):
        """The body of the entry that answers a request: Receipt, Refusal, Subscribed, Pong or IncidentDetail."""
        if request_id not in self._answers:
            await self.until(lambda: request_id in self._answers, timeout)
        entry = self._answers[request_id]
        return getattr(entry, entry.WhichOneof("body"))

    async def request(self, timeout: float = PATIENCE_S, **fields):
        return await self.answer(await self.send(**fields), timeout)

    async def command(self, id: str | None = None, timeout: float = PATIENCE_S, **body):
        """Sends a command: command(submit_report=report("FIRE", "")). Answers the Receipt or the Refusal."""
        return await self.request(timeout, command=messages().Command(id=id or uuid7(), **body))

    async def stored(self, id: str | None = None, timeout: float = PATIENCE_S, **body):
        """A command that must be stored; answers the Receipt."""
        answer = await self.command(id, timeout, **body)
        assert answer.DESCRIPTOR.name == "Receipt", f"refused: {answer}"
        return answer

    async def refused(self, code: str, field: str | None = None, **body):
        """A command that must be refused with this code (and field); answers the Refusal."""
        return check_refusal(await self.command(**body), code, field)

    async def subscribe(self, channels=(), cursor=None, *, snapshot: bool = True, heartbeat_ms: int = 0,
                        no_snapshot: bool = False):
        """Subscribes and waits for the answer, and, where one is due, for the last page of the snapshot."""
        begin = len(self.entries)
        answer = await self.request(subscribe=messages().Subscribe(
            channels=channels, cursor=cursor, heartbeat_ms=heartbeat_ms, no_snapshot=no_snapshot))
        if snapshot and not no_snapshot and answer.DESCRIPTOR.name == "Subscribed" and not answer.resumed:
            await self.wait_for(lambda e: e.HasField("snapshot") and e.snapshot.last, after=begin)
        return answer

    async def caught_up(self, offset: str, timeout: float = PATIENCE_S):
        """Waits for a heartbeat that says: everything up to this offset, in both lanes, was sent. For what must not come."""
        def reached(entry):
            cursor = entry.heartbeat.cursor if entry.HasField("heartbeat") else None
            return cursor is not None and min(offset_key(cursor.alarm), offset_key(cursor.routine)) >= offset_key(offset)
        await self.wait_for(reached, timeout)

    def cursor(self):
        """How far this connection has come, kept as docs/protocol.md says; None while there is none."""
        pb = messages()
        cursor = None
        for entry in self.entries:
            body = entry.WhichOneof("body")
            if body == "reset":
                cursor = None
            elif body == "event" and cursor is not None:
                setattr(cursor, "alarm" if entry.event.lane == pb.LANE_ALARM else "routine", entry.event.offset)
            elif body in ("subscribed", "snapshot", "heartbeat") and getattr(entry, body).HasField("cursor"):
                cursor = pb.Cursor()
                cursor.CopyFrom(getattr(entry, body).cursor)
        return cursor

    async def close(self):
        """Closes it, if the hub has not."""
        with contextlib.suppress(websockets.ConnectionClosed):
            await self.socket.close()
        await self._task


def check_refusal(answer, code: str, field: str | None = None):
    """Asserts that the answer is this refusal, in a form that a person can use; answers it."""
    assert answer.DESCRIPTOR.name == "Refusal", f"not refused: {answer}"
    assert answer.code == code and (field is None or answer.field == field), f"not {code} {field}: {answer}"
    assert answer.message, f"a refusal without a sentence: {answer}"
    return answer


def offset_key(offset: str) -> tuple[int, int]:
    """An offset as tests may compare it (a client must not)."""
    ms, _, sequence = offset.partition("-")
    return (int(ms or 0), int(sequence or 0))


@contextlib.asynccontextmanager
async def connect(url: str, token: str | None, *, json: bool = False, subprotocols=None, headers=None, welcome: bool = True,
                  **options):
    """Opens a connection and waits for the welcome. websockets.InvalidStatusCode where the hub refuses the upgrade."""
    all_headers = dict(headers or {})
    if token is not None:
        all_headers["Authorization"] = f"Bearer {token}"
    options = {"max_size": None, "max_queue": None, "ping_interval": None, "compression": None,
               "open_timeout": PATIENCE_S, "close_timeout": 5, **options}
    async with websockets.connect(
            url.replace("http", "ws", 1) + "/v1/connect", extra_headers=all_headers,
            subprotocols=subprotocols if subprotocols is not None else [JSON if json else BINARY], **options) as socket:
        client = Client(socket, json)
        try:
            if welcome:
                await client.wait_for(lambda entry: entry.HasField("welcome"))
            yield client
        finally:
            await client.close()
