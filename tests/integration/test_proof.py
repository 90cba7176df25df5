"""The chain of proof: stored, delivered, shown, acknowledged, responding, resolved; for those who may know, and honestly."""

import asyncio

from harness import messages, place, report, wait_until

INSIDE = (45.6009, 126.6102)
AT = "45.6009,126.6102,20"


async def test_the_reporter_and_no_page_says_119_knows_before_the_fire_desk_has_shown_it(fresh_district):
    pb = messages()
    async with fresh_district.connect("volunteer-1") as volunteer, fresh_district.connect("fire-desk") as desk, \
            fresh_district.connect("officer-baoguo") as officer, fresh_district.connect("volunteer-2") as other:
        for ws in (volunteer, desk, officer):
            await ws.subscribe(heartbeat_ms=1000)
        id_ = (await volunteer.stored(submit_report=report("FIRE", "", place=place(*INSIDE, 20)))).incident_id
        await desk.wait_for(lambda e: e.HasField("event") and e.event.incident.id == id_)
        await desk.send(mark=pb.Mark(delivered_incident_ids=[id_]))
        await officer.send(mark=pb.Mark(shown_incident_ids=[id_]))
        # Who may not see it as staff proves nothing, the reporter least of all.
        await volunteer.send(mark=pb.Mark(shown_incident_ids=[id_]))
        await other.send(mark=pb.Mark(shown_incident_ids=[id_, "no such incident"]))
        entry = await volunteer.wait_for(lambda e: e.HasField("event") and e.event.incident.shown_time_ms)
        seen = entry.event.incident
        assert not seen.fire_desk_shown_time_ms and not seen.proofs and not entry.event.rings
        assert seen.shown_time_ms >= seen.opened_time_ms
        known = await officer.wait_for(lambda e: e.HasField("event") and len(e.event.incident.proofs) == 2)
        assert {p.desk for p in known.event.incident.proofs} == {"fire", "station/baoguo"}
        await desk.send(mark=pb.Mark(shown_incident_ids=[id_]))
        entry = await volunteer.wait_for(lambda e: e.HasField("event") and e.event.incident.fire_desk_shown_time_ms)
        assert "fire-desk" not in str(entry)
        await officer.wait_for(lambda e: e.HasField("event") and e.event.incident.fire_desk_shown_time_ms)
        count = len(officer.events)
        await desk.send(mark=pb.Mark(shown_incident_ids=[id_], delivered_incident_ids=[id_]))
        await asyncio.sleep(1.5)
        assert len(officer.events) == count, "the first is kept, of the rest nothing is said"
        metrics = fresh_district.hub.http("/metrics")[1]
        denied = next(line for line in metrics.splitlines() if line.startswith('tocsin_marks_total{what="denied"}'))
        assert float(denied.split()[-1]) >= 3


def test_p9_a_fire_that_is_opened_again_was_shown_to_nobody(fresh_district):
    """Seen, closed, all consoles gone; a second fire joins it: neither reporter is told that 119 knows, until it does."""
    first, second, officer = (fresh_district.cli(name) for name in ("volunteer-1", "volunteer-2", "officer-baoguo"))
    consoles = [fresh_district.watch(name, "--shown", marks=True) for name in ("officer-baoguo", "fire-desk")]
    id_ = first.done("report", "fire", "--at", AT)["incidentId"]

    def told(cli):
        incident = cli.done("incident", "show", id_)
        return "shownTimeMs" in incident, "fireDeskShownTimeMs" in incident
    wait_until(lambda: told(first) == (True, True), 10, "both desks to have shown it")
    officer.done("incident", "resolve", id_, "--outcome", "handled")
    for console in consoles:
        console.close()
    assert told(first) == (True, True), "that it was shown before it was closed stays so"
    assert second.done("report", "fire", "--at", "45.6011,126.6102,5")["incidentId"] == id_
    assert told(first) == told(second) == told(officer) == (False, False)
    chain = officer.done("incident", "show", id_)["chain"]
    assert sorted(step["desk"] for step in chain if step["step"] == "shown") == ["fire", "station/baoguo"], "it was so"
    fresh_district.watch("fire-desk", "--shown", marks=True)
    wait_until(lambda: told(second) == (False, True), 10, "the fire desk to have shown it again")
    fresh_district.watch("officer-baoguo", "--shown", marks=True)
    wait_until(lambda: told(first) == told(second) == (True, True), 10, "the station, too")
    steps = [step for step in officer.done("incident", "show", id_)["chain"] if step["step"] == "shown"]
    assert sorted(step["desk"] for step in steps) == ["fire", "fire", "station/baoguo", "station/baoguo"]


