"""P4 No one waits for the slow one: a watcher that stops reading for 10 s while 20,000 events pass costs the others nothing
and the hub a bounded amount of memory, and gets everything when it wakes: in order, once."""

import asyncio
import os
import random
import socket
import struct
import time

import pytest

from harness.processes import TestTimeout
from harness.wire import messages, offset_key
from ledger import Ledger
from rig import start_rig
from traffic import Sender, Watcher, entries_of

EVENTS = int(os.environ.get("TOCSIN_P4_EVENTS", "20000"))
ASLEEP_S = 10.0
MOST_ASLEEP_S = 12.0     # a hub too slow for the events in this time (sanitized, say) gets as many as it can take in it
LONGEST_ASLEEP_S = 28.0  # at 30 s the hub says goodbye TOO_SLOW, as it should
SENDERS = ("volunteer-1", "volunteer-2", "volunteer-3", "grid-worker-1", "auxiliary-baoguo", "officer-baoguo")
# What a sleeper may cost beyond what the same events cost without one: its socket's buffers and a stretch or two of the log.
SLEEPER_MAY_COST_KIB = 16 * 1024


class RawWatcher:
    """A subscriber on a bare socket with a small receive buffer: it reads when it is told to and not otherwise."""

    def __init__(self, port: int, token: str):
        self.lanes = {}
        self.seen = []
        self.goodbye = None
        self._buffer = b""
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._socket.settimeout(60)
        self._socket.connect(("127.0.0.1", port))
        self._socket.sendall((
            f"GET /v1/connect HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: tocsin.v1\r\nAuthorization: Bearer {token}\r\n\r\n").encode())
        while b"\r\n\r\n" not in self._buffer:
            self._buffer += self._socket.recv(4096)
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 101"), head
        pb = messages()
        self._send(pb.ClientMessage(request_id=1, subscribe=pb.Subscribe(no_snapshot=True, heartbeat_ms=1000)))
        self.subscribed = False
        while not self.subscribed:
            self.read_one()

    def _send(self, message):
        payload, mask = message.SerializeToString(), os.urandom(4)
        assert len(payload) < 126
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self._socket.sendall(bytes([0x82, 0x80 | len(payload)]) + mask + masked)

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            more = self._socket.recv(65536)
            assert more, f"the hub closed; goodbye {self.goodbye}"
            self._buffer += more
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def read_one(self):
        first, second = self._take(2)
        length = second & 0x7F
        if length == 126:
            length, = struct.unpack(">H", self._take(2))
        elif length == 127:
            length, = struct.unpack(">Q", self._take(8))
        payload = self._take(length)
        if first & 0x0F != 2:
            return
        for entry in entries_of(payload):
            if entry.HasField("event"):
                self.lanes.setdefault(entry.event.lane, []).append(offset_key(entry.event.offset))
                self.seen.append((entry.event.lane, entry.event.offset, entry.event.report.text))
            elif entry.HasField("subscribed"):
                self.subscribed = True
            elif entry.HasField("goodbye"):
                self.goodbye = entry.goodbye

    def read_until(self, count: int, timeout: float = 60):
        deadline = time.monotonic() + timeout
        while len(self.seen) < count:
            if time.monotonic() > deadline:
                raise TestTimeout(f"{len(self.seen)} events of {count} within {timeout:g} s of waking")
            self.read_one()

    def close(self):
        self._socket.close()


async def send_all(district, rng, count: int, name: str) -> tuple[Ledger, float]:
    """So many reports from several devices at once, as quickly as receipts come. Answers the seconds that it took."""
    ledger = Ledger()
    began = time.monotonic()
    senders = []
    for number, who in enumerate(SENDERS):
        sender = Sender(f"{name} {who}", district.hub, district.token(who), ledger, rng, depth=32, pace_s=0, urgent=0.1)
        sender.limit = count // len(SENDERS) + (number < count % len(SENDERS))
        senders.append(sender.start())
    while not all(sender.made == sender.limit for sender in senders):
        await asyncio.sleep(0.02)
    for sender in senders:
        await sender.drain(120)
    return ledger, time.monotonic() - began


