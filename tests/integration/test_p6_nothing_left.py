"""P6: no alert is left lying. All three clocks, empty desks, and hubs that are dead when it is time."""

import asyncio
import contextlib
import re
import time

from harness import messages, place, report, wait_until

INSIDE = (45.6009, 126.6102)


def step(after_s, *tell, raise_=True):
    pb = messages()
    made = pb.EscalationStep(after_s=after_s, tell=[getattr(pb, "ESCALATION_TARGET_" + name) for name in tell])
    setattr(made, "raise", raise_)
    return made


def clock(*steps, repeat_s=0):
    return messages().ClockPolicy(steps=steps, repeat_s=repeat_s)


async def put_policy(admin, unattended_after_s=0, **clocks):
    pb = messages()
    await admin.stored(put_district=pb.PutDistrict(district=pb.District(
        id="pingfang", name_zh="平房区", name_en="Pingfang District", unattended_after_s=unattended_after_s,
        policies=[pb.Policy(at_once_where_unattended=unattended_after_s > 0, **clocks)])))


def escalated(incident):
    pb = messages()
    return lambda e: (e.HasField("event") and e.event.kind == pb.EVENT_KIND_INCIDENT_ESCALATED
                      and e.event.incident.id == incident)


def fire():
    return report("FIRE", "smoke", place=place(*INSIDE, 20))


async def test_fires_once_though_both_hubs_are_dead_when_it_is_due(two_hubs):
    one, two = two_hubs.hubs
    async with two_hubs.connect("admin", one) as admin, two_hubs.connect("volunteer-1", one) as volunteer:
        await put_policy(admin, unacknowledged=clock(step(3, "BUREAU")))
        opened = await volunteer.stored(submit_report=fire())
    stored_at = time.monotonic()
    one.kill()
    two.kill()
    await asyncio.sleep(max(0.0, stored_at + 4.5 - time.monotonic()))
    two.start()
    back = time.monotonic()
    async with two_hubs.connect("bureau", two) as bureau:
        await bureau.subscribe(heartbeat_ms=1000)

        def found():
            states = [s.incident for page in bureau.all("snapshot") for s in page.states if s.HasField("incident")]
            known = [*states, *(e.incident for e in bureau.events if e.HasField("incident"))]
            return [i for i in known if i.id == opened.incident_id and i.escalations]
        await bureau.until(lambda: bool(found()), timeout=5)
        took = time.monotonic() - back
        assert took < 2, f"{took:.2f} s after the first hub's return"
        one.start()
        await asyncio.sleep(3)
        (escalation,) = found()[-1].escalations
        assert escalation.times == 1 and list(escalation.desks) == ["bureau"] and escalation.step == 1
        assert escalation.early_ms == 0 and escalation.after_s == 3
        assert two_hubs.redis.command("ZCARD", "{pingfang}:deadline") == 0


async def test_fires_once_though_both_hubs_die_between_the_deadline_and_the_firing(two_hubs):
    """Both hubs have seen that it is due, and their firings wait in Redis when the hubs are killed."""
    one, two = two_hubs.hubs
    redis = two_hubs.redis
    async with two_hubs.connect("admin", one) as admin, two_hubs.connect("volunteer-1", one) as volunteer:
        await put_policy(admin, unacknowledged=clock(step(3, "BUREAU")))
        opened = await volunteer.stored(submit_report=fire())
    stored_at = time.monotonic()
    await asyncio.sleep(max(0.0, stored_at + 2.5 - time.monotonic()))
    redis.command("CLIENT", "PAUSE", 1_800, "WRITE")
    await asyncio.sleep(max(0.0, stored_at + 3.6 - time.monotonic()))
    waiting = redis.command("INFO", "clients").decode()
    assert int(re.search(r"blocked_clients:(\d+)", waiting)[1]) >= 2, "both hubs were about to fire"
    one.kill()
    two.kill()
    redis.command("CLIENT", "UNPAUSE")
    wait_until(lambda: redis.command("ZCARD", "{pingfang}:deadline") == 1, what="the deadline still stands")
    two.start()
    back = time.monotonic()
    escalation, took = await the_only_escalation(two_hubs, two, opened.incident_id, back)
    assert took < 2, f"{took:.2f} s after the first hub's return"
    assert escalation.times == 1 and escalation.early_ms == 0
    one.start()
    await asyncio.sleep(2)
    escalation, _ = await the_only_escalation(two_hubs, one, opened.incident_id, back)
    assert escalation.times == 1
    assert redis.command("ZCARD", "{pingfang}:deadline") == 0


