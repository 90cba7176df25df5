"""The life of an incident over the wire: who is first of two at two hubs, who sees it after a hand-over, what stays with a desk."""

import asyncio
import contextlib

import pytest
from access_oracle import PEOPLE, may_do
from harness import messages, offset_key, place, report, uuid7

INSIDE = (45.600917, 126.610213, 20)
LIVES = ("volunteer-1", "volunteer-2", "grid-worker-1", "auxiliary-baoguo", "officer-baoguo", "officer-xinjiang", "liaison-baoguo",
         "fire-desk", "bureau", "searcher-1", "team-lead", "admin")


def hazard(text="ice", **fields):
    return report("HAZARD", text, place=place(*INSIDE), **fields)


def acts(incident: str, seen: int = 0) -> dict:
    """Every act on an incident: by name what it takes, the refusal of the second, and the body."""
    pb = messages()
    return {
        "acknowledge": ("already_acknowledged", {"acknowledge_incident": pb.AcknowledgeIncident(incident_id=incident)}),
        "respond": ("already_responding", {"respond_incident": pb.RespondIncident(incident_id=incident)}),
        "assign": ("no_change", {"assign_incident": pb.AssignIncident(incident_id=incident, person_id="auxiliary-baoguo")}),
        "severity": ("no_change", {"set_severity": pb.SetSeverity(incident_id=incident, severity=pb.SEVERITY_MODERATE)}),
        "resolve": ("wrong_state", {"resolve_incident": pb.ResolveIncident(incident_id=incident, outcome=pb.OUTCOME_HANDLED)}),
        "hand over": ("handed_over", {"hand_over_incident": pb.HandOverIncident(incident_id=incident, station_id="xinjiang")}),
    }


@pytest.mark.parametrize("act", ["acknowledge", "respond", "assign", "severity", "resolve", "hand over", "reopen"])
async def test_of_two_at_two_hubs_the_second_is_told_who_was_first_and_what_is_so_now(two_hubs, act):
    pb = messages()
    one, two = two_hubs.hubs
    names = {"周民警", "郑联络"}
    async with two_hubs.connect("volunteer-1", one) as volunteer, two_hubs.connect("officer-baoguo", two) as officer, \
            two_hubs.connect("liaison-baoguo", one) as liaison:
        names = {officer.welcome.person.name, liaison.welcome.person.name}
        for _ in range(8):
            incident = (await volunteer.stored(submit_report=hazard())).incident_id
            if act == "reopen":
                await officer.stored(**acts(incident)["resolve"][1])
                code, body = "wrong_state", {"reopen_incident": pb.ReopenIncident(incident_id=incident)}
            else:
                code, body = acts(incident)[act]
            answers = await asyncio.gather(officer.command(**body), liaison.command(**body))
            assert sorted(answer.DESCRIPTOR.name for answer in answers) == ["Receipt", "Refusal"], answers
            refusal = next(answer for answer in answers if answer.DESCRIPTOR.name == "Refusal")
            first = officer if answers[0].DESCRIPTOR.name == "Receipt" else liaison
            assert refusal.code == code and refusal.field.endswith(".incident_id")
            assert first.welcome.person.name in refusal.message and "UTC" in refusal.message
            assert not any(name in refusal.message for name in names - {first.welcome.person.name})
            now = refusal.incident
            assert now.id == incident and now.version >= 2
            assert {"acknowledge": now.state == pb.INCIDENT_STATE_ACKNOWLEDGED,
                    "respond": now.state == pb.INCIDENT_STATE_RESPONDING,
                    "assign": [a.person_id for a in now.assignments] == ["auxiliary-baoguo"],
                    "severity": now.rating.severity == pb.SEVERITY_MODERATE,
                    "resolve": now.state == pb.INCIDENT_STATE_RESOLVED,
                    "hand over": now.station_id == "xinjiang" and now.place.coarse,
                    "reopen": now.state == pb.INCIDENT_STATE_OPEN and len(now.reopenings) == 1}[act]


