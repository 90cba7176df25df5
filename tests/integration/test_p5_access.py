"""P5, no one sees what is not theirs: every person x every kind, on the bytes that arrive, by every way that bytes can come.

One stage is played once for the file (`Stage`); each person listens to it by event, in both subprotocols, then comes by
snapshot, by resuming from somebody else's cursor, by asking for each incident, by being refused, and by the command line.
What may be in those bytes is the oracle's word (access_oracle.py), which knows nothing of the product's table.
"""

import asyncio
import contextlib
import json
import struct

import pytest
from access_oracle import (COARSE, FULL, FULL_NO_REPORTER, FULL_NUMBER_ONLY, KINDS, NOTHING, NOTICES, OWN, PEOPLE, SENDS,
                           STAFF, WITHDRAWN, may_see)
from harness import messages, place, report, uuid7
from harness.wire import Client

INSIDE = (45.600917, 126.610213, 20)
BORDER = (45.598217, 126.645413, 100)
WHERE = {"inside": INSIDE, "border": BORDER}
REPORTERS = {"volunteer-1": ("王示范", "000-0000-0001"), "searcher-1": ("楚队员", "000-0000-0071")}
STAFF_NAMES = {"auxiliary-baoguo": "孙辅助", "officer-baoguo": "周民警"}
NOTE = "note-for-the-file"
CASE = "case-A2026-77"
WAYS = ("event", "event-json", "snapshot", "snapshot-json", "resume", "resume-json", "get")


class Case:
    """One incident of the stage."""

    def __init__(self, kind, where):
        self.kind, self.where = kind, where
        self.reporter = "searcher-1" if kind == "CLUE" else "volunteer-1"
        self.text = f"words-{kind}-{where}"
        self.may_call = where == "inside"
        self.incident = self.opened = ""


class Stage:
    """What was played, and every byte that each person got by each way: received[person][way] is a Client (closed)."""

    def __init__(self):
        self.cases = [Case(kind, where) for kind in KINDS for where in WHERE]
        self.notices = {}
        self.received: dict[str, dict[str, Client]] = {name: {} for name in PEOPLE}
        self.open_offset = self.last_offset = ""

    def case(self, kind, where) -> Case:
        return next(case for case in self.cases if (case.kind, case.where) == (kind, where))


