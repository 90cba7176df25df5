"""After the first report: amendments, corroboration, merging and splitting, questions and answers; and what each reporter learns."""

import asyncio
import contextlib

from harness import messages, place, report

INSIDE = (45.600917, 126.610213, 20)
NAMES = ("volunteer-1", "volunteer-2", "volunteer-3", "grid-worker-1", "auxiliary-baoguo", "officer-baoguo", "officer-xinjiang",
         "liaison-baoguo", "fire-desk", "bureau", "searcher-1", "team-lead", "admin")


def near(metres: float):
    return place(INSIDE[0] + metres / 111_195, INSIDE[1], 10)


@contextlib.asynccontextmanager
async def everybody(district, names=NAMES):
    async with contextlib.AsyncExitStack() as stack:
        sockets = {}
        for name in names:
            sockets[name] = await stack.enter_async_context(district.connect(name))
            await sockets[name].subscribe(heartbeat_ms=1000)
        yield sockets


async def settle(sockets, receipt):
    for ws in sockets.values():
        await ws.caught_up(receipt.offset)
    return {name: b"\n".join(ws.raw) for name, ws in sockets.items()}


def incidents_told(ws):
    """Every incident that came by events, in order: (kind, incident)."""
    told = []
    for event in ws.events:
        if event.HasField("incident"):
            told += [(event.kind, event.incident)] + [(event.kind, other) for other in event.others]
    return told


async def test_fires_that_say_later_where_they_are_are_one(fresh_district):
    """As phones send them: at once and without a place, which follows."""
    pb, district = messages(), fresh_district
    who = ("volunteer-1", "volunteer-2", "volunteer-3", "officer-baoguo")
    async with everybody(district, who) as ws:
        fires = [await ws[name].stored(submit_report=report("FIRE", f"fire of {name}")) for name in who[:3]]
        for metres, (name, fire) in enumerate(zip(who, fires)):
            await ws[name].stored(amend_report=pb.AmendReport(report_id=fire.report_id, place=near(20 * metres)))
        async with asyncio.timeout(20):
            while True:
                first = (await ws["officer-baoguo"].request(get_incident=pb.GetIncident(incident_id=fires[0].incident_id))).incident
                if first.report_count == 3:
                    break
                await asyncio.sleep(0.1)
        # Each goes on seeing the own one, and learns how it goes.
        await ws["officer-baoguo"].stored(acknowledge_incident=pb.AcknowledgeIncident(incident_id=fires[0].incident_id))
        for name, fire in zip(who, fires):
            own = (await ws[name].request(get_incident=pb.GetIncident(incident_id=fire.incident_id))).incident
            assert own.id == fire.incident_id and own.state == pb.INCIDENT_STATE_ACKNOWLEDGED and own.report_count <= 1
        merged = [event for event in ws["officer-baoguo"].events if event.kind == pb.EVENT_KIND_INCIDENT_MERGED]
        assert len(merged) == 2 and not any(event.rings for event in merged)


