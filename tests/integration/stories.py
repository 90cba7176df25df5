#!/usr/bin/env python3
"""Plays the five stories that Tocsin is made for, with the command line, person by person, against a running hub.

    make demo        or:  python3 tests/integration/stories.py --hub http://127.0.0.1:8080 --tokens var/demo

Prints, for each story, people's screens side by side: a column a person, what each typed (>) and what then stood on the
screen, one beneath the other in time. It can be run as often as
one likes: it closes what it opened, and its notices end by themselves. Exit code 1 when somebody did not see what they must,
or saw what is not theirs.
"""

import argparse
import contextlib
import datetime
import pathlib
import random
import socket
import struct
import sys
import tempfile
import time
import uuid
import zlib

import screens
from harness.cli import Cli, Watcher

TEAM = "four-leaf-clover"
NEIGHBOURS = "three neighbours"  # a column for several people
WITHIN_S = 30


class Failed(Exception):
    """Somebody did not see what they must, or saw what is not theirs."""


class Stage:
    """The hub, the people's tokens, and where watchers keep their diagnostics."""

    def __init__(self, hub: str, tokens: pathlib.Path, directory: pathlib.Path):
        self.hub, self.tokens, self.directory = hub, tokens, directory
        self.tag = uuid.uuid4().hex[:6]  # tells this run's texts from those of another
        self.opened: dict[str, str] = {}  # incident -> station that closes it in the end

    def token_file(self, name: str) -> pathlib.Path:
        return self.tokens / f"{name}.token"


class Person:
    """Somebody with a terminal: one command after the other, and `tocsin watch` running beside."""

    def __init__(self, story: "Story", name: str):
        self.story, self.name = story, name
        self.cli = Cli(story.stage.hub, story.stage.token_file(name))
        self.watcher = Watcher(self.cli, log=story.stage.directory / f"{story.number}-{name}.log")
        self.position = len(self.watcher.lines)

    def does(self, words: str, *arguments) -> dict:
        """One command that must be done."""
        self.story.tell(self.name, f"> {words}")
        result = self.cli.run(*arguments)
        if result.code != 0:
            raise Failed(f"{self.name}: tocsin {' '.join(map(str, arguments))}: exit code {result.code}: "
                         f"{result.stdout}{result.stderr}")
        return result.last

    def reports(self, words: str, kind: str, *arguments) -> dict:
        """A report: the receipt is told too, and its incident is closed when the demo ends."""
        receipt = self.does(words, "report", kind, *arguments)
        self.story.stage.opened.setdefault(receipt["incidentId"], "bureau")
        self.story.tell(self.name, f"has the receipt: on disk after {receipt.get('tookMs', 0)} ms")
        return receipt

    def sees(self, words: str, matches) -> dict:
        """The event that must come, wherever among those not yet told; its time of arrival is told."""
        try:
            line = self.watcher.wait_for(lambda line: "offset" in line and matches(line), WITHIN_S, self.position)
        except AssertionError as error:
            raise Failed(f"{self.name} did not see: {words}\n{error}") from None
        at = self.watcher.times[self.watcher.lines.index(line)]
        self.story.tell(self.name, f"{screens.line_of(line)} ({words})", at)
        return line

    def sends_photo(self, words: str, report: str):
        """A photo for a report that is stored already."""
        path = self.story.stage.directory / f"{self.story.number}-{self.name}.png"
        path.write_bytes(picture())
        self.does(words, "report", "amend", report, "--photo", path)

    def opens_photo(self, words: str, media: dict):
        """Looks at a photo that came with an event; it has to be a photo and nothing else."""
        path = self.story.stage.directory / f"{self.story.number}-{self.name}.jpg"
        self.does(words, "media", "get", media["mediaId"], "-o", path)
        shown = path.read_bytes()
        self.story.check(shown.startswith(b"\xff\xd8\xff") and b"45.6009" not in shown,
                         f"{self.name} sees the photo, and not what the phone wrote into it")

    def events_about(self, incident: str) -> list[dict]:
        return [event for event in self.watcher.events if event.get("incident", {}).get("id") == incident]