async def play(district) -> Stage:
    pb, stage = messages(), Stage()
    async with contextlib.AsyncExitStack() as stack:
        async def enter(name, way, **options):
            # JSON comes to pages, who are known by their cookie; the rest to programs, who are known by their token.
            connect = district.connect_as_page if options.get("json") else district.connect
            client = await stack.enter_async_context(connect(name, **options))
            stage.received[name][way] = client
            return client

        for name in PEOPLE:
            for way, as_json in (("event", False), ("event-json", True)):
                client = await enter(name, way, json=as_json)
                await client.subscribe(heartbeat_ms=1000)
        start = {name: stage.received[name]["event"].cursor() for name in PEOPLE}
        send = {name: stage.received[name]["event"] for name in PEOPLE}

        async def notice(title, who, kind, **fields):
            receipt = await send[who].stored(issue_notice=pb.IssueNotice(
                kind=getattr(pb, "NOTICE_KIND_" + kind), text=f"notice {title}", **fields))
            stage.notices[title] = receipt.notice_id
        await notice("lookout for Baoguo", "liaison-baoguo", "LOOKOUT", area_ids=["baoguo"], identifies_person=False)
        await notice("advisory for one grid of Baoguo", "liaison-baoguo", "ADVISORY",
                     area_ids=["baoguo-qianjinli-1"])
        await notice("missing person for the team", "liaison-baoguo", "MISSING_PERSON", team_ids=["four-leaf-clover"])
        await notice("missing person for Xinjiang", "liaison-baoguo", "MISSING_PERSON", area_ids=["xinjiang"])

        person = {"identifies_person": True, "case_number": CASE}
        grid = ["baoguo-qianjinli-1"]
        await notice("lookout for a person in Baoguo, not released", "officer-baoguo", "LOOKOUT", area_ids=grid, **person)
        await notice("lookout for one grid of Baoguo, withdrawn", "officer-baoguo", "LOOKOUT", area_ids=grid,
                     identifies_person=False)
        await notice("lookout for a person, withdrawn before its release", "officer-baoguo", "LOOKOUT", area_ids=grid, **person)
        for title in WITHDRAWN:
            await send["liaison-baoguo"].stored(withdraw_notice=pb.WithdrawNotice(
                notice_id=stage.notices[title], reason="reason-of-withdrawal"))

        for case in stage.cases:
            fields = {"notice_id": stage.notices["missing person for the team"]} if case.kind == "CLUE" else {}
            receipt = await send[case.reporter].stored(submit_report=report(
                case.kind, case.text, place=place(*WHERE[case.where]), may_call=case.may_call, **fields))
            case.incident, case.opened = receipt.incident_id, receipt.offset
            stage.open_offset = receipt.offset

        # Snapshots while all are open.
        for name in PEOPLE:
            for way, as_json in (("snapshot", False), ("snapshot-json", True)):
                client = await enter(name, way, json=as_json)
                await client.subscribe()

        for case in stage.cases:
            await send["auxiliary-baoguo"].stored(
                acknowledge_incident=pb.AcknowledgeIncident(incident_id=case.incident))
            receipt = await send["officer-baoguo"].stored(resolve_incident=pb.ResolveIncident(
                incident_id=case.incident, outcome=pb.OUTCOME_HANDLED, note=NOTE))
            stage.last_offset = receipt.offset

        # Everything again, from the officer's cursor of before (the officer's own comes from the bureau). Without its mark, by
        # which the hub notices that somebody else saw more, and answers with a reset.
        for cursor in start.values():
            cursor.mark = ""
        for name in PEOPLE:
            whose = "bureau" if name == "officer-baoguo" else "officer-baoguo"
            for way, as_json in (("resume", False), ("resume-json", True)):
                client = await enter(name, way, json=as_json)
                answer = await client.subscribe(cursor=start[whose], heartbeat_ms=1000)
                assert answer.resumed
            client = await enter(name, "get")
            for case in stage.cases:
                await client.request(get_incident=pb.GetIncident(incident_id=case.incident))
        for ways in stage.received.values():
            for way in ("event", "event-json", "resume", "resume-json"):
                await ways[way].caught_up(stage.last_offset)
    return stage


@pytest.fixture(scope="module")
def stage(district) -> Stage:
    return asyncio.run(play(district))


# What came, as bytes.

def bytes_of(client: Client) -> bytes:
    return b"\n".join(client.raw)


def has_text(data: bytes, text: str) -> bool:
    """In UTF-8, or escaped as JSON may."""
    return text.encode() in data or json.dumps(text)[1:-1].encode() in data


def has_number(data: bytes, number: float) -> bool:
    """A double of protobuf, or its digits in JSON."""
    return struct.pack("<d", number) in data or repr(number).encode() in data


def incidents_of(client: Client) -> dict[str, list]:
    """Incident id -> every Incident about it that came, with the report beside it (or None)."""
    found: dict[str, list] = {}
    for entry in client.entries:
        body = entry.WhichOneof("body")
        if body == "event" and entry.event.HasField("incident"):
            event = entry.event
            found.setdefault(event.incident.id, []).append((event.incident, event.report if event.HasField("report") else None))
        elif body == "snapshot":
            for state in entry.snapshot.states:
                if state.HasField("incident"):
                    found.setdefault(state.incident.id, []).append((state.incident, None))
        elif body == "incident_detail":
            found.setdefault(entry.incident_detail.incident.id, []).append((entry.incident_detail.incident, None))
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("person", PEOPLE)
def test_p5_incidents(stage, person, way):
    """Exactly the incidents that the oracle grants, each exactly as far as it grants."""
    came = incidents_of(stage.received[person][way])
    expected = {case.incident: may_see(person, case.kind, case.where) for case in stage.cases}
    assert set(came) == {incident for incident, grade in expected.items() if grade != NOTHING}
    for case in stage.cases:
        for incident, one_report in came.get(case.incident, []):
            check_grade(case, expected[case.incident], incident, one_report)