async def test_p5_a_merge_tells_no_reporter_of_another(fresh_district):
    """By bytes, through merge, unmerge, merge and the end: each reporter's own incident, version by version, and nothing else."""
    pb, district = messages(), fresh_district
    async with everybody(district) as ws:
        async def hazard(who):
            return await ws[who].stored(submit_report=report("HAZARD", f"words of {who}", place=near(5)))
        one, two = await hazard("volunteer-1"), await hazard("volunteer-2")
        assert not one.similar_nearby and two.similar_nearby
        officer = ws["officer-baoguo"]
        merge = {"merge_incident": pb.MergeIncident(incident_id=two.incident_id, into_incident_id=one.incident_id)}
        await officer.stored(acknowledge_incident=pb.AcknowledgeIncident(incident_id=one.incident_id))
        merged = await officer.stored(**merge)
        await ws["volunteer-2"].stored(amend_report=pb.AmendReport(report_id=two.report_id, text="more words of volunteer-2"))
        await officer.stored(unmerge_incident=pb.UnmergeIncident(incident_id=two.incident_id))
        await officer.stored(**merge)
        await officer.stored(respond_incident=pb.RespondIncident(incident_id=one.incident_id))
        last = await officer.stored(resolve_incident=pb.ResolveIncident(incident_id=one.incident_id, outcome=pb.OUTCOME_HANDLED))
        data = await settle(ws, last)
        for who, other, receipt, theirs in (("volunteer-1", "volunteer-2", one, two), ("volunteer-2", "volunteer-1", two, one)):
            for secret in (theirs.incident_id, theirs.report_id, f"words of {other}", other):
                assert secret.encode() not in data[who], (who, secret)
            told = incidents_told(ws[who])
            assert {incident.id for _, incident in told} == {receipt.incident_id}
            versions = [incident.version for _, incident in told]
            assert versions == list(range(1, len(versions) + 1)), (who, versions)
            assert told[-1][0] == pb.EVENT_KIND_INCIDENT_RESOLVED and "谢谢" in told[-1][1].resolution.thanks
            assert all(kind not in (pb.EVENT_KIND_INCIDENT_MERGED, pb.EVENT_KIND_INCIDENT_UNMERGED) for kind, _ in told)
            mine = await ws[who].request(get_incident=pb.GetIncident(incident_id=receipt.incident_id))
            assert mine.incident.state == pb.INCIDENT_STATE_RESOLVED and mine.incident.version == versions[-1]
            not_mine = await ws[who].request(get_incident=pb.GetIncident(incident_id=theirs.incident_id))
            assert not_mine.code == "unknown_incident"
        # The desks: one incident with both reports, and the one that went says where.
        (event,) = [event for event in officer.events if event.offset == merged.offset]
        assert event.incident.id == one.incident_id and event.incident.report_count == 2
        assert [(other.id, other.merged_into) for other in event.others] == [(two.incident_id, one.incident_id)]
        detail = (await officer.request(get_incident=pb.GetIncident(incident_id=one.incident_id))).incident
        assert {one_report.reporter.person_id for one_report in detail.reports} == {"volunteer-1", "volunteer-2"}
        assert [said.amendment.text for said in detail.statements] == ["more words of volunteer-2"]
    district.hub.restart()
    async with district.connect("volunteer-2") as again, district.connect("officer-baoguo") as officer:
        # What moved was sealed anew: it is read after a restart, too.
        detail = (await officer.request(get_incident=pb.GetIncident(incident_id=one.incident_id))).incident
        assert len(detail.reports) == 2 and len(detail.statements) == 1
        await officer.stored(reopen_incident=pb.ReopenIncident(incident_id=one.incident_id))
        await officer.stored(unmerge_incident=pb.UnmergeIncident(incident_id=two.incident_id))
        mine = await again.request(get_incident=pb.GetIncident(incident_id=two.incident_id))
        assert mine.incident.id == two.incident_id and len(mine.incident.statements) == 1


async def test_p5_split_reports_keep_the_id_that_their_reporter_knows(fresh_district):
    pb, district = messages(), fresh_district
    async with everybody(district) as ws:
        receipts = [await ws[who].stored(submit_report=report("FIRE", f"words of {who}", place=near(metres)))
                    for who, metres in (("volunteer-1", 0), ("volunteer-2", 100), ("volunteer-3", 110))]
        incident = receipts[0].incident_id
        assert {receipt.incident_id for receipt in receipts} == {incident}
        split = await ws["officer-baoguo"].stored(split_incident=pb.SplitIncident(
            incident_id=incident, report_ids=[receipts[1].report_id, receipts[2].report_id]))
        assert split.incident_id != incident
        await ws["fire-desk"].stored(acknowledge_incident=pb.AcknowledgeIncident(incident_id=split.incident_id))
        last = await ws["fire-desk"].stored(resolve_incident=pb.ResolveIncident(
            incident_id=incident, outcome=pb.OUTCOME_FALSE_ALARM))
        data = await settle(ws, last)
        ends = {"volunteer-1": pb.EVENT_KIND_INCIDENT_RESOLVED, "volunteer-2": pb.EVENT_KIND_INCIDENT_ACKNOWLEDGED,
                "volunteer-3": pb.EVENT_KIND_INCIDENT_ACKNOWLEDGED}
        for who, end in ends.items():
            told = incidents_told(ws[who])
            assert [(kind, one.id, one.version) for kind, one in told] == [
                (pb.EVENT_KIND_INCIDENT_OPENED, incident, 1), (end, incident, 2)]
            assert split.incident_id.encode() not in data[who]
            mine = await ws[who].request(get_incident=pb.GetIncident(incident_id=incident))
            assert mine.incident.id == incident and mine.incident.version == 2


