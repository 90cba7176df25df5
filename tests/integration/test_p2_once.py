"""P2, once: the same command id sent again, by whatever way and after whatever happened, is one event and the same receipt."""

import asyncio
import os
import time
import uuid

from harness import connect, messages, place, report, start_district, uuid7
from harness.clock import Clock
from harness.wire import offset_key

ROUNDS = max(3, int(os.environ.get("TOCSIN_ROUNDS", "10")) // 2)
TWO_DAYS_S = 2 * 24 * 3600
BAOGUO = (45.6009, 126.6102)


def hazard(text="ice on the steps"):
    return report("HAZARD", text, place=place(*BAOGUO, 20))


def assert_repeats(first, again):
    """Equal in all but took_ms, and marked."""
    assert again.DESCRIPTOR.name == "Receipt", again
    assert again.repeated and not first.repeated
    expected = messages().Receipt()
    expected.CopyFrom(first)
    expected.repeated, expected.took_ms = True, again.took_ms
    assert again == expected


async def test_p2_sent_twice_at_once(district):
    before = district.redis.log_length()
    async with district.connect("volunteer-1") as ws:
        command = messages().Command(id=uuid7(), submit_report=hazard())
        asked = [await ws.send(command=command) for _ in range(5)]
        answers = [await ws.answer(number) for number in asked]
    first = [answer for answer in answers if not answer.repeated]
    assert len(first) == 1
    for again in answers:
        if again.repeated:
            assert_repeats(first[0], again)
    assert district.redis.log_length() == before + 1


async def test_p2_sent_again_after_a_reconnect_and_in_json(district):
    before = district.redis.log_length()
    id_ = uuid7()
    async with district.connect("volunteer-1") as ws:
        first = await ws.stored(id_, submit_report=hazard())
    async with district.connect("volunteer-1", json=True) as ws:
        assert_repeats(first, await ws.command(id_, submit_report=hazard()))
    async with district.connect("volunteer-1") as ws:
        assert_repeats(first, await ws.command(id_.upper(), submit_report=hazard()))
    assert district.redis.log_length() == before + 1


async def test_p2_another_content_under_the_same_id_is_refused(district):
    async with district.connect("volunteer-1") as ws:
        id_ = uuid7()
        first = await ws.stored(id_, submit_report=hazard())
        before = district.redis.log_length()
        for other in (hazard("ice on the stairs"), report("HAZARD", "ice on the steps"),
                      report("DISPUTE", "ice on the steps", place=place(*BAOGUO, 20)),
                      report("HAZARD", "ice on the steps", place=place(*BAOGUO, 20), urgent=True)):
            await ws.refused("id_reused", "command.id", id=id_, submit_report=other)
        assert district.redis.log_length() == before
        assert_repeats(first, await ws.command(id_, submit_report=hazard()))


async def test_p2_ids_belong_to_the_device(district):
    id_ = uuid7()
    async with district.connect("volunteer-1") as one, district.connect("volunteer-2") as two:
        first = await one.stored(id_, submit_report=hazard())
        second = await two.stored(id_, submit_report=hazard())
    assert first.offset != second.offset and not second.repeated


async def test_p2_a_refused_command_leaves_its_id_free(district):
    async with district.connect("volunteer-1") as ws:
        id_ = uuid7()
        await ws.refused("text_missing", id=id_, submit_report=report("HAZARD", ""))
        await ws.refused("unknown_notice", id=id_, submit_report=report("CLUE", "seen", notice_id=uuid7()))
        await ws.stored(id_, submit_report=hazard())


async def test_p2_a_receipt_that_nobody_saw(fresh_district):
    """The hub is killed at once after the sending: whether it was stored or not, sending again makes it one."""
    district = fresh_district
    before = district.redis.log_length()
    for number in range(ROUNDS):
        command = messages().Command(id=uuid7(), submit_report=hazard(f"round {number}"))
        async with district.connect("volunteer-1") as ws:
            await ws.send(command=command)
            if number % 2:
                await asyncio.sleep(0.001 * number)  # a random moment, not a synchronisation
            district.hub.kill()
        if number % 3 == 2:
            district.redis.restart()
        district.hub.start()
        async with district.connect("volunteer-1") as ws:
            receipt = await ws.request(command=command)
            assert receipt.DESCRIPTOR.name == "Receipt", receipt
            again = await ws.request(command=command)
            assert again.repeated and again.offset == receipt.offset
        assert district.redis.log_length() == before + number + 1


async def test_p2_through_the_other_hub(two_hubs):
    before = two_hubs.redis.log_length()
    one, two = two_hubs.hubs
    async with two_hubs.connect("volunteer-1", one) as first_ws, two_hubs.connect("volunteer-1", two) as second_ws:
        id_ = uuid7()
        first = await first_ws.stored(id_, submit_report=hazard())
        assert_repeats(first, await second_ws.command(id_, submit_report=hazard()))
        await second_ws.refused("id_reused", id=id_, submit_report=hazard("other"))
        for _ in range(20):  # both at the same moment
            id_ = uuid7()
            answers = await asyncio.gather(first_ws.command(id_, submit_report=hazard()),
                                           second_ws.command(id_, submit_report=hazard()))
            assert sorted(answer.repeated for answer in answers) == [False, True], answers
            assert answers[0].offset == answers[1].offset and answers[0].incident_id == answers[1].incident_id
        one.kill()
        assert_repeats(first, await second_ws.command(first.command_id, submit_report=hazard()))
    assert two_hubs.redis.log_length() == before + 21


async def test_p2_after_the_clocks_jumped_by_two_days(programs, tmp_path):
    redis_clock, hub_clock = Clock(tmp_path, "redis"), Clock(tmp_path, "hub")
    district = start_district(redis_env=redis_clock.env, hub_env=hub_clock.env)
    try:
        async with district.connect("volunteer-1") as ws:
            id_ = uuid7()
            first = await ws.stored(id_, submit_report=hazard())
        assert len(district.cli("officer-baoguo").run("incident", "list").lines) == 1
        for redis_s, hub_s in ((TWO_DAYS_S, 0), (TWO_DAYS_S, TWO_DAYS_S), (-TWO_DAYS_S, -TWO_DAYS_S), (0, TWO_DAYS_S)):
            redis_clock.jump(redis_s)
            assert abs(int(district.redis.command("TIME")[0]) - time.time() - redis_s) < 3600, "the clock did not jump"
            async with district.connect("volunteer-1") as ws:
                assert_repeats(first, await ws.command(id_, submit_report=hazard()))
            hub_clock.jump(hub_s)
            district.hub.restart()
            async with district.connect("volunteer-1") as ws:
                assert abs(ws.welcome.time_ms / 1000 - time.time() - hub_s) < 3600, "the clock did not jump"
                assert_repeats(first, await ws.command(id_, submit_report=hazard()))
                await ws.refused("id_reused", id=id_, submit_report=hazard("other"))
        # Its clocks ran meanwhile: what they brought about is in the log, another report is not.
        assert len(district.cli("officer-baoguo").run("incident", "list").lines) == 1
        # Nothing that the promise rests on ends with time.
        assert all(district.redis.command("TTL", key) == -1 for key in district.redis.keys())
        async with district.connect("volunteer-1") as ws:
            later = await ws.stored(submit_report=hazard())
            assert offset_key(later.offset) > offset_key(first.offset), "the log went backwards with the clock"
    finally:
        district.close()


async def test_p2_the_last_1024_ids_are_remembered_and_older_ones_refused(fresh_district):
    count = 1_026
    async with fresh_district.connect("volunteer-1") as ws:
        ids = [uuid7() for _ in range(count)]
        asked = [await ws.send(command=messages().Command(id=id_, submit_report=hazard())) for id_ in ids]
        receipts = [await ws.answer(number) for number in asked]
        assert all(receipt.DESCRIPTOR.name == "Receipt" for receipt in receipts)
    before = fresh_district.redis.log_length()
    fresh_district.hub.restart()  # a running hub may remember a few more
    async with fresh_district.connect("volunteer-1") as ws:
        for forgotten in ids[:2]:
            await ws.refused("id_too_old", "command.id", id=forgotten, submit_report=hazard())
        await ws.refused("id_too_old", "command.id", id=ids[0], submit_report=hazard("other"))
        for number in (2, 3, count // 2, count - 1):
            assert_repeats(receipts[number], await ws.command(ids[number], submit_report=hazard()))
        assert fresh_district.redis.log_length() == before
        await ws.stored(submit_report=hazard())
        await ws.stored(str(uuid.uuid4()), submit_report=hazard())


async def test_p2_every_command_is_once_not_reports_alone(district):
    async with district.connect("officer-baoguo") as officer, district.connect("admin") as admin:
        opened = await officer.stored(submit_report=hazard())
        pb = messages()
        for ws, body in (
                (officer, {"acknowledge_incident": pb.AcknowledgeIncident(incident_id=opened.incident_id)}),
                (officer, {"resolve_incident": pb.ResolveIncident(incident_id=opened.incident_id,
                                                                  outcome=pb.OUTCOME_HANDLED)}),
                (officer, {"issue_notice": pb.IssueNotice(kind=pb.NOTICE_KIND_LOOKOUT, text="look out",
                                                          area_ids=["baoguo"], identifies_person=False)}),
                (admin, {"put_person": pb.PutPerson(person=pb.Person(
                    id="once", name="once", grants=[pb.Grant(role=pb.ROLE_VOLUNTEER)]))}),
                (admin, {"add_device": pb.AddDevice(person_id="once", token_sha256=bytes(range(32)))})):
            id_ = uuid7()
            first = await ws.stored(id_, **body)
            before = district.redis.log_length()
            assert_repeats(first, await ws.command(id_, **body))
            assert district.redis.log_length() == before


async def test_p2_fires_at_once_at_two_hubs_are_one_incident(two_hubs):
    """Not the same command but the same fire: four people at two hubs in the same moment, one incident."""
    people = ["volunteer-1", "volunteer-2", "volunteer-3", "grid-worker-1"]
    sockets = [connect(two_hubs.hubs[number % 2].url, two_hubs.token(name)) for number, name in enumerate(people)]
    clients = [await socket.__aenter__() for socket in sockets]
    try:
        receipts = await asyncio.gather(*(client.stored(submit_report=report("FIRE", "", place=place(45.5837, 126.6204)))
                                          for client in clients))
        assert len({receipt.incident_id for receipt in receipts}) == 1
        async with two_hubs.connect("bureau") as bureau:
            # What one hub stored, another shows a moment later.
            deadline = time.monotonic() + 20
            while True:
                detail = await bureau.request(get_incident=messages().GetIncident(incident_id=receipts[0].incident_id))
                if detail.incident.report_count == 4:
                    break
                assert time.monotonic() < deadline, detail
            assert len(detail.incident.reports) == 4 and detail.incident.version == 4
    finally:
        for socket in sockets:
            await socket.__aexit__(None, None, None)
