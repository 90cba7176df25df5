"""The life of a notice, with real hubs: released by a second officer, corrected, withdrawn, over; and its trail."""

import time

from harness import messages, place, report, start_district, uuid7, wait_until

AT = "45.6009,126.6102,20"
GRID = "baoguo-qianjinli-1"
PEOPLE = ("volunteer-1", "volunteer-2", "auxiliary-baoguo", "officer-baoguo", "officer-xinjiang", "liaison-baoguo", "bureau")


def lookout(cli, *arguments, text="look out", identifies="no"):
    return cli.done("notice", "lookout", "--area", GRID, "--text", text, "--identifies-person", identifies, *arguments)


def newest(events, notice_id):
    """What somebody who folds by version shows of the notice; None where they never heard of it."""
    versions = [event["notice"] for event in events if event.get("notice", {}).get("id") == notice_id]
    return max(versions, key=lambda notice: notice["version"], default=None)


def shown(watcher, notice_id):
    return newest(watcher.events, notice_id)


def listed(cli, notice_id):
    return next((line for line in cli.expect(0, "notice", "list").lines if line["id"] == notice_id), None)


def test_a_lookout_that_identifies_a_person_waits_for_a_second_officer(district):
    watchers = {name: district.watch(name) for name in PEOPLE}
    officer, liaison = district.cli("officer-baoguo"), district.cli("liaison-baoguo")
    receipt = lookout(officer, "--case", "A2026-113", text="黑A·12345", identifies="yes")
    id_ = receipt["noticeId"]
    for name in ("officer-baoguo", "liaison-baoguo", "bureau"):
        watchers[name].wait_for(lambda line: line.get("kind") == "EVENT_KIND_NOTICE_PROPOSED" and line["notice"]["id"] == id_)
        assert listed(district.cli(name), id_)["state"] == "NOTICE_STATE_AWAITING_RELEASE"
    for name in ("volunteer-1", "auxiliary-baoguo", "officer-xinjiang"):
        assert listed(district.cli(name), id_) is None
        assert district.cli(name).refused("notice", "show", id_)["code"] == "unknown_notice"
    assert officer.refused("notice", "release", id_, "--version", 1)["code"] == "needs_second_officer"
    assert liaison.refused("notice", "release", id_, "--version", 2)["code"] == "changed_meanwhile"
    liaison.done("notice", "release", id_, "--version", 1)
    for name in ("volunteer-1", "auxiliary-baoguo"):
        event = watchers[name].wait_for(lambda line: line.get("notice", {}).get("id") == id_)
        assert event["notice"]["text"] == "黑A·12345" and event["notice"]["state"] == "NOTICE_STATE_ACTIVE"
        assert "不跟踪、不拦截、不盘问" in event["notice"]["instruction"] and "110" in event["notice"]["instruction"]
    assert watchers["volunteer-1"].events[-1]["kind"] == "EVENT_KIND_NOTICE_ISSUED"
    assert "caseNumber" not in shown(watchers["volunteer-1"], id_) and "steps" not in shown(watchers["volunteer-1"], id_)
    steps = shown(watchers["officer-baoguo"], id_)["steps"]
    assert [(step["act"], step["personId"]) for step in steps] == [
        ("NOTICE_ACT_ISSUED", "officer-baoguo"), ("NOTICE_ACT_RELEASED", "liaison-baoguo")]
    assert shown(watchers["volunteer-2"], id_) is None, "lives elsewhere"


