"""P7, one bad client harms itself only; P10, refused clearly: the whole list of bad input, each with a stable code that names the
field, the connection kept where the protocol was kept and closed with a documented code where not, nothing stored, nobody
else disturbed."""

import asyncio
import hashlib
import json
import math
import os
import random
import socket
import struct
import threading
import time
import urllib.error
import urllib.request

import pytest
import websockets
from harness import RawSocket, connect, messages, place, report, uuid7
from harness.rawsocket import BINARY, CONTINUATION, PONG, TEXT
from harness.wire import check_refusal

INSIDE = (45.6009, 126.6102)
HOUR_MS = 3_600_000


@pytest.fixture
def watched(district):
    """Nothing was stored, the hub lives, and whoever else is connected noticed nothing."""
    before, pid = district.redis.log_length(), district.hub.pid
    yield district
    assert district.redis.log_length() == before
    assert district.hub.alive() and district.hub.pid == pid
    asyncio.run(others_are_well(district))


async def others_are_well(district):
    async with district.connect("officer-baoguo") as officer, district.connect("volunteer-2") as volunteer:
        await officer.subscribe()
        receipt = await volunteer.stored(submit_report=report("HAZARD", "all well", place=place(*INSIDE)))
        await officer.wait_for(lambda e: e.HasField("event") and e.event.offset == receipt.offset, timeout=20)


def fields(**values):
    return lambda: {"command": messages().Command(id=uuid7(), **values)}


def a_report(kind="HAZARD", text="ice", **values):
    return fields(submit_report=report(kind, text, **values))


def a_notice(kind="LOOKOUT", text="look out", **values):
    values.setdefault("area_ids", ["baoguo"])
    if kind == "LOOKOUT":
        values.setdefault("identifies_person", False)
    return fields(issue_notice=messages().IssueNotice(kind=getattr(messages(), "NOTICE_KIND_" + kind), text=text, **values))


