"""The results as people read them: Markdown, with what is to be reached beside what is."""

import statistics

REACH_FAN_OUT = {"1": 1.10, "16": 0.10, "64": 0.04}
REACH_CONNECT = 1.6
REACH_IDLE_KIB = 5.0
REACH_CONSOLE = 1.3
REACH_RECEIPT = (5.0, 1.8)
REACH_STORM_MS = 5_000
REACH_STAYED = 2.0
REACH_FLAT = 1.15
ORDER = ("tocsin", "bare", "chat", "nchan", "nats", "mosquitto")


def number(value, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def median(values) -> float | None:
    values = [value for value in values if value is not None]
    return statistics.median(values) if values else None


def ratios(rounds: list[dict], name: str, key: str, base: str = "bare") -> float | None:
    """The median of the ratios to `base` in the same round."""
    return median([each[name][key] / each[base]["us_each"] for each in rounds
                   if name in each and base in each and each[base]["us_each"] > 0])


def table(head: list[str], lines: list[list[str]]) -> str:
    rule = ["---"] * len(head)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *lines]) + "\n"


def fan_out(results: dict) -> str:
    lines = []
    for in_flight, rounds in results["fan-out"].items():
        reach = REACH_FAN_OUT[in_flight]
        lines.append([f"CPU per delivery, {in_flight} in flight: ratio to bare `send`", f"at most {reach:.2f}",
                      *[number(ratios(rounds, name, "us_each")) for name in ORDER]])
        lines.append(["... the hub's own, without the commit's share", "",
                      number(ratios(rounds, "tocsin", "us_each_without_commit")), *[""] * (len(ORDER) - 1)])
        lines.append(["... microseconds", "", *[number(median(each.get(name, {}).get("us_each") for each in rounds))
                                                for name in ORDER]])
        lines.append(["... Redis's beside it, microseconds", "",
                      number(median(each["tocsin"]["us_each_redis"] for each in rounds)), *[""] * (len(ORDER) - 1)])
        lines.append(["... events a second", "", *[number(median(each.get(name, {}).get("events_per_second")
                                                                 for each in rounds), 0) for name in ORDER]])
        lines.append(["... latency p50 / p99, ms", "",
                      *[" / ".join(number(median(each.get(name, {}).get(key) for each in rounds), 1)
                                   for key in ("p50_ms", "p99_ms")) for name in ORDER]])
    return table(["1,000 subscribers, 256 bytes", "reach", *ORDER], lines)


def connections(results: dict) -> str:
    lines = []
    if "connect" in results:
        rounds = results["connect"]
        lines.append(["CPU of one connect: ratio to bare accept and upgrade", f"at most {REACH_CONNECT}",
                      *[number(ratios(rounds, name, "us_each")) for name in ORDER]])
        lines.append(["... microseconds", "", *[number(median(each.get(name, {}).get("us_each") for each in rounds), 1)
                                                for name in ORDER]])
    if "idle" in results:
        idle = results["idle"]
        count = idle["tocsin"]["connections"]
        lines.append([f"memory of an idle connection, KiB (growth over {count:,})", f"at most {REACH_IDLE_KIB:.0f}",
                      *[number(idle.get(name, {}).get("kib_each")) for name in ORDER]])
        lines.append(["... cores used while idle", "", number(idle["tocsin"]["cores_while_idle"]["hub"], 3),
                      *[""] * (len(ORDER) - 1)])
    return table(["a connection", "reach", *ORDER], lines)


def console(rounds: list[dict]) -> list[list[str]]:
    lines = []
    for share in ("p50", "p99"):
        ours = median(each["tocsin"][share] for each in rounds)
        bare = median(each["bare"][share] for each in rounds)
        fsync = median(each["fsync_ms"][share] for each in rounds)
        ratio = median((each["tocsin"][share] - each["fsync_ms"][share]) / each["bare"][share] for each in rounds)
        lines.append([f"report to console, 20/s to 1,000: {share}",
                      f"at most {REACH_CONSOLE} times bare `send`'s, plus one fsync",
                      f"{ours:.2f} ms; bare {bare:.2f} ms, fsync {fsync:.2f} ms: {ratio:.2f} times"])
    return lines


def receipts(first: dict) -> list[list[str]]:
    lines = [["receipts a second, 1,000 senders", "",
              f"{first['receipts']['per_second_median']:,} (bare XADD {first['xadd']['per_second_median']:,}); submit to receipt "
              f"p50 {first['receipts']['p50_ms']:.1f} ms, p99 {first['receipts']['p99_ms']:.1f} ms; to 100 watchers p50 "
              f"{first['delivery_to_all_p50_ms']:.1f} ms, p99 {first['delivery_to_all_p99_ms']:.1f} ms"],
             ["CPU of a receipt, hub and Redis, to that of a bare XADD 16 deep", f"at most {REACH_RECEIPT[0]:.0f}",
              number(first["cpu_receipt_per_cpu_xadd"])]]
    bare_commit = first.get("cpu_receipt_per_cpu_commit")
    if bare_commit is not None:
        lines.append(["... to that of the bare commit function", f"at most {REACH_RECEIPT[1]}", number(bare_commit)])
    return lines


