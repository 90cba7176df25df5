"""The command line as a newcomer meets it: every command, its JSON, its exit codes, its help."""

import json
import re
import stat
import subprocess
import time
import uuid

import pytest
from harness import Cli, uuid7
from harness.cli import DONE, REFUSED, UNREACHABLE, USAGE
from harness.processes import REPOSITORY, program
from stories import no_signal

AT = "45.6009,126.6102,20"
COMMANDS = [
    (), ("report",), ("notice",), ("notice", "acknowledge"), ("incident",), ("incident", "list"), ("incident", "show"), ("incident", "acknowledge"),
    ("incident", "respond"), ("incident", "assign"), ("incident", "severity"), ("incident", "note"), ("incident", "hand-over"),
    ("incident", "resolve"), ("incident", "reopen"), ("incident", "merge"), ("incident", "unmerge"), ("incident", "split"),
    ("incident", "ask"), ("report", "amend"), ("report", "answer"), ("watch",), ("admin",), ("admin", "district"), ("admin", "district", "load"), ("admin", "person"),
    ("admin", "person", "add"), ("admin", "person", "list"), ("admin", "person", "revoke"), ("admin", "device"),
    ("admin", "device", "add"), ("admin", "device", "revoke"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(command):
    done = Cli("http://127.0.0.1:1", None).expect(DONE, *command, "--help")
    assert re.search(r"example", done.stdout, re.IGNORECASE)
    assert "tocsin" in done.stdout.lower().split("example", 1)[1]
    assert not done.stderr


def test_the_hubs_own_help_and_version():
    for arguments, expected in ((["--help"], "Example"), (["--version"], "tocsin-hub")):
        done = subprocess.run([program("tocsin-hub"), *arguments], capture_output=True, text=True, timeout=20)
        assert done.returncode == 0 and expected in done.stdout
    done = subprocess.run([program("tocsin"), "--version"], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0 and re.search(r"\d+\.\d+\.\d+", done.stdout)


SOME = "01a20b53-fd32-70f7-a722-0633279d3b52"  # of nothing that exists
USAGE_ERRORS = [
    (), ("frobnicate",), ("report",), ("report", "earthquake"), ("report", "fire", "--at", "here"),
    ("report", "fire", "--at", "45.6"), ("report", "fire", "--id", "1"), ("report", "fire", "--observed", "yesterday-ish"),
    ("report", "fire", "--frobnicate"), ("notice", "gossip", "--text", "x"), ("incident",), ("incident", "show"),
    ("incident", "merge", SOME), ("incident", "split", SOME), ("report", "amend"), ("report", "amend", SOME, "--worse", "--over"),
    ("incident", "ask", SOME), ("incident", "severity", SOME, "dreadful"), ("incident", "note", SOME), ("incident", "hand-over", SOME),
    ("incident", "assign", SOME, "--seen-version", "-1"), ("incident", "resolve", SOME), ("incident", "resolve", SOME, "--outcome", "splendid"),
    ("watch", "--from", "nonsense"), ("watch", "--count", "many"), ("admin",), ("admin", "person", "add"),
    ("admin", "person", "add", "x", "--name", "x", "--role", "emperor"), ("admin", "district", "load"),
]


@pytest.mark.parametrize("arguments", USAGE_ERRORS, ids=" ".join)
def test_wrong_usage_is_2_says_what_on_standard_error_and_reaches_nobody(district, arguments):
    before = district.redis.log_length()
    done = district.cli("volunteer-1").expect(USAGE, *arguments)
    assert not done.stdout and done.stderr.strip()
    assert "terminate" not in done.stderr and "0x" not in done.stderr
    assert district.redis.log_length() == before


def test_no_token_file_and_an_empty_one(district, tmp_path):
    (tmp_path / "empty").write_text("\n")
    for file in (tmp_path / "missing", tmp_path / "empty", tmp_path):
        done = Cli(district.hub.url, file).expect(USAGE, "report", "fire")
        assert not done.stdout and str(file) in done.stderr
    assert Cli(district.hub.url, None).run("report", "fire").code in (USAGE, REFUSED)


def test_a_token_that_is_not_known_is_refused(district, tmp_path):
    (tmp_path / "wrong.token").write_text("w" * 43 + "\n")
    cli = Cli(district.hub.url, tmp_path / "wrong.token")
    for command in (("report", "fire"), ("watch", "--for", "5"), ("incident", "list")):
        begin = time.monotonic()
        done = cli.expect(REFUSED, *command)
        assert done.last["code"] == "unauthenticated" and done.stderr
        assert time.monotonic() - begin < 10
        assert "wwwww" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", [("report", "fire"), ("watch",), ("incident", "list"), ("admin", "person", "list")],
                         ids=" ".join)
def test_a_hub_that_is_not_there_is_3(district, command):
    cli = Cli(no_signal(), district.token_file("volunteer-1"))
    done = cli.expect(UNREACHABLE, "--timeout", "0.5", *command)
    assert not done.stdout and cli.url in done.stderr
    assert ("119 / 110 / 120" in done.stderr) == (command[:2] == ("report", "fire")), "who stands beside an alarm is told to call"


@pytest.mark.parametrize("url", ["nonsense://x", "http://", "http://127.0.0.1:99999", "127.0.0.1"])
def test_an_address_that_is_none(district, url):
    done = Cli(url, district.token_file("volunteer-1")).run("--timeout", "0.5", "report", "fire")
    assert done.code in (USAGE, UNREACHABLE) and done.stderr and not done.stdout


def test_options_come_from_flags_or_the_environment(district):
    bare = Cli("http://127.0.0.1:1", None)
    for arguments in (("--hub", district.hub.url, "--token-file", district.token_file("volunteer-1"), "report", "fire"),
                      ("report", "fire", "--hub", district.hub.url, "--token-file", district.token_file("volunteer-1"))):
        assert bare.done(*arguments)["offset"]


@pytest.mark.parametrize("kind", ["sighting", "fire", "hazard", "assist", "dispute"])
def test_report_prints_one_receipt(district, kind):
    text = () if kind == "fire" else ("--text", "冰 \"quoted\"\nsecond line")
    done = district.cli("volunteer-1").expect(DONE, "report", kind, "--at", AT, *text)
    assert len(done.stdout.splitlines()) == 1 and not done.stderr
    receipt = done.last
    assert uuid.UUID(receipt["commandId"]).version == 7
    assert receipt["lane"] == ("LANE_ALARM" if kind == "fire" else "LANE_ROUTINE")
    assert receipt["offset"] and receipt["incidentId"] and receipt["reportId"]
    assert receipt["tookMs"] >= 0 and receipt["repeated"] is False


def test_report_with_everything(district):
    volunteer, officer = district.cli("volunteer-1"), district.cli("officer-baoguo")
    notice = officer.done("notice", "lookout", "--area", "baoguo", "--text", "look out", "--at", AT, "--until", "+1h",
                          "--identifies-person", "no")
    id_ = uuid7()
    receipt = volunteer.done("report", "sighting", "--text", "seen", "--at", AT, "--urgent", "--observed",
                             "2020-01-01T00:00:00Z", "--notice", notice["noticeId"], "--id", id_)
    assert receipt["commandId"] == id_ and receipt["lane"] == "LANE_ALARM"
    again = volunteer.done("report", "sighting", "--text", "seen", "--at", AT, "--urgent", "--observed",
                           "2020-01-01T00:00:00Z", "--notice", notice["noticeId"], "--id", id_)
    assert again["repeated"] and again["offset"] == receipt["offset"]
    assert volunteer.refused("report", "sighting", "--text", "other", "--id", id_)["code"] == "id_reused"
    incident = officer.done("incident", "show", receipt["incidentId"])
    assert incident["noticeId"] == notice["noticeId"] and incident["urgent"] is True
    (report,) = incident["reports"]
    assert report["timeDoubtful"] is True and report["reporter"]["personId"] == "volunteer-1"
    assert report["place"] == {"latitude": 45.6009, "longitude": 126.6102, "accuracyM": 20}


def test_a_refusal_is_one_line_of_json_and_exit_code_1(district):
    done = district.cli("volunteer-1").expect(REFUSED, "report", "hazard")
    assert len(done.stdout.splitlines()) == 1
    assert done.last["code"] == "text_missing" and done.last["field"] == "command.submit_report.text"
    assert done.last["message"] and done.stderr
    assert district.cli("volunteer-1").refused("report", "fire", "--at", "91,0")["code"] == "coordinates_invalid"
    assert district.cli("volunteer-1").refused("report", "clue", "--text", "x", "--notice", uuid7())["code"] == "unknown_notice"
    assert district.cli("searcher-1").refused("report", "fire")["code"] == "not_permitted"
    assert district.cli("volunteer-1").refused("notice", "advisory", "--area", "baoguo", "--text", "x")["code"] == "not_permitted"
    assert district.cli("officer-baoguo").refused("notice", "advisory", "--area", "x", "--text", "x")["code"] == "unknown_area"
    assert district.cli("officer-baoguo").refused("incident", "show", uuid7())["code"] == "unknown_incident"
    assert district.cli("volunteer-1").refused("admin", "person", "list")["code"] == "channel_invalid"
    assert district.cli("volunteer-1").refused("watch", "--channel", "bureau")["code"] == "channel_invalid"


def test_notices(district):
    liaison = district.cli("liaison-baoguo")
    missing = liaison.done("notice", "missing-person", "--team", "four-leaf-clover", "--area", "baoguo", "--area", "xinjiang",
                           "--text", "走失", "--at", AT, "--until", "+2h")
    assert missing["noticeId"] and missing["lane"] == "LANE_ALARM"
    assert district.cli("bureau").done("notice", "advisory", "--area", "pingfang", "--text", "ice")["lane"] == "LANE_ROUTINE"
    assert district.cli("searcher-1").done("report", "clue", "--text", "seen", "--notice", missing["noticeId"])["incidentId"]


def test_the_life_of_an_incident(district):
    volunteer, officer = district.cli("volunteer-1"), district.cli("officer-baoguo")
    incident = volunteer.done("report", "assist", "--text", "help", "--at", AT)["incidentId"]

    def listed(cli):
        return {line["id"]: line for line in cli.expect(DONE, "incident", "list").lines}
    assert listed(officer)[incident]["state"] == "INCIDENT_STATE_OPEN"
    assert incident in listed(volunteer) and incident not in listed(district.cli("volunteer-2"))
    receipt = officer.done("incident", "acknowledge", incident)
    assert receipt["incidentId"] == incident and receipt["offset"]
    refusal = officer.refused("incident", "acknowledge", incident)
    assert refusal["code"] == "already_acknowledged"
    assert listed(officer)[incident]["state"] == "INCIDENT_STATE_ACKNOWLEDGED"
    officer.done("incident", "resolve", incident, "--outcome", "false-alarm", "--note", "nothing there")
    assert incident not in listed(officer)
    assert officer.refused("incident", "resolve", incident, "--outcome", "handled")["code"] == "wrong_state"
    shown = officer.done("incident", "show", incident)
    assert shown["state"] == "INCIDENT_STATE_RESOLVED"
    assert shown["resolution"]["outcome"] == "OUTCOME_FALSE_ALARM" and shown["resolution"]["note"] == "nothing there"
    shown = volunteer.done("incident", "show", incident)
    assert shown["resolution"]["outcome"] == "OUTCOME_FALSE_ALARM" and "note" not in shown["resolution"]


@pytest.mark.parametrize("outcome", ["handled", "false-alarm", "duplicate", "no-action"])
def test_every_outcome(district, outcome):
    incident = district.cli("volunteer-1").done("report", "hazard", "--text", "x", "--at", AT)["incidentId"]
    district.cli("officer-baoguo").done("incident", "resolve", incident, "--outcome", outcome)


def test_watch_prints_events_flat_with_a_cursor_that_from_takes(district):
    watcher = district.watch("officer-baoguo", "--count", "2")
    volunteer = district.cli("volunteer-1")
    receipts = [volunteer.done("report", "fire", "--at", "45.60,126.62"), volunteer.done("report", "hazard", "--text", "x", "--at", AT)]
    assert watcher.wait() == DONE
    assert [event["offset"] for event in watcher.events] == [receipt["offset"] for receipt in receipts]
    for event in watcher.events:
        assert {"offset", "lane", "kind", "timeMs", "cursor", "incident", "report"} <= set(event)
        assert event["incident"]["version"] and event["incident"]["state"]
    third = volunteer.done("report", "hazard", "--text", "third", "--at", AT)
    again = district.watch("officer-baoguo", "--from", watcher.events[0]["cursor"], "--count", "2")
    assert again.wait() == DONE
    assert [event["offset"] for event in again.events] == [receipts[1]["offset"], third["offset"]]
    assert not [line for line in again.lines if "snapshot" in line]


def test_watch_for_some_seconds_ends_by_itself(district):
    begin = time.monotonic()
    watcher = district.watch("volunteer-3", "--for", "1", "--channel", "me")
    assert watcher.wait() == DONE
    assert 0.9 < time.monotonic() - begin < 20
    assert watcher.lines[0]["subscribed"]["channels"] == ["me"]
    zero = district.cli("volunteer-3").expect(DONE, "watch", "--for", "0")
    assert not zero.stderr


def test_watch_goes_on_through_a_restarted_hub(fresh_district):
    district = fresh_district
    watcher = district.watch("officer-baoguo")
    receipts = []
    for number in range(3):
        receipts.append(district.cli("volunteer-1").done("report", "hazard", "--text", "x", "--at", AT))
        if number < 2:
            district.hub.restart()
    events = watcher.wait_count(3)
    assert [event["offset"] for event in events] == [receipt["offset"] for receipt in receipts]


def test_report_while_the_hub_is_being_restarted_waits_and_is_stored_once(fresh_district):
    district = fresh_district
    before = district.redis.log_length()
    district.hub.kill()
    sending = subprocess.Popen([program("tocsin"), "--timeout", "60", "report", "hazard", "--text", "x"],
                               env=district.cli("volunteer-1").environment(), stdout=subprocess.PIPE, text=True)
    try:
        district.hub.start()
        output, _ = sending.communicate(timeout=60)
    finally:
        sending.kill()
        sending.wait()
    assert sending.returncode == DONE and json.loads(output)["offset"]
    assert district.redis.log_length() == before + 1


def test_people_and_devices(fresh_district, tmp_path):
    district = fresh_district
    admin = district.cli("admin")
    people = {person["id"]: person for person in admin.expect(DONE, "admin", "person", "list").lines}
    assert people["volunteer-1"]["name"] == "王示范" and "admin" in people
    receipt = admin.done("admin", "person", "add", "li-na", "--name", "李娜", "--phone", "000-0000-0099",
                         "--home", "baoguo-qianjinli-1", "--role", "volunteer")
    assert receipt["subjectId"] == "li-na"
    file = tmp_path / "li-na.token"
    added = admin.done("admin", "device", "add", "li-na", "--label", "phone", "--token-out", file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and "token" not in added
    li_na = Cli(district.hub.url, file)
    assert li_na.done("report", "fire")["offset"]
    printed = admin.done("admin", "device", "add", "li-na")
    (tmp_path / "second").write_text(printed["token"])
    second = Cli(district.hub.url, tmp_path / "second")
    assert second.done("report", "fire")["offset"]
    admin.done("admin", "device", "revoke", printed["subjectId"])
    assert second.refused("report", "fire")["code"] == "unauthenticated"
    assert li_na.done("report", "fire")["offset"]
    admin.done("admin", "person", "revoke", "li-na")
    assert li_na.refused("report", "fire")["code"] == "unauthenticated"
    assert admin.refused("admin", "device", "add", "nobody")["code"] == "unknown_person"
    assert admin.refused("admin", "person", "add", "x", "--name", "x", "--role", "officer:atlantis")["code"] == "unknown_area"
    assert admin.refused("admin", "device", "revoke", uuid7())["code"] == "unknown_device"


def test_a_device_whose_token_cannot_be_written_is_not_added(district, tmp_path):
    admin = district.cli("admin")
    before = district.redis.log_length()
    done = admin.expect(USAGE, "admin", "device", "add", "volunteer-1", "--token-out", tmp_path / "no" / "such" / "place")
    assert not done.stdout and "place" in done.stderr
    assert district.redis.log_length() == before


def test_a_district_is_loaded_once_and_again_without_change(fresh_district):
    admin = fresh_district.cli("admin")
    before = fresh_district.redis.log_length()
    first = admin.expect(DONE, "admin", "district", "load", REPOSITORY / "config" / "pingfang")
    assert first.lines
    assert fresh_district.redis.log_length() >= before
    people = admin.expect(DONE, "admin", "person", "list").lines
    assert len(people) == len({person["id"] for person in people})
    assert fresh_district.cli("volunteer-1").done("report", "fire", "--at", AT)["incidentId"]


@pytest.mark.parametrize("file, text", [
    ("people.yaml", "people: [{id: x, name: x, grants: [{role: emperor}]}]"), ("people.yaml", "people: {"),
    ("areas.geojson", "{}"), ("teams.yaml", "teams: [{name: x}]"), ("district.yaml", None)])
def test_a_district_with_a_fault_is_refused_before_anything_is_sent(district, tmp_path, file, text):
    for source in (REPOSITORY / "config" / "pingfang").iterdir():
        (tmp_path / source.name).write_bytes(source.read_bytes())
    if text is None:
        (tmp_path / file).unlink()
    else:
        (tmp_path / file).write_text(text)
    before = district.redis.log_length()
    done = district.cli("admin").expect(USAGE, "admin", "district", "load", tmp_path)
    assert file in done.stderr and not done.stdout
    assert district.redis.log_length() == before


def test_check_config(district, tmp_path):
    assert district.hub.run_once("--check-config").returncode == 0
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("listen: {port: 99999, adress: x}\nredis: {}\nshards: many\n")
    done = subprocess.run([program("tocsin-hub"), "--config", wrong, "--check-config"], capture_output=True, text=True, timeout=20)
    assert done.returncode == USAGE
    for word in ("listen.port", "adress", "shards"):
        assert word in done.stderr, done.stderr
    example = subprocess.run([program("tocsin-hub"), "--config", REPOSITORY / "config" / "hub.example.yaml", "--check-config"],
                             capture_output=True, text=True, timeout=20)
    assert example.returncode == 0, example.stderr
    missing = subprocess.run([program("tocsin-hub"), "--config", tmp_path / "none.yaml"], capture_output=True, text=True, timeout=20)
    assert missing.returncode == USAGE and "none.yaml" in missing.stderr


def test_standard_output_that_is_gone_ends_watch(district):
    watching = subprocess.Popen([program("tocsin"), "watch"], env=district.cli("officer-baoguo").environment(),
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        watching.stdout.readline()
        watching.stdout.close()
        for _ in range(3):
            district.cli("volunteer-1").done("report", "hazard", "--text", "x", "--at", AT)
        assert watching.wait(timeout=30) != 0
    finally:
        watching.kill()
        watching.wait()