NOW_MS = int(time.time() * 1000)
REFUSED = [
    # name, person, request, code, field
    ("no text", "volunteer-1", lambda: a_report(text="")(), "text_missing", "command.submit_report.text"),
    ("4,001 characters", "volunteer-1", lambda: a_report(text="冰" * 4001)(), "text_too_long", "command.submit_report.text"),
    ("no kind", "volunteer-1", lambda: fields(submit_report=messages().SubmitReport(text="x"))(),
     "missing_field", "command.submit_report.kind"),
    ("a kind that is none", "volunteer-1", lambda: fields(submit_report=messages().SubmitReport(kind=99, text="x"))(),
     "value_invalid", "command.submit_report.kind"),
    ("latitude 90.1", "volunteer-1", lambda: a_report(place=place(90.1, 126))(),
     "coordinates_invalid", "command.submit_report.place.latitude"),
    ("longitude -180.1", "volunteer-1", lambda: a_report(place=place(45, -180.1))(),
     "coordinates_invalid", "command.submit_report.place.longitude"),
    ("latitude NaN", "volunteer-1", lambda: a_report(place=place(math.nan, 126))(),
     "coordinates_invalid", "command.submit_report.place.latitude"),
    ("longitude infinite", "volunteer-1", lambda: a_report(place=place(45, math.inf))(),
     "coordinates_invalid", "command.submit_report.place.longitude"),
    ("accuracy negative", "volunteer-1", lambda: a_report(place=place(45, 126, -1))(),
     "accuracy_invalid", "command.submit_report.place.accuracy_m"),
    ("accuracy NaN", "volunteer-1", lambda: a_report(place=place(45, 126, math.nan))(),
     "accuracy_invalid", "command.submit_report.place.accuracy_m"),
    ("accuracy of half the earth", "volunteer-1", lambda: a_report(place=place(45, 126, 1e7))(),
     "accuracy_invalid", "command.submit_report.place.accuracy_m"),
    ("clue without notice", "volunteer-1", lambda: a_report("CLUE")(), "missing_field", "command.submit_report.notice_id"),
    ("unknown notice", "volunteer-1", lambda: a_report("CLUE", notice_id=uuid7())(),
     "unknown_notice", "command.submit_report.notice_id"),
    ("no command id", "volunteer-1", lambda: {"command": messages().Command(submit_report=report())},
     "missing_field", "command.id"),
    ("command id that is no UUID", "volunteer-1", lambda: {"command": messages().Command(id="1", submit_report=report())},
     "id_invalid", "command.id"),
    ("command id of 36 other characters", "volunteer-1",
     lambda: {"command": messages().Command(id="}{" * 18, submit_report=report())}, "id_invalid", "command.id"),
    ("command without body", "volunteer-1", lambda: {"command": messages().Command(id=uuid7())},
     "unknown_request", "command"),
    ("unknown incident", "officer-baoguo", lambda: fields(acknowledge_incident=messages().AcknowledgeIncident(
        incident_id=uuid7()))(), "unknown_incident", "command.acknowledge_incident.incident_id"),
    ("incident id missing", "officer-baoguo", lambda: fields(acknowledge_incident=messages().AcknowledgeIncident())(),
     "missing_field", "command.acknowledge_incident.incident_id"),
    ("a volunteer acknowledges", "volunteer-1", lambda: fields(acknowledge_incident=messages().AcknowledgeIncident(
        incident_id=uuid7()))(), "not_permitted", "command.acknowledge_incident"),
    ("a volunteer makes people", "volunteer-1", lambda: fields(put_person=messages().PutPerson(
        person=messages().Person(id="x", name="x")))(), "not_permitted", "command.put_person"),
    ("outcome missing", "officer-baoguo", lambda: fields(resolve_incident=messages().ResolveIncident(
        incident_id=uuid7()))(), "missing_field", "command.resolve_incident.outcome"),
    ("outcome that is none", "officer-baoguo", lambda: fields(resolve_incident=messages().ResolveIncident(
        incident_id=uuid7(), outcome=77))(), "value_invalid", "command.resolve_incident.outcome"),
    ("note of 4,001 characters", "officer-baoguo", lambda: fields(resolve_incident=messages().ResolveIncident(
        incident_id=uuid7(), outcome=1, note="n" * 4001))(), "text_too_long", "command.resolve_incident.note"),
    ("unknown area", "officer-baoguo", lambda: a_notice(area_ids=["atlantis"])(),
     "unknown_area", "command.issue_notice.area_ids[0]"),
    ("65 areas", "officer-baoguo", lambda: a_notice(area_ids=["baoguo"] * 65)(), "too_many", "command.issue_notice.area_ids"),
    ("no area", "officer-baoguo", lambda: a_notice(area_ids=[])(), "missing_field", None),
    ("unknown team", "liaison-baoguo", lambda: a_notice("MISSING_PERSON", area_ids=[], team_ids=["nobody"])(),
     "unknown_team", "command.issue_notice.team_ids[0]"),
    ("notice without text", "officer-baoguo", lambda: a_notice(text="")(), "text_missing", "command.issue_notice.text"),
    ("notice that is over already", "officer-baoguo", lambda: a_notice(until_time_ms=NOW_MS - HOUR_MS)(),
     "time_invalid", "command.issue_notice.until_time_ms"),
    ("lookout that does not say whether it identifies a person", "officer-baoguo",
     lambda: {"command": messages().Command(id=uuid7(), issue_notice=messages().IssueNotice(
         kind=messages().NOTICE_KIND_LOOKOUT, text="look out", area_ids=["baoguo"]))},
     "missing_field", "command.issue_notice.identifies_person"),
    ("lookout for a person without a case", "officer-baoguo", lambda: a_notice(identifies_person=True)(),
     "missing_field", "command.issue_notice.case_number"),
    ("lookout for a person for four days", "officer-baoguo",
     lambda: a_notice(identifies_person=True, case_number="A1", until_time_ms=NOW_MS + 96 * HOUR_MS)(),
     "time_invalid", "command.issue_notice.until_time_ms"),
    ("advisory about a person", "officer-baoguo", lambda: a_notice("ADVISORY", identifies_person=True)(),
     "value_invalid", "command.issue_notice.identifies_person"),
    ("correction of nothing", "officer-baoguo",
     lambda: fields(correct_notice=messages().CorrectNotice(notice_id=uuid7()))(), "missing_field", "command.correct_notice.text"),
    ("withdrawal without a reason", "officer-baoguo",
     lambda: fields(withdraw_notice=messages().WithdrawNotice(notice_id=uuid7()))(), "missing_field",
     "command.withdraw_notice.reason"),
    ("release of what nobody read", "officer-baoguo",
     lambda: fields(release_notice=messages().ReleaseNotice(notice_id=uuid7()))(), "missing_field",
     "command.release_notice.version"),
    ("acknowledgement of no notice", "searcher-1",
     lambda: fields(acknowledge_notice=messages().AcknowledgeNotice(notice_id=uuid7()))(), "unknown_notice",
     "command.acknowledge_notice.notice_id"),
    ("acknowledgement of nothing", "searcher-1",
     lambda: fields(acknowledge_notice=messages().AcknowledgeNotice())(), "missing_field",
     "command.acknowledge_notice.notice_id"),
    ("acknowledgement by an officer", "officer-baoguo",
     lambda: fields(acknowledge_notice=messages().AcknowledgeNotice(notice_id=uuid7()))(), "not_permitted",
     "command.acknowledge_notice"),
    ("withdrawal of no notice", "officer-baoguo",
     lambda: fields(withdraw_notice=messages().WithdrawNotice(notice_id=uuid7(), reason="x"))(), "unknown_notice",
     "command.withdraw_notice.notice_id"),
    ("notice for a year", "officer-baoguo", lambda: a_notice(until_time_ms=NOW_MS + 365 * 24 * HOUR_MS)(),
     "time_invalid", "command.issue_notice.until_time_ms"),
    ("device of nobody", "admin", lambda: fields(add_device=messages().AddDevice(person_id="nobody", token_sha256=bytes(32)))(),
     "unknown_person", "command.add_device.person_id"),
    ("device that is not there", "admin", lambda: fields(revoke_device=messages().RevokeDevice(device_id=uuid7()))(),
     "unknown_device", "command.revoke_device.device_id"),
    ("a scope that is not there", "admin", lambda: fields(put_person=messages().PutPerson(person=messages().Person(
        id="x", name="x", grants=[messages().Grant(role=messages().ROLE_OFFICER, scope_id="atlantis")])))(),
     "unknown_area", "command.put_person.person.grants[0].scope_id"),
    ("65 channels", "volunteer-1", lambda: {"subscribe": messages().Subscribe(channels=["me"] * 65)},
     "too_many", "subscribe.channels"),
    ("channel that is not there", "volunteer-1", lambda: {"subscribe": messages().Subscribe(channels=["me", "station/x"])},
     "channel_invalid", "subscribe.channels[1]"),
    ("cursor that is none", "volunteer-1", lambda: {"subscribe": messages().Subscribe(
        cursor=messages().Cursor(epoch="e", alarm="now", routine="then"))}, "cursor_invalid", "subscribe.cursor.alarm"),
    ("incident that is not there", "officer-baoguo", lambda: {"get_incident": messages().GetIncident(incident_id=uuid7())},
     "unknown_incident", "get_incident.incident_id"),
]


