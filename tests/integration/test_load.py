"""The load program against a real hub, in small counts: what a crowd, a storm, stalled subscribers and a slow line are
promised; and that it finds what was lost, repeated or out of order where somebody meddles."""

import asyncio
import json
import os
import pathlib
import shlex
import shutil
import sys
import tempfile

import pytest

from harness import start_district
from harness.processes import program
from meddler import Meddler

CHANNELS = 8


class Ground:
    """A district with people for the load in it."""

    def __init__(self):
        self.district = start_district(settings={"listen": {"max_connections_per_device": 100}})
        self.people = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-people-"))

    async def load(self, kind, *arguments, port=None, passes=True):
        hub = self.district.hub
        run = await asyncio.create_subprocess_exec(
            program("tocsin-load"), kind, "--port", str(port or hub.port), *map(str, arguments),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE)
        out, _ = await asyncio.wait_for(run.communicate(), 180)
        result = json.loads(out)
        assert (run.returncode == 0) == result["passed"]
        assert result["passed"] == passes, result
        return result

    async def at_hub(self, kind, *arguments, **options):
        pids = ["--process", f"hub={self.district.hub.pid}", "--process", f"redis={self.district.redis.pid}"]
        return await self.load(kind, "--people", self.people, *pids, *arguments, **options)

    def close(self):
        self.district.close()
        shutil.rmtree(self.people, ignore_errors=True)


@pytest.fixture(scope="module")
def ground(programs):
    value = Ground()
    try:
        asyncio.run(value.load("enrol", "--admin-token-file", value.district.token_file("admin"), "--out", value.people,
                               "--people", 40, "--channels", CHANNELS, "--consoles", 2))
        yield value
    finally:
        value.close()


async def test_crowd_gets_everything_once_in_order(ground):
    result = await ground.at_hub("fan-out", "--subscribers", 100, "--in-flight", 16, "--alarms", 0.2, "--seconds", 1)
    assert result["delivered"] == 100 * result["events"] > 0
    assert (result["lost"], result["repeated"], result["out_of_order"]) == (0, 0, 0)
    assert abs(result["bytes"] - 256) < 4, "the calibrated size of an event"
    assert result["processes"]["hub"]["cpu_us"] > 0 and result["processes"]["redis"]["rss_kib"] > 0


async def test_channels_are_kept_apart(ground):
    result = await ground.at_hub("fan-out", "--subscribers", 40, "--channels", CHANNELS, "--seconds", 1)
    assert result["delivered"] == result["events"] * 40 // CHANNELS
    assert result["foreign"] == 0, "a subscriber got what is another channel's"


async def test_consoles_are_told_of_reports(ground):
    result = await ground.at_hub("fan-out", "--reports", "--subscribers", 50, "--rate", 20, "--seconds", 1)
    assert result["delivered"] == 50 * result["events"] >= 50 * 15


async def test_receipts_for_all_senders(ground):
    result = await ground.at_hub("ingest", "--senders", 50, "--seconds", 1, "--warm-up", 0.2)
    assert result["receipts"] > 0 and result["unanswered"] == 0


async def test_connections_wait(ground):
    result = await ground.at_hub("idle", "--subscribers", 200, "--settle", 0.3)
    assert result["kib_each"] < 64


@pytest.mark.parametrize("how, what", [("lose", "lost"), ("repeat", "repeated"), ("swap", "out_of_order")])
async def test_what_is_wrong_is_found(ground, how, what):
    async with Meddler(ground.district.hub.port, how, at=8) as meddler:
        result = await ground.load("fan-out", "--people", ground.people, "--subscribers", 5, "--seconds", 1, "--warm-up", 0.2,
                                   port=meddler.port, passes=False)
    assert meddler.done
    assert result.get(what) == 1, result


async def test_storm_of_those_who_left(ground):
    result = await ground.at_hub("storm", "--subscribers", 200, "--stayed", 20, "--behind", 300, "--jitter", 0.5, "--calm", 1)
    assert result["live"] == 200 and result["stayed_in_storm_ms"]["count"] > 0


async def test_storm_after_kill_9(ground):
    """Every one of 200 thrown out by kill -9 has all of 300 events after its cursor, once, in order."""
    hub = ground.district.hub
    script = pathlib.Path(__file__).with_name("kill_and_start.py")
    with tempfile.TemporaryDirectory() as directory:
        # The hub belongs to this process: the command only asks for its death and new life, and waits.
        asked, ready = os.path.join(directory, "asked"), os.path.join(directory, "ready")
        storm = asyncio.create_task(ground.at_hub(
            "storm", "--subscribers", 200, "--behind", 300, "--jitter", 1, "--patience", 60, "--restart-command",
            shlex.join([sys.executable, str(script), asked, ready])))
        while not os.path.exists(asked) and not storm.done():
            await asyncio.sleep(0.01)
        if not storm.done():
            await asyncio.to_thread(hub.restart)
            pathlib.Path(ready + ".new").write_text(f"hub={hub.pid}\n")
            os.rename(ready + ".new", ready)
        result = await storm
    assert result["live"] == 200
    assert result["live_after_ready_ms"]["max"] < 20_000


async def test_odd_subscribers_cost_the_others_nothing(ground):
    result = await ground.at_hub("stalled", "--subscribers", 50, "--calm", 2, "--seconds", 5, "--asleep", 3)
    assert result["asleep_has_all"] and result["cut_only_by_the_rule"]
    assert result["odd"]["never_reads"]["bytes"] < 10_000
    calm, odd = result["calm"]["latency_ms"], result["with_odd"]["latency_ms"]
    assert odd["p50"] <= max(3 * calm["p50"], calm["p50"] + 100), "the others felt them"


async def test_alarm_overtakes_on_a_slow_line(ground):
    """1 Mbit/s and 2,000 routine events waiting (half a megabyte): of two alarms the first comes before all of them, the
    second before all but those in the kernel's buffers."""
    result = await ground.at_hub("slow-link", "--waiting", 2_000, "--second-alarm-after", 1)
    assert result["routine_before_waiting_alarm"] == 0
    assert 0 <= result["routine_before_second_alarm"] < result["routine_still_waiting_at_second_alarm"]