async def test_p5_what_is_asked_and_answered_stays_between_them(fresh_district):
    pb, district = messages(), fresh_district
    async with everybody(district) as ws:
        first = await ws["volunteer-1"].stored(submit_report=report("FIRE", "x", place=near(0)))
        second = await ws["volunteer-2"].stored(submit_report=report("FIRE", "y", place=near(10)))
        assert first.incident_id == second.incident_id
        asked = await ws["officer-baoguo"].stored(ask_reporter=pb.AskReporter(
            incident_id=first.incident_id, report_id=second.report_id, text="a question to one"))
        await ws["officer-baoguo"].stored(ask_reporter=pb.AskReporter(
            incident_id=first.incident_id, report_id=second.report_id, question_id="anybody-hurt"))
        answered = await ws["volunteer-2"].stored(answer_question=pb.AnswerQuestion(
            report_id=second.report_id, question_id=asked.statement_id, text="an answer to one", place=near(12)))
        data = await settle(ws, answered)
        for name in NAMES:
            may = name in ("officer-baoguo", "liaison-baoguo", "volunteer-2")
            for secret in ("a question to one", "an answer to one", "有人受伤吗"):
                # The admin knows the ready-made questions: the settings are the admin's.
                assert (secret.encode() in data[name]) == may or (name == "admin" and secret == "有人受伤吗"), (name, secret)
        asks = [event for event in ws["volunteer-2"].events if event.kind == pb.EVENT_KIND_REPORTER_ASKED]
        assert [event.statement.question.text for event in asks] == ["a question to one", "有人受伤吗？"]
        assert not any(event.statement.name or event.statement.person_id for event in asks), "no officer's name"
        assert [incident.version for _, incident in incidents_told(ws["volunteer-2"])] == [1, 2, 3, 4]
        assert [incident.version for _, incident in incidents_told(ws["volunteer-1"])] == [1]
        mine = await ws["volunteer-2"].request(get_incident=pb.GetIncident(incident_id=first.incident_id))
        assert len(mine.incident.statements) == 3
        others = await ws["volunteer-1"].request(get_incident=pb.GetIncident(incident_id=first.incident_id))
        assert not others.incident.statements
        for name in ("auxiliary-baoguo", "fire-desk", "bureau"):
            detail = await ws[name].request(get_incident=pb.GetIncident(incident_id=first.incident_id))
            assert not detail.incident.statements, name


async def test_p5_a_better_place_sends_it_to_the_right_station(fresh_district):
    pb, district = messages(), fresh_district
    await district.load_areas()
    elsewhere = district.station_place("xinjiang", 10)
    async with everybody(district) as ws:
        sent = await ws["volunteer-1"].stored(submit_report=report("FIRE", "words without a place"))
        data = await settle(ws, sent)
        assert sent.incident_id.encode() not in data["officer-xinjiang"]
        amended = await ws["volunteer-1"].stored(amend_report=pb.AmendReport(report_id=sent.report_id, place=elsewhere))
        await settle(ws, amended)
        (event,) = [event for event in ws["officer-xinjiang"].events if event.offset == amended.offset]
        assert event.rings and event.incident.station_id == "xinjiang" and event.incident.text == "words without a place"
        assert event.report.reporter.person_id == "volunteer-1" and event.statement.amendment.HasField("place")
        (event,) = [event for event in ws["officer-baoguo"].events if event.offset == amended.offset]
        assert event.incident.place.coarse and not event.HasField("statement") and not event.HasField("report")
        assert [(step.from_station_id, step.to_station_id) for step in event.incident.hand_overs] == [("baoguo", "xinjiang")]


