"""The stretches of measuring that `make bench` is made of. Each answers plain numbers; nothing is judged here."""

import concurrent.futures
import contextlib
import dataclasses
import json
import os
import pathlib
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import peers
from harness.processes import BUILD, wait_until
from stand import LoadFailed, Stand, load

HERE = pathlib.Path(__file__).parent
IN_FLIGHT = (1, 16, 64)


@dataclasses.dataclass
class Size:
    """How much of everything: `make bench`, or `make bench-quick`."""

    rounds: int = 5
    seconds: float = 2.5
    subscribers: int = 1_000
    idle: int = 5_000
    connects: int = 2_000
    storm: int = 5_000
    stalled: int = 1_000
    stalled_s: float = 40
    console_s: float = 8
    waiting: int = 10_000
    settle: float = 2
    many: tuple = (100, 300, 1_000, 3_000, 10_000)
    channels: tuple = (1, 10, 100, 1_000)
    rates: tuple = (10, 20, 40, 80)


QUICK = Size(rounds=1, seconds=1, idle=2_000, connects=500, storm=1_000, stalled=200, stalled_s=6, console_s=2, waiting=2_000, settle=0.7,
             many=(100, 1_000, 5_000), channels=(1, 100, 1_000), rates=())


class Field:
    """Everything that is measured, up and running side by side. `say` tells how far it is."""

    def __init__(self, size: Size, names: list[str], say):
        self.size, self.say = size, say
        self.stand = Stand()
        self.peers = {}
        self._ends = contextlib.ExitStack()
        try:
            for name in names:
                self.peers[name] = self._ends.enter_context(peers.running(name))
        except BaseException:
            self.close()
            raise

    @property
    def names(self) -> list[str]:
        return ["tocsin", *self.peers]

    def at(self, name: str) -> list:
        return self.stand.at_hub() if name == "tocsin" else self.peers[name].arguments()

    def load(self, name: str, kind: str, *arguments) -> dict | None:
        """One run; None, and a line, where a peer does not get through it. Our own must."""
        try:
            return load(kind, *self.at(name), *arguments)
        except (LoadFailed, subprocess.TimeoutExpired) as error:
            if name == "tocsin":
                raise
            self.say(f"{name} fails: {str(error)[-300:]}")
            return None

    def close(self):
        self._ends.close()
        self.stand.close()


def cpu_each(result: dict, *groups) -> float:
    """Microseconds of CPU, of these processes, per one of what was counted."""
    return sum(usage["cpu_us_each"] for name, usage in result["processes"].items() if not groups or name in groups)


def median_ratio(rounds: list[dict], value, base) -> float | None:
    """The median of the ratios of pairs of the same round."""
    ratios = [value(each) / base(each) for each in rounds if value(each) is not None and base(each)]
    return statistics.median(ratios) if ratios else None


def fan_out(field: Field, in_flight: int) -> dict:
    """One round: every server, and the hub once more with nobody to deliver to: that is the commit's own cost."""
    size, results = field.size, {}
    pace = ["--seconds", size.seconds, "--warm-up", min(1, size.seconds / 3), "--in-flight", in_flight,
            "--until", "delivered" if in_flight == 1 else "stored"]
    for name in field.names:
        field.say(f"{in_flight} in flight to {size.subscribers}: {name}")
        run = field.load(name, "fan-out", "--subscribers", size.subscribers, *pace)
        if run is None:
            continue
        result = {"us_each": cpu_each(run, "hub", "server"), "own_us_each": run["own_cpu_us_each"],
                  "events_per_second": run["events_per_second"], "delivered_per_second": run["delivered_per_second"],
                  "p50_ms": run["latency_ms"]["p50"], "p99_ms": run["latency_ms"]["p99"], "bytes": run["bytes"],
                  "events": run["events"], "delivered": run["delivered"]}
        if name == "tocsin":
            alone = field.load(name, "fan-out", "--subscribers", 0, "--text-bytes", run["text_bytes"], *pace)
            commits = cpu_each(alone, "hub") * run["events"] / run["delivered"]
            result |= {"us_each_redis": cpu_each(run, "redis"), "us_each_commit": commits,
                       "us_each_without_commit": result["us_each"] - commits, "us_commit": cpu_each(alone, "hub"),
                       "us_commit_redis": cpu_each(alone, "redis")}
        results[name] = result
    return results


