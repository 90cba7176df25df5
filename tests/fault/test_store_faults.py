"""Redis goes away, hangs, is full, has a broken or slow disk, all under load: submitters are told to try again and never get a
receipt for what is not stored, watchers keep their connection and are told, a late answer is never taken for a newer one,
and all goes on by itself when Redis is well."""

import asyncio
import contextlib
import random
import time

from harness.wire import connect, messages, report
from ledger import Ledger
from rig import start_rig
from traffic import Sender, Watcher, read_back

WELL_AGAIN_S = 5.0  # from Redis being well to receipts going on, at most
SENDERS = ("volunteer-1", "volunteer-2", "volunteer-3", "grid-worker-1")


@contextlib.asynccontextmanager
async def under_load(seed: int, depth: int = 16, **options):
    """A district with senders and watchers; afterwards everything that was tried is stored once, and the watchers, who never
    lost their connection, saw all of it."""
    rng = random.Random(seed)
    district, disk = await asyncio.to_thread(start_rig, **options)
    load = Load(district, disk, rng, depth)
    try:
        await load.start()
        yield load
        await load.settle()
    finally:
        await load.stop()
        await asyncio.to_thread(district.close)


class Load:
    def __init__(self, district, disk, rng, depth):
        self.district, self.disk = district, disk
        self.redis = district.redis
        self.ledger = Ledger()
        self.others: set[str] = set()  # offsets of events that are not the senders'
        self.senders = [Sender(name, district.hub, district.token(name), self.ledger, rng, depth=depth,
                               pace_s=0.01) for name in SENDERS]
        self.watchers = [Watcher("bureau", district.hub, district.token("bureau")),
                         Watcher("officer-baoguo", district.hub, district.token("officer-baoguo"))]

    async def start(self):
        for watcher in self.watchers:
            await watcher.start()
        self.before = {offset for offset, _ in await asyncio.to_thread(self.redis.log_entries)}
        for sender in self.senders:
            sender.start()
        await self.receipts_go_on()

    async def receipts_go_on(self, timeout: float = 20.0) -> float:
        """Waits for some more receipts; answers the seconds that it took."""
        began, goal = time.monotonic(), len(self.ledger.receipts) + 20
        while len(self.ledger.receipts) < goal:
            assert time.monotonic() - began < timeout, f"no receipts for {timeout:g} s; refused: {self.ledger.refusals[-2:]}"
            await asyncio.sleep(0.005)
        return time.monotonic() - began

    async def is_told(self, store: int, since: float, timeout: float = 10.0):
        """Every watcher hears by a heartbeat that the store is so, on the connection that it has."""
        for watcher in self.watchers:
            await watcher.wait(lambda: any(at >= since and state == store for at, state in watcher.stores), timeout,
                               f"told {messages().StoreState.Name(store)}")

    async def is_refused(self, since: int, timeout: float = 10.0):
        """Every sender is told to try again: code and time."""
        began = time.monotonic()
        while len(self.ledger.refusals) < since + len(self.senders):
            assert time.monotonic() - began < timeout, "nobody was told to try again"
            await asyncio.sleep(0.01)
        for refusal in self.ledger.refusals[since:]:
            assert refusal.code == "unavailable" and refusal.retry_after_ms > 0, refusal

    async def settle(self):
        for sender in self.senders:
            await sender.drain()
        entries = await asyncio.to_thread(self.redis.log_entries)
        head = entries[-1][0]
        for watcher in self.watchers:
            await watcher.reaches(head)
            assert watcher.connections == 1 and watcher.falls == 0, f"{watcher.name} lost its connection: {watcher.closes}"
            assert not watcher.resets and not watcher.goodbyes
        everything = await read_back(self.district.hub, self.district.token("bureau"), self.watchers[0].first_cursor, head)
        mine = [x for x in everything if x[1] not in self.others]
        seen = [[x for x in watcher.seen if x[1] not in self.others] for watcher in self.watchers]
        counts = self.ledger.judge({offset for offset, _ in entries} - self.before - self.others, mine, [
            (seen[0], lambda a: True), (seen[1], lambda a: a.sender != "volunteer-3")])
        print(counts, f"· told to try again {len(self.ledger.refusals)} times")
        counts.assert_sound()
        assert counts.receipted == counts.attempted

    async def stop(self):
        for sender in self.senders:
            await sender.abandon()
        for watcher in self.watchers:
            await watcher.stop()


async def test_store_redis_killed(seed):
    pb = messages()
    async with under_load(seed) as load:
        refused, at = len(load.ledger.refusals), time.monotonic()
        await asyncio.to_thread(load.redis.kill)
        await load.is_told(pb.STORE_STATE_AWAY, at)
        await load.is_refused(refused)
        stored = len(load.ledger.receipts)
        await asyncio.sleep(1.0)
        assert len(load.ledger.receipts) == stored, "a receipt while there was no Redis"
        at = time.monotonic()
        await asyncio.to_thread(load.redis.start)
        assert await load.receipts_go_on() < WELL_AGAIN_S
        await load.is_told(pb.STORE_STATE_WELL, at)


