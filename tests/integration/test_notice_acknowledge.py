"""A search team's members acknowledge a notice: the liaison sees who has it, and nobody sees what is not theirs (P5)."""

import asyncio
import contextlib
import time

import pytest
from harness import messages, start_district, uuid7

TEAM = "four-leaf-clover"
ROUNDS = 5
NAMES = {"searcher-1": "楚队员", "searcher-2": "卫队员", "team-lead": "蒋队长"}
# Whom of the team each may find named in connection with the notice; the numbers alone, for the bureau.
TOLD = {
    "liaison-baoguo": set(NAMES), "officer-baoguo": set(NAMES), "team-lead": set(NAMES),
    "searcher-1": {"searcher-1"}, "searcher-2": {"searcher-2"},
    "bureau": set(), "auxiliary-baoguo": set(), "officer-xinjiang": set(), "volunteer-1": set(), "volunteer-3": set(),
    "grid-worker-1": set(), "fire-desk": set(), "admin": set(),
}
# Who has the notice at all: it is for the team and for Xinjiang.
SEES = {"liaison-baoguo", "officer-baoguo", "auxiliary-baoguo", "bureau", "officer-xinjiang", "volunteer-3", *NAMES}


def missing(cli, *arguments):
    return cli.done("notice", "missing-person", "--team", TEAM, "--text", "grey coat", *arguments)["noticeId"]


def acknowledged(notice_id):
    return lambda line: line.get("kind") == "EVENT_KIND_NOTICE_ACKNOWLEDGED" and line["notice"]["id"] == notice_id


def given(notice):
    return {each["personId"]: each["revision"] for each in notice.get("acknowledgements", ())}


def awaited(notice):
    return [each["personId"] for each in notice.get("awaited", ())]


def test_the_liaison_sees_who_has_it(district):
    """From the first to the last: taken, corrected, taken again, withdrawn; by the command line alone."""
    liaison, chu, wei = (district.cli(name) for name in ("liaison-baoguo", "searcher-1", "searcher-2"))
    watchers = {name: district.watch(name) for name in
                ("liaison-baoguo", "team-lead", "searcher-1", "searcher-2", "auxiliary-baoguo", "bureau")}
    id_ = missing(liaison)
    shown = liaison.done("notice", "show", id_)["notice"]
    assert not given(shown) and awaited(shown) == ["searcher-1", "searcher-2", "team-lead"] and shown["memberCount"] == 3
    receipt = chu.done("notice", "acknowledge", id_)
    assert receipt["noticeId"] == id_ and receipt["lane"] == "LANE_ROUTINE"
    for name in ("liaison-baoguo", "team-lead"):
        event = watchers[name].wait_for(acknowledged(id_))
        assert event["lane"] == "LANE_ROUTINE" and not event.get("rings"), "rings nowhere, though the notice is an alarm"
        (one,) = event["notice"]["acknowledgements"]
        assert one["name"] == "楚队员" and abs(int(one["timeMs"]) / 1000 - time.time()) < 60
        assert awaited(event["notice"]) == ["searcher-2", "team-lead"]
    event = watchers["bureau"].wait_for(acknowledged(id_))
    assert (event["notice"]["acknowledgedCount"], event["notice"]["memberCount"]) == (1, 3)
    assert "楚队员" not in str(event) and "searcher-1" not in str(event), "the number, and no name"
    event = watchers["searcher-1"].wait_for(acknowledged(id_))
    assert given(event["notice"]) == {"searcher-1": 1} and "awaited" not in event["notice"]
    assert "memberCount" not in event["notice"]

    again = chu.refused("notice", "acknowledge", id_)
    assert again["code"] == "already_acknowledged" and again["field"] == "command.acknowledge_notice.notice_id"
    for name, code in (("volunteer-1", "not_permitted"), ("officer-baoguo", "not_permitted"), ("bureau", "not_permitted")):
        assert district.cli(name).refused("notice", "acknowledge", id_)["code"] == code
    assert chu.refused("notice", "acknowledge", id_, "--revision", 2)["code"] == "value_invalid"

    # The version that the liaison read before somebody acknowledged it is the one to correct.
    liaison.done("notice", "correct", id_, "--text", "blue coat", "--version", shown["version"])
    shown = liaison.done("notice", "show", id_)["notice"]
    assert given(shown) == {"searcher-1": 1} and shown["revision"] == 2 and "acknowledgedCount" not in shown
    wei.done("notice", "acknowledge", id_, "--revision", 1)  # tapped without signal, before the correction came
    chu.done("notice", "acknowledge", id_)
    shown = liaison.done("notice", "show", id_)["notice"]
    assert given(shown) == {"searcher-1": 2, "searcher-2": 1} and awaited(shown) == ["team-lead"]
    assert shown["acknowledgedCount"] == 1 and shown["memberCount"] == 3
    listed = next(line for line in liaison.expect(0, "notice", "list").lines if line["id"] == id_)
    assert given(listed) == given(shown)
    assert [step["act"] for step in shown["steps"]] == ["NOTICE_ACT_ISSUED", "NOTICE_ACT_CORRECTED"]

    liaison.done("notice", "withdraw", id_, "--reason", "found")
    assert district.cli("team-lead").refused("notice", "acknowledge", id_)["code"] == "wrong_state"
    for name in ("searcher-2", "auxiliary-baoguo"):
        watchers[name].wait_for(lambda line: line.get("kind") == "EVENT_KIND_NOTICE_WITHDRAWN" and line["notice"]["id"] == id_)
        others = [event for event in watchers[name].events
                  if acknowledged(id_)(event) and "searcher-2" not in str(event)]
        assert not others, f"{name} is not told what others do"