class Story:
    """One story: its people, and what they did and saw, told as a table in the end."""

    def __init__(self, stage: Stage, number: str, title: str, *names: str):
        self.stage, self.number, self.title = stage, number, title
        self.rows: list[tuple[float, str, str]] = []
        self.checked: list[str] = []
        self.people: dict[str, Person] = {}
        self.names = names

    def __enter__(self):
        for name in self.names:
            if name != NEIGHBOURS:
                self.people[name] = Person(self, name)
        self.begin = time.monotonic()
        return [self, *self.people.values()]

    def __exit__(self, kind, *_):
        if kind is None:
            self.print()
        for person in self.people.values():
            person.watcher.close()

    def tell(self, column: str, words: str, at: float | None = None):
        self.rows.append((at if at is not None else time.monotonic(), column, words))

    def check(self, holds: bool, words: str):
        """Something that must hold; told beneath the table."""
        if not holds:
            raise Failed(f"{self.number}: it does not hold that {words}")
        self.checked.append(words)

    def never_saw(self, person: Person, secret, words: str):
        """That nothing of what this person was shown so far matches; everything sent before is waited for first."""
        self.wait_all_shown(person)
        self.check(not any(secret(line) for line in person.watcher.lines), words)

    def wait_all_shown(self, person: Person):
        """What is in the calm lane comes after all else, so a person's own calm report, once it is back, is the proof. Not
        for searchers, who can only send clues."""
        text = f"[{self.stage.tag}] nothing more, {uuid.uuid4().hex[:6]}"
        receipt = person.cli.done("report", "sighting", "--text", text)
        self.stage.opened.setdefault(receipt["incidentId"], "bureau")
        try:
            person.watcher.wait_for(lambda line: line.get("offset") == receipt["offset"], WITHIN_S)
        except AssertionError as error:
            raise Failed(f"{person.name} did not get the own report back\n{error}") from None

    def print(self):
        print(f"\n{self.number}  {self.title}\n")
        for line in screens.table(self.names, self.rows, self.begin):
            print(line)
        for words in self.checked:
            print(f"  checked: {words}")
        sys.stdout.flush()


# What people wait for.

def about(incident: str, *kinds: str):
    """Events of these kinds (in short: OPENED, JOINED, AMENDED, ASKED, ANSWERED, ACKNOWLEDGED, RESPONDING, RESOLVED) about an
    incident."""
    names = {"OPENED": "EVENT_KIND_INCIDENT_OPENED", "JOINED": "EVENT_KIND_REPORT_JOINED",
             "AMENDED": "EVENT_KIND_REPORT_AMENDED", "ASKED": "EVENT_KIND_REPORTER_ASKED",
             "ANSWERED": "EVENT_KIND_REPORTER_ANSWERED", "RESPONDING": "EVENT_KIND_INCIDENT_RESPONDING",
             "ACKNOWLEDGED": "EVENT_KIND_INCIDENT_ACKNOWLEDGED", "RESOLVED": "EVENT_KIND_INCIDENT_RESOLVED"}
    wanted = [names[kind] for kind in kinds]
    return lambda line: line.get("kind") in wanted and line.get("incident", {}).get("id") == incident


def notice(notice_id: str):
    return lambda line: line.get("notice", {}).get("id") == notice_id


def changed(notice_id: str, kind: str):
    return lambda line: line.get("kind") == f"EVENT_KIND_NOTICE_{kind}" and line["notice"]["id"] == notice_id


