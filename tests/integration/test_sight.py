"""Who sees an incident no longer, or in another way than before: what they are told, by which version, and who has to see to it."""

import contextlib

from harness import check_refusal, messages, place, report

INSIDE = (45.600917, 126.610213, 20)        # the grid of grid-worker-1
OTHER_GRID = (45.5928, 126.6402, 20)        # Baoguo too, another grid


def versions(ws, incident_id):
    """What reached this connection of the incident, in order: (kind, version)."""
    found = []
    for entry in ws.entries:
        events = [entry.event] if entry.HasField("event") else entry.snapshot.states if entry.HasField("snapshot") else []
        for event in events:
            for incident in ([event.incident] if event.HasField("incident") else []) + list(event.others):
                if incident.id == incident_id:
                    found.append((event.kind, incident.version))
    return found


def rises(ws, incident_id):
    numbers = [version for _, version in versions(ws, incident_id)]
    return numbers == sorted(numbers)


@contextlib.asynccontextmanager
async def watching(district, *names):
    async with contextlib.AsyncExitStack() as stack:
        sockets = []
        for name in names:
            ws = await stack.enter_async_context(district.connect(name))
            await ws.subscribe(heartbeat_ms=1000)
            sockets.append(ws)
        yield sockets


async def test_p3_no_version_falls_when_the_view_changes(fresh_district):
    """Officer, auxiliary and grid worker report, see it at their desk, lose it: whoever keeps the highest version sees the end."""
    pb, district = messages(), fresh_district
    async with watching(district, "officer-baoguo", "auxiliary-baoguo", "grid-worker-1", "officer-xinjiang", "bureau") as (
            officer, auxiliary, worker, xinjiang, bureau):
        for reporter in (officer, auxiliary, worker):
            sent = await reporter.stored(submit_report=report("HAZARD", "mine", place=place(*INSIDE)))
            for _ in range(3):
                await officer.stored(add_note=pb.AddNote(incident_id=sent.incident_id, text="a word"))
            if reporter is worker:
                await worker.stored(amend_report=pb.AmendReport(report_id=sent.report_id, place=place(*OTHER_GRID)))
                last = await officer.stored(resolve_incident=pb.ResolveIncident(
                    incident_id=sent.incident_id, outcome=pb.OUTCOME_HANDLED))
            else:
                await officer.stored(hand_over_incident=pb.HandOverIncident(incident_id=sent.incident_id, station_id="xinjiang"))
                await xinjiang.stored(respond_incident=pb.RespondIncident(incident_id=sent.incident_id))
                last = await bureau.stored(resolve_incident=pb.ResolveIncident(
                    incident_id=sent.incident_id, outcome=pb.OUTCOME_HANDLED))
            await reporter.caught_up(last.offset)
            got = versions(reporter, sent.incident_id)
            assert got[-1][0] == pb.EVENT_KIND_INCIDENT_RESOLVED and rises(reporter, sent.incident_id), got
            mine = await reporter.request(get_incident=pb.GetIncident(incident_id=sent.incident_id))
            assert mine.incident.state == pb.INCIDENT_STATE_RESOLVED and mine.incident.version == got[-1][1]


async def test_p3_whoever_loses_sight_is_told_so_also_who_was_away(fresh_district):
    pb, district = messages(), fresh_district
    left = pb.EVENT_KIND_INCIDENT_LEFT
    async with watching(district, "volunteer-1", "officer-baoguo", "auxiliary-baoguo", "grid-worker-1") as (
            volunteer, officer, auxiliary, worker):
        async with district.connect("auxiliary-baoguo") as away:
            await away.subscribe()
            cursor = away.cursor()
        sent = await volunteer.stored(submit_report=report("HAZARD", "SECRET ice", place=place(*INSIDE)))
        await worker.until(lambda: versions(worker, sent.incident_id))
        moved = await volunteer.stored(amend_report=pb.AmendReport(report_id=sent.report_id, place=place(*OTHER_GRID)))
        await worker.caught_up(moved.offset)
        (event,) = [event for event in worker.events if event.offset == moved.offset]
        assert event.kind == left and event.lane == moved.lane and not event.rings
        assert event.incident == pb.Incident(id=sent.incident_id, version=2, kind=pb.REPORT_KIND_HAZARD)
        assert not event.HasField("report") and not event.HasField("statement")
        check_refusal(await worker.command(acknowledge_incident=pb.AcknowledgeIncident(incident_id=sent.incident_id)),
                      "unknown_incident")
        handed = await officer.stored(hand_over_incident=pb.HandOverIncident(incident_id=sent.incident_id, station_id="xinjiang"))
        for ws in (auxiliary, officer, worker, volunteer):
            await ws.caught_up(handed.offset)
        assert versions(auxiliary, sent.incident_id)[-1] == (left, 3)
        assert versions(worker, sent.incident_id)[-1] == (left, 2), "once"
        for ws in (officer, volunteer):
            assert versions(ws, sent.incident_id)[-1][0] == pb.EVENT_KIND_INCIDENT_HANDED_OVER, "they see it, in another view"
        check_refusal(await auxiliary.command(acknowledge_incident=pb.AcknowledgeIncident(incident_id=sent.incident_id)),
                      "handed_over")
    async with district.connect("auxiliary-baoguo") as back:
        await back.subscribe(cursor=cursor, heartbeat_ms=1000)
        await back.caught_up(handed.offset)
        assert versions(back, sent.incident_id)[-1] == (left, 3) and rises(back, sent.incident_id)