async def test_a_fire_closed_of_late_is_opened_again_even_by_a_hub_that_has_just_started(fresh_district):
    pb, district = messages(), fresh_district
    async with district.connect("volunteer-1") as volunteer, district.connect("fire-desk") as desk:
        first = await volunteer.stored(submit_report=report("FIRE", "x", place=near(0)))
        await desk.stored(resolve_incident=pb.ResolveIncident(incident_id=first.incident_id, outcome=pb.OUTCOME_FALSE_ALARM))
    district.hub.restart()
    async with everybody(district, ("volunteer-1", "volunteer-2", "fire-desk", "officer-baoguo")) as ws:
        again = await ws["volunteer-2"].stored(submit_report=report("FIRE", "it burns", place=near(20)))
        assert again.incident_id == first.incident_id
        data = await settle(ws, again)
        (event,) = [event for event in ws["fire-desk"].events if event.offset == again.offset]
        assert event.rings and event.kind == pb.EVENT_KIND_REPORT_JOINED and event.incident.state == pb.INCIDENT_STATE_OPEN
        (told,) = incidents_told(ws["volunteer-1"])
        assert told[0] == pb.EVENT_KIND_INCIDENT_REOPENED and b"it burns" not in data["volunteer-1"]
        (told,) = incidents_told(ws["volunteer-2"])
        assert told[0] == pb.EVENT_KIND_INCIDENT_OPENED and told[1].version == 1 and not told[1].reopenings


async def test_merge_and_acknowledge_at_two_hubs_at_once(two_hubs):
    """Whoever is first: the other is told, and nothing is half done."""
    pb = messages()
    one, two = two_hubs.hubs
    async with two_hubs.connect("volunteer-1", one) as volunteer, two_hubs.connect("officer-baoguo", two) as officer, \
            two_hubs.connect("liaison-baoguo", one) as liaison:
        for _ in range(8):
            a, b = [(await volunteer.stored(submit_report=report("DISPUTE", "x", place=near(0)))).incident_id for _ in range(2)]
            merged, taken = await asyncio.gather(
                officer.command(merge_incident=pb.MergeIncident(incident_id=a, into_incident_id=b)),
                liaison.command(acknowledge_incident=pb.AcknowledgeIncident(incident_id=a)))
            assert merged.DESCRIPTOR.name == "Receipt", merged
            if taken.DESCRIPTOR.name == "Refusal":
                assert taken.code == "wrong_state" and taken.incident.merged_into == b
            detail = (await officer.request(get_incident=pb.GetIncident(incident_id=b))).incident
            taken_first = taken.DESCRIPTOR.name == "Receipt"
            assert detail.report_count == 2
            assert detail.state == (pb.INCIDENT_STATE_ACKNOWLEDGED if taken_first else pb.INCIDENT_STATE_OPEN)


async def test_p5_perhaps_the_same_is_for_officers_only(fresh_district):
    pb, district = messages(), fresh_district
    async with everybody(district) as ws:
        for kind in ("SIGHTING", "ASSIST", "DISPUTE", "HAZARD"):
            first = await ws["volunteer-1"].stored(submit_report=report(kind, "x", place=near(0)))
            second = await ws["volunteer-2"].stored(submit_report=report(kind, "y", place=near(50)))
            assert second.similar_nearby == (kind == "HAZARD") and not first.similar_nearby
            data = await settle(ws, second)
            (event,) = [event for event in ws["officer-baoguo"].events if event.offset == second.offset]
            assert [same.incident_id for same in event.incident.perhaps_same] == [first.incident_id]
            assert 45 <= event.incident.perhaps_same[0].distance_m <= 55
            for name in NAMES:
                if name not in ("officer-baoguo", "liaison-baoguo"):
                    assert not any(incident.perhaps_same for _, incident in incidents_told(ws[name])), name
            assert first.incident_id.encode() not in data["volunteer-2"]