def check_grade(case, grade, incident, one_report):
    pb = messages()
    name, phone = REPORTERS[case.reporter]
    reports = list(incident.reports) + ([one_report] if one_report is not None else [])
    latitude = WHERE[case.where][0]
    assert incident.kind == getattr(pb, "REPORT_KIND_" + case.kind)
    if grade == COARSE:
        assert not reports and not incident.text and not incident.area_id and not incident.report_count
        assert incident.place.coarse and abs(incident.place.latitude - latitude) > 1e-6
        assert not incident.acknowledgements and not incident.resolution.note and not incident.resolution.name
        assert not incident.notice_id
        return
    assert incident.place.latitude == latitude
    assert incident.text == case.text
    if grade == OWN:
        assert not incident.report_count
        assert all(not step.name and not step.person_id for step in incident.acknowledgements)
        assert not incident.resolution.note and not incident.resolution.name and not incident.resolution.person_id
        assert not any(one.HasField("reporter") for one in reports)
        return
    assert incident.report_count == 1
    if incident.state == pb.INCIDENT_STATE_RESOLVED:
        assert incident.resolution.note == NOTE
        assert [step.name for step in incident.acknowledgements] == [STAFF_NAMES["auxiliary-baoguo"]]
    for one in reports:
        assert one.text == case.text
        reporter = one.reporter
        number = phone if case.may_call else ""
        if grade == FULL:
            assert (reporter.person_id, reporter.name, reporter.phone) == (case.reporter, name, number)
        elif grade == FULL_NUMBER_ONLY:
            assert (reporter.person_id, reporter.name, reporter.phone) == ("", "", number)
        else:
            assert grade == FULL_NO_REPORTER and not one.HasField("reporter")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("person", PEOPLE)
def test_p5_bytes(stage, person, way):
    """Not by fields but by bytes: what must not arrive is nowhere in what arrived."""
    data = bytes_of(stage.received[person][way])
    assert data
    grades = {may_see(person, case.kind, case.where) for case in stage.cases}
    for case in stage.cases:
        grade = may_see(person, case.kind, case.where)
        if grade in (NOTHING, COARSE):
            assert not has_text(data, case.text)
        if grade == NOTHING:
            assert not has_text(data, case.incident)
    if grades <= {NOTHING, COARSE}:
        for latitude, longitude, _ in WHERE.values():
            assert not has_number(data, latitude) and not has_number(data, longitude)
    if grades <= {NOTHING, COARSE, OWN}:
        assert not has_text(data, NOTE)
        for name, spoken in STAFF_NAMES.items():
            assert not has_text(data, spoken) or person == "admin"
    for reporter, (name, phone) in REPORTERS.items():
        if FULL in grades or person in (reporter, "admin"):
            continue  # officers in charge; one's own welcome; the admin, whose trade is people and who sees no reports
        if person == "team-lead" and reporter == "searcher-1":
            assert not has_text(data, phone)
            continue  # of the own team: named as one who has not acknowledged its notice
        assert not has_text(data, name) and not has_text(data, reporter)
        if person != "fire-desk" or reporter != "volunteer-1":
            assert not has_text(data, phone)


