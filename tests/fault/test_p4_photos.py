"""P4 No one waits for the slow one: fifty photos a second go up while alarms go through, among them hostile ones. Every alarm
arrives, in order; every upload has an answer; the hub lives. What it costs the alarms is printed, not asserted: the machine
that converts the photos is the one that measures."""

import asyncio
import collections
import concurrent.futures
import http.client
import json
import multiprocessing
import os
import random
import subprocess
import time

from harness import start_district
from harness.processes import program
from harness.wire import messages, offset_key
from ledger import Ledger
from traffic import Sender, Watcher

PHOTOS_A_SECOND = int(os.environ.get("TOCSIN_PHOTOS_A_SECOND", "50"))
SECONDS = int(os.environ.get("TOCSIN_PHOTO_SECONDS", "8"))
ALARMS_A_SECOND = 20
UPLOADERS = ("volunteer-1", "volunteer-2", "volunteer-3", "grid-worker-1", "auxiliary-baoguo", "officer-baoguo")


def upload(port: int, token: str, body: bytes) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=150)
    try:
        connection.request("POST", "/v1/media", body, {"Authorization": f"Bearer {token}"})
        response = connection.getresponse()
        return response.status, json.loads(response.read()).get("code", "")
    finally:
        connection.close()


async def alarms(district, watcher, name: str, until) -> list[float]:
    """Alarms at a steady pace until `until` is done; each one's milliseconds from its stored time to the watcher, sorted."""
    before = len(watcher.seen)
    ledger = Ledger()
    sender = Sender(name, district.hub, district.token("bureau"), ledger, random.Random(4), depth=64,
                    pace_s=1 / ALARMS_A_SECOND, urgent=1.0).start()
    await until
    await sender.drain(120)
    texts = [attempt.text for attempt in ledger.attempts.values()]
    await watcher.wait(lambda: len(watcher.seen) - before >= len(texts), what="every alarm")
    seen = watcher.seen[before:]
    assert [text for _, _, text in seen] == texts, "all, once, in the order sent"
    assert {lane for lane, _, _ in seen} == {messages().LANE_ALARM}
    assert [offset_key(offset) for _, offset, _ in seen] == sorted(offset_key(offset) for _, offset, _ in seen)
    skew = time.time() - time.monotonic()
    return sorted((at + skew) * 1_000 - offset_key(offset)[0]
                  for at, (_, offset, _) in zip(watcher.times[before:], seen))


def told(delays: list[float]) -> str:
    return (f"{len(delays)} alarms, stored to seen p50 {delays[len(delays) // 2]:.1f} ms, "
            f"p99 {delays[len(delays) * 99 // 100]:.1f} ms, worst {delays[-1]:.1f} ms")


def flood(port: int, tokens: list[str], bodies: list[bytes]) -> tuple[collections.Counter, float]:
    """So many uploads a second from all hands, whatever becomes of those before. A process of its own, behind everything
    else: in the district it would be many phones, and none of them on this machine."""
    os.nice(10)
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(128) as pool:
        under_way = []
        for number in range(PHOTOS_A_SECOND * SECONDS):
            time.sleep(max(0.0, began + number / PHOTOS_A_SECOND - time.monotonic()))
            under_way.append(pool.submit(upload, port, tokens[number % len(tokens)], bodies[number % len(bodies)]))
        outcomes = collections.Counter(one.result() for one in under_way)
    return outcomes, time.monotonic() - began


async def test_p4_fifty_photos_a_second_leave_alarms_alone(programs, tmp_path):
    subprocess.run([program("tests/media-corpus"), str(tmp_path)], check=True)
    corpus = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    hostile = [corpus[name] for name in ("bomb.png", "exif.jpg", "cut.jpg", "polyglot.png", "animated.webp", "drawing.svg")]
    honest = [corpus[name] for name in ("photo.jpg", "camera.jpg", "photo.webp", "photo.png", "camera.jpg", "photo.heic",
                                        "photo.jpg")]
    # One in eight is somebody's attempt to do harm.
    bodies = [body for bad in hostile for body in (bad, *honest)]
    district = await asyncio.to_thread(
        start_district, settings={"media": {"uploads_an_hour": 100_000, "unattached": 100_000,
                                            "unattached_bytes": 1 << 36, "under_way_per_device": 64}})
    try:
        watcher = await Watcher("bureau", district.hub, district.token("bureau")).start()
        alone = await alarms(district, watcher, "alone", asyncio.sleep(SECONDS))
        tokens = [district.token(name) for name in UPLOADERS]
        with concurrent.futures.ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
            uploads = asyncio.get_running_loop().run_in_executor(pool, flood, district.hub.port, tokens, bodies)
            beside = await alarms(district, watcher, "beside", uploads)
            outcomes, took_s = uploads.result()
        print(f"alone: {told(alone)}")
        print(f"beside {PHOTOS_A_SECOND} photos a second: {told(beside)}")
        print(f"{sum(outcomes.values())} uploads answered within {took_s:.1f} s: {dict(outcomes)}")
        assert sum(outcomes.values()) == PHOTOS_A_SECOND * SECONDS
        assert set(outcomes) <= {(201, ""), (429, "too_many_requests"), (413, "media_too_large"), (422, "media_refused"),
                                 (415, "media_type_refused")}, outcomes
        assert outcomes[201, ""] > 0
        assert watcher.falls == 0 and district.hub.alive()
        after = await asyncio.to_thread(upload, district.hub.port, district.token("volunteer-1"), honest[0])
        assert after == (201, "")
        await watcher.stop()
    finally:
        await asyncio.to_thread(district.close)