@pytest.mark.parametrize("as_json", [False, True], ids=["binary", "json"])
def test_p10_each_refusal_names_code_and_field_and_keeps_the_connection(watched, as_json):
    async def ask_all():
        sockets = {}
        try:
            for name, person, request, code, field in REFUSED:
                if person not in sockets:
                    context = watched.connect(person, json=as_json)
                    sockets[person] = (context, await context.__aenter__())
                _, ws = sockets[person]
                answer = await ws.request(**request())
                assert answer.DESCRIPTOR.name == "Refusal", f"{name}: {answer}"
                assert answer.code == code and (field is None or answer.field == field), f"{name}: {answer}"
                assert answer.message and answer.retry_after_ms == 0, f"{name}: {answer}"
                assert (await ws.request(ping=messages().Ping())).time_ms, f"{name}: the connection is gone"
        finally:
            for context, _ in sockets.values():
                await context.__aexit__(None, None, None)
    asyncio.run(ask_all())


async def test_p10_bounds_are_where_the_page_says(district):
    """What is just inside is taken."""
    async with district.connect("volunteer-1") as ws:
        await ws.stored(submit_report=report("HAZARD", "冰" * 4000))
        await ws.stored(submit_report=report("HAZARD", "x", place=place(90, 180, 100_000)))
        await ws.stored(submit_report=report("HAZARD", "x", place=place(-90, -180)))
        await ws.stored(submit_report=report("FIRE", ""))
    async with district.connect("officer-baoguo") as ws:
        await ws.stored(**{"issue_notice": messages().IssueNotice(
            kind=messages().NOTICE_KIND_LOOKOUT, text="x" * 4000, area_ids=["baoguo"], identifies_person=False,
            until_time_ms=int(time.time() * 1000) + 29 * 24 * HOUR_MS)})