def picture() -> bytes:
    """A small PNG, as a phone might send."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    wide, high = 320, 240
    rows = b"".join(b"\0" + bytes(value for x in range(wide) for value in (x * 255 // wide, y, 96)) for y in range(high))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 2, 0, 0, 0)) +
            chunk(b"tEXt", b"Comment\0taken at 45.60090, 126.63030") + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def soon(minutes: int = 5) -> str:
    """A time to come, as the command line takes it."""
    end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    return end.strftime("%Y-%m-%dT%H:%M:%SZ")


def nearby(latitude: float, longitude: float, metres: float) -> str:
    """A place so far north of another one, as --at takes it."""
    return f"{latitude + metres / 111_195:.6f},{longitude:.6f},10"


def no_signal() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


# The stories. Places: config/pingfang/README.md. The point for the fire is drawn anew each time, so that it joins no other.

def battery_thefts(stage: Stage):
    with Story(stage, "S1", "Battery thefts 电瓶失窃: a lookout, sightings tied to it, and how it ended",
               "officer-baoguo", "liaison-baoguo", "volunteer-1", "volunteer-2", "volunteer-3") as (
                   story, officer, liaison, wang, li, zhang):
        text = f"[{stage.tag}] 电瓶被盗：红色三轮车，夜间。E-bike batteries: look out for a red three-wheeler."
        lookout = officer.does("posts a lookout to the volunteers of Baoguo", "notice", "lookout", "--area", "baoguo",
                               "--identifies-person", "no", "--text", text, "--until", soon())["noticeId"]
        for person in (wang, li):
            seen = person.sees("the lookout, and: do not follow, do not stop", notice(lookout))
            instruction = seen["notice"].get("instruction", "")
            story.check("110" in instruction and "不跟踪、不拦截、不盘问" in instruction,
                        f"the lookout tells {person.name} to keep away and when to call 110")
        first = li.reports("reports a sighting for it, with the place", "sighting", "--notice", lookout,
                           "--at", "45.6009,126.6303,30", "--text", f"[{stage.tag}] grey three-wheeler by gate 2")
        opened = officer.sees("tied to the lookout, and who sent it", about(first["incidentId"], "OPENED"))
        story.check(opened["incident"].get("noticeId") == lookout, "the sighting is tied to its lookout")
        story.check(opened["report"]["reporter"]["personId"] == "volunteer-2", "the officer knows whom to ask")
        li.sends_photo("sends a photo after it", first["reportId"])
        shown = officer.sees("sees that there is a photo", about(first["incidentId"], "AMENDED"))
        media = shown["statement"]["amendment"]["media"][0]
        officer.opens_photo("opens the photo", media)
        story.check(wang.cli.run("media", "get", media["mediaId"], "-o", stage.directory / "not-his.jpg").code == 1,
                    "another volunteer is refused the photo")
        officer.does("corrects it: it is grey; and now with the plate", "notice", "correct", lookout, "--text",
                     f"[{stage.tag}] 灰色三轮车 12345。Grey three-wheeler, plate 12345.", "--identifies-person", "yes",
                     "--case", "A2026-113", "--reason", "颜色有误 not red")
        for person in (wang, li):
            held = person.sees("suspended: what was said of red counts no more", changed(lookout, "CORRECTED"))
            story.check("12345" not in str(held), f"{person.name} is not shown the plate before a second officer released it")
        liaison.sees("what waits for a second officer", changed(lookout, "CORRECTED"))
        refused = officer.cli.refused("notice", "release", lookout, "--version", "2")
        story.check(refused["code"] == "needs_second_officer", "nobody releases what they wrote themselves")
        liaison.does("as the second officer: releases it", "notice", "release", lookout, "--version", "2")
        for person in (wang, li):
            person.sees("the corrected lookout", lambda line: notice(lookout)(line) and "12345" in line["notice"]["text"])
        sent = time.monotonic()
        second = wang.reports("two days later: sees the suspect now, reports at once", "sighting", "--urgent",
                              "--notice", lookout, "--at", "45.6009,126.6102,20",
                              "--text", f"[{stage.tag}] he is here now, block 3")
        alarm = officer.sees("ALARM: the suspect is there now", about(second["incidentId"], "OPENED"))
        took = officer.watcher.times[officer.watcher.lines.index(alarm)] - sent
        story.check(took < 1 or stage.patient, f"the station had it {took * 1000:.0f} ms after the command was typed (reach: 1 s)")
        officer.does('answers: "on our way"', "incident", "respond", second["incidentId"])
        answer = wang.sees("the station is on its way", about(second["incidentId"], "RESPONDING"))
        story.check(not answer["incident"]["responses"][0].get("name"), "the volunteer is not told the officer's name")
        officer.does("asks: which way did he go?", "incident", "ask", second["incidentId"], "--report", second["reportId"],
                     "--question", "which-way")
        wang.sees("is asked: 往哪个方向走了？", about(second["incidentId"], "ASKED"))
        wang.does("answers: north, towards block 5", "report", "answer", second["reportId"],
                  "--text", "往北，5号楼 (north, block 5)", "--at", "45.6014,126.6102,20")
        officer.sees("the answer, with its place", about(second["incidentId"], "ANSWERED"))
        trail = officer.does("reads the trail of the lookout", "notice", "show", lookout)["trail"]
        story.check([incident["id"] for incident in trail] == [first["incidentId"], second["incidentId"]],
                    "the lookout's trail has both sightings, in order of time")
        for receipt, person in ((second, wang), (first, li)):
            officer.does("closes the incident: handled", "incident", "resolve", receipt["incidentId"],
                         "--outcome", "handled", "--note", "two batteries found")
            ended = person.sees("how it ended: handled", about(receipt["incidentId"], "RESOLVED"))
            story.check("two batteries" not in str(ended), f"the station's own note stays with the station, not with {person.name}")
            story.check("谢谢" in ended["incident"]["resolution"]["thanks"], f"{person.name} is thanked")
        officer.does("withdraws the lookout: found, with thanks", "notice", "withdraw", lookout, "--reason",
                     "已找到，谢谢大家 Found; thank you all")
        for person in (wang, li):
            over = person.sees("the lookout is withdrawn, and why", changed(lookout, "WITHDRAWN"))
            story.check(over["notice"]["text"].startswith("【已撤回】"), f"nothing on {person.name}'s screen looks live any more")
        story.never_saw(zhang, lambda line: lookout in str(line), "volunteer-3, who lives elsewhere, got nothing of it")
        story.never_saw(wang, lambda line: first["incidentId"] in str(line),
                        "no volunteer learns that another one reported")


def fire(stage: Stage):
    with Story(stage, "S2", "Fire in a compound 小区火情: one button; four reports, one incident",
               "volunteer-1", NEIGHBOURS, "officer-baoguo", "fire-desk", "bureau") as (story, wang, officer, desk, bureau):
        latitude, longitude = 45.6009 + random.uniform(-5e-4, 5e-4), 126.6102 + random.uniform(-1e-3, 1e-3)
        sent = time.monotonic()
        receipt = wang.reports("holds the fire button: no word typed, the place goes with it", "fire",
                               "--at", nearby(latitude, longitude, 0))
        incident = receipt["incidentId"]
        for person in (officer, desk, bureau):
            alarm = person.sees("ALARM: fire, with its place on the map", about(incident, "OPENED", "JOINED"))
            before = alarm["incident"]["reportCount"] - 1  # where it burnt in an earlier run
            took = person.watcher.times[person.watcher.lines.index(alarm)] - sent
            story.check(alarm["lane"] == "LANE_ALARM" and alarm["incident"]["place"]["latitude"],
                        f"{person.name} had it, with the place, {took * 1000:.0f} ms after the button")
        with contextlib.ExitStack() as neighbours:
            watching = []
            for number, name in enumerate(("volunteer-2", "volunteer-3", "grid-worker-1")):
                neighbour = Person(story, name)
                neighbours.callback(neighbour.watcher.close)
                watching.append(neighbour)
                story.tell(NEIGHBOURS, f"{name} reports the same fire, {20 * (number + 1)} m further on")
                joined = neighbour.cli.done("report", "fire", "--at", nearby(latitude, longitude, 20 * (number + 1)),
                                            "--text", f"[{stage.tag}] smoke from the third floor")
                story.check(joined["incidentId"] == incident, f"the report of {name} joined the same incident")
            for person in (officer, desk, bureau):
                person.sees("the same fire: now four reports", lambda line: about(incident, "JOINED")(line)
                            and line["incident"].get("reportCount") == before + 4)
            wang.does("it grows: says so", "report", "amend", receipt["reportId"], "--worse", "--text", "火势变大 it grows")
            for person in (officer, desk):
                worse = person.sees("rings again: it grows", about(incident, "AMENDED"))
                story.check(worse.get("rings") is True, f"worse rings again at {person.name}")
            desk.does("fire engine out", "incident", "respond", incident)
            officer.does("takes it: patrol out", "incident", "acknowledge", incident)
            wang.sees("sees: the fire engine is on its way", lambda line: about(incident, "RESPONDING")(line)
                      and "fire" in [a["desk"] for a in line["incident"]["responses"]])
            bureau.sees("sees that both have taken it", lambda line: about(incident, "ACKNOWLEDGED", "RESPONDING")(line)
                        and sum("lapsedTimeMs" not in taken for taken in line["incident"].get("acknowledgements", ())) == 2)
            desk.does("closes it: handled", "incident", "resolve", incident, "--outcome", "handled")
            for person in (wang, officer, bureau, *watching):
                person.watcher.wait_for(about(incident, "RESOLVED"), WITHIN_S)
            story.tell(NEIGHBOURS, "all three see: it is out")
            wang.sees("sees: it is out", about(incident, "RESOLVED"))
            officer.sees("sees: it is out", about(incident, "RESOLVED"))
            story.check(all("reportCount" not in event["incident"] for event in wang.events_about(incident)),
                        "no reporter is told how many others there were")
        detail = officer.cli.done("incident", "show", incident)
        story.check(len(detail.get("incident", detail)["reports"]) == before + 4, "one incident, four reports")


def missing_person(stage: Stage):
    with Story(stage, "S3", "Missing person 寻人: the notice reaches the team, a clue comes back, everybody is told",
               "liaison-baoguo", "searcher-1", "searcher-2", "team-lead") as (story, liaison, chu, wei, lead):
        text = f"[{stage.tag}] 走失：张某，78岁，灰色外套，最后出现在前进里。Missing: man, 78, grey coat."
        missing = liaison.does("issues a notice to the team, with the last known point",
                               "notice", "missing-person", "--team", TEAM, "--text", text, "--at", "45.6009,126.6102,50",
                               "--until", soon())["noticeId"]
        for person in (chu, wei, lead):
            seen = person.sees("ALARM: somebody is missing, with the last known point", notice(missing))
            story.check(seen["lane"] == "LANE_ALARM" and seen["notice"]["place"]["latitude"], f"{person.name} has the place")
        chu.does("收到: has it", "notice", "acknowledge", missing)
        told = liaison.sees("that searcher-1 has it, and that two have not", changed(missing, "ACKNOWLEDGED"))
        story.check([each["personId"] for each in told["notice"]["acknowledgements"]] == ["searcher-1"]
                    and len(told["notice"]["awaited"]) == 2 and told["lane"] == "LANE_ROUTINE" and not told.get("rings"),
                    "the liaison sees who has it and who has not, and nothing rings")
        lead.sees("the same of the own team", changed(missing, "ACKNOWLEDGED"))
        story.check(chu.cli.refused("notice", "acknowledge", missing)["code"] == "already_acknowledged",
                    "a second time changes nothing")
        liaison.does("corrects it: seen later, further east", "notice", "correct", missing, "--text",
                     text.replace("灰色", "蓝色").replace("grey", "blue"), "--at", "45.6009,126.6303,50", "--reason", "外套是蓝色 blue coat")
        for person in (chu, wei, lead):
            seen = person.sees("the correction, and what was wrong", changed(missing, "CORRECTED"))
            story.check(seen["lane"] == "LANE_ALARM" and "蓝色" in seen["notice"]["text"], f"{person.name} has the correction at once")
        shown = liaison.cli.done("notice", "show", missing)["notice"]
        story.check(shown["revision"] == 2 and shown["acknowledgements"][0]["revision"] == 1 and "acknowledgedCount" not in shown,
                    "what was acknowledged is the earlier text")
        wei.does("收到: has the new text", "notice", "acknowledge", missing)
        told = liaison.sees("that searcher-2 has the new text", lambda line: changed(missing, "ACKNOWLEDGED")(line)
                            and line["notice"]["revision"] == 2)
        story.check(told["notice"].get("acknowledgedCount") == 1 and told["notice"]["memberCount"] == 3,
                    "one of three has the new text")
        story.check("searcher-2" not in str([event for event in chu.watcher.events if "notice" in event]),
                    "searcher-1 is not told who else has it")
        receipt = chu.reports("reports a clue", "clue", "--notice", missing, "--at", "45.6009,126.6303,30",
                              "--text", f"[{stage.tag}] a man in a blue coat sits at the bus stop")
        clue = liaison.sees("the clue, tied to the notice", about(receipt["incidentId"], "OPENED"))
        story.check(clue["incident"].get("noticeId") == missing, "the clue is tied to its notice")
        liaison.does("goes there: a car is sent", "incident", "respond", receipt["incidentId"])
        chu.sees("somebody is on the way", about(receipt["incidentId"], "RESPONDING"))
        liaison.does("closes the clue: it was him", "incident", "resolve", receipt["incidentId"], "--outcome", "handled")
        chu.sees("handled", about(receipt["incidentId"], "RESOLVED"))
        liaison.does("withdraws the notice: found", "notice", "withdraw", missing, "--reason", "已找到，平安 Found, and well")
        for person in (chu, wei, lead):
            over = person.sees("ALARM lane: found", changed(missing, "WITHDRAWN"))
            story.check(over["lane"] == "LANE_ALARM" and "张某" not in str(over), f"{person.name} is told, without the details")
        story.check(not any("searcher-1" in str(line) and "reporter" in str(line) for line in wei.watcher.lines),
                    "no searcher is shown who reported")


def no_signal_guard(stage: Stage):
    with Story(stage, "S4", "Night guard 夜班保安: no signal; sent when it is back, once",
               "volunteer-2", "officer-baoguo") as (story, guard, officer):
        command = str(uuid.uuid4())
        report = ("report", "sighting", "--id", command, "--at", "45.6009,126.6303,50",
                  "--text", f"[{stage.tag}] white van, no plates, basement B2")
        story.tell(guard.name, "writes up a van in the basement: no signal, the phone keeps it (waiting)")
        offline = Cli(no_signal(), stage.token_file("volunteer-2")).run("--timeout", "1", *report)
        story.check(offline.code == 3, "without a signal nothing is claimed to be stored (exit code 3)")
        first = guard.reports("the signal is back: the same report under the same id", *report[1:])
        again = guard.does("did not see the answer; sends it once more", *report)
        story.tell(guard.name, "the same receipt: it was stored before")
        story.check(again.get("repeated") is True and again["offset"] == first["offset"]
                    and again["incidentId"] == first["incidentId"], "sent twice, stored once, the same receipt")
        officer.sees("sees the van, once", about(first["incidentId"], "OPENED"))
        guard.sends_photo("the text is there; now the photo follows it", first["reportId"])
        shown = officer.sees("sees that there is a photo", about(first["incidentId"], "AMENDED"))
        officer.opens_photo("opens the photo", shown["statement"]["amendment"]["media"][0])
        officer.does("takes it", "incident", "acknowledge", first["incidentId"])
        guard.sees("sees: acknowledged", about(first["incidentId"], "ACKNOWLEDGED"))
        officer.does("goes to look", "incident", "respond", first["incidentId"])
        guard.sees("sees: somebody is on the way", about(first["incidentId"], "RESPONDING"))
        officer.does("closes it: nothing to do", "incident", "resolve", first["incidentId"], "--outcome", "no-action",
                     "--note", "delivery van")
        guard.sees("sees: closed, no action needed", about(first["incidentId"], "RESOLVED"))
        officer.sees("(his own closing comes back to his screen)", about(first["incidentId"], "RESOLVED"))
        opened = [event for event in officer.watcher.events if command and about(first["incidentId"], "OPENED")(event)]
        story.check(len(opened) == 1, "the officer's screen showed it exactly once")


def hazard_and_gas(stage: Stage):
    with Story(stage, "S5", "Hazard or quarrel 隐患与纠纷: calm what is calm, an alarm for what is dangerous",
               "volunteer-1", "grid-worker-1", "officer-baoguo", "volunteer-2") as (story, wang, worker, officer, li):
        at = "45.6009,126.6102,20"
        ice = wang.reports("reports ice on the steps", "hazard", "--at", at, "--text", f"[{stage.tag}] ice on the steps of block 3")
        for person in (worker, officer):
            seen = person.sees("calm: ice on the steps", about(ice["incidentId"], "OPENED"))
            story.check(seen["lane"] == "LANE_ROUTINE", f"ice does not ring at {person.name}")
        gas = wang.reports("smells gas, and marks just that", "hazard", "--at", at, "--gas",
                           "--text", f"[{stage.tag}] smell of gas in the stairwell")
        for person in (worker, officer):
            seen = person.sees("ALARM: smell of gas", about(gas["incidentId"], "OPENED"))
            story.check(seen["lane"] == "LANE_ALARM", f"gas rings at {person.name}")
            if person is worker:
                story.check("reporter" not in seen["report"], "the grid worker is not told who reported")
        quarrel = wang.reports("reports two neighbours at odds", "dispute", "--at", at,
                               "--text", f"[{stage.tag}] quarrel about a parking space")
        worker.sees("calm: a quarrel about parking", about(quarrel["incidentId"], "OPENED"))
        officer.does("takes the gas: street closed", "incident", "acknowledge", gas["incidentId"])
        wang.sees("sees: the station has the gas", about(gas["incidentId"], "ACKNOWLEDGED"))
        wang.does("adds: it reaches the gate", "report", "amend", ice["reportId"], "--text", "一直到大门 as far as the gate")
        worker.sees("calm: as far as the gate", about(ice["incidentId"], "AMENDED"))
        worker.does("takes the ice", "incident", "acknowledge", ice["incidentId"])
        wang.sees("sees: the ice is taken", about(ice["incidentId"], "ACKNOWLEDGED"))
        worker.does("closes the ice: salted", "incident", "resolve", ice["incidentId"], "--outcome", "handled")
        wang.sees("sees: the ice is gone", about(ice["incidentId"], "RESOLVED"))
        worker.does("closes the quarrel", "incident", "resolve", quarrel["incidentId"], "--outcome", "handled")
        wang.sees("sees: the quarrel is settled", about(quarrel["incidentId"], "RESOLVED"))
        officer.does("closes the gas: pipe mended", "incident", "resolve", gas["incidentId"], "--outcome", "handled")
        wang.sees("sees: the gas is mended", about(gas["incidentId"], "RESOLVED"))
        story.never_saw(li, lambda line: any(receipt["incidentId"] in str(line) for receipt in (ice, gas, quarrel)),
                        "volunteer-2 was shown none of it")


STORIES = {"S1": battery_thefts, "S2": fire, "S3": missing_person, "S4": no_signal_guard, "S5": hazard_and_gas}


def close_what_is_open(stage: Stage):
    """Nothing of the demo stays on the screens."""
    bureau = Cli(stage.hub, stage.token_file("bureau"))
    for incident in stage.opened:
        bureau.run("incident", "resolve", incident, "--outcome", "no-action", "--note", "demo")  # refused where closed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub", default="http://127.0.0.1:8080", help="address of the hub (default: %(default)s)")
    parser.add_argument("--tokens", default="var/demo", type=pathlib.Path, help="directory with NAME.token (default: %(default)s)")
    parser.add_argument("--patient", action="store_true", help="report times without holding them against the hub")
    parser.add_argument("stories", nargs="*", metavar="STORY", help=f"which ones: {' '.join(STORIES)} (default: all)")
    arguments = parser.parse_args()
    if unknown := [name for name in arguments.stories if name not in STORIES]:
        parser.error(f"no such story: {' '.join(unknown)}")
    with tempfile.TemporaryDirectory(prefix="tocsin-stories-") as directory:
        stage = Stage(arguments.hub, arguments.tokens, pathlib.Path(directory))
        stage.patient = arguments.patient
        try:
            for name in arguments.stories or STORIES:
                STORIES[name](stage)
        except (Failed, AssertionError) as error:
            print(f"stories: {error}", file=sys.stderr)
            return 1
        finally:
            close_what_is_open(stage)
    print("\nAll stories went as they must.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