@pytest.mark.parametrize("way", ("event", "event-json", "snapshot", "snapshot-json", "resume", "resume-json"))
@pytest.mark.parametrize("person", PEOPLE)
def test_p5_notices(stage, person, way):
    client = stage.received[person][way]
    data = bytes_of(client)
    for title, audience in NOTICES.items():
        assert has_text(data, stage.notices[title]) == (person in audience), title
        if person not in audience:
            assert not has_text(data, f"notice {title}")
    issuer_known = {"officer-baoguo", "liaison-baoguo", "auxiliary-baoguo", "bureau", "officer-xinjiang"}
    notices = [event.notice for event in client.events if event.HasField("notice")]
    notices += [state.notice for page in client.all("snapshot") for state in page.states if state.HasField("notice")]
    for notice in notices:
        if person not in issuer_known:
            assert not notice.issued_by_name and not notice.issued_by_person_id
        if notice.kind == messages().NOTICE_KIND_LOOKOUT:
            assert "110" in notice.instruction and "不跟踪" in notice.instruction


@pytest.mark.parametrize("way", ("event", "event-json", "snapshot", "snapshot-json", "resume", "resume-json"))
@pytest.mark.parametrize("person", PEOPLE)
def test_p5_withdrawn_notices(stage, person, way):
    """Whoever saw one ends with it withdrawn; nobody who comes new sees it; the case and the people behind it stay with staff."""
    client = stage.received[person][way]
    data = bytes_of(client)
    snapshot = way.startswith("snapshot")
    for title, audience in WITHDRAWN.items():
        known = person in audience and not snapshot
        assert has_text(data, stage.notices[title]) == known, title
        versions = [event.notice for event in client.events
                    if event.HasField("notice") and event.notice.id == stage.notices[title]]
        if known:
            last = max(versions, key=lambda notice: notice.version)
            assert last.state == messages().NOTICE_STATE_WITHDRAWN and last.reason == "reason-of-withdrawal"
            assert (f"notice {title}" in last.text) == (person in STAFF)
            assert person in STAFF or last.text.startswith("【已撤回】")
            alarm = [event.lane for event in client.events if event.HasField("notice")
                     and event.notice.id == last.id and event.notice.version == last.version]
            assert alarm == [messages().LANE_ROUTINE if "before its release" in title else messages().LANE_ALARM]
    if person not in STAFF:
        assert not has_text(data, CASE)


@pytest.mark.parametrize("person", PEOPLE)
async def test_p5_get_notice_tells_no_more(stage, district, person):
    """Asked for by id: the same people, and of the trail what each may see; to others it does not exist."""
    pb = messages()
    clues = {case.incident for case in stage.cases if case.kind == "CLUE"}
    async with district.connect(person) as ws:
        for title, audience in {**NOTICES, **WITHDRAWN}.items():
            answer = await ws.request(get_notice=pb.GetNotice(notice_id=stage.notices[title]))
            if person not in audience:
                invented = await ws.request(get_notice=pb.GetNotice(notice_id=uuid7()))
                assert answer.code == "unknown_notice" and answer == invented, title
                continue
            assert answer.DESCRIPTOR.name == "NoticeDetail", (title, answer)
            assert answer.notice.id == stage.notices[title] and answer.last
            trail = {incident.id for incident in answer.trail}
            if title == "missing person for the team":
                seen = {case.incident for case in stage.cases if case.kind == "CLUE"
                        and may_see(person, "CLUE", case.where) not in (NOTHING, COARSE)}
                assert trail & clues == seen
            else:
                assert not trail & clues
            if person not in STAFF:
                assert not answer.notice.steps and not answer.notice.case_number and not answer.notice.issued_by_name
        data = bytes_of(ws)
        for case in stage.cases:
            if may_see(person, case.kind, case.where) in (NOTHING, COARSE):
                assert not has_text(data, case.text)
        for reporter, (name, phone) in REPORTERS.items():
            if (person, reporter) == ("team-lead", "searcher-1"):
                continue
            if person not in (reporter, "admin", "officer-baoguo", "liaison-baoguo"):
                assert not has_text(data, name) and not has_text(data, phone)