@pytest.mark.parametrize("year, observed_ms", [(1970, 1), (2100, 4_102_444_800_000), ("negative", -5)])
async def test_p10_a_fire_observed_when_it_cannot_be_is_stored_marked_and_delivered(district, year, observed_ms):
    async with district.connect("fire-desk") as desk, district.connect("volunteer-1") as ws:
        await desk.subscribe()
        receipt = await ws.stored(submit_report=report("FIRE", "", place=place(*INSIDE), observed_time_ms=observed_ms))
        entry = await desk.wait_for(lambda e: e.HasField("event") and e.event.offset == receipt.offset)
        shown = entry.event.report
        assert shown.time_doubtful and abs(shown.observed_time_ms - receipt.stored_time_ms) < 60_000


# Frames that are no requests.

async def malformed(district, frame):
    """Refusal `malformed`, goodbye PROTOCOL, close 4501."""
    async with district.connect("volunteer-1", json=isinstance(frame, str)) as ws:
        await ws.send_raw(frame)
        assert await ws.wait_closed() == 4501
        (refusal,) = ws.all("refusal")
        check_refusal(refusal, "malformed")
        assert ws.all("goodbye")[0].reason == messages().GOODBYE_REASON_PROTOCOL
        assert ws.all("goodbye")[0].retry_after_ms == 0
        assert [entry.request_id for entry in ws.entries if entry.HasField("refusal")] == [0]


def a_good_frame() -> bytes:
    pb = messages()
    return pb.ClientMessage(request_id=1, command=pb.Command(
        id=uuid7(), submit_report=report("HAZARD", "cut off", place=place(*INSIDE)))).SerializeToString()