def connect(field: Field) -> dict:
    """CPU of being connected to and greeted, and of the end."""
    results = {}
    for name in field.names:
        field.say(f"connecting {field.size.connects}: {name}")
        if run := field.load(name, "connect", "--subscribers", field.size.connects):
            results[name] = {"us_each": cpu_each(run, "hub", "server"), "own_us_each": run["own_cpu_us_each"],
                             "us_each_close": sum(each["cpu_us_each"] for group, each in run["closing"].items()
                                                  if group != "redis")}
    return results


def idle(field: Field, connections: int) -> dict:
    """Memory, each server started afresh for it."""
    results = {}
    field.say(f"{connections} idle: tocsin")
    field.stand.hub.terminate()
    field.stand.hub.start()
    hub = ["--port", field.stand.hub.port, "--people", field.stand.people, "--process", f"hub={field.stand.hub.pid}"]
    results["tocsin"] = load("idle", *hub, "--subscribers", connections, "--settle", field.size.settle)
    for name in field.peers:
        field.say(f"{connections} idle: {name}")
        with peers.running(name) as fresh:
            try:
                results[name] = load("idle", *fresh.arguments(), "--subscribers", connections,
                                     "--settle", field.size.settle)
            except LoadFailed as error:
                field.say(f"{name} fails: {str(error)[-300:]}")
    return results


def fsync_ms(directory: pathlib.Path, rate: float, seconds: float, size: int = 512) -> list[float]:
    """How long appending a little to a file and having it on disk takes, at such a rate."""
    taken = []
    with open(directory / "fsync-probe", "wb") as file:
        due = time.monotonic()
        while len(taken) < rate * seconds:
            began = time.monotonic()
            file.write(b"x" * size)
            file.flush()
            os.fdatasync(file.fileno())
            taken.append((time.monotonic() - began) * 1e3)
            due += 1 / rate
            time.sleep(max(0.0, due - time.monotonic()))
    os.unlink(directory / "fsync-probe")
    return sorted(taken)