async def test_store_redis_hangs(seed):
    """SIGSTOP for 5 s: the deadline passes, and what Redis answers on waking answers nothing that was asked since."""
    pb = messages()
    async with under_load(seed) as load:
        for _ in range(2):
            refused, at = len(load.ledger.refusals), time.monotonic()
            load.redis.pause()
            await asyncio.sleep(0.05)
            stored = len(load.ledger.receipts)
            await load.is_told(pb.STORE_STATE_AWAY, at)
            await load.is_refused(refused)
            await asyncio.sleep(max(0.0, 5.0 - (time.monotonic() - at)))
            assert len(load.ledger.receipts) == stored, "a receipt while Redis hung"
            at = time.monotonic()
            load.redis.resume()
            assert await load.receipts_go_on() < WELL_AGAIN_S
            await load.is_told(pb.STORE_STATE_WELL, at)


async def test_store_redis_hangs_shortly(seed):
    """A second's hang, shorter than the deadline, is only a delay: nobody is refused, nobody is told anything."""
    pb = messages()
    async with under_load(seed) as load:
        for _ in range(3):
            load.redis.pause()
            await asyncio.sleep(1.0)
            load.redis.resume()
            await asyncio.sleep(1.0)  # what waited is answered before the next hang
            await load.receipts_go_on()
        assert not load.ledger.refusals, load.district.hub.log_text()[-3000:]
        assert all(state == pb.STORE_STATE_WELL for watcher in load.watchers for _, state in watcher.stores)


async def test_store_redis_full(seed):
    async with under_load(seed) as load:
        refused = len(load.ledger.refusals)
        await asyncio.to_thread(load.redis.command, "CONFIG", "SET", "maxmemory", "1")
        await asyncio.sleep(0.2)
        stored = len(load.ledger.receipts)
        await load.is_refused(refused)
        await asyncio.sleep(1.0)
        assert len(load.ledger.receipts) == stored, "a receipt while Redis was full"
        await asyncio.to_thread(load.redis.command, "CONFIG", "SET", "maxmemory", "0")
        assert await load.receipts_go_on() < WELL_AGAIN_S


async def broken_disk(seed: int, mood: str):
    """Under appendfsync always Redis ends itself when its disk fails; what runs it starts it again."""
    pb = messages()
    async with under_load(seed) as load:
        refused, at = len(load.ledger.refusals), time.monotonic()
        load.disk.mood(mood)
        await asyncio.to_thread(load.redis.wait, 20)
        await load.is_told(pb.STORE_STATE_AWAY, at)
        await load.is_refused(refused)
        assert await asyncio.to_thread(lambda: not load.redis.alive())
        load.disk.mood("ok")
        load.disk.cut_power()  # what could not be written or synced is gone for good
        await asyncio.to_thread(load.redis.start)
        assert await load.receipts_go_on() < WELL_AGAIN_S


async def test_store_disk_full(seed):
    await broken_disk(seed, "full")


async def test_store_disk_broken(seed):
    await broken_disk(seed, "eio")


async def test_store_disk_slow(seed):
    """An fsync of 300 ms: receipts come later, and still only after it."""
    async with under_load(seed, depth=2) as load:
        load.disk.mood("slow 300")
        await asyncio.sleep(0.5)
        async with connect(load.district.hub.url, load.district.token("liaison-baoguo")) as client:
            began = time.monotonic()
            receipt = await client.stored(submit_report=report("ASSIST", "slow disk"))
            assert time.monotonic() - began >= 0.29, "a receipt sooner than the disk"
        load.others.add(receipt.offset)
        await asyncio.sleep(2.0)
        load.disk.mood("ok")
        await load.receipts_go_on()
        assert not load.ledger.refusals, "slow is not away"


async def test_store_away_for_a_minute(seed):
    """Without a store for 60 s the hub closes its watchers with a goodbye, 4002, and they come back when it is well."""
    pb = messages()
    district, _ = await asyncio.to_thread(start_rig)
    try:
        async with connect(district.hub.url, district.token("bureau")) as watcher:
            await watcher.subscribe()
            await asyncio.to_thread(district.redis.kill)
            began = time.monotonic()
            code = await watcher.wait_closed(90)
            away_s = time.monotonic() - began
            goodbye = watcher.all("goodbye")[-1]
            assert code == 4002 and goodbye.reason == pb.GOODBYE_REASON_STORE_AWAY and goodbye.retry_after_ms > 0
            assert 55 < away_s < 70, f"after {away_s:.0f} s"
            assert any(beat.store == pb.STORE_STATE_AWAY for beat in watcher.all("heartbeat"))
        await asyncio.to_thread(district.redis.start)
        deadline = time.monotonic() + 10
        while True:
            with contextlib.suppress(Exception):
                async with connect(district.hub.url, district.token("bureau")) as watcher:
                    await watcher.subscribe()
                    break
            assert time.monotonic() < deadline, "Redis is well, and the hub does not take its watchers back"
            await asyncio.sleep(0.1)
    finally:
        await asyncio.to_thread(district.close)
