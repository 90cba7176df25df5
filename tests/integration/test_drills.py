"""Practice alarms on real hubs: nobody can take one for real, on any screen; what is real comes first."""

import pytest
from access_oracle import NOTHING, PEOPLE, may_see
from harness import messages, place, report, wait_until

MARK = "【演练】[DRILL]"
INSIDE = "45.600917,126.610213,20"
XINJIANG = "xinjiang"


def drill(cli, area="baoguo", *arguments):
    return cli.done("drill", "--area", area, *arguments)


def end(district, incident, name="bureau"):
    district.cli(name).run("incident", "resolve", incident, "--outcome", "no-action")


def words_in(value):
    """Every text that somebody may read, wherever it stands."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in ("text", "note", "title") and isinstance(inner, str):
                yield inner
            else:
                yield from words_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from words_in(inner)


def lines_about(lines, incident):
    return [line for line in lines if line.get("incident", {}).get("id") == incident]


def test_every_screen_and_every_text_says_that_it_is_a_drill(fresh_district):
    """The same desks as for a real fire see it, by event, snapshot and command; each line begins with it; nobody else does."""
    district = fresh_district
    watchers = {name: district.watch(name) for name in PEOPLE}
    officer = district.cli("officer-baoguo")
    receipt = drill(officer, "baoguo", "--at", INSIDE, "--text", "imagine smoke")
    incident = receipt["incidentId"]
    assert receipt["drill"] is True and receipt["lane"] == "LANE_ROUTINE"
    officer.done("incident", "acknowledge", incident)
    officer.done("incident", "note", incident, "--text", "engine out")
    who = {name for name in PEOPLE if may_see(name, "FIRE", "inside") != NOTHING} - {"volunteer-1"}
    for name in who:
        watchers[name].wait_for(lambda line: "ACKNOWLEDGED" in line.get("kind", "") and line["incident"]["id"] == incident)
    shown = {name: district.cli(name).done("incident", "show", incident) for name in who}
    listed = {name: next(line for line in district.cli(name).expect(0, "incident", "list").lines if line["id"] == incident)
              for name in who}
    officer.done("incident", "resolve", incident, "--outcome", "handled", "--note", "went well")
    for name in who:
        watchers[name].wait_for(lambda line: "RESOLVED" in line.get("kind", "") and line["incident"]["id"] == incident)
    for name, watcher in watchers.items():
        if name not in who:
            assert incident not in str(watcher.lines), name
            continue
        for line in [*lines_about(watcher.lines, incident), shown[name], listed[name]]:
            assert list(line)[:2] == ["drill", "title"], (name, line)
            assert line["drill"] is True and line["title"].startswith(MARK)
            texts = list(words_in(line))
            assert texts and all(text.startswith(MARK) for text in texts), (name, texts)
            assert line.get("incident", line)["text"].startswith(MARK)
            assert line.get("lane", "LANE_ROUTINE") == "LANE_ROUTINE"


async def test_the_wire_says_it_in_both_subprotocols(fresh_district):
    pb, district = messages(), fresh_district
    for as_json in (False, True):
        async with district.connect("fire-desk", json=as_json) as desk, district.connect("officer-baoguo") as officer:
            await desk.subscribe()
            receipt = await officer.stored(start_drill=pb.StartDrill(area_id="baoguo", kind=pb.REPORT_KIND_FIRE))
            assert receipt.drill
            event = (await desk.wait_for(lambda entry: entry.HasField("event")
                                         and entry.event.incident.id == receipt.incident_id)).event
            assert event.incident.drill and event.incident.title.startswith(MARK)
            assert event.incident.text.startswith(MARK) and event.report.text.startswith(MARK)
            await officer.stored(resolve_incident=pb.ResolveIncident(
                incident_id=receipt.incident_id, outcome=pb.OUTCOME_NO_ACTION))


def test_the_report_says_who_took_it_and_how_fast(fresh_district):
    district = fresh_district
    officer = district.cli("officer-baoguo")
    incident = drill(officer)["incidentId"]
    officer.done("incident", "acknowledge", incident)
    district.cli("fire-desk").done("incident", "acknowledge", incident)
    told = officer.done("drill", "report", incident)
    assert list(told)[:2] == ["drill", "title"] and told["title"].startswith(MARK)
    desks = {row["desk"]: row for row in told["desks"]}
    assert set(desks) == {"station/baoguo", "bureau", "fire"}
    assert desks["station/baoguo"]["acknowledgedAfterMs"] >= 0 and desks["fire"]["reached"] is True
    assert desks["bureau"]["reached"] is False
    assert (told["alarmed"], told["reached"], told["acknowledged"]) == (3, 2, 2)
    real = district.cli("volunteer-1").done("report", "hazard", "--text", "ice", "--at", INSIDE)["incidentId"]
    assert officer.run("drill", "report", real).code == 2


def test_a_real_alarm_refuses_a_drill_and_ends_one(two_hubs):
    """The fire is reported at one hub while the drill was started at the other: within a second the drill is over, once."""
    district = two_hubs
    one, other = district.hubs
    officer, volunteer = district.cli("officer-baoguo", one), district.cli("volunteer-1", other)
    desk = district.watch("fire-desk", hub=other)
    practice = drill(officer, "baoguo", "--at", INSIDE)["incidentId"]
    desk.wait_for(lambda line: line.get("incident", {}).get("id") == practice)
    real = volunteer.done("report", "fire", "--at", INSIDE)
    assert real["incidentId"] != practice and real["drill"] is False and real["lane"] == "LANE_ALARM"
    ended = desk.wait_for(lambda line: line.get("kind") == "EVENT_KIND_DRILL_ENDED", timeout=10)
    assert ended["incident"]["id"] == practice and ended["incident"]["drillEnd"] == "DRILL_END_REAL_ALARM"
    assert "有真实警情" in ended["title"] and ended["incident"]["state"] == "INCIDENT_STATE_RESOLVED"
    fire = desk.wait_for(lambda line: line.get("incident", {}).get("id") == real["incidentId"])
    assert "drill" not in str(fire) and MARK not in str(fire)
    refusal = officer.refused("drill", "--area", "baoguo-qianjinli-1")
    assert refusal["code"] == "drill_refused_real_alarm"
    assert drill(district.cli("bureau"), XINJIANG)["incidentId"], "another station may"
    wait_until(lambda: len([line for line in desk.lines if line.get("kind") == "EVENT_KIND_DRILL_ENDED"]) == 1,
               what="one end of the drill")


async def test_a_real_alarm_overtakes_a_drill(fresh_district):
    """Both wait for somebody who comes back: the real one is first, though the drill and all its steps are older."""
    pb, district = messages(), fresh_district
    async with district.connect("bureau") as bureau:
        await bureau.subscribe()
        cursor = bureau.cursor()
        practice = await bureau.stored(start_drill=pb.StartDrill(area_id=XINJIANG, kind=pb.REPORT_KIND_FIRE))
        for number in range(20):
            await bureau.stored(add_note=pb.AddNote(incident_id=practice.incident_id, text=f"step {number}"))
        async with district.connect("volunteer-1") as volunteer:
            real = await volunteer.stored(submit_report=report("FIRE", "", place=place(45.600917, 126.610213)))
    async with district.connect("bureau") as back:
        await back.subscribe(cursor=cursor)
        await back.caught_up(real.offset)
        first = back.events[0]
        assert first.incident.id == real.incident_id and not first.incident.drill


@pytest.mark.parametrize("person, area, code", [
    ("officer-baoguo", XINJIANG, "not_permitted"), ("officer-baoguo", "pingfang", "value_invalid"),
    ("officer-baoguo", "atlantis", "unknown_area"), ("volunteer-1", "baoguo", "not_permitted"),
    ("auxiliary-baoguo", "baoguo", "not_permitted"), ("fire-desk", "baoguo", "not_permitted"),
    ("admin", "baoguo", "not_permitted")])
def test_who_may_not(district, person, area, code):
    assert district.cli(person).refused("drill", "--area", area)["code"] == code
