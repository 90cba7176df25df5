#!/usr/bin/python3
"""Receipts per second, and the time from submit to receipt and from submit to 100 watchers, with appendfsync always, beside
bare pipelined XADD and the bare commit function on the same Redis in the same run: first.py [--quick] [--out FILE].

The programs are those of the build directory TOCSIN_BUILD. Writes the result as JSON (default: bench/first.json there).
"""

import argparse
import asyncio
import base64
import hashlib
import json
import os
import pathlib
import platform
import secrets
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from harness import start_district  # noqa: E402
from harness.district import remove_prepared  # noqa: E402
from harness.processes import BUILD, program  # noqa: E402
from harness.wire import messages, uuid7  # noqa: E402

CONNECTIONS_A_DEVICE = 8
# The figures that this is held against: hub and Redis together, CPU of a receipt, against that of a bare XADD.
REACH_CPU_RATIO = 5.0
REACH_CPU_RATIO_COMMIT = 1.8


async def make_tokens(district, people: list[str]) -> list[str]:
    """A device for each, all at once; answers the tokens."""
    pb, tokens = messages(), []
    async with district.connect("admin") as admin:
        asked = []
        for person in people:
            tokens.append(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode().rstrip("="))
            add = pb.AddDevice(person_id=person, label="bench", token_sha256=hashlib.sha256(tokens[-1].encode()).digest())
            asked.append(await admin.send(command=pb.Command(id=uuid7(), add_device=add)))
            if len(asked) % 16 == 0:
                await admin.answer(asked[-1])
        for request in asked:
            answer = await admin.answer(request)
            assert answer.DESCRIPTOR.name == "Receipt", f"no device: {answer}"
    return tokens


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="one short round, to see that it works")
    arguments.add_argument("--senders", type=int, default=1000)
    arguments.add_argument("--watchers", type=int, default=100)
    arguments.add_argument("--out", type=pathlib.Path, default=BUILD / "bench" / "first.json")
    options = arguments.parse_args()
    rounds, seconds = (1, 2.0) if options.quick else (5, 4.0)

    began = time.monotonic()
    print("bench: starting Redis and the hub", file=sys.stderr)
    district = start_district(redis_options={"auto-aof-rewrite-percentage": "0"})
    try:
        devices = -(-options.senders // CONNECTIONS_A_DEVICE)
        volunteers = ["volunteer-1", "volunteer-2", "volunteer-3"]
        tokens = asyncio.run(make_tokens(district, [volunteers[i % 3] for i in range(devices)]))
        watch = asyncio.run(make_tokens(district, ["bureau"] * -(-options.watchers // CONNECTIONS_A_DEVICE)))
        for name, lines in (("senders", tokens), ("watchers", watch)):
            file = district.directory / f"{name}.txt"
            file.touch(0o600)
            file.write_text("\n".join(lines) + "\n")
        run = subprocess.run(
            [program("tests/first-bench"), "--port", str(district.hub.port), "--redis", str(district.redis.socket),
             "--tokens", str(district.directory / "senders.txt"), "--watch-tokens", str(district.directory / "watchers.txt"),
             "--hub-pid", str(district.hub.pid), "--redis-pid", str(district.redis.pid), "--rounds", str(rounds),
             "--seconds", str(seconds), "--senders", str(options.senders), "--watchers", str(options.watchers)],
            stdout=subprocess.PIPE, text=True, check=False)
        if run.returncode != 0:
            print(district.hub.log_text()[-2000:], file=sys.stderr)
            return 1
        result = json.loads(run.stdout)
        result["hub_rss_mib"] = district.hub.memory_kib() // 1024
    finally:
        district.close()
        remove_prepared()
    result.update({"cores": os.cpu_count(), "machine": platform.machine(), "quick": options.quick, "appendfsync": "always",
                   "took_s": round(time.monotonic() - began, 1)})
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(result, indent=2) + "\n")
    receipts, delivery, xadd, commits = (result[name] for name in ("receipts", "delivery", "xadd", "commit_function"))
    print(f"receipts       {receipts['per_second_median']:>8} /s   submit to receipt p50 {receipts['p50_ms']:.2f} ms, "
          f"p99 {receipts['p99_ms']:.2f} ms   ({result['senders']} senders, one report at a time each)")
    print(f"bare XADD      {xadd['per_second_median']:>8} /s   ({result['xadd_connections']} connections, "
          f"{result['xadd_deep']} deep)")
    print(f"bare commits   {commits['per_second_median']:>8} /s   (the hub's commit function, "
          f"{result['commits_together']} commits a call)")
    print(f"delivery                    submit to a watcher p50 {delivery['p50_ms']:.2f} ms, p99 {delivery['p99_ms']:.2f} ms; "
          f"to all {result['watchers']}: p50 {result['delivery_to_all_p50_ms']:.2f} ms, "
          f"p99 {result['delivery_to_all_p99_ms']:.2f} ms   ({result['trickle_per_second']} reports a second)")
    print(f"CPU            a receipt costs hub and Redis {receipts['cpu_us_hub']:.1f} + {receipts['cpu_us_redis']:.1f} us, "
          f"a bare XADD {xadd['cpu_us_redis']:.1f} us: {result['cpu_receipt_per_cpu_xadd']:.1f} times "
          f"(reach: at most {REACH_CPU_RATIO:.0f}); a bare commit {commits['cpu_us_redis']:.1f} us: "
          f"{result['cpu_receipt_per_cpu_commit_function']:.2f} times (reach: at most {REACH_CPU_RATIO_COMMIT})")
    print(f"all figures: {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
