#!/usr/bin/python3
"""Measures the hub beside what it is compared with, in one run, interleaved: bench.py [--quick] [--only ROW,…] [--out DIR].

Prints the tables of results in Markdown, and writes them as JSON with every single run, and a picture. The programs are those
of the build directory TOCSIN_BUILD. The rows: fan-out, connect, idle, console, receipts, storm, stalled, slow-link, growth,
pictures.
"""

import argparse
import json
import os
import pathlib
import platform
import subprocess
import sys
import time

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parent), str(pathlib.Path(__file__).resolve().parents[1] / "integration")]
import peers  # noqa: E402
import picture  # noqa: E402
import rows  # noqa: E402
import tables  # noqa: E402
from harness.processes import BUILD  # noqa: E402
from stand import LoadFailed  # noqa: E402

ROWS = ("fan-out", "connect", "idle", "console", "receipts", "storm", "stalled", "slow-link", "growth", "pictures")


def commit_of_tree() -> str:
    done = subprocess.run(["git", "-C", str(pathlib.Path(__file__).parent), "describe", "--always", "--dirty"],
                          capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="one short round of everything, under three minutes")
    arguments.add_argument("--only", help="these rows alone, with commas between")
    arguments.add_argument("--rounds", type=int, help="how often what is interleaved is repeated")
    arguments.add_argument("--out", type=pathlib.Path, default=BUILD / "bench")
    options = arguments.parse_args()
    wanted = options.only.split(",") if options.only else list(ROWS)
    if unknown := set(wanted) - set(ROWS):
        arguments.error(f"no such row: {', '.join(sorted(unknown))}; there are {', '.join(ROWS)}")
    size = rows.QUICK if options.quick else rows.Size()
    if options.rounds:
        size.rounds = options.rounds

    began = time.monotonic()

    def say(what: str):
        print(f"bench: {time.monotonic() - began:5.0f} s  {what}", file=sys.stderr, flush=True)

    absent = peers.missing()
    if absent:
        say(f"not installed, left out: {', '.join(absent)} (deploy/dev/packages.sh bench)")
    results = {"commit": commit_of_tree(), "machine": platform.machine(), "kernel": platform.release(),
               "cores": len(os.sched_getaffinity(0)), "quick": options.quick, "rounds": size.rounds,
               "load_before": os.getloadavg(), "absent": absent}
    options.out.mkdir(parents=True, exist_ok=True)

    def keep():
        (options.out / "bench.json").write_text(json.dumps(results, indent=1) + "\n")

    field = rows.Field(size, [name for name in peers.NAMES if name not in absent], say)
    try:
        single = {"idle": lambda: rows.idle(field, size.idle), "receipts": lambda: rows.receipts(field, options.quick),
                  "stalled": lambda: rows.stalled(field), "slow-link": lambda: rows.slow_link(field),
                  "growth": lambda: rows.growth(field), "storm": lambda: rows.storm(field)}
        for number in range(size.rounds):
            say(f"round {number + 1} of {size.rounds}")
            if "fan-out" in wanted:
                for in_flight in rows.IN_FLIGHT:
                    results.setdefault("fan-out", {}).setdefault(str(in_flight), []).append(rows.fan_out(field, in_flight))
            if "connect" in wanted:
                results.setdefault("connect", []).append(rows.connect(field))
            if "console" in wanted:
                results.setdefault("console", []).append(rows.console(field))
            keep()
        for name, measure in single.items():
            if name in wanted:
                results[name] = measure()
                keep()
        if "pictures" in wanted and size.rates:
            results["latency by rate"] = rows.by_rate(field)
            results["cpu by subscribers"] = rows.by_subscribers(field)
    except LoadFailed as error:
        keep()
        print(f"bench: {error}", file=sys.stderr)
        print(field.stand.hub.log_text()[-2000:], file=sys.stderr)
        return 1
    finally:
        field.close()
    results["load_after"] = os.getloadavg()
    results["took_s"] = round(time.monotonic() - began, 1)
    keep()
    if "latency by rate" in results:
        (options.out / "bench.svg").write_text(picture.draw(results))
    text = tables.text(results)
    (options.out / "bench.md").write_text(text)
    print(text)
    print(f"all figures: {options.out}/bench.json" + ("; picture: bench.svg" if "latency by rate" in results else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
