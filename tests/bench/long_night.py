#!/usr/bin/env python3
"""A long night: a thousand incidents are open, a hundred consoles are on, and twenty events a second come and go.

Four incidents a second are reported, acknowledged, noted upon, gone to and resolved, oldest first, so that as many are open
at the end as at the beginning. Two consoles say what they had and showed, as a page does. A line a minute, then one JSON
object: memory and CPU of the hub by the minute, and how long a command took to its receipt and to the slowest of the
consoles that are read closely. Fails where the consoles of one desk did not get the same number of entries, or none.

A hub remembers for a day what was resolved, and recent frames up to its window's bounds: by so much its memory rises. With
--changes the same thousand incidents get another severity twenty times a second instead, and --window-mib makes the window
small: what rises then is lost.

    TOCSIN_BUILD=build tests/bench/long_night.py [--minutes 10] [--open 1000] [--consoles 100] [--changes] [--window-mib 64]
"""

import argparse
import asyncio
import collections
import json
import os
import pathlib
import random
import sys
import time

import websockets

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from harness import start_district  # noqa: E402
from harness.district import remove_prepared  # noqa: E402
from harness.wire import connect, messages, place, report, uuid7  # noqa: E402

ACTS_PER_S = 20
KINDS = ("HAZARD", "SIGHTING", "DISPUTE", "ASSIST")


def entries_in(data: bytes) -> int:
    """How many entries a ServerMessage has, without reading them: it has no other field."""
    count = position = 0
    while position < len(data):
        position += 1  # the tag is one byte
        length = shift = 0
        while True:
            byte = data[position]
            position += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        position += length
        count += 1
    return count


class CountingConsole:
    """Subscribes and counts what comes, heartbeats aside."""

    def __init__(self, url: str, token: str, channel: str):
        self.entries = 0
        self._task = asyncio.create_task(self._run(url, token, channel))

    async def _run(self, url, token, channel):
        pb = messages()
        async with websockets.connect(url.replace("http", "ws", 1) + "/v1/connect", subprotocols=["tocsin.v1"],
                                      extra_headers={"Authorization": f"Bearer {token}"}, max_size=None, max_queue=None,
                                      compression=None, ping_interval=None) as socket:
            message = pb.ClientMessage(request_id=1, subscribe=pb.Subscribe(channels=[channel], no_snapshot=True,
                                                                           heartbeat_ms=60_000))
            await socket.send(message.SerializeToString())
            async for data in socket:
                self.entries += entries_in(data)

    def close(self):
        self._task.cancel()


class Console:
    """Reads everything, says what it had and showed, and when it had it."""

    def __init__(self, client, notes: dict):
        self._client = client
        self._notes = notes  # offset -> when it came
        self._task = asyncio.create_task(self._run())

    async def _run(self):
        pb = messages()
        read = 0
        while True:
            await self._client.wait_for(lambda entry: True, timeout=3600, after=read)
            fresh, now = self._client.entries[read:], time.monotonic()
            del self._client.entries[:], self._client.raw[:]
            read = 0
            opened = []
            for entry in fresh:
                if entry.HasField("event"):
                    self._notes[entry.event.offset] = now
                    if entry.event.kind == pb.EVENT_KIND_INCIDENT_OPENED:
                        opened.append(entry.event.incident.id)
            if opened:
                await self._client.send(mark=pb.Mark(shown_incident_ids=opened))

    def close(self):
        self._task.cancel()


class Night:
    """The people at work. `open` holds the ids of open incidents, oldest first."""

    def __init__(self, reporters, officer, near, rng):
        self.open: collections.deque = collections.deque()
        self.took: list[float] = []  # seconds to the receipt
        self.sent: list[tuple[str, float]] = []  # offset, when the command was sent
        self._reporters, self._officer, self._near, self._rng = reporters, officer, near, rng
        self._rated: dict[str, int] = {}

    async def _command(self, client, **body):
        began = time.monotonic()
        receipt = await client.stored(id=uuid7(), **body)
        self.took.append(time.monotonic() - began)
        self.sent.append((receipt.offset, began))
        return receipt

    async def report(self):
        latitude, longitude = self._near
        where = place(latitude + self._rng.uniform(-.002, .002), longitude + self._rng.uniform(-.002, .002), 10)
        given = report(self._rng.choice(KINDS), "a long night's report", place=where)
        receipt = await self._command(self._rng.choice(self._reporters), submit_report=given)
        self.open.append(receipt.incident_id)

    async def rate_oldest(self):
        """Another severity for the incident whose last change is longest ago."""
        pb, incident = messages(), self.open.popleft()
        self._rated[incident] = severity = (
            pb.SEVERITY_MODERATE if self._rated.get(incident) != pb.SEVERITY_MODERATE else pb.SEVERITY_MINOR)
        await self._command(self._officer, set_severity=pb.SetSeverity(incident_id=incident, severity=severity))
        self.open.append(incident)

    async def handle_oldest(self):
        """The four acts of a desk about the oldest incident, a quarter of a second apart."""
        pb, incident = messages(), self.open.popleft()
        acts = (dict(acknowledge_incident=pb.AcknowledgeIncident(incident_id=incident)),
                dict(respond_incident=pb.RespondIncident(incident_id=incident)),
                dict(add_note=pb.AddNote(incident_id=incident, text="on our way")),
                dict(resolve_incident=pb.ResolveIncident(incident_id=incident, outcome=pb.OUTCOME_HANDLED)))
        for act in acts:
            await self._command(self._officer, **act)
            await asyncio.sleep(0.25)