async def test_p5_whose_role_shrinks_forgets_what_they_hold(fresh_district):
    pb, district = messages(), fresh_district
    async with watching(district, "admin", "volunteer-1", "auxiliary-baoguo") as (admin, volunteer, auxiliary):
        sent = await volunteer.stored(submit_report=report("ASSIST", "SECRET words", place=place(*INSIDE)))
        await auxiliary.until(lambda: versions(auxiliary, sent.incident_id))
        begin = len(auxiliary.entries)
        cursor = auxiliary.cursor()
        person = pb.Person()
        person.CopyFrom(auxiliary.welcome.person)
        person.grants[0].role, person.grants[0].scope_id = pb.ROLE_VOLUNTEER, ""
        await admin.stored(put_person=pb.PutPerson(person=person))
        await auxiliary.wait_for(lambda e: e.HasField("reset"), after=begin)
        await auxiliary.wait_for(lambda e: e.HasField("snapshot") and e.snapshot.last, after=begin)
        assert auxiliary.all("reset")[-1].reason == pb.RESET_REASON_RIGHTS
        assert b"SECRET" not in b"".join(auxiliary.raw[begin:])
    async with district.connect("auxiliary-baoguo") as back:
        answer = await back.subscribe(cursor=cursor)
        assert not answer.resumed and back.all("reset")[0].reason == pb.RESET_REASON_RIGHTS


async def test_p6_what_one_grid_took_the_other_has_to_take(fresh_district):
    """The place comes later, and is another grid's: nobody has it until somebody there takes it."""
    pb, district = messages(), fresh_district
    async with watching(district, "volunteer-1", "officer-baoguo", "grid-worker-1") as (volunteer, officer, worker):
        sent = await volunteer.stored(submit_report=report("HAZARD", "a lamp"))
        await worker.stored(respond_incident=pb.RespondIncident(incident_id=sent.incident_id))
        moved = await volunteer.stored(amend_report=pb.AmendReport(report_id=sent.report_id, place=place(*OTHER_GRID)))
        for ws in (officer, worker, volunteer):
            await ws.caught_up(moved.offset)
        (event,) = [event for event in officer.events if event.offset == moved.offset]
        assert event.rings and event.incident.state == pb.INCIDENT_STATE_OPEN
        assert all(step.lapsed_time_ms for step in [*event.incident.acknowledgements, *event.incident.responses])
        assert versions(worker, sent.incident_id)[-1][0] == pb.EVENT_KIND_INCIDENT_LEFT
        check_refusal(await worker.command(resolve_incident=pb.ResolveIncident(
            incident_id=sent.incident_id, outcome=pb.OUTCOME_HANDLED)), "handed_over")
        mine = (await volunteer.request(get_incident=pb.GetIncident(incident_id=sent.incident_id))).incident
        assert mine.state == pb.INCIDENT_STATE_OPEN and not mine.responses


async def test_p9_a_merge_takes_nothing_from_what_a_reporter_was_told(fresh_district):
    pb, district = messages(), fresh_district
    async with watching(district, "volunteer-1", "volunteer-2", "officer-baoguo", "officer-xinjiang") as (
            one, two, baoguo, xinjiang):
        first = await one.stored(submit_report=report("ASSIST", "one", place=place(*INSIDE)))
        second = await two.stored(submit_report=report("ASSIST", "two", place=place(*INSIDE)))
        for sent in (first, second):
            await baoguo.stored(hand_over_incident=pb.HandOverIncident(incident_id=sent.incident_id, station_id="xinjiang"))

        async def seen():
            return (await one.request(get_incident=pb.GetIncident(incident_id=first.incident_id))).incident
        before = await seen()
        assert before.version == 2 and len(before.hand_overs) == 1
        await xinjiang.stored(merge_incident=pb.MergeIncident(
            incident_id=first.incident_id, into_incident_id=second.incident_id))
        assert await seen() == before, "nothing that they see changed"
        await xinjiang.stored(acknowledge_incident=pb.AcknowledgeIncident(incident_id=second.incident_id))
        after = await seen()
        assert after.version == 3 and after.updated_time_ms >= before.updated_time_ms and after.hand_overs == before.hand_overs
        await xinjiang.stored(unmerge_incident=pb.UnmergeIncident(incident_id=first.incident_id))
        undone = await seen()
        assert undone.version == 4 and undone.updated_time_ms >= after.updated_time_ms
        assert undone.state == pb.INCIDENT_STATE_OPEN and undone.hand_overs == before.hand_overs