def test_nobody_acknowledges_what_is_over(district):
    id_ = missing(district.cli("liaison-baoguo"), "--until", "+2s")
    time.sleep(2.2)
    refused = district.cli("searcher-1").refused("notice", "acknowledge", id_)
    assert refused["code"] == "wrong_state" and "over" in refused["message"]


def test_who_is_no_member_is_refused_as_if_there_were_none(district):
    """Also by somebody of the role, whose team it is not for."""
    id_ = missing(district.cli("liaison-baoguo"))
    elsewhere = district.cli("liaison-baoguo").done(
        "notice", "missing-person", "--area", "xinjiang", "--text", "for others")["noticeId"]
    searcher = district.cli("searcher-1")
    assert searcher.refused("notice", "acknowledge", elsewhere) == {
        **searcher.refused("notice", "acknowledge", uuid7()), "code": "unknown_notice"}
    assert searcher.done("notice", "acknowledge", id_)["noticeId"] == id_


def test_p2_the_same_command_again_gives_the_same_receipt(district):
    id_, command = missing(district.cli("liaison-baoguo")), uuid7()
    searcher = district.cli("searcher-1")
    first = searcher.done("notice", "acknowledge", id_, "--id", command)
    again = searcher.done("notice", "acknowledge", id_, "--id", command)
    assert again["repeated"] and again["offset"] == first["offset"]


def test_it_outlives_every_hub(fresh_district):
    """Killed, and started from the stored states."""
    district = fresh_district
    liaison = district.cli("liaison-baoguo")
    id_ = missing(liaison)
    district.cli("searcher-2").done("notice", "acknowledge", id_)
    district.hub.kill()
    district.hub.start()
    shown = liaison.done("notice", "show", id_)["notice"]
    assert given(shown) == {"searcher-2": 1} and awaited(shown) == ["searcher-1", "team-lead"]
    own = district.cli("searcher-2").done("notice", "show", id_)["notice"]
    assert given(own) == {"searcher-2": 1}
    assert district.cli("searcher-2").refused("notice", "acknowledge", id_)["code"] == "already_acknowledged"


def test_p8_no_name_stands_in_the_clear(fresh_district):
    district = fresh_district
    id_ = missing(district.cli("liaison-baoguo"))
    for name in NAMES:
        district.cli(name).done("notice", "acknowledge", id_)
    redis = district.redis
    stored = b"".join(fields[b"e"] for _, fields in redis.log_entries() if id_.encode() in fields[b"e"])
    states = [key for key in redis.keys() if f":state:notice:{id_}".encode() in key]
    assert states
    stored += b"".join(redis.command("GET", key) for key in states)
    for name, spoken in NAMES.items():
        assert spoken.encode() not in stored and name.encode() not in stored


async def test_all_at_once_through_two_hubs(two_hubs):
    """None is lost, each counts once, and both hubs come to the same."""
    pb, district = messages(), two_hubs
    async with contextlib.AsyncExitStack() as stack:
        async def enter(name, hub):
            return await stack.enter_async_context(district.connect(name, district.hubs[hub]))
        liaison = await enter("liaison-baoguo", 0)
        members = [await enter(name, hub) for hub, name in zip((0, 1, 1), NAMES)]
        for _ in range(ROUNDS):
            id_ = (await liaison.stored(issue_notice=pb.IssueNotice(
                kind=pb.NOTICE_KIND_MISSING_PERSON, text="grey coat", team_ids=[TEAM]))).notice_id
            asked = [(ws, await ws.send(command=pb.Command(
                id=uuid7(), acknowledge_notice=pb.AcknowledgeNotice(notice_id=id_)))) for ws in members]
            for ws, number in asked:
                assert (await ws.answer(number)).notice_id == id_
            for hub in range(2):
                asker = await enter("liaison-baoguo", hub)
                detail = await asker.request(get_notice=pb.GetNotice(notice_id=id_))
                assert {each.person_id for each in detail.notice.acknowledgements} == set(NAMES)
                assert detail.notice.version == 4 and detail.notice.acknowledged_count == 3 and not detail.notice.awaited