async def the_only_escalation(district, hub, incident, since):
    """As the bureau sees it at that hub, and how long that took."""
    async with district.connect("bureau", hub) as bureau:
        await bureau.subscribe(heartbeat_ms=1000)

        def found():
            states = [s.incident for page in bureau.all("snapshot") for s in page.states if s.HasField("incident")]
            known = [*states, *(e.incident for e in bureau.events if e.HasField("incident"))]
            return [i for i in known if i.id == incident and i.escalations]
        await bureau.until(lambda: bool(found()), timeout=5)
        took = time.monotonic() - since
        (escalation,) = found()[-1].escalations
        return escalation, took


async def test_fires_once_though_both_hubs_are_killed_as_it_fires(two_hubs):
    """At the very moment, a little before and a little after: fired before the kill or after the return, never twice, never not."""
    one, two = two_hubs.hubs
    async with two_hubs.connect("admin", one) as admin:
        await put_policy(admin, unacknowledged=clock(step(2, "BUREAU")))
    for late in (-0.02, 0.0, 0.01, 0.02, 0.05):
        async with two_hubs.connect("volunteer-1", one) as volunteer:
            opened = await volunteer.stored(submit_report=report("ASSIST", "help", place=place(*INSIDE, 20)))
        stored_at = time.monotonic()
        await asyncio.sleep(max(0.0, stored_at + 2 + late - time.monotonic()))
        one.kill()
        two.kill()
        one.start()
        back = time.monotonic()
        two.start()
        escalation, took = await the_only_escalation(two_hubs, one, opened.incident_id, back)
        assert took < 4, "two hubs were started meanwhile"
        await asyncio.sleep(0.5)
        escalation, _ = await the_only_escalation(two_hubs, two, opened.incident_id, back)
        assert escalation.times == 1 and escalation.early_ms == 0, late


async def test_all_three_clocks(fresh_district):
    pb = messages()
    async with contextlib.AsyncExitStack() as stack:
        people = {name: await stack.enter_async_context(fresh_district.connect(name))
                  for name in ("admin", "volunteer-1", "officer-baoguo", "bureau")}
        await put_policy(people["admin"],
                         unacknowledged=clock(step(2, "IN_CHARGE"), step(1, "NEIGHBOURS", "BUREAU")),
                         not_responding=clock(step(2, "BUREAU")), silent=clock(step(2, "IN_CHARGE"), repeat_s=10))
        for name in ("officer-baoguo", "bureau"):
            await people[name].subscribe(heartbeat_ms=1000)
        officer, bureau = people["officer-baoguo"], people["bureau"]
        opened = await people["volunteer-1"].stored(submit_report=report("ASSIST", "help", place=place(*INSIDE, 20)))
        id_ = opened.incident_id
        assert opened.lane == pb.LANE_ROUTINE

        async def next_escalation(clock_, step_, ws, after):
            entry = await ws.wait_for(lambda e: escalated(id_)(e) and any(
                x.clock == clock_ and x.step == step_ for x in e.event.incident.escalations), timeout=10)
            waited = (entry.event.time_ms - after) / 1000
            assert entry.event.lane == pb.LANE_ALARM
            return entry.event, waited

        event, waited = await next_escalation(pb.CLOCK_UNACKNOWLEDGED, 1, officer, opened.stored_time_ms)
        assert 2.0 <= waited < 4.0 and event.rings
        other = (await bureau.wait_for(escalated(id_))).event
        assert not other.rings, "the bureau was not told yet"
        event, waited = await next_escalation(pb.CLOCK_UNACKNOWLEDGED, 2, bureau, opened.stored_time_ms)
        assert 3.0 <= waited < 5.5 and event.rings
        second = next(e for e in event.incident.escalations if e.step == 2)
        neighbours = [desk for desk in second.desks if desk.startswith("station/")]
        assert neighbours and "station/baoguo" not in neighbours and "bureau" in second.desks
        taken = await officer.stored(acknowledge_incident=pb.AcknowledgeIncident(incident_id=id_))
        event, waited = await next_escalation(pb.CLOCK_NOT_RESPONDING, 1, bureau, taken.stored_time_ms)
        assert 2.0 <= waited < 4.0 and event.rings
        gone = await officer.stored(respond_incident=pb.RespondIncident(incident_id=id_))
        await asyncio.sleep(1)
        word = await officer.stored(add_note=pb.AddNote(incident_id=id_, text="we are there"))
        event, waited = await next_escalation(pb.CLOCK_SILENT, 1, officer, word.stored_time_ms)
        assert 2.0 <= waited < 4.0, "word starts the clock anew"
        assert event.time_ms - gone.stored_time_ms >= 3000
        await officer.stored(resolve_incident=pb.ResolveIncident(incident_id=id_, outcome=pb.OUTCOME_HANDLED))
        count = len(bureau.events)
        await asyncio.sleep(2.5)
        assert len(bureau.events) <= count + 1, "what is over is left alone"