async def test_a_change_of_what_was_seen_is_not_undone_by_who_saw_it_late(two_hubs):
    pb = messages()
    one, two = two_hubs.hubs
    async with two_hubs.connect("volunteer-1", one) as volunteer, two_hubs.connect("officer-baoguo", two) as officer, \
            two_hubs.connect("liaison-baoguo", one) as liaison:
        incident = (await volunteer.stored(submit_report=hazard())).incident_id
        for number, body in enumerate((lambda seen, n: {"set_severity": pb.SetSeverity(
                incident_id=incident, severity=[pb.SEVERITY_MINOR, pb.SEVERITY_SEVERE][n], seen_version=seen)},
                lambda seen, n: {"assign_incident": pb.AssignIncident(
                    incident_id=incident, person_id=["auxiliary-baoguo", "officer-baoguo"][n], seen_version=seen)})):
            seen = 1 + number
            answers = await asyncio.gather(officer.command(**body(seen, 0)), liaison.command(**body(seen, 1)))
            refusal = next(answer for answer in answers if answer.DESCRIPTOR.name == "Refusal")
            assert refusal.code == "changed_meanwhile" and refusal.incident.version == seen + 1
            assert sum(answer.DESCRIPTOR.name == "Receipt" for answer in answers) == 1


def has_text(data: bytes, text: str) -> bool:
    return text.encode() in data


async def played(district, stack):
    """Everybody listens to one hazard's whole life; gives each one's bytes as they were before and after the hand-over."""
    pb = messages()
    sockets = {}
    for name in LIVES:
        sockets[name] = await stack.enter_async_context(district.connect(name))
        await sockets[name].subscribe(heartbeat_ms=1000)
    officer = sockets["officer-baoguo"]
    opened = await sockets["volunteer-1"].stored(submit_report=hazard("the reporter's words"))
    incident = opened.incident_id

    async def note(who, text, **fields):
        return await sockets[who].stored(add_note=pb.AddNote(incident_id=incident, text=text, **fields))
    await sockets["grid-worker-1"].stored(respond_incident=pb.RespondIncident(incident_id=incident))
    await sockets["auxiliary-baoguo"].stored(respond_incident=pb.RespondIncident(incident_id=incident))
    await officer.stored(assign_incident=pb.AssignIncident(incident_id=incident, person_id="auxiliary-baoguo"))
    await officer.stored(set_severity=pb.SetSeverity(incident_id=incident, severity=pb.SEVERITY_MINOR))
    await note("auxiliary-baoguo", "note-of-the-crew")
    last = await note("officer-baoguo", "note-of-the-officer")
    for ws in sockets.values():
        await ws.caught_up(last.offset)
    before = {name: b"\n".join(ws.raw) for name, ws in sockets.items()}
    handed = await officer.stored(hand_over_incident=pb.HandOverIncident(
        incident_id=incident, station_id="xinjiang", text="why-it-is-yours"))
    await note("bureau", "note-after-the-hand-over")
    last = await sockets["officer-xinjiang"].stored(acknowledge_incident=pb.AcknowledgeIncident(incident_id=incident))
    for ws in sockets.values():
        await ws.caught_up(last.offset)
    after = {name: b"\n".join(ws.raw)[len(before[name]):] for name, ws in sockets.items()}
    return sockets, incident, handed, before, after


async def test_p5_a_hand_over_moves_all_of_it(fresh_district):
    """By bytes: the other station saw nothing and then sees all; the one that had it sees what a neighbour may."""
    pb, district = messages(), fresh_district
    async with contextlib.AsyncExitStack() as stack:
        sockets, incident, handed, before, after = await played(district, stack)
        assert not has_text(before["officer-xinjiang"], incident)
        (event,) = [event for event in sockets["officer-xinjiang"].events if event.offset == handed.offset]
        assert event.kind == pb.EVENT_KIND_INCIDENT_HANDED_OVER and event.rings
        assert event.incident.text == "the reporter's words" and event.statement.note.text == "why-it-is-yours"
        detail = await sockets["officer-xinjiang"].request(get_incident=pb.GetIncident(incident_id=incident))
        assert [one.reporter.person_id for one in detail.incident.reports] == ["volunteer-1"]
        assert [said.note.text for said in detail.incident.statements] == [
            "note-of-the-crew", "note-of-the-officer", "why-it-is-yours", "note-after-the-hand-over"]
        assert [step.desk for step in detail.incident.acknowledgements if not step.lapsed_time_ms] == [
            "grid/baoguo-qianjinli-1", "station/xinjiang"]
        # The former station: coarse, and what was written for it.
        (event,) = [event for event in sockets["officer-baoguo"].events if event.offset == handed.offset]
        assert event.incident.place.coarse and not event.incident.text and not event.rings
        assert event.statement.note.text == "why-it-is-yours" and not event.statement.name
        for name in ("officer-baoguo", "liaison-baoguo"):
            assert has_text(after[name], incident)
            for secret in ("the reporter's words", "volunteer-1", "note-after-the-hand-over"):
                assert not has_text(after[name], secret), (name, secret)
            detail = await sockets[name].request(get_incident=pb.GetIncident(incident_id=incident))
            assert detail.incident.place.coarse and not detail.incident.reports
            assert [said.note.text for said in detail.incident.statements] == ["why-it-is-yours"]
        # The crew of the former station is told that it left, and sees nothing of it any more.
        (left,) = [event for event in sockets["auxiliary-baoguo"].events
                   if event.HasField("incident") and offset_key(event.offset) >= offset_key(handed.offset)]
        assert left.kind == pb.EVENT_KIND_INCIDENT_LEFT and left.offset == handed.offset
        assert left.incident == pb.Incident(id=incident, version=left.incident.version, kind=left.incident.kind)
        refusal = await sockets["auxiliary-baoguo"].request(get_incident=pb.GetIncident(incident_id=incident))
        assert refusal.code == "unknown_incident"