@pytest.mark.parametrize("person", PEOPLE)
def test_p5_both_subprotocols_say_the_same(stage, person):
    """Lane by lane: how the two lanes are mixed is no connection's business but its own."""
    ways, pb = stage.received[person], messages()
    for lane in (pb.LANE_ALARM, pb.LANE_ROUTINE):
        for one, other in (("event", "event-json"), ("resume", "resume-json")):
            assert ([event for event in ways[one].events if event.HasField("incident") and event.lane == lane]
                    == [event for event in ways[other].events if event.HasField("incident") and event.lane == lane])


@pytest.mark.parametrize("person", PEOPLE)
def test_p5_each_event_comes_once(stage, person):
    """However many of one's channels it concerns."""
    for way in ("event", "resume"):
        offsets = [event.offset for event in stage.received[person][way].events]
        assert len(offsets) == len(set(offsets))


def test_p5_the_reporter_sees_each_step(stage):
    pb = messages()
    for case in stage.cases:
        kinds = [event.kind for event in stage.received[case.reporter]["event"].events
                 if event.HasField("incident") and event.incident.id == case.incident]
        assert kinds == [pb.EVENT_KIND_INCIDENT_OPENED, pb.EVENT_KIND_INCIDENT_ACKNOWLEDGED, pb.EVENT_KIND_INCIDENT_RESOLVED]


@pytest.mark.parametrize("person", PEOPLE)
async def test_p5_refusals_tell_nothing(stage, district, person):
    """An incident that exists but is not yours is refused word for word like one that does not exist."""
    pb = messages()
    async with district.connect(person) as ws:
        for case in stage.cases:
            if may_see(person, case.kind, case.where) != NOTHING:
                continue
            for body in (lambda id_: {"acknowledge_incident": pb.AcknowledgeIncident(incident_id=id_)},
                         lambda id_: {"resolve_incident": pb.ResolveIncident(incident_id=id_, outcome=pb.OUTCOME_HANDLED)}):
                real, invented = await ws.command(**body(case.incident)), await ws.command(**body(uuid7()))
                assert real.DESCRIPTOR.name == "Refusal" and real == invented
                assert real.code in ("unknown_incident", "not_permitted")
            real = await ws.request(get_incident=pb.GetIncident(incident_id=case.incident))
            invented = await ws.request(get_incident=pb.GetIncident(incident_id=uuid7()))
            assert real.code == "unknown_incident" and real == invented
        for title, audience in NOTICES.items():
            if person in audience or person == "admin":
                continue
            answer = await ws.command(submit_report=report("CLUE", "seen", notice_id=stage.notices[title]))
            invented = await ws.command(submit_report=report("CLUE", "seen", notice_id=uuid7()))
            assert answer.code == "unknown_notice" and answer == invented
        for reporter, (name, phone) in REPORTERS.items():
            if person not in (reporter, "admin"):
                data = bytes_of(ws)
                assert not has_text(data, name) and not has_text(data, phone) and not has_text(data, reporter)


@pytest.mark.parametrize("person", PEOPLE)
async def test_p5_channels_of_others_are_refused(stage, district, person):
    pb = messages()
    all_channels = {"station/baoguo", "station/xinjiang", "bureau", "fire", "team/four-leaf-clover", "admin",
                    "area/baoguo-qianjinli-1", "area/xinjiang-xinyou-1", "me/volunteer-1", "me/searcher-1"}
    async with district.connect(person) as ws:
        for channel in sorted(all_channels - set(ws.welcome.channels)):
            refusal = await ws.request(subscribe=pb.Subscribe(channels=["me", channel]))
            assert (refusal.code, refusal.field) == ("channel_invalid", "subscribe.channels[1]"), (channel, refusal)
        invented = await ws.request(subscribe=pb.Subscribe(channels=["me", "station/nowhere"]))
        assert invented.code == "channel_invalid"
        assert "me" in ws.welcome.channels and not [c for c in ws.welcome.channels if c.startswith("me/")]