def test_p5_what_a_lookout_says_of_a_person_goes_when_it_is_over(district):
    officer, volunteer = district.cli("officer-baoguo"), district.cli("volunteer-1")
    here = district.watch("volunteer-1")
    here.wait_for(lambda line: line.get("snapshot", {}).get("last"))
    before = here.cursor
    id_ = lookout(officer, "--case", "A2026-7", "--until", "+4s", text="PLATE 12345", identifies="yes")["noticeId"]
    district.cli("liaison-baoguo").done("notice", "release", id_, "--version", 1)
    here.wait_for(lambda line: line.get("notice", {}).get("text") == "PLATE 12345")
    wait_until(lambda: "已到期" in volunteer.done("notice", "show", id_)["notice"]["text"], what="the end")
    time.sleep(1.2)
    back = district.watch("volunteer-1", "--from", before)
    back.wait_for(lambda line: line.get("notice", {}).get("id") == id_)
    said = [event["notice"]["text"] for event in back.events if event.get("notice", {}).get("id") == id_]
    assert said and not any("12345" in text for text in said), said
    back.close()
    assert officer.done("notice", "show", id_)["notice"]["text"] == "PLATE 12345", "its desk reads what it wrote"
    officer.done("notice", "withdraw", id_, "--reason", "wrong plate")
    here.wait_for(lambda line: line.get("kind") == "EVENT_KIND_NOTICE_WITHDRAWN" and line["notice"]["id"] == id_)
    here.close()


def test_a_correction_and_a_recall_reach_whoever_saw_the_first_and_whoever_comes_back(district):
    """Somebody who was away comes back with the old cursor: never is the recalled text what a fold by version shows."""
    officer = district.cli("officer-baoguo")
    here, away = district.watch("volunteer-1"), district.watch("volunteer-1")
    id_ = lookout(officer, text="red van")["noticeId"]
    for watcher in (here, away):
        watcher.wait_for(lambda line: line.get("notice", {}).get("id") == id_)
    cursor = away.cursor
    away.close()
    officer.done("notice", "correct", id_, "--text", "grey van", "--identifies-person", "no", "--reason", "the colour")
    event = here.wait_for(lambda line: line.get("kind") == "EVENT_KIND_NOTICE_CORRECTED")
    assert event["notice"]["text"] == "grey van" and event["notice"]["reason"] == "the colour"
    receipt = officer.done("notice", "withdraw", id_, "--reason", "found")
    assert receipt["lane"] == "LANE_ALARM"
    here.wait_for(lambda line: line.get("kind") == "EVENT_KIND_NOTICE_WITHDRAWN")
    assert shown(here, id_)["text"] == "【已撤回】[WITHDRAWN] found"
    back = district.watch("volunteer-1", "--from", cursor)
    back.wait_for(lambda line: line.get("kind") == "EVENT_KIND_NOTICE_WITHDRAWN")
    assert shown(back, id_)["state"] == "NOTICE_STATE_WITHDRAWN"
    wait_until(lambda: back.events[-1]["lane"] == "LANE_ROUTINE", what="the correction, which comes after the recall")
    assert "grey van" not in str(back.lines), "words that one may not read any more"
    fresh = district.watch("volunteer-1")
    fresh.wait_for(lambda line: line.get("snapshot", {}).get("last"))
    assert id_ not in str(fresh.lines)
    assert listed(officer, id_) is None
    assert officer.refused("notice", "correct", id_, "--text", "blue van", "--identifies-person", "no")["code"] == "wrong_state"
    assert officer.refused("notice", "withdraw", id_, "--reason", "again")["code"] == "wrong_state"


def test_a_correction_that_identifies_somebody_suspends_what_was_seen(district):
    officer = district.cli("officer-baoguo")
    watchers = {name: district.watch(name) for name in ("volunteer-1", "auxiliary-baoguo", "bureau")}
    id_ = lookout(officer, text="a van")["noticeId"]
    watchers["volunteer-1"].wait_for(lambda line: line.get("notice", {}).get("id") == id_)
    officer.done("notice", "correct", id_, "--text", "plate 12345", "--identifies-person", "yes", "--case", "A1")
    event = watchers["volunteer-1"].wait_for(lambda line: line.get("kind") == "EVENT_KIND_NOTICE_CORRECTED")
    assert event["lane"] == "LANE_ALARM" and event["notice"]["text"].startswith("【已暂停】")
    watchers["auxiliary-baoguo"].wait_for(lambda line: line.get("kind") == "EVENT_KIND_NOTICE_CORRECTED")
    assert "plate 12345" not in str(watchers["volunteer-1"].lines) + str(watchers["auxiliary-baoguo"].lines)
    district.cli("bureau").done("notice", "release", id_, "--version", 2)
    watchers["volunteer-1"].wait_for(lambda line: line.get("notice", {}).get("text") == "plate 12345")
    assert watchers["volunteer-1"].events[-1]["kind"] == "EVENT_KIND_NOTICE_CORRECTED"