def p99_ms(watcher, since: int) -> float:
    """From the log's stamp to the watcher, of the events from number `since` on. Same machine, same clock."""
    skew = time.time() - time.monotonic()
    delays = sorted((at + skew) * 1000 - offset_key(offset)[0]
                    for at, (_, offset, _) in zip(watcher.times[since:], watcher.seen[since:]))
    return delays[len(delays) * 99 // 100]


@pytest.mark.parametrize("window_bytes, events", [(64 << 20, EVENTS), (1 << 20, EVENTS // 4)],
                         ids=["within the window", "far behind the window"])
async def test_p4_sleeper(seed, window_bytes, events):
    rng = random.Random(seed)
    district, _ = await asyncio.to_thread(start_rig, settings={"window": {"bytes": window_bytes, "age_s": 600}})
    try:
        awake = [await Watcher(f"bureau {i}", district.hub, district.token("bureau")).start() for i in range(3)]
        # Without the sleeper: what these events cost, in memory and time.
        rss = [district.hub.memory_kib()]
        ledger, alone_s = await send_all(district, rng, events, "alone")
        for watcher in awake:
            await watcher.wait(lambda: len(watcher.seen) >= events, what="everything")
        alone_p99 = p99_ms(awake[0], 0)
        rss.append(district.hub.memory_kib())

        before, events = events, min(events, int(events / alone_s * MOST_ASLEEP_S))
        sleeper = await asyncio.to_thread(RawWatcher, district.hub.port, district.token("bureau"))
        asleep_since = time.monotonic()
        ledger, with_s = await send_all(district, rng, events, "asleep")
        for watcher in awake:
            await watcher.wait(lambda: len(watcher.seen) >= before + events, what="everything while one sleeps")
        with_p99 = p99_ms(awake[0], before)
        await asyncio.sleep(max(0.0, ASLEEP_S - (time.monotonic() - asleep_since)))
        rss.append(district.hub.memory_kib())
        slept_s = time.monotonic() - asleep_since
        assert slept_s < LONGEST_ASLEEP_S, f"this machine needs {slept_s:.1f} s for {events} events: too slow for this test"
        await asyncio.to_thread(sleeper.read_until, events)
        woke_s = time.monotonic() - asleep_since - slept_s
        await asyncio.to_thread(sleeper.close)

        grew = [rss[1] - rss[0], rss[2] - rss[1]]
        print(f"{before} events alone in {alone_s:.1f} s, p99 {alone_p99:.0f} ms, hub +{grew[0] // 1024} MiB; "
              f"{events} with a sleeper in {with_s:.1f} s, p99 {with_p99:.0f} ms, hub +{grew[1] // 1024} MiB; "
              f"slept {slept_s:.1f} s, had everything {woke_s:.1f} s after waking")
        expected = [(lane, offset, text) for lane, offset, text in awake[0].seen[before:]]
        for lane in (messages().LANE_ALARM, messages().LANE_ROUTINE):
            # The sleeper's order, lane by lane, is exactly the others'.
            assert [x for x in sleeper.seen if x[0] == lane] == [x for x in expected if x[0] == lane]
        for watcher in awake:
            assert watcher.falls == 0 and not watcher.resets
            assert sorted(watcher.seen) == sorted(awake[0].seen) and len({x[1] for x in watcher.seen}) == before + events
        assert {attempt.text for attempt in ledger.attempts.values()} == {text for _, _, text in sleeper.seen}
        assert grew[1] <= max(0, grew[0]) + SLEEPER_MAY_COST_KIB, f"the sleeper cost {grew[1] - grew[0]} KiB"
        assert with_p99 <= max(3 * alone_p99, alone_p99 + 250), "the others felt the sleeper"
        for watcher in awake:
            await watcher.stop()
    finally:
        await asyncio.to_thread(district.close)


SLEEPERS = 60
# The stretches that a hub keeps for all who are behind its window, and what each of them has on its way in the hub.
HISTORY_BYTES = 2 << 20
SLEEPER_ON_ITS_WAY_KIB = 96
# What a sanitizer holds back of the memory that the hub has freed.
HELD_BACK_KIB = int(os.environ.get("TOCSIN_TEST_HELD_BACK_KIB", "0"))


async def test_p4_many_sleepers_behind_the_window(seed):
    """Each wakes for a moment, at another place of the log, reads a little of what Redis has and sleeps again: what the hub
    holds for them is bounded in all, however much of the log lies before them."""
    rng = random.Random(seed)
    settings = {"window": {"bytes": 256 << 10, "age_s": 600, "history_bytes": HISTORY_BYTES},
                "listen": {"address": "127.0.0.1", "port": 0, "max_connections_per_device": 1000}}
    district, _ = await asyncio.to_thread(start_rig, settings=settings)
    sleepers = []
    try:
        awake = await Watcher("bureau", district.hub, district.token("bureau")).start()
        ledger, _ = await send_all(district, rng, 600, "before")  # what the hub grows by itself
        for _ in range(SLEEPERS):
            sleepers.append(await asyncio.to_thread(RawWatcher, district.hub.port, district.token("bureau")))
        ledger, took_s = await send_all(district, rng, 2000, "asleep")
        await awake.wait(lambda: len(awake.seen) >= 2600, what="everything while they sleep")
        before = district.hub.memory_kib()
        asleep_since = time.monotonic()
        for number, sleeper in enumerate(sleepers):
            await asyncio.to_thread(sleeper.read_until, 1 + number * 25)
        await asyncio.sleep(1)
        grew = district.hub.memory_kib() - before
        print(f"{SLEEPERS} sleepers at {SLEEPERS} places behind the window: hub +{grew} KiB "
              f"({took_s:.1f} s for the events, asleep again after {time.monotonic() - asleep_since:.1f} s)")
        assert grew <= 2 * HISTORY_BYTES // 1024 + SLEEPERS * SLEEPER_ON_ITS_WAY_KIB + HELD_BACK_KIB
        for sleeper in sleepers[::20]:
            await asyncio.to_thread(sleeper.read_until, 2000)
            for lane in (messages().LANE_ALARM, messages().LANE_ROUTINE):
                assert [x for x in sleeper.seen if x[0] == lane] == [x for x in awake.seen[600:] if x[0] == lane]
        await awake.stop()
    finally:
        for sleeper in sleepers:
            sleeper.close()
        await asyncio.to_thread(district.close)