def test_p9_a_console_that_stays_shows_again_what_was_handed_over_or_opened_again(fresh_district):
    volunteer, officer, other = (fresh_district.cli(name) for name in ("volunteer-1", "officer-baoguo", "officer-xinjiang"))
    fresh_district.watch("officer-baoguo", "--shown", marks=True)
    id_ = volunteer.done("report", "assist", "--text", "help", "--at", AT)["incidentId"]

    def shown_ms():
        return int(volunteer.done("incident", "show", id_).get("shownTimeMs", 0))
    before = wait_until(shown_ms, 10, "the station's screen")
    officer.done("incident", "resolve", id_, "--outcome", "handled")
    officer.done("incident", "reopen", id_)
    again = wait_until(lambda: shown_ms() > before and shown_ms(), 10, "the same screen, again")
    officer.done("incident", "hand-over", id_, "--to", "xinjiang")
    assert not shown_ms(), "the other station has seen nothing of it"
    fresh_district.watch("officer-xinjiang", "--shown", marks=True)
    assert wait_until(shown_ms, 10, "the other station's screen") > again
    other.done("incident", "hand-over", id_, "--to", "baoguo")
    wait_until(lambda: shown_ms() > again, 10, "the first station's screen a third time")


async def test_marks_are_bounded(fresh_district):
    pb = messages()
    async with fresh_district.connect("bureau") as bureau:
        answer = await bureau.request(mark=pb.Mark(shown_incident_ids=[str(n) for n in range(257)]))
        assert answer.code == "too_many" and answer.field == "mark.shown_incident_ids"
        for _ in range(200):
            await bureau.send(mark=pb.Mark(shown_incident_ids=["x"], delivered_incident_ids=["y"]))
        assert (await bureau.request(ping=pb.Ping())).time_ms


def test_the_chain_is_whole_through_a_hubs_death_and_a_reconnecting_console(two_hubs):
    one, two = two_hubs.hubs
    console = two_hubs.watch("officer-baoguo", "--shown", hub=one, marks=True)
    desk = two_hubs.watch("fire-desk", hub=two, marks=True)
    volunteer, officer = two_hubs.cli("volunteer-1", two), two_hubs.cli("officer-baoguo", two)
    before = volunteer.done("report", "fire", "--at", AT)["incidentId"]
    one.kill()
    # Far enough from the first not to join it.
    during = volunteer.done("report", "fire", "--at", "45.5992,126.6102,5")["incidentId"]
    assert during != before
    one.start()
    for id_ in (before, during):
        console.wait_for(lambda line, id_=id_: id_ in str(line), 20)
        desk.wait_for(lambda line, id_=id_: id_ in str(line), 20)

        def proven(id_=id_):
            proofs = {p["desk"]: p for p in officer.done("incident", "show", id_).get("proofs", [])}
            return "shownTimeMs" in proofs.get("station/baoguo", {}) and "fire" in proofs
        wait_until(proven, 20, "both desks' proof")
        officer.done("incident", "acknowledge", id_)
        officer.done("incident", "respond", id_)
        officer.done("incident", "resolve", id_, "--outcome", "handled")
        chain = officer.done("incident", "show", id_)["chain"]
        steps = [(step["step"], step.get("desk", "")) for step in chain]
        assert steps[0] == ("stored", "")
        for wanted in (("delivered", "station/baoguo"), ("shown", "station/baoguo"), ("delivered", "fire"),
                       ("acknowledged", "station/baoguo"), ("responding", "station/baoguo"),
                       ("resolved", "station/baoguo")):
            assert steps.count(wanted) == 1, (wanted, chain)
        assert ("shown", "fire") not in steps, "it only said that it was delivered"
        times = [step["time_ms"] for step in chain]
        assert times == sorted(times)
        assert steps.index(("shown", "station/baoguo")) < steps.index(("acknowledged", "station/baoguo"))
        shown = next(step for step in chain if step["step"] == "shown")
        assert shown["person"] == "officer-baoguo"


def test_stats(fresh_district):
    volunteer, officer = fresh_district.cli("volunteer-1"), fresh_district.cli("officer-baoguo")
    fresh_district.watch("officer-baoguo", "--shown", marks=True)
    for _ in range(3):
        id_ = volunteer.done("report", "assist", "--text", "help", "--at", AT)["incidentId"]
        wait_until(lambda: "shownTimeMs" in officer.done("incident", "show", id_), 10, "shown")
        officer.done("incident", "acknowledge", id_)
        officer.done("incident", "respond", id_)
    row = officer.done("stats", "--station", "baoguo", "--kind", "assist")
    assert row["stationId"] == "baoguo" and row["kind"] == "REPORT_KIND_ASSIST" and row["incidents"] == 3
    for step in ("storedToShown", "shownToAcknowledged", "acknowledgedToResponding"):
        assert row[step]["count"] == 3
        assert 0 <= int(row[step]["p50Ms"]) <= int(row[step]["p95Ms"]) <= int(row[step]["worstMs"]) < 60_000
    assert fresh_district.cli("bureau").done("stats")["incidents"] == 3
    assert officer.refused("stats", "--station", "xinjiang")["code"] == "not_permitted"
    assert volunteer.refused("stats")["code"] == "not_permitted"