def test_the_command_line_does_it_all(fresh_district):
    volunteer, officer = fresh_district.cli("volunteer-1"), fresh_district.cli("officer-baoguo")
    sent = [volunteer.done("report", "fire", "--at", f"{INSIDE[0] + n / 1112:.6f},{INSIDE[1]},10", "--building", f"{n}")
            for n in range(2)]
    assert sent[0]["incidentId"] == sent[1]["incidentId"]
    incident = sent[0]["incidentId"]
    assert volunteer.done("report", "amend", sent[0]["reportId"], "--worse", "--text", "it grows")["statementId"]
    assert volunteer.done("report", "amend", sent[0]["reportId"], "--over")["offset"]
    officer.done("incident", "ask", incident, "--report", sent[0]["reportId"], "--text", "which floor?")
    officer.done("incident", "ask", incident, "--report", sent[0]["reportId"], "--question", "anybody-hurt")
    volunteer.done("report", "answer", sent[0]["reportId"], "--text", "nobody")
    split = officer.done("incident", "split", incident, "--report", sent[1]["reportId"])["incidentId"]
    assert {line["id"] for line in officer.expect(0, "incident", "list").lines} == {incident, split}
    officer.done("incident", "merge", split, incident)
    assert {line["id"] for line in officer.expect(0, "incident", "list").lines} == {incident}
    officer.done("incident", "unmerge", split)
    assert officer.refused("incident", "merge", split, split)["code"] == "value_invalid"
    shown = officer.done("incident", "show", incident)
    assert len(shown["statements"]) == 5 and len(shown["reports"]) == 1
    shown = volunteer.done("incident", "show", incident)
    assert [next(iter(said.keys() - {"id", "timeMs", "desk"})) for said in shown["statements"]] == [
        "amendment", "amendment", "question", "question", "answer"]


async def test_p9_a_later_reporter_is_told_how_it_stands_and_no_time_at_which_nothing_happened(fresh_district):
    """A fire that somebody is on the way to, reported once more: on the way it is, and when that began is another's business."""
    pb, district = messages(), fresh_district
    async with everybody(district, ("volunteer-1", "volunteer-2", "officer-baoguo")) as ws:
        first = await ws["volunteer-1"].stored(submit_report=report("FIRE", "", place=near(0)))
        id_ = first.incident_id
        await ws["officer-baoguo"].stored(respond_incident=pb.RespondIncident(incident_id=id_))
        second = await ws["volunteer-2"].stored(submit_report=report("FIRE", "", place=near(20)))
        assert second.incident_id == id_
        await settle(ws, second)
        kind, opened = incidents_told(ws["volunteer-2"])[0]
        assert kind == pb.EVENT_KIND_INCIDENT_OPENED and opened.state == pb.INCIDENT_STATE_RESPONDING
        for step in (opened.acknowledgements, opened.responses):
            assert [(one.desk, one.time_ms) for one in step] == [("station/baoguo", 0)]
        seen = incidents_told(ws["volunteer-1"])[-1][1]
        assert seen.responses[0].time_ms >= first.stored_time_ms
        last = await ws["officer-baoguo"].stored(resolve_incident=pb.ResolveIncident(incident_id=id_, outcome=pb.OUTCOME_HANDLED))
        await settle(ws, last)
        closed = incidents_told(ws["volunteer-2"])[-1][1]
        assert closed.responses[0].time_ms == 0 and closed.resolution.time_ms >= second.stored_time_ms
    steps = district.cli("volunteer-2").done("incident", "show", id_)["chain"]
    assert [step["step"] for step in steps] == ["stored", "acknowledged", "responding", "resolved"]
    assert ["time_ms" in step for step in steps] == [True, False, False, True]


async def test_many_fires_of_one_person_ring_once_at_each_station(fresh_district):
    district = fresh_district
    names = ("volunteer-1", "volunteer-2", "officer-baoguo", "officer-xinjiang", "bureau", "fire-desk")
    async with everybody(district, names) as ws:
        async def rang(who, latitude, longitude):
            receipt = await ws[who].stored(submit_report=report("FIRE", "", place=place(latitude, longitude, 5)))
            await settle(ws, receipt)
            return {name for name in names
                    for event in ws[name].events if event.offset == receipt.offset and event.rings}
        everywhere = {"officer-baoguo", "bureau", "fire-desk"}
        assert await rang("volunteer-1", 45.6009, 126.6102) == everywhere
        assert await rang("volunteer-1", 45.5950, 126.6200) == everywhere
        assert await rang("volunteer-1", 45.6000, 126.6650) == {"officer-xinjiang"}, "it has heard of none of them"
        assert await rang("volunteer-1", 45.5940, 126.6650) == set(), "now it has"
        assert await rang("volunteer-1", 45.5900, 126.6300) == set(), "and so has the first"
        assert await rang("volunteer-2", 45.5940, 126.6650) == {"officer-xinjiang", "bureau", "fire-desk"}, "a second word"