# P5 on the bytes, by every way that bytes can come, through the hub that decided and through the other one.

async def play(district):
    """Everybody listens; the team acknowledges, the notice is corrected, one acknowledges again. Then everybody comes back."""
    pb = messages()
    received, starts = {name: [] for name in TOLD}, {}
    ways = [(name, as_json, hub) for hub in range(2) for name in TOLD for as_json in (False, True)]
    async with contextlib.AsyncExitStack() as stack:
        async def enter(name, as_json, hub):
            # JSON comes to pages, who are known by their cookie; the rest to programs, who are known by their token.
            connect = district.connect_as_page if as_json else district.connect
            client = await stack.enter_async_context(connect(name, district.hubs[hub], json=as_json))
            received[name].append(client)
            return client

        for way in ways:
            client = await enter(*way)
            await client.subscribe(heartbeat_ms=1000)
            starts.setdefault(way[0], client.cursor())
        listening = [client for clients in received.values() for client in clients]
        liaison, *members = [received[name][0] for name in ("liaison-baoguo", *NAMES)]
        id_ = (await liaison.stored(issue_notice=pb.IssueNotice(
            kind=pb.NOTICE_KIND_MISSING_PERSON, text="grey coat", team_ids=[TEAM], area_ids=["xinjiang"]))).notice_id
        for member in members[:2]:
            await member.stored(acknowledge_notice=pb.AcknowledgeNotice(notice_id=id_))
        await liaison.stored(correct_notice=pb.CorrectNotice(notice_id=id_, text="blue coat"))
        last = await members[0].stored(acknowledge_notice=pb.AcknowledgeNotice(notice_id=id_))
        for way in ways:
            await (await enter(*way)).subscribe()  # a snapshot
            resumed = await enter(*way)
            await resumed.subscribe(cursor=starts[way[0]], heartbeat_ms=1000)
            listening.append(resumed)
            asker = await enter(*way)
            await asker.request(get_notice=pb.GetNotice(notice_id=id_))
        for client in listening:
            await client.caught_up(last.offset)
    return id_, received


@pytest.fixture(scope="module")
def played(programs):
    district = start_district(hubs=2)
    try:
        return asyncio.run(play(district))
    finally:
        district.close()


def notices_of(client, notice_id):
    """(what happened, the notice) of all that came of it."""
    for event in client.events:
        if event.HasField("notice") and event.notice.id == notice_id:
            yield event.kind, event.notice
    for page in client.all("snapshot"):
        for state in page.states:
            if state.HasField("notice") and state.notice.id == notice_id:
                yield state.kind, state.notice
    for detail in client.all("notice_detail"):
        yield 0, detail.notice


def test_p5_acknowledgements(played):
    """Each is told of whom they may be told, by each way the same; to the rest not even that anything was acknowledged."""
    pb = messages()
    id_, received = played
    for name, clients in received.items():
        for client in clients:
            came = list(notices_of(client, id_))
            assert bool(came) == (name in SEES), name
            for kind, notice in came:
                told = {each.person_id for each in (*notice.acknowledgements, *notice.awaited)}
                assert told <= TOLD[name], name
                if kind == pb.EVENT_KIND_NOTICE_ACKNOWLEDGED:
                    assert TOLD[name] or name == "bureau", name
                if len(TOLD[name]) < 2 and name != "bureau":
                    assert not notice.member_count and not notice.acknowledged_count, name
            if came and TOLD[name]:
                newest = max((notice for _, notice in came), key=lambda notice: notice.version)
                expected = {"searcher-1": 2, "searcher-2": 1}
                assert {each.person_id: each.revision for each in newest.acknowledgements} == {
                    person: revision for person, revision in expected.items() if person in TOLD[name]}, name
                assert [each.person_id for each in newest.awaited] == (["team-lead"] if len(TOLD[name]) > 1 else []), name


def test_p5_acknowledgements_on_the_bytes(played):
    """Nowhere in what arrived is a member named to whom it is not told."""
    _, received = played
    for name, clients in received.items():
        for member, spoken in NAMES.items():
            if member in TOLD[name] or name in (member, "admin"):  # one's own welcome; the admin, whose trade is people
                continue
            for client in clients:
                data = b"\n".join(client.raw)
                assert data
                for text in (member, spoken, spoken.encode("unicode_escape").decode()):
                    assert text.encode() not in data, (name, member)