@pytest.mark.parametrize("person", PEOPLE)
def test_p5_the_command_line_shows_no_more(stage, district, person):
    """`incident show` of each, and `incident list`, as text."""
    cli = district.cli(person)
    output = cli.expect(0, "incident", "list").stdout
    for case in (stage.case("FIRE", "inside"), stage.case("HAZARD", "border"), stage.case("CLUE", "inside")):
        shown = cli.run("incident", "show", case.incident)
        grade = may_see(person, case.kind, case.where)
        assert shown.code == (1 if grade == NOTHING else 0), shown.stdout + shown.stderr
        if grade == NOTHING:
            assert shown.last["code"] == "unknown_incident"
        output += shown.stdout + shown.stderr
        assert (case.text in shown.stdout) == (grade not in (NOTHING, COARSE))
        name, phone = REPORTERS[case.reporter]
        assert (name in shown.stdout) == (grade == FULL)
        assert (NOTE in shown.stdout) == (grade in (FULL, FULL_NO_REPORTER, FULL_NUMBER_ONLY))
    grades = {may_see(person, case.kind, case.where) for case in stage.cases}
    if FULL not in grades:
        for reporter, (name, _) in REPORTERS.items():
            assert name not in output and (person == reporter or f'"{reporter}"' not in output)


@pytest.mark.parametrize("person", SENDS)
async def test_p5_who_may_send_what(fresh_stage, person):
    """Every kind of command, for every role: done, or not_permitted and nothing stored."""
    district, fires, notice_id = fresh_stage
    pb = messages()
    reports, clues, acknowledges, resolves, lookouts, missing, administers = SENDS[person]
    async with district.connect(person) as ws:
        async def attempt(allowed, **body):
            answer = await ws.command(**body)
            if allowed:
                assert answer.DESCRIPTOR.name == "Receipt", (body, answer)
            else:
                assert answer.DESCRIPTOR.name == "Refusal", (body, answer)
                assert answer.code in ("not_permitted", "unknown_incident", "unknown_area"), (body, answer)

        for kind in ("SIGHTING", "FIRE", "HAZARD", "ASSIST", "DISPUTE"):
            await attempt(reports, submit_report=report(kind, "seen"))
        fire = fires.pop()
        await attempt(acknowledges, acknowledge_incident=pb.AcknowledgeIncident(incident_id=fire))
        await attempt(resolves, resolve_incident=pb.ResolveIncident(incident_id=fire, outcome=pb.OUTCOME_HANDLED))
        await attempt(lookouts, issue_notice=pb.IssueNotice(
            kind=pb.NOTICE_KIND_LOOKOUT, text="look out", area_ids=["baoguo"], identifies_person=False))
        await attempt(missing, issue_notice=pb.IssueNotice(
            kind=pb.NOTICE_KIND_MISSING_PERSON, text="missing", team_ids=["four-leaf-clover"]))
        if person not in ("volunteer-2", "officer-xinjiang", "admin", "fire-desk", "volunteer-1", "grid-worker-1"):
            await attempt(clues, submit_report=report("CLUE", "seen", notice_id=notice_id))
        for body in ({"put_district": pb.PutDistrict(district=pb.District(id="pingfang", name_zh="平房区", name_en="Pingfang"))},
                     {"put_team": pb.PutTeam(team=pb.Team(id="other", name_zh="另", name_en="Other"))},
                     {"put_person": pb.PutPerson(person=pb.Person(id="new", name="new",
                                                                  grants=[pb.Grant(role=pb.ROLE_BUREAU)]))},
                     {"add_device": pb.AddDevice(person_id="bureau", token_sha256=bytes(32))},
                     {"revoke_device": pb.RevokeDevice(device_id=uuid7())},
                     {"revoke_person": pb.RevokePerson(person_id="nobody")}):
            answer = await ws.command(**body)
            if administers:
                assert answer.DESCRIPTOR.name == "Receipt" or answer.code in ("unknown_device", "unknown_person"), answer
            else:
                assert answer.DESCRIPTOR.name == "Refusal" and answer.code == "not_permitted", (body, answer)