def console(field: Field) -> dict:
    """Reports to consoles, 20 a second, beside events of the same size from the bare server; and an fsync alone."""
    size = field.size
    pace = ["--subscribers", size.subscribers, "--rate", 20, "--seconds", size.console_s]
    field.say(f"20 reports a second to {size.subscribers} consoles: tocsin")
    hub = field.load("tocsin", "fan-out", "--reports", *pace)
    field.say("the same size from the bare server, and fsync alone")
    bare = field.load("bare", "fan-out", "--bytes", round(hub["bytes"]), *pace)
    probe = fsync_ms(field.stand.district.redis.directory, 20, max(2.0, size.console_s / 2))
    return {"tocsin": hub["latency_ms"], "bare": bare["latency_ms"], "bytes": hub["bytes"], "stored_ms": hub["stored_ms"],
            "fsync_ms": {"p50": probe[len(probe) // 2], "p99": probe[len(probe) * 99 // 100]}}


def storm_after(stand: Stand, end, arguments: list) -> dict:
    """A storm whose hub is ended by `end` and started again. The hub is this process's child, so the load only asks."""
    script = HERE.parent / "integration" / "kill_and_start.py"
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(1) as beside:
        asked, ready = pathlib.Path(directory, "asked"), pathlib.Path(directory, "ready")
        command = shlex.join([sys.executable, str(script), str(asked), str(ready)])
        run = beside.submit(stand.load, "storm", *arguments, "--restart-command", command, check=False)
        wait_until(lambda: asked.exists() or run.done(), 120, "the load asks for the restart")
        if not run.done():
            # Here and not beside: only the main thread may start a process that dies with it.
            end()
            stand.hub.start()
            fresh = ready.with_suffix(".new")
            fresh.write_text(f"hub={stand.hub.pid}\n")
            fresh.rename(ready)
        return run.result()


def storm(field: Field) -> dict:
    """Thrown out by an orderly restart, by kill -9, and by nothing while others stay."""
    size, stand, results = field.size, field.stand, {}
    base = ["--subscribers", size.storm, "--behind", 1_000, "--at-once", 128]
    for name, end in (("restart", stand.hub.terminate), ("kill -9", stand.hub.kill)):
        field.say(f"{size.storm} come back after {name}")
        results[name] = storm_after(stand, end, base)
    field.say(f"{size.storm} come back while others stay")
    results["others stay"] = stand.load("storm", *base, "--stayed", 100, check=False)
    return results


def stalled(field: Field) -> dict:
    size = field.size
    field.say(f"three odd ones among {size.stalled}")
    return field.stand.load("stalled", "--subscribers", size.stalled, "--calm", min(10, size.stalled_s / 2),
                            "--seconds", size.stalled_s, check=False)


def slow_link(field: Field) -> dict:
    field.say(f"an alarm overtakes {field.size.waiting} routine events at 1 Mbit/s")
    return field.stand.load("slow-link", "--waiting", field.size.waiting, check=False)


def growth(field: Field) -> dict:
    """The hub's CPU per delivery, without the commit's share, as subscribers and channels grow; one event at a time."""
    size, stand = field.size, field.stand
    pace = ["--seconds", size.seconds, "--warm-up", 0.5, "--until", "delivered"]

    def measure(subscribers, *arguments):
        run = stand.load("fan-out", "--subscribers", subscribers, "--at-once", 128, *pace, *arguments)
        alone = stand.load("fan-out", "--subscribers", 0, "--text-bytes", run["text_bytes"], *pace, *arguments)
        commits = cpu_each(alone, "hub") * run["events"]
        return {"us_each": cpu_each(run, "hub"), "events": run["events"], "us_commit": cpu_each(alone, "hub"),
                "us_each_event": cpu_each(run, "hub") * run["delivered"] / run["events"],
                "us_each_without_commit": cpu_each(run, "hub") - commits / run["delivered"],
                "p50_ms": run["latency_ms"]["p50"], "p99_ms": run["latency_ms"]["p99"],
                "to_all_p99_ms": run["latency_to_all_ms"]["p99"], "rss_kib": run["processes"]["hub"]["rss_kib"]}

    results = {"subscribers": {}, "channels": {}, "spread": {}}
    for subscribers in size.many:
        field.say(f"one at a time to {subscribers}")
        results["subscribers"][subscribers] = measure(subscribers)
    for channels in size.channels:
        field.say(f"one at a time to {size.subscribers}, who also read one of {channels} quiet channels each")
        results["channels"][channels] = measure(size.subscribers, "--grids", channels)
    for channels in size.channels:
        field.say(f"{channels} channels of 10 subscribers each, in turn")
        results["spread"][channels] = measure(10 * channels, "--channels", channels)
    return results


def by_rate(field: Field) -> dict:
    """Latency against rate, for the picture."""
    results = {}
    for rate in field.size.rates:
        for name in field.names:
            field.say(f"{rate} events a second: {name}")
            run = field.load(name, "fan-out", "--subscribers", field.size.subscribers, "--rate", rate, "--seconds",
                             field.size.seconds, "--warm-up", 0.5)
            if run:
                results.setdefault(name, {})[rate] = run["latency_ms"]
    return results


def by_subscribers(field: Field) -> dict:
    """CPU per delivery against subscribers, for the picture."""
    results = {}
    for count in field.size.many if field.size.rates else ():
        for name in field.names:
            field.say(f"{count} subscribers: {name}")
            run = field.load(name, "fan-out", "--subscribers", count, "--seconds", field.size.seconds, "--warm-up", 0.5,
                             "--until", "delivered", "--at-once", 128)
            if run:
                results.setdefault(name, {})[count] = cpu_each(run, "hub", "server")
    return results


def receipts(field: Field, quick: bool) -> dict:
    """The first form of this bench, in a district of its own: receipts beside bare XADD and bare commits."""
    field.say("receipts beside bare XADD")
    out = BUILD / "bench" / "first.json"
    command = ["/usr/bin/python3", str(HERE / "first.py"), "--out", str(out)] + (["--quick"] if quick else [])
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise LoadFailed("first.py failed")
    return {**json.loads(out.read_text()), "text": done.stdout}