def cpu_s(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_kib(pid: int) -> int:
    return next(int(line.split()[1]) for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
                if line.startswith("VmRSS:"))


def percentiles_ms(seconds: list[float]) -> dict:
    ordered = sorted(seconds) or [0.0]
    return {name: round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
            for name, share in (("p50", .5), ("p99", .99), ("worst", 1))}


async def play(district, minutes: float, open_incidents: int, consoles: int, changes: bool) -> dict:
    rng = random.Random(1)
    hub, redis = district.hub, district.redis
    await district.load_areas()
    near = district.station_place("baoguo")
    near = (near.latitude, near.longitude)
    async with connect(hub.url, district.token("volunteer-1")) as one, \
            connect(hub.url, district.token("volunteer-2")) as two, \
            connect(hub.url, district.token("officer-baoguo")) as officer, \
            connect(hub.url, district.token("officer-baoguo")) as station_page, \
            connect(hub.url, district.token("bureau")) as bureau_page:
        night = Night([one, two], officer, near, rng)
        while len(night.open) < open_incidents:
            await asyncio.gather(*(night.report() for _ in range(min(20, open_incidents - len(night.open)))))
        night.took.clear()
        night.sent.clear()
        seen: list[dict] = [{}, {}]
        pages = []
        for client, channel, notes in ((station_page, "station/baoguo", seen[0]), (bureau_page, "bureau", seen[1])):
            await client.subscribe([channel])
            pages.append(Console(client, notes))
        counting = {"officer-baoguo": [], "bureau": []}
        for index in range(consoles - len(pages)):
            name, channel = ("bureau", "bureau") if index % 5 == 4 else ("officer-baoguo", "station/baoguo")
            counting[name].append(CountingConsole(hub.url, district.token(name), channel))
        await asyncio.sleep(3)
        for each in (c for group in counting.values() for c in group):
            each.entries = 0

        by_minute, tasks = [], set()
        began = next_due = time.monotonic()
        minute_ends, cpu_before = began + 60, cpu_s(hub.pid)
        while time.monotonic() < began + minutes * 60:
            for work in [night.rate_oldest() for _ in range(5)] if changes else [night.report(), night.handle_oldest()]:
                task = asyncio.create_task(work)
                tasks.add(task)
                task.add_done_callback(lambda done: (tasks.discard(done), done.result()))
            next_due += 5 / ACTS_PER_S
            await asyncio.sleep(max(0, next_due - time.monotonic()))
            if time.monotonic() >= minute_ends:
                cpu_now = cpu_s(hub.pid)
                by_minute.append({"hub_rss_kib": rss_kib(hub.pid), "redis_rss_kib": rss_kib(redis.pid),
                                  "hub_cpu_share": round((cpu_now - cpu_before) / 60, 4), "commands": len(night.took)})
                print(f"minute {len(by_minute)}: {by_minute[-1]}", file=sys.stderr, flush=True)
                minute_ends, cpu_before = minute_ends + 60, cpu_now
        await asyncio.gather(*tasks)
        await asyncio.sleep(3)

        got = {name: sorted({c.entries for c in group}) for name, group in counting.items()}
        to_console = [max(notes.get(offset, 0) for notes in seen) - sent for offset, sent in night.sent
                      if all(offset in notes for notes in seen)]
        for each in [*pages, *(c for group in counting.values() for c in group)]:
            each.close()
        return {"minutes": minutes, "open": len(night.open), "commands": len(night.took), "consoles": consoles,
                "entries_by_console": got, "receipt_ms": percentiles_ms(night.took),
                "console_ms": percentiles_ms(to_console), "seen_by_both": len(to_console), "by_minute": by_minute}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--minutes", type=float, default=10)
    arguments.add_argument("--open", type=int, default=1000)
    arguments.add_argument("--consoles", type=int, default=100)
    arguments.add_argument("--changes", action="store_true")
    arguments.add_argument("--window-mib", type=int, default=64)
    chosen = arguments.parse_args()
    district = start_district(settings={"listen": {"max_connections_per_device": 1_000},
                                        "window": {"bytes": chosen.window_mib << 20}})
    try:
        result = asyncio.run(play(district, chosen.minutes, chosen.open, chosen.consoles, chosen.changes))
    finally:
        district.close()
        remove_prepared()
    # A heartbeat may fall to either side of the end.
    same = all(group and group[0] > 0 and group[-1] - group[0] <= 2 for group in result["entries_by_console"].values())
    result["passed"] = same and result["seen_by_both"] > 0
    print(json.dumps(result))
    return 0 if result["passed"] else 1


if __name__ == "__main__":
    sys.exit(main())