@pytest.fixture(scope="module")
def fresh_stage(district):
    """A fire in Baoguo for each person who will try, each too far from the others to be joined; a notice for clues."""
    async def prepare():
        pb = messages()
        async with district.connect("volunteer-2") as ws, district.connect("liaison-baoguo") as liaison, \
                district.connect("admin") as admin:
            await admin.stored(put_district=pb.PutDistrict(district=pb.District(
                id="pingfang", name_zh="平房区", name_en="Pingfang District", fire_join_distance_m=1)))
            fires = [(await ws.stored(submit_report=report("FIRE", "", place=place(45.6000 + n * 1e-4, 126.6200)))).incident_id
                     for n in range(len(SENDS))]
            notice = await liaison.stored(issue_notice=pb.IssueNotice(
                kind=pb.NOTICE_KIND_MISSING_PERSON, text="missing", team_ids=["four-leaf-clover"]))
        return district, fires, notice.notice_id
    return asyncio.run(prepare())


async def test_p5_an_officer_acts_only_for_the_own_station(stage, district):
    pb = messages()
    async with district.connect("officer-xinjiang") as ws:
        seen = stage.case("HAZARD", "border").incident
        await ws.refused("not_permitted", acknowledge_incident=pb.AcknowledgeIncident(incident_id=seen))
        await ws.refused("not_permitted", issue_notice=pb.IssueNotice(
            kind=pb.NOTICE_KIND_LOOKOUT, text="look out", area_ids=["baoguo"], identifies_person=False))
        await ws.refused("not_permitted", issue_notice=pb.IssueNotice(
            kind=pb.NOTICE_KIND_ADVISORY, text="look out", area_ids=["xinjiang", "pingfang"]))
    async with district.connect("grid-worker-1") as ws:
        await ws.refused("unknown_incident", acknowledge_incident=pb.AcknowledgeIncident(
            incident_id=stage.case("HAZARD", "border").incident))


async def test_p5_four_reporters_of_a_fire_do_not_learn_of_each_other(fresh_district):
    """One incident, four reports: each reporter sees the own alone, and its whole life."""
    pb, district = messages(), fresh_district
    names = ["volunteer-1", "volunteer-2", "volunteer-3", "grid-worker-1"]
    async with contextlib.AsyncExitStack() as stack:
        sockets = {}
        for name in names + ["officer-baoguo"]:
            sockets[name] = await stack.enter_async_context(district.connect(name))
            await sockets[name].subscribe(heartbeat_ms=1000)
        receipts = [await sockets[name].stored(submit_report=report("FIRE", f"words of {name}", place=place(*INSIDE)))
                    for name in names]
        assert len({receipt.incident_id for receipt in receipts}) == 1
        await sockets["officer-baoguo"].stored(
            acknowledge_incident=pb.AcknowledgeIncident(incident_id=receipts[0].incident_id))
        last = await sockets["officer-baoguo"].stored(resolve_incident=pb.ResolveIncident(
            incident_id=receipts[0].incident_id, outcome=pb.OUTCOME_HANDLED))
        for name, receipt in zip(names, receipts):
            ws = sockets[name]
            await ws.caught_up(last.offset)
            events = [event for event in ws.events if event.HasField("incident")]
            assert [event.kind for event in events] == [
                pb.EVENT_KIND_INCIDENT_OPENED, pb.EVENT_KIND_INCIDENT_ACKNOWLEDGED, pb.EVENT_KIND_INCIDENT_RESOLVED]
            assert events[0].offset == receipt.offset
            versions = [event.incident.version for event in events]
            assert versions == sorted(set(versions))
            assert all(event.incident.report_count == 0 and not event.incident.reports for event in events)
            for other in names:
                assert other == name or not has_text(bytes_of(ws), f"words of {other}")
        await sockets["officer-baoguo"].caught_up(last.offset)
        joined = [event for event in sockets["officer-baoguo"].events if event.kind == pb.EVENT_KIND_REPORT_JOINED]
        assert [event.incident.report_count for event in joined] == [2, 3, 4]