def storm(storms: dict) -> list[list[str]]:
    lines = []
    for name, run in storms.items():
        if "live_after_ready_ms" not in run:
            lines.append([f"storm: {name}", "", "failed: " + str(run.get("error"))])
            continue
        last = run["live_after_ready_ms"]["max"]
        verdict = "no gap" if run["passed"] else f"lost {run['lost']}, repeated {run['repeated']}"
        lines.append([f"{run['subscribers']:,} back, each 1,000 events behind: {name}", "all live within 5 s of ready",
                      f"{run['live']:,} live, the last after {last / 1e3:.2f} s; {verdict}"])
        hub = run["processes"]["hub"]
        lines.append(["... where the time went", "",
                      f"waiting p50/p99 {run['waited_after_ready_ms']['p50']:.0f}/{run['waited_after_ready_ms']['p99']:.0f} ms, "
                      f"connecting {run['connecting_ms']['p50']:.0f}/{run['connecting_ms']['p99']:.0f} ms, catching up "
                      f"{run['catching_up_ms']['p50']:.0f}/{run['catching_up_ms']['p99']:.0f} ms; hub {hub['cores']:.2f} cores "
                      f"({hub['cpu_us_each']:.0f} us each), load program {run['own_cores']:.2f}"])
        if run.get("stayed_in_storm_ms"):
            calm, during = run["stayed_calm_ms"]["p99"], run["stayed_in_storm_ms"]["p99"]
            lines.append(["... p99 of those who stayed", f"at most {REACH_STAYED:.0f} times",
                          f"{calm:.1f} ms before, {during:.1f} ms during: {during / calm:.1f} times"])
    return lines


def stalled(run: dict) -> list[list[str]]:
    calm, odd = run["calm"], run["with_odd"]
    cut = ", ".join(f"{name.replace('_', ' ')}: " + (f"cut after {each['cut_after_seconds']:.0f} s"
                                                     if each["cut_after_seconds"] else "not cut")
                    for name, each in run["odd"].items())
    return [[f"one never reading, one a byte at a time, one asleep, among {run['subscribers']:,}", "latency unchanged",
             f"p50 {calm['latency_ms']['p50']:.1f} -> {odd['latency_ms']['p50']:.1f} ms, p99 {calm['latency_ms']['p99']:.1f} -> "
             f"{odd['latency_ms']['p99']:.1f} ms"],
            ["... hub memory", "flat", f"{odd['processes']['hub']['rss_kib_grown']} KiB more in {odd['seconds']:.0f} s "
                                       f"({odd['events']} events); {cut}"]]


def slow_link(run: dict) -> list[list[str]]:
    return [[f"alarm to a 1 Mbit/s line with {run['waiting']:,} routine events waiting", "arrives first",
             f"before all that waited: {run['routine_before_waiting_alarm']} routine events ahead; sent into the middle: "
             f"{run['routine_before_second_alarm']} ahead of {run['routine_still_waiting_at_second_alarm']} "
             f"({run['bytes_before_second_alarm'] / 1024:.0f} KiB in buffers), {run['second_alarm_ms']:.0f} ms"]]


def growth(results: dict) -> str:
    text = ""
    kinds = (("subscribers", "subscribers, one event at a time"),
             ("channels", "quiet channels beside that of all 1,000"))
    for kind, head in kinds:
        runs = results[kind]
        costs = [each["us_each_without_commit"] for each in runs.values()]
        lines = [[f"{int(count):,}", number(each["us_each"]), number(each["us_each_without_commit"]), number(each["p50_ms"], 1),
                  number(each["p99_ms"], 1), f"{each['rss_kib'] / 1024:.0f}"] for count, each in runs.items()]
        text += table([head, "hub us per delivery", "without the commit", "p50 ms", "p99 ms", "hub MiB"], lines)
        text += (f"\nLargest to smallest without the commit: {max(costs) / max(min(costs), 1e-9):.2f} "
                 f"(reach: at most {REACH_FLAT})\n\n")
    lines = [[f"{int(count):,}", number(each["us_each_event"], 0), number(each["us_commit"], 0), number(each["p50_ms"], 1),
              number(each["p99_ms"], 1)] for count, each in results["spread"].items()]
    return text + table(["channels of 10 subscribers, in turn", "hub us per event", "of these the commit", "p50 ms", "p99 ms"],
                        lines)


def text(results: dict) -> str:
    load = "/".join(f"{each:.1f}" for each in results["load_before"])
    parts = [f"Commit {results['commit']}, {results['cores']} cores {results['machine']}, Linux {results['kernel']}, load before "
             f"{load}, after {'/'.join(f'{each:.1f}' for each in results['load_after'])}; {results['rounds']} rounds, "
             f"{results['took_s']:.0f} s{', quick' if results['quick'] else ''}.\n"]
    if "fan-out" in results:
        parts.append(fan_out(results))
    if "connect" in results or "idle" in results:
        parts.append(connections(results))
    lines = []
    if "console" in results:
        lines += console(results["console"])
    if "receipts" in results:
        lines += receipts(results["receipts"])
    if "storm" in results:
        lines += storm(results["storm"])
    if "stalled" in results:
        lines += stalled(results["stalled"])
    if "slow-link" in results:
        lines += slow_link(results["slow-link"])
    if lines:
        parts.append(table(["what", "reach", "measured"], lines))
    if "growth" in results:
        parts.append(growth(results["growth"]))
    return "\n".join(parts)