async def test_p5_what_desks_say_stays_with_desks(fresh_district):
    pb, district = messages(), fresh_district
    async with contextlib.AsyncExitStack() as stack:
        sockets, incident, handed, before, after = await played(district, stack)
        notes = ("note-of-the-crew", "note-of-the-officer", "why-it-is-yours", "note-after-the-hand-over")
        for name in ("volunteer-1", "volunteer-2", "grid-worker-1", "fire-desk", "searcher-1", "team-lead", "admin"):
            for text in notes:
                assert not has_text(before[name] + after[name], text), (name, text)
        for name in ("officer-baoguo", "auxiliary-baoguo", "liaison-baoguo", "bureau"):
            assert has_text(before[name], "note-of-the-crew") and has_text(before[name], "note-of-the-officer")
        # The reporter: each step with its desk and time, and no name; nothing of assignments, severity, notes.
        ws = sockets["volunteer-1"]
        kinds = [event.kind for event in ws.events if event.HasField("incident")]
        assert kinds == [pb.EVENT_KIND_INCIDENT_OPENED, pb.EVENT_KIND_INCIDENT_RESPONDING, pb.EVENT_KIND_INCIDENT_RESPONDING,
                         pb.EVENT_KIND_INCIDENT_HANDED_OVER, pb.EVENT_KIND_INCIDENT_ACKNOWLEDGED]
        versions = [event.incident.version for event in ws.events if event.HasField("incident")]
        assert versions == [1, 2, 3, 4, 5], "nothing that the reporter does not see counts"
        for event in ws.events:
            assert not event.HasField("statement") and not event.incident.assignments and not event.incident.HasField("rating")
            assert not any(step.name or step.person_id for step in event.incident.responses)
            assert not any(step.name or step.person_id for step in event.incident.hand_overs)
        for name in ("周民警", "孙辅助"):
            assert not has_text(before["volunteer-1"] + after["volunteer-1"], name)
        refused = await ws.request(get_incident=pb.GetIncident(incident_id=incident))
        assert not refused.incident.statements
        # Neighbours and foreigners see no step that is none of theirs.
        assert not has_text(before["volunteer-2"] + after["volunteer-2"], incident)


async def test_what_was_said_outlives_the_hub(fresh_district):
    pb, district = messages(), fresh_district
    async with district.connect("volunteer-1") as volunteer, district.connect("officer-baoguo") as officer:
        incident = (await volunteer.stored(submit_report=hazard())).incident_id
        closed = (await volunteer.stored(submit_report=hazard("closed"))).incident_id
        for id_ in (incident, closed):
            await officer.stored(add_note=pb.AddNote(incident_id=id_, text="kept"))
            await officer.stored(set_severity=pb.SetSeverity(incident_id=id_, severity=pb.SEVERITY_MINOR))
        await officer.stored(resolve_incident=pb.ResolveIncident(incident_id=closed, outcome=pb.OUTCOME_HANDLED))
    district.hub.restart()
    async with district.connect("officer-baoguo") as officer:
        for id_ in (incident, closed):
            detail = await officer.request(get_incident=pb.GetIncident(incident_id=id_))
            assert [said.note.text for said in detail.incident.statements] == ["kept"]
            assert detail.incident.rating.severity == pb.SEVERITY_MINOR
        await officer.subscribe()
        states = {state.incident.id: state.incident for page in officer.all("snapshot") for state in page.states}
        assert [said.note.text for said in states[incident].statements] == ["kept"]
        # A closed one that no hub has in memory is found, and opened again.
        await officer.stored(reopen_incident=pb.ReopenIncident(incident_id=closed, text="again"))
        detail = await officer.request(get_incident=pb.GetIncident(incident_id=closed))
        assert [said.note.text for said in detail.incident.statements] == ["kept", "again"]
        assert detail.incident.state == pb.INCIDENT_STATE_OPEN