def test_p5_words_that_nobody_released_are_told_to_nobody_when_they_are_withdrawn(district):
    """A released lookout is corrected, and withdrawn before the correction is released."""
    officer, liaison = district.cli("officer-baoguo"), district.cli("liaison-baoguo")
    names = ("volunteer-1", "auxiliary-baoguo", "officer-xinjiang", "officer-baoguo")
    watchers = {name: district.watch(name) for name in names}
    id_ = officer.done("notice", "lookout", "--area", "baoguo", "--text", "plate 12345", "--identifies-person", "yes",
                       "--case", "A1")["noticeId"]
    liaison.done("notice", "release", id_, "--version", 1)
    officer.done("notice", "correct", id_, "--text", "plate 67890", "--identifies-person", "yes", "--case", "CASE-B",
                 "--reason", "saw the owner")
    officer.done("notice", "withdraw", id_, "--reason", "found")
    for name, watcher in watchers.items():
        watcher.wait_for(lambda line: line.get("kind") == "EVENT_KIND_NOTICE_WITHDRAWN" and line["notice"]["id"] == id_)
        detail = district.cli(name).done("notice", "show", id_)
        if name == "officer-baoguo":
            assert detail["notice"]["text"] == "plate 67890"
            continue
        assert detail["notice"]["text"] == "【已撤回】[WITHDRAWN] found"
        for secret in ("67890", "CASE-B", "saw the owner"):
            assert secret not in str(watcher.lines) + str(detail), (name, secret)


def test_p5_words_that_were_withdrawn_do_not_come_back_from_the_log(programs):
    """Away so long that the hub reads the log back, and the hub itself never saw the notice in force."""
    district = start_district(settings={"window": {"bytes": 1 << 20, "age_s": 1}})
    try:
        officer = district.cli("officer-baoguo")
        here = district.watch("volunteer-1")
        here.wait_for(lambda line: line.get("snapshot", {}).get("last"))
        cursor = here.cursor
        here.close()
        id_ = lookout(officer, text="red van")["noticeId"]
        officer.done("notice", "withdraw", id_, "--reason", "found")
        last = officer.done("notice", "advisory", "--area", GRID, "--text", "ice")["noticeId"]
        time.sleep(1.2)  # out of the window, and of the one that the next hub fills
        district.hub.restart()
        back = district.watch("volunteer-1", "--from", cursor)
        back.wait_for(lambda line: line.get("notice", {}).get("id") == last)
        kinds = [event["kind"] for event in back.events if event["notice"]["id"] == id_]
        assert sorted(kinds) == ["EVENT_KIND_NOTICE_ISSUED", "EVENT_KIND_NOTICE_WITHDRAWN"], "nothing is left out"
        assert "red van" not in str(back.lines)
        read = district.cli("officer-baoguo").done("notice", "show", id_)
        assert read["notice"]["text"] == "red van", "its desk reads what it wrote"
    finally:
        district.close()