async def test_an_empty_or_unattended_desk_is_not_waited_for(two_hubs):
    pb = messages()
    one, two = two_hubs.hubs
    async with two_hubs.connect("admin", one) as admin, two_hubs.connect("volunteer-1", one) as volunteer, \
            two_hubs.connect("bureau", one) as bureau:
        await bureau.subscribe(heartbeat_ms=1000)
        await put_policy(admin, unattended_after_s=12, unacknowledged=clock(step(600, "BUREAU")))
        await asyncio.sleep(8)  # the hubs know of each other's consoles

        async def sent():
            return (await volunteer.stored(submit_report=report("ASSIST", "help", place=place(*INSIDE, 20),
                                                                urgent=True))).incident_id
        start = time.monotonic()
        entry = await bureau.wait_for(escalated(await sent()), timeout=5)
        assert time.monotonic() - start < 3
        (escalation,) = entry.event.incident.escalations
        assert escalation.reason == pb.ESCALATION_REASON_NOBODY_CONNECTED
        assert escalation.unattended_desk == "station/baoguo" and escalation.after_s == 0

        async with two_hubs.connect("officer-baoguo", two) as officer:  # at the other hub
            await officer.subscribe(heartbeat_ms=1000)
            await officer.send(attended=pb.Attended())
            await asyncio.sleep(3)
            left = await sent()
            await asyncio.sleep(3)
            assert not [e for e in bureau.events if e.incident.id == left and e.incident.escalations]
            entry = await bureau.wait_for(escalated(left), timeout=20)
            assert entry.event.incident.escalations[0].reason == pb.ESCALATION_REASON_UNATTENDED
            await officer.send(attended=pb.Attended())
            await asyncio.sleep(3)
            left = await sent()
            await asyncio.sleep(2)
        entry = await bureau.wait_for(escalated(left), timeout=15)
        assert entry.event.incident.escalations[0].reason == pb.ESCALATION_REASON_NOBODY_CONNECTED


async def test_a_shift_ends_only_when_its_incidents_are_in_good_hands(fresh_district):
    volunteer, officer, liaison = (fresh_district.cli(n) for n in ("volunteer-1", "officer-baoguo", "liaison-baoguo"))
    where = ",".join(map(str, (*INSIDE, 20)))
    officer.done("shift", "start")
    ids = [volunteer.done("report", "assist", "--text", "help", "--at", where)["incidentId"] for _ in range(2)]
    for id_ in ids:
        officer.done("incident", "acknowledge", id_)
    refusal = officer.refused("shift", "end")
    assert refusal["code"] == "open_incidents" and "2 of your incidents" in refusal["message"]
    assert officer.refused("shift", "end", "--hand-to", "liaison-baoguo")["code"] == "wrong_state"
    liaison.done("shift", "start")
    officer.done("shift", "end", "--hand-to", "liaison-baoguo")
    # From the receipt on they are the colleague's, though the events that say so follow it.
    refusal = liaison.refused("shift", "end")
    assert refusal["code"] == "open_incidents" and "2 of your incidents" in refusal["message"]

    def handed():
        shown = [liaison.done("incident", "show", id_) for id_ in ids]
        return all(i.get("assignments", [{}])[0].get("personId") == "liaison-baoguo" for i in shown)
    wait_until(handed, 10, "both incidents say who has them")
    assert officer.refused("shift", "end")["code"] == "no_change"