def test_p7_truncated_protobuf(watched):
    frame = a_good_frame()
    for cut in (1, 3, len(frame) // 2, len(frame) - 1):
        asyncio.run(malformed(watched, frame[:cut]))


def test_p7_random_bytes(watched):
    seed = int.from_bytes(os.urandom(8))
    print("seed", seed)
    chance = random.Random(seed)
    for length in (1, 17, 300, 65_530):
        # Three bytes that begin no field: random bytes alone may now and then be a valid message.
        asyncio.run(malformed(watched, b"\xff" * 3 + chance.randbytes(length)))


@pytest.mark.parametrize("text", ["", "hello", "[]", '{"requestId":"x"}', '{"requestId":1,"ping":{}', "null", '{"command":7}',
                                  '{"requestId":"1","command":{"id":"\\ud800"}}', "[" * 60_000])
def test_p7_text_that_is_no_request(watched, text):
    asyncio.run(malformed(watched, text))


async def test_p7_an_empty_frame_names_no_request(district):
    async with district.connect("volunteer-1") as ws:
        await ws.send_raw(b"")
        await ws.until(lambda: ws.all("refusal"))
        check_refusal(ws.all("refusal")[0], "empty_request", "request")
        check_refusal(await ws.request(request_id=9), "empty_request", "request")
        assert (await ws.request(ping=messages().Ping())).time_ms
    async with district.connect("volunteer-1", json=True) as ws:
        await ws.send_raw('{"requestId":"5"}')
        check_refusal(await ws.answer(5), "empty_request", "request")


async def test_p7_an_unknown_request_is_refused_and_the_connection_kept(district):
    """What a client of tomorrow sends: field 15 of ClientMessage, field 99 of Command."""
    def tag(number):
        value = number << 3 | 2
        return bytes([value & 0x7F | 0x80, value >> 7]) if value > 127 else bytes([value])
    async with district.connect("volunteer-1") as ws:
        await ws.send_raw(b"\x08\x07" + tag(15) + b"\x00")
        check_refusal(await ws.answer(7), "unknown_request", "request")
        command = b"\x0a\x24" + uuid7().encode() + tag(99) + b"\x00"
        await ws.send_raw(b"\x08\x08" + b"\x1a" + bytes([len(command)]) + command)
        check_refusal(await ws.answer(8), "unknown_request", "command")
        await ws.send(request_id=-4, ping=messages().Ping())
        await ws.until(lambda: any(r.field == "request_id" for r in ws.all("refusal")))
        assert (await ws.request(ping=messages().Ping())).time_ms
    async with district.connect("volunteer-1", json=True) as ws:
        await ws.send_raw('{"requestId":"7","levitate":{"height":3}}')
        check_refusal(await ws.answer(7), "unknown_request", "request")
        await ws.send_raw('{"requestId":"8","ping":{},"levitate":{}}')
        assert (await ws.answer(8)).time_ms


async def test_p7_invalid_utf8_names_the_field_and_keeps_the_connection(district):
    frame = a_good_frame().replace(b"cut off", b"cut\xc3\x28\xff.")
    before = district.redis.log_length()
    async with district.connect("volunteer-1") as ws:
        await ws.send_raw(frame)
        check_refusal(await ws.answer(1), "invalid_utf8", "command.submit_report.text")
        frame = messages().ClientMessage(request_id=2, get_incident=messages().GetIncident(incident_id="abc"))
        await ws.send_raw(frame.SerializeToString().replace(b"abc", b"\xff\xfe\xfd"))
        check_refusal(await ws.answer(2), "invalid_utf8", "get_incident.incident_id")
        assert (await ws.request(ping=messages().Ping())).time_ms
    assert district.redis.log_length() == before
    with RawSocket(district.hub.port, district.token("volunteer-1"), "tocsin.v1+json") as raw:
        raw.send_frame(b'{"requestId":"1","getIncident":{"incidentId":"\xff\xfe"}}', opcode=TEXT)
        assert raw.close_code() == 1007


def test_p7_a_text_frame_on_the_binary_subprotocol_and_the_other_way_round(watched):
    async def wrong_kind():
        async with watched.connect("volunteer-1") as ws:
            await ws.send_raw('{"requestId":"1","ping":{}}')
            assert await ws.wait_closed() == 1003
        async with watched.connect("volunteer-1", json=True) as ws:
            await ws.send_raw(messages().ClientMessage(request_id=1, ping=messages().Ping()).SerializeToString())
            assert await ws.wait_closed() == 1003
    asyncio.run(wrong_kind())


def test_p7_65536_bytes_are_taken_and_65537_close_with_1009(watched):
    async def sizes():
        pb = messages()
        frame = pb.ClientMessage(request_id=1, command=pb.Command(id=uuid7(), submit_report=report("HAZARD", "x" * 65_400)))
        exact = frame.SerializeToString()
        frame.command.submit_report.text += "x" * (65_536 - len(exact))
        exact = frame.SerializeToString()
        assert len(exact) == 65_536
        async with watched.connect("volunteer-1") as ws:
            await ws.send_raw(exact)
            check_refusal(await ws.answer(1), "text_too_long", "command.submit_report.text")
            await ws.send_raw(exact + b"\x00")
            assert await ws.wait_closed() == 1009
    asyncio.run(sizes())
    with RawSocket(watched.hub.port, watched.token("volunteer-1")) as raw:  # in pieces it is no shorter
        raw.send_frame(b"x" * 40_000, fin=False)
        raw.send_frame(b"x" * 40_000, opcode=CONTINUATION)
        assert raw.close_code() == 1009
    with RawSocket(watched.hub.port, watched.token("volunteer-1")) as raw:  # announced, never sent
        raw.send(bytes([0x82, 0xFF]) + struct.pack(">Q", 1 << 62) + bytes(4))
        assert raw.close_code() == 1009


def test_p7_framing_that_is_wrong_closes_with_1002(watched):
    for options in ({"mask": False}, {"rsv": 4}, {"opcode": 3}, {"opcode": 0xB}, {"opcode": CONTINUATION}):
        with RawSocket(watched.hub.port, watched.token("volunteer-1")) as raw:
            raw.send_frame(b"\x08\x01", **options)
            assert raw.close_code() in (1002, 1006), options
    with RawSocket(watched.hub.port, watched.token("volunteer-1")) as raw:
        raw.send_frame(b"p" * 126, opcode=0x9)  # a control frame longer than 125 bytes
        assert raw.close_code() in (1002, 1006)


def test_p7_a_frame_at_one_byte_a_second_is_cut_off(watched):
    with RawSocket(watched.hub.port, watched.token("volunteer-1")) as raw:
        begin, stopped = time.monotonic(), threading.Event()

        def trickle():
            for byte in raw.frame(a_good_frame()):
                try:
                    raw.send(bytes([byte]))
                except OSError:
                    return
                if stopped.wait(1):  # the pace of a slow writer, not a synchronisation
                    return
        slow = threading.Thread(target=trickle)
        slow.start()
        try:
            assert raw.close_code(timeout=40) in (4008, 1006)
            assert 5 < time.monotonic() - begin < 35
        finally:
            stopped.set()
            slow.join()


def test_p7_a_million_empty_fragments(watched):
    with RawSocket(watched.hub.port, watched.token("volunteer-1")) as raw:
        empty = raw.frame(b"", opcode=CONTINUATION, fin=False) * 1000
        raw.send_frame(b"", fin=False)
        try:
            for _ in range(1000):
                raw.send(empty)
        except OSError:
            pass  # cut off in the middle, as it should be
        assert raw.close_code() in (4008, 1006)


def test_p7_10000_pings_are_answered(watched):
    async def pings():
        pb = messages()
        async with watched.connect("volunteer-1") as ws:
            for number in range(1, 10_001):
                await ws.send_raw(pb.ClientMessage(request_id=number, ping=pb.Ping()).SerializeToString())
            await ws.answer(10_000)
            assert [entry.request_id for entry in ws.entries if entry.HasField("pong")] == list(range(1, 10_001))
        with RawSocket(watched.hub.port, watched.token("volunteer-1")) as raw:
            await asyncio.to_thread(raw.send, raw.frame(b"", opcode=0x9) * 10_000)
            await asyncio.to_thread(raw.send_frame, pb.ClientMessage(request_id=1, ping=pb.Ping()).SerializeToString())
            pongs = 0
            while True:
                opcode, payload = await asyncio.to_thread(raw.receive_frame)
                pongs += opcode == PONG
                message = pb.ServerMessage.FromString(payload) if opcode == BINARY else None
                if message and any(entry.HasField("pong") for entry in message.entries):
                    break
            assert pongs >= 1
    asyncio.run(pings())


def test_p7_a_thousand_requests_that_nobody_reads_the_answers_of(watched):
    """The hub stops reading; its memory stays, and all is answered once the client reads."""
    pb = messages()
    memory = watched.hub.memory_kib()
    request = pb.ClientMessage(request_id=1, get_incident=pb.GetIncident(incident_id=uuid7())).SerializeToString()
    with RawSocket(watched.hub.port, watched.token("officer-baoguo"), receive_buffer=4096) as raw:
        raw.socket.settimeout(3)
        frame, sent = raw.frame(request), 0
        try:
            while sent < 400_000:  # until the hub stops reading and both kernels are full
                raw.send(frame * 100)
                sent += 100
        except socket.timeout:
            pass
        assert sent < 400_000, "the hub read on without bound"
        assert watched.hub.memory_kib() - memory < 20_000
        asyncio.run(others_are_well_without_count(watched))


async def others_are_well_without_count(district):
    async with district.connect("volunteer-2") as volunteer:
        assert (await volunteer.request(ping=messages().Ping())).time_ms


async def test_p7_a_thousand_requests_at_once_are_all_answered(district):
    async with district.connect("volunteer-1") as ws:
        asked = [await ws.send(command=messages().Command(id=uuid7(), submit_report=report("HAZARD", f"{n}", place=place(*INSIDE))))
                 for n in range(1000)]
        receipts = [await ws.answer(number) for number in asked]
        assert all(receipt.DESCRIPTOR.name == "Receipt" for receipt in receipts)
        offsets = [receipt.offset for receipt in receipts]
        key = [tuple(map(int, offset.split("-"))) for offset in offsets]
        assert key == sorted(key), "commands of one connection are decided in the order in which they were sent"


# Before the upgrade.

async def test_p7_who_subscribes_over_and_over_is_slowed_down_and_not_forgotten(district):
    """Nothing else wakes this connection: it asked for no heartbeat within the test's time."""
    async with district.connect("volunteer-2") as ws:
        for _ in range(12):
            await asyncio.wait_for(ws.subscribe(heartbeat_ms=120_000), 60)
        assert (await ws.request(ping=messages().Ping(), timeout=60)).time_ms


async def refused_upgrade(district, status, code, token, **options):
    with pytest.raises(websockets.InvalidStatusCode) as error:
        async with connect(district.hub.url, token, **options):
            pass
    assert error.value.status_code == status


def upgrade(district, headers):
    """Status and body of a handshake made by hand."""
    base = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Protocol": "tocsin.v1"}
    base.update(headers)
    with socket.create_connection(("127.0.0.1", district.hub.port), timeout=20) as connection:
        lines = ["GET /v1/connect HTTP/1.1", "Host: localhost"]
        lines += [f"{name}: {value}" for name, value in base.items() if value is not None]
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        status = int(head.split()[1])
        if status != 101:
            length = int(next(line.split(b":")[1] for line in head.splitlines() if line.lower().startswith(b"content-length")))
            while len(body) < length:
                body += connection.recv(65536)
        return status, body


@pytest.mark.parametrize("name, headers, status, code", [
    ("no token", {}, 401, "unauthenticated"),
    ("wrong token", {"Authorization": "Bearer " + "x" * 43}, 401, "unauthenticated"),
    ("empty token", {"Authorization": "Bearer "}, 401, "unauthenticated"),
    ("another scheme", {"Authorization": "Basic dXNlcjpwYXNz"}, 401, "unauthenticated"),
    ("no subprotocol", {"Sec-WebSocket-Protocol": None, "token": "good"}, 400, "subprotocol_required"),
    ("another subprotocol", {"Sec-WebSocket-Protocol": "tocsin.v2, mqtt", "token": "good"}, 400, "subprotocol_required"),
    ("a foreign page", {"Origin": "https://evil.example", "token": "good"}, 403, "origin_refused"),
    ("a null origin", {"Origin": "null", "token": "good"}, 403, "origin_refused"),
])
def test_p10_refused_before_the_upgrade(watched, name, headers, status, code):
    headers = dict(headers)
    if headers.pop("token", None):
        headers["Authorization"] = "Bearer " + watched.token("volunteer-1")
    got, body = upgrade(watched, headers)
    refusal = json.loads(body)
    assert (got, refusal["code"]) == (status, code) and refusal["message"]
    assert b"xxxx" not in body


def test_p10_other_paths_are_404(watched):
    for path in ("/", "/v1/connect/", "/v1/connectx", "/metrics", "/../etc/passwd"):
        status, body = watched.hub.http(path, watched.hub.port)
        assert status == 404 and json.loads(body) is not None


def test_p10_too_many_connections_of_a_device(watched):
    async def nine():
        contexts = [watched.connect("searcher-1") for _ in range(8)]
        try:
            for context in contexts:
                await context.__aenter__()
            await refused_upgrade(watched, 503, "too_many_connections", watched.token("searcher-1"))
            async with watched.connect("searcher-2"):
                pass
        finally:
            for context in contexts:
                await context.__aexit__(None, None, None)
    asyncio.run(nine())


async def test_p10_a_revoked_device_is_thrown_out_and_never_let_in_again(district):
    pb = messages()
    async with district.connect("admin") as admin:
        token = "t" * 43
        added = await admin.stored(add_device=pb.AddDevice(
            person_id="volunteer-3", token_sha256=hashlib.sha256(token.encode()).digest()))
        async with connect(district.hub.url, token) as ws:
            await ws.subscribe()
            await admin.stored(revoke_device=pb.RevokeDevice(device_id=added.subject_id))
            assert await ws.wait_closed(timeout=5) == 4500
            assert ws.all("goodbye")[0].reason == pb.GOODBYE_REASON_REVOKED
        await refused_upgrade(district, 401, "unauthenticated", token)
        async with district.connect("volunteer-3"):
            pass  # the person's other device goes on


def test_p7_half_a_handshake_and_garbage_on_the_port(watched):
    sockets = []
    try:
        for data in (b"", b"GET /v1/connect HTTP/1.1\r\n", random.Random(5000).randbytes(5000), b"\x16\x03\x01" + bytes(300),
                     b"GET / HTTP/1.1\r\nX: " + b"a" * 100_000 + b"\r\n\r\n"):
            connection = socket.create_connection(("127.0.0.1", watched.hub.port), timeout=20)
            sockets.append(connection)
            try:
                connection.sendall(data)
            except OSError:
                pass
    finally:
        for connection in sockets:
            connection.close()


def test_p7_nothing_of_a_report_or_a_token_is_in_the_log(district):
    asyncio.run(say_secret(district))
    log = district.hub.log_text()
    assert "words-that-are-secret" not in log
    for name in ("volunteer-1", "officer-baoguo", "admin"):
        assert district.token(name) not in log
    for name in ("王示范", "000-0000-0001"):
        assert name not in log and json.dumps(name)[1:-1] not in log


async def say_secret(district):
    async with district.connect("volunteer-1") as ws:
        await ws.stored(submit_report=report("HAZARD", "words-that-are-secret", place=place(*INSIDE)))
        await ws.command(submit_report=report("HAZARD", "words-that-are-secret", place=place(200, 0)))
        await ws.send_raw(b"\xff\xffwords-that-are-secret")
        await ws.wait_closed()
    try:
        urllib.request.urlopen(f"{district.hub.url}/v1/connect?words-that-are-secret={district.token('volunteer-1')}", timeout=20)
    except urllib.error.HTTPError as error:
        assert error.code in (400, 401, 404, 426)


def test_p8_nothing_that_names_a_person_stands_in_redis_in_the_clear(district):
    """From the first event on: names, numbers, words and exact places are sealed in the log, the states and on disk."""
    asyncio.run(say_secret(district))
    secrets = [text.encode() for text in ("王示范", "000-0000-0001", "words-that-are-secret")]
    secrets.append(struct.pack("<d", INSIDE[0]))
    for file in district.redis.directory.rglob("*"):
        if file.is_file() and not file.suffix == ".sock":
            data = file.read_bytes()
            for secret in secrets:
                assert secret not in data, f"{secret!r} in {file.name}"