def test_no_notice_is_live_after_its_expiry(district):
    officer = district.cli("officer-baoguo")
    id_ = lookout(officer, "--until", str(int(time.time() * 1000) + 2_500))["noticeId"]
    assert listed(district.cli("volunteer-1"), id_)
    wait_until(lambda: listed(district.cli("volunteer-1"), id_) is None, what="the notice to run out")
    assert listed(officer, id_) is None
    assert officer.refused("notice", "correct", id_, "--until", "+1h")["code"] == "wrong_state"
    detail = officer.done("notice", "show", id_)
    assert int(detail["notice"]["untilTimeMs"]) < time.time() * 1000, "whoever still has it can judge by itself"
    assert district.cli("volunteer-1").done("report", "sighting", "--text", "seen", "--at", AT, "--notice", id_)["incidentId"]
    officer.done("notice", "withdraw", id_, "--reason", "late, and wrong: who read it may act on it still")


def test_the_trail_survives_a_hub_and_shows_each_what_is_theirs(fresh_district):
    """Sightings of two volunteers, one closed, before and after the hub was killed: one trail, in order of time."""
    district = fresh_district
    officer = district.cli("officer-baoguo")
    id_ = officer.done("notice", "lookout", "--area", "baoguo", "--text", "look out", "--identifies-person", "no")["noticeId"]

    def sighting(name, text):
        return district.cli(name).done("report", "sighting", "--notice", id_, "--text", text, "--at", AT)["incidentId"]
    first = sighting("volunteer-1", "by gate 2")
    second = sighting("volunteer-2", "by the school")
    district.cli("volunteer-1").done("report", "sighting", "--text", "something else", "--at", AT)
    officer.done("incident", "resolve", first, "--outcome", "handled")
    district.hub.kill()
    district.hub.start()
    third = sighting("volunteer-1", "here now")
    trail = officer.done("notice", "show", id_)["trail"]
    assert [incident["id"] for incident in trail] == [first, second, third]
    assert trail[0]["state"] == "INCIDENT_STATE_RESOLVED"
    assert [incident["reports"][0]["text"] for incident in trail] == ["by gate 2", "by the school", "here now"]
    assert [incident["reports"][0]["reporter"]["personId"] for incident in trail] == ["volunteer-1", "volunteer-2", "volunteer-1"]
    times = [int(incident["openedTimeMs"]) for incident in trail]
    assert times == sorted(times)
    own = district.cli("volunteer-1").done("notice", "show", id_)
    assert [incident["id"] for incident in own["trail"]] == [first, third], "nothing of others' sightings"
    assert "by the school" not in str(own) and "steps" not in own["notice"]
    assert "trail" not in district.cli("searcher-1").done("notice", "show", id_), "saw the lookout, sent nothing"
    assert district.cli("volunteer-3").refused("notice", "show", id_)["code"] == "unknown_notice"


async def test_two_hubs_make_one_trail(two_hubs):
    """Sightings through two hubs at once: none is lost from the trail, though each names the one before."""
    pb, district = messages(), two_hubs
    async with district.connect("officer-baoguo") as officer:
        notice = (await officer.stored(issue_notice=pb.IssueNotice(
            kind=pb.NOTICE_KIND_LOOKOUT, text="look out", area_ids=["baoguo"], identifies_person=False))).notice_id
        opened = set()
        async with district.connect("volunteer-1", district.hubs[0]) as one, \
                district.connect("volunteer-2", district.hubs[1]) as other:
            asked = [(ws, await ws.send(command=pb.Command(id=uuid7(), submit_report=report(
                "SIGHTING", f"sighting {number}", place=place(45.6009, 126.6102), notice_id=notice))))
                for number in range(20) for ws in (one, other)]
            for ws, number in asked:
                opened.add((await ws.answer(number)).incident_id)
        await officer.send(get_notice=pb.GetNotice(notice_id=notice))
        await officer.wait_for(lambda entry: entry.HasField("notice_detail") and entry.notice_detail.last)
        trail = [incident.id for part in officer.all("notice_detail") for incident in part.trail]
        assert len(trail) == len(set(trail)) and set(trail) == opened and len(opened) == 40
