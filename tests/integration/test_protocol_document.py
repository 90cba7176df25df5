"""docs/protocol.md: the client in it works as it stands there, and nothing of the protocol is missing from the page."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys

import pytest
from harness import messages, wait_until
from harness.processes import Process, REPOSITORY

PAGE = (REPOSITORY / "docs" / "protocol.md").read_text()
PROTO = {path.name: path.read_text() for path in (REPOSITORY / "proto" / "tocsin" / "v1").glob("*.proto")}
PLACE = ("45.6009", "126.6102")


def the_client() -> str:
    (text,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return text


class PageClient:
    """The page's client for one person, in a directory of its own."""

    def __init__(self, district, name: str, directory: pathlib.Path, generated: pathlib.Path):
        self.script = directory / "client.py"
        self.script.write_text(the_client())
        self.directory = directory / "kept"
        self.log = directory / "client.log"
        self.environment = {"PYTHONPATH": str(generated), "TOCSIN_HUB": district.hub.url,
                            "TOCSIN_TOKEN_FILE": str(district.token_file(name))}

    def start(self, *arguments) -> Process:
        process = Process("client.py", self.log)
        process.spawn([sys.executable, self.script, self.directory, *arguments], env=self.environment)
        return process

    def report(self, *arguments) -> dict:
        done = subprocess.run([sys.executable, self.script, self.directory, "report", *arguments], text=True,
                              capture_output=True, timeout=60, env={**os.environ, **self.environment})
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def kept_events(self) -> list[dict]:
        file = self.directory / "events"
        lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
        return [line["event"] for line in map(json.loads, lines) if "event" in line]

    def has_cursor(self) -> bool:
        file = self.directory / "events"
        lines = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
        return bool(lines) and json.loads(lines[-1])["cursor"] is not None


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The modules, made by the very command that the page gives."""
    directory = tmp_path_factory.mktemp("page")
    (command,) = re.findall(r"^    mkdir gen && (protoc .*)$", PAGE, re.MULTILINE)
    (directory / "gen").mkdir()
    (directory / "proto").symlink_to(REPOSITORY / "proto")
    subprocess.run(["sh", "-c", command], cwd=directory, check=True)
    return directory / "gen"


def test_the_client_is_at_most_80_lines():
    assert len(the_client().splitlines()) <= 80


def test_p3_the_client_reports_watches_and_resumes_without_loss_or_repetition(district, tmp_path, generated):
    (tmp_path / "officer").mkdir()
    (tmp_path / "volunteer").mkdir()
    officer = PageClient(district, "officer-baoguo", tmp_path / "officer", generated)
    volunteer = PageClient(district, "volunteer-1", tmp_path / "volunteer", generated)
    watching = officer.start("watch")
    try:
        wait_until(officer.has_cursor, what="the client's first cursor")
        receipts = []
        for number in range(6):
            kind = "FIRE" if number % 3 == 0 else "HAZARD"
            receipts.append(volunteer.report(kind, *PLACE, f"report {number}")["receipt"])
            if number % 2:
                watching.signal(signal.SIGKILL)  # wherever it is at the moment
                watching.wait()
                with open(officer.directory / "events", "ab") as torn:
                    torn.write(b'{"cursor": {"epo')  # what a crash in the middle of a write leaves
                watching = officer.start("watch")
        wait_until(lambda: len(officer.kept_events()) >= len(receipts), what="all reports in the client's file")
    finally:
        watching.close()
    kept = [event["offset"] for event in officer.kept_events()]
    assert sorted(kept) == sorted(receipt["offset"] for receipt in receipts)
    for lane in ("LANE_ALARM", "LANE_ROUTINE"):
        assert ([event["offset"] for event in officer.kept_events() if event["lane"] == lane]
                == [receipt["offset"] for receipt in receipts if receipt["lane"] == lane])


def test_p2_the_clients_outbox_stores_once_over_a_killed_hub(fresh_district, tmp_path, generated):
    volunteer = PageClient(fresh_district, "volunteer-1", tmp_path, generated)
    fresh_district.hub.kill()
    before = fresh_district.redis.log_length()
    sending = volunteer.start("report", "HAZARD", *PLACE, "written while the hub was away")
    try:
        wait_until(lambda: list((tmp_path / "kept").glob("outbox/*")), what="the report in the outbox")
        fresh_district.hub.start()
        assert sending.wait() == 0
    finally:
        sending.close()
    assert fresh_district.redis.log_length() == before + 1
    assert not list((tmp_path / "kept" / "outbox").iterdir())
    assert '"receipt"' in volunteer.log.read_text()


def test_every_refusal_code_is_in_the_page():
    listed = re.findall(r"^  //   ([a-z_]+)  +\S", PROTO["error.proto"] + "\n", re.MULTILINE)
    listed += re.findall(r"^  //   ([a-z_]+) \S", PROTO["error.proto"], re.MULTILINE)
    assert len(set(listed)) > 25
    missing = [code for code in listed if f"| `{code}` |" not in PAGE]
    assert not missing


def test_every_close_code_is_in_the_page():
    codes = set(re.findall(r"close code (?:of )?(\d{4})", PROTO["session.proto"]))
    codes |= set(re.findall(r"= (\d{4}),", (REPOSITORY / "hub/session/connection.hpp").read_text()))
    assert {"4001", "4002", "4008", "4500", "4501", "1003", "1009"} <= codes
    missing = [code for code in codes if f"| {code} |" not in PAGE]
    assert not missing


def test_every_message_and_enum_is_in_the_page():
    defined = re.findall(r"^(?:message|enum) (\w+)", "\n".join(PROTO.values()), re.MULTILINE)
    assert len(defined) > 40
    missing = [name for name in defined if f"`{name}`" not in PAGE]
    assert not missing


def test_every_request_command_and_goodbye_is_in_the_page():
    pb = messages()
    requests = [field.name for field in pb.ClientMessage.DESCRIPTOR.oneofs_by_name["request"].fields]
    commands = [field.name for field in pb.Command.DESCRIPTOR.oneofs_by_name["body"].fields]
    goodbyes = [name.removeprefix("GOODBYE_REASON_") for name in pb.GoodbyeReason.keys()[1:]]
    resets = [name.removeprefix("RESET_REASON_") for name in pb.ResetReason.keys()[1:]]
    missing = [name for name in requests + commands + goodbyes + resets if f"`{name}`" not in PAGE]
    assert not missing


def test_the_pages_json_has_only_names_that_exist():
    pb = messages()
    known = set()
    for value in vars(pb).values():
        descriptor = getattr(value, "DESCRIPTOR", None)
        if hasattr(descriptor, "fields"):
            known |= {field.json_name for field in descriptor.fields}
    for line in PAGE.splitlines():
        if line.startswith("    ") and ("requestId" in line or '"event"' in line):
            names = set(re.findall(r'"(\w+)":', line)) | set(re.findall(r'"(\w+)":', line))
            assert names <= known, names - known
            for value in re.findall(r'"((?:EVENT_KIND|LANE|REPORT_KIND|INCIDENT_STATE|STORE_STATE)_\w+)"', line):
                assert hasattr(pb, value), value
