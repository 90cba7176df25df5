"""P1 Stored before acknowledged: kill -9 of hub, Redis or both, and power cuts, lose no receipted event; nobody ever sees
an event that is not in the log. And the proof of the test: where Redis does not sync before it answers, the test finds it."""

import asyncio
import os
import random
import subprocess
import time

import pytest

from harness.processes import wait_until
from harness.wire import connect, messages, report, uuid7
from ledger import Ledger
from rig import start_rig
from traffic import Sender, Watcher, open_socket, read_back

ROUNDS = int(os.environ.get("TOCSIN_P1_ROUNDS", os.environ.get("TOCSIN_ROUNDS", "10")))
POWER_ROUNDS = max(3, ROUNDS // 4)
ROUNDS_A_DISTRICT = 20  # then a fresh one: what is open is loaded at each start
EVERYSEC_TRIES = 8
BAOGUO = ("volunteer-1", "volunteer-2", "grid-worker-1")


class Run:
    """Senders and watchers on one district, until settled."""

    def __init__(self, district, disk, rng, pace_s=0.008):
        self.district, self.disk, self.rng = district, disk, rng
        self.ledger = Ledger()
        self.senders = [Sender(name, district.hub, district.token(name), self.ledger, rng, depth=16, pace_s=pace_s,
                               json=name == "volunteer-2") for name in (*BAOGUO, "volunteer-3")]
        self.watchers = [Watcher("bureau", district.hub, district.token("bureau")),
                         Watcher("bureau, JSON", district.hub, district.token("bureau"), json=True),
                         Watcher("officer-baoguo", district.hub, district.token("officer-baoguo"))]

    async def start(self):
        for watcher in self.watchers:
            await watcher.start()
        self.before = set(offset for offset, _ in await asyncio.to_thread(self.district.redis.log_entries))
        for sender in self.senders:
            sender.start()
        return self

    async def kill_and_restart(self, power: bool) -> str:
        """One fault at a random moment; everything runs again when it returns."""
        rng, district = self.rng, self.district
        await asyncio.sleep(rng.uniform(0.1, 0.6))
        victim = rng.choice(["redis", "both"] if power else ["hub", "redis", "both"])
        order = rng.sample([district.redis, district.hub], 2)
        for process in order:
            if victim == "both" or (process is district.redis) == (victim == "redis"):
                await asyncio.to_thread(process.kill)
        dropped = self.disk.cut_power(rng) if power else 0
        await asyncio.sleep(rng.uniform(0, 0.3))
        if not district.redis.alive():
            await asyncio.to_thread(district.redis.start)
        if not district.hub.alive():
            await asyncio.to_thread(district.hub.start)
        return f"{victim} killed" + (f", {dropped} unsynced bytes gone" if power else "")

    async def offsets(self) -> set[str]:
        return {offset for offset, _ in await asyncio.to_thread(self.district.redis.log_entries)} - self.before

    async def receipted_and_not_there(self) -> set[str]:
        receipted = self.ledger.receipted_offsets()
        return receipted - await self.offsets()

    async def settle(self):
        """Every report has its receipt, every watcher is at the head; answers the verdict."""
        for sender in self.senders:
            await sender.drain()
        offsets = await self.offsets()
        head = (await asyncio.to_thread(self.district.redis.log_entries))[-1][0]
        for watcher in self.watchers:
            await watcher.reaches(head)
        everything = await read_back(self.district.hub, self.district.token("bureau"), self.watchers[0].first_cursor, head)
        views = [(self.watchers[0].seen, lambda a: True), (self.watchers[1].seen, lambda a: True),
                 (self.watchers[2].seen, lambda a: a.sender in BAOGUO)]
        return self.ledger.judge(offsets, everything, views)

    async def stop(self):
        for sender in self.senders:
            await sender.abandon()
        for watcher in self.watchers:
            await watcher.stop()


async def rounds_on_one_district(count: int, rng, power: bool):
    district, disk = await asyncio.to_thread(start_rig)
    try:
        run = await Run(district, disk, rng).start()
        try:
            for number in range(count):
                what = await run.kill_and_restart(power)
                missing = await run.receipted_and_not_there()
                assert not missing, f"round {number + 1}, {what}: receipted and not in the log: {sorted(missing)[:5]}"
                print(f"round {number + 1}: {what}; {len(run.ledger.receipts)} receipted, all there")
            counts = await run.settle()
            print(counts)
            resets = [reset for watcher in run.watchers for reset in watcher.resets]
        finally:
            await run.stop()
        counts.assert_sound()
        assert counts.receipted == counts.attempted and counts.attempted > 20 * count, counts
        assert not resets, f"the log was never another one, and yet: {resets}"
    finally:
        await asyncio.to_thread(district.close)


async def many_rounds(total: int, seed: int, power: bool):
    done = 0
    while done < total:
        count = min(ROUNDS_A_DISTRICT, total - done)
        await rounds_on_one_district(count, random.Random(seed + done), power)
        done += count


async def test_p1_kill(seed):
    await many_rounds(ROUNDS, seed, power=False)


async def test_p1_power_cut(seed):
    await many_rounds(POWER_ROUNDS, seed, power=True)


async def test_p1_power_cut_finds_loss_under_everysec(seed):
    """The same run where Redis syncs once a second must lose something, or the two tests above show nothing."""
    rng = random.Random(seed)
    for attempt in range(EVERYSEC_TRIES):
        district, disk = await asyncio.to_thread(start_rig, redis_options={"appendfsync": "everysec"})
        try:
            run = Run(district, disk, rng)
            for watcher in run.watchers:
                watcher.resets_allowed = True
            await run.start()
            try:
                await asyncio.sleep(0.7)
                what = await run.kill_and_restart(power=True)
                lost = await run.receipted_and_not_there()
                seen = {offset for watcher in run.watchers for _, offset, _ in watcher.seen}
                phantom = seen - await run.offsets()
            finally:
                await run.stop()
        finally:
            await asyncio.to_thread(district.close)
        print(f"try {attempt + 1}: {what}; lost {len(lost)} of {len(run.ledger.receipts)} receipted, phantom {len(phantom)}")
        if lost:
            return
    pytest.fail(f"{EVERYSEC_TRIES} power cuts under appendfsync everysec and nothing lost: the power cut cuts nothing")


async def test_p1_torn_commit(seed):
    """The power goes while a commit is being written: half of it is in the file. It counts as nothing, and what is stored
    afterwards stands, through further restarts."""
    rng = random.Random(seed)
    district, disk = await asyncio.to_thread(start_rig)
    try:
        run = await Run(district, disk, rng).start()
        try:
            for number in range(4):
                await asyncio.sleep(0.3)
                disk.mood("slow 20000")
                await asyncio.to_thread(wait_until, lambda: disk.unsynced() > 0, 10, "written and not synced")
                await asyncio.to_thread(district.redis.kill)
                disk.mood("ok")
                print(f"round {number + 1}: the last {disk.cut_power(rng, torn=1.0)} bytes are gone")
                for _ in range(2):
                    await asyncio.to_thread(district.redis.start)
                    await asyncio.sleep(0.5)
                    await asyncio.to_thread(district.redis.kill)
                await asyncio.to_thread(district.redis.start)
            counts = await run.settle()
            print(counts)
            resets = [reset for watcher in run.watchers for reset in watcher.resets]
        finally:
            await run.stop()
        counts.assert_sound()
        assert not resets, f"the log was never another one, and yet: {resets}"
    finally:
        await asyncio.to_thread(district.close)


async def test_p1_repeated_receipt_is_on_disk(seed):
    """Redis dies between writing and syncing; after its restart the event is there, but only in the kernel's memory. The same
    command sent again gets its receipt, and whoever watches sees the event, only when it is on disk: a power cut right
    after must not take it."""
    district, disk = await asyncio.to_thread(start_rig)
    try:
        watcher = await Watcher("bureau", district.hub, district.token("bureau")).start()
        before = await asyncio.to_thread(district.redis.log_length)
        pb, id_ = messages(), uuid7()
        message = pb.ClientMessage(request_id=1, command=pb.Command(id=id_, submit_report=report("ASSIST", "between")))

        disk.mood("slow 20000")
        async with open_socket(district.hub.url, district.token("volunteer-1")) as socket:
            await socket.send(message.SerializeToString())
            await asyncio.to_thread(wait_until, lambda: disk.unsynced() > 0, 10, "written and not synced")
        assert not watcher.seen, "seen before it was on disk"
        await asyncio.to_thread(district.redis.kill)
        disk.mood("ok")
        await asyncio.to_thread(district.redis.start)
        assert await asyncio.to_thread(district.redis.log_length) == before + 1, "the kernel kept what was written"

        async with connect(district.hub.url, district.token("volunteer-1")) as client:
            deadline = time.monotonic() + 20
            while True:
                answer = await client.command(id_, submit_report=report("ASSIST", "between"))
                if answer.DESCRIPTOR.name == "Receipt":
                    break
                assert answer.code == "unavailable" and time.monotonic() < deadline, answer
                await asyncio.sleep(answer.retry_after_ms / 1000)
        unsynced = disk.unsynced()
        await asyncio.to_thread(district.redis.kill)
        disk.cut_power()
        await asyncio.to_thread(district.redis.start)
        offsets = {offset for offset, _ in await asyncio.to_thread(district.redis.log_entries)}
        assert answer.offset in offsets, f"receipted ({answer.repeated=}) with {unsynced} bytes not yet synced, and gone"
        assert {offset for _, offset, _ in watcher.seen} <= offsets, "a subscriber saw what is not in the log"
        await watcher.stop()
    finally:
        await asyncio.to_thread(district.close)


def says_p1_does_not_hold(line: dict) -> bool:
    return "P1" in str(line) and "appendfsync" in str(line)


def test_p1_everysec_is_said_and_refused_in_production(programs):
    district, _ = start_rig(hubs=0, redis_options={"appendfsync": "everysec"})
    try:
        developing = district.add_hub()
        assert any(says_p1_does_not_hold(line) for line in developing.log_lines()), developing.log_text()

        strict = district.make_hub(settings={"mode": "production"})
        strict.launch()
        try:
            assert strict.wait(20) == 2, strict.log_text()
        except subprocess.TimeoutExpired:
            pytest.fail("a hub in production mode started though P1 does not hold")
        assert any(says_p1_does_not_hold(line) for line in strict.log_lines()), strict.log_text()
        assert not any(line.get("event") == "ready" for line in strict.log_lines())

        # And with a Redis that syncs first it has nothing to say.
        district.redis.restart(appendfsync="always")
        sound = district.make_hub(settings={"mode": "production"})
        sound.start()
        assert not any(says_p1_does_not_hold(line) for line in sound.log_lines()), sound.log_text()
    finally:
        district.close()