@pytest.mark.parametrize("person", ["volunteer-2", "officer-xinjiang", "grid-worker-1", "searcher-1", "team-lead", "admin", "fire-desk"])
async def test_p5_acts_on_what_one_may_not_see_are_refused_alike(district, person):
    """Word for word as for an incident that does not exist."""
    pb = messages()
    async with district.connect("volunteer-1") as volunteer, district.connect(person) as ws:
        incident = (await volunteer.stored(submit_report=report("SIGHTING", "secret", place=place(*INSIDE)))).incident_id
        reopen = {"reopen": ("", {"reopen_incident": pb.ReopenIncident(incident_id=incident)}),
                  "note": ("", {"add_note": pb.AddNote(incident_id=incident, text="x")})}
        for name, (_, body) in {**acts(incident), **reopen}.items():
            (field, message), = body.items()
            invented = type(message)()
            invented.CopyFrom(message)
            invented.incident_id = uuid7()
            real, other = await ws.command(**body), await ws.command(**{field: invented})
            assert real.DESCRIPTOR.name == "Refusal" and real == other, name
            assert real.code in ("unknown_incident", "not_permitted") and not real.HasField("incident")


@pytest.mark.parametrize("kind", ["FIRE", "HAZARD", "SIGHTING"])
@pytest.mark.parametrize("person", PEOPLE)
async def test_p5_who_may_do_what_to_an_incident(district, person, kind):
    """Every act by everybody: done, or refused and nothing changed."""
    pb = messages()
    async with district.connect("volunteer-2") as volunteer, district.connect("liaison-baoguo") as liaison, \
            district.connect("bureau") as ending, district.connect(person) as ws:
        async def opened():
            return (await volunteer.stored(submit_report=report(kind, "x", place=place(*INSIDE)))).incident_id
        for act in ("note", "acknowledge", "respond", "assign", "severity", "hand over", "resolve", "reopen"):
            incident = await opened()
            if act == "reopen":
                await liaison.stored(**acts(incident)["resolve"][1])
                body = {"reopen_incident": pb.ReopenIncident(incident_id=incident)}
            elif act == "note":
                body = {"add_note": pb.AddNote(incident_id=incident, text="x")}
            else:
                body = acts(incident)[act][1]
            before = (await liaison.request(get_incident=pb.GetIncident(incident_id=incident))).incident
            answer = await ws.command(**body)
            after = (await liaison.request(get_incident=pb.GetIncident(incident_id=incident))).incident
            if act in may_do(person, kind):
                # Of the bureau's desk there is no auxiliary-baoguo: that is no matter of the role.
                assert answer.DESCRIPTOR.name == "Receipt" or answer.code == "unknown_person", (act, answer)
            else:
                assert answer.DESCRIPTOR.name == "Refusal" and answer.code in \
                    ("not_permitted", "unknown_incident", "handed_over"), (act, answer)
                assert before == after, act
            if act == "hand over":  # back: the next fire is the same one, wherever it was handed to
                await ending.command(hand_over_incident=pb.HandOverIncident(incident_id=incident, station_id="baoguo"))
            await ending.command(**acts(incident)["resolve"][1])  # so that the next fire joins no open one


def test_the_command_line_does_it_all(district):
    volunteer, officer = district.cli("volunteer-1"), district.cli("officer-baoguo")
    incident = volunteer.done("report", "hazard", "--text", "ice", "--at", "45.600917,126.610213,20")["incidentId"]
    assert officer.done("incident", "respond", incident)["incidentId"] == incident
    assert officer.done("incident", "assign", incident, "--to", "auxiliary-baoguo")["offset"]
    assert officer.refused("incident", "assign", incident, "--to", "officer-baoguo", "--seen-version", "1")["code"] == "changed_meanwhile"
    assert officer.done("incident", "severity", incident, "minor")["offset"]
    assert officer.done("incident", "note", incident, "--text", "salt is on the way", "--for-neighbours")["statementId"]
    refusal = officer.refused("incident", "respond", incident)
    assert refusal["code"] == "already_responding" and refusal["incident"]["state"] == "INCIDENT_STATE_RESPONDING"
    officer.done("incident", "resolve", incident, "--outcome", "handled")
    officer.done("incident", "reopen", incident, "--text", "ice again")
    officer.done("incident", "hand-over", incident, "--to", "xinjiang", "--text", "the far side")
    shown = district.cli("officer-xinjiang").done("incident", "show", incident)
    assert [said["note"]["text"] for said in shown["statements"]] == ["salt is on the way", "ice again", "the far side"]
    assert shown["handOvers"][0]["toStationId"] == "xinjiang" and len(shown["reopenings"]) == 1
