"""P3, in order and without a gap: across reconnects, trims, wipes, backups and changes of role; told where it cannot be."""

import asyncio
import shutil
import threading

import pytest
from harness import messages, place, report, uuid7, wait_until
from harness.wire import offset_key

REPORTS = 5_000
PLACES = [(45.6009, 126.6102), (45.6009, 126.6303), (45.5928, 126.6402)]


def hazard(number=0, urgent=False):
    return report("HAZARD", f"hazard {number}", place=place(*PLACES[number % 3], 20), urgent=urgent)


async def pour(district, name, count, receipts):
    """Sends reports without waiting for receipts in between; every tenth is urgent."""
    async with district.connect(name) as ws:
        asked = [await ws.send(command=messages().Command(id=uuid7(), submit_report=hazard(n, n % 10 == 0)))
                 for n in range(count)]
        for number in asked:
            answer = await ws.answer(number)
            assert answer.DESCRIPTOR.name == "Receipt", answer
            receipts.append((name, answer))


class Pouring(threading.Thread):
    """5,000 reports by two people, in the background, in chunks. Each restart of a watcher allows a further chunk, so that
    there are many restarts on a fast machine, too, and reports go in all the while."""

    CHUNKS = 20

    def __init__(self, district):
        super().__init__()
        self.district, self.receipts, self.error = district, [], None
        self.allowed = threading.Semaphore(3)

    def run(self):
        async def chunk():
            await asyncio.gather(*(pour(self.district, name, REPORTS // self.CHUNKS // 2, self.receipts)
                                   for name in ("volunteer-1", "volunteer-2")))
        try:
            for _ in range(self.CHUNKS):
                self.allowed.acquire(timeout=30)
                asyncio.run(chunk())
        except BaseException as error:  # shown by the test, not lost with the thread
            self.error = error


class Resumer:
    """A watcher that is killed and restarted with its last cursor; `events` is all that it ever printed."""

    def __init__(self, district, name):
        self.district, self.name = district, name
        self.events, self.cursor, self.restarts = [], None, 0
        self.watcher = district.watch(name)
        self.watcher.wait_for(lambda line: line.get("snapshot", {}).get("last"))

    def restart(self):
        """Once something new was printed, kill -9, and again from the cursor printed last."""
        self.watcher.kill()
        self._take()
        self.restarts += 1
        self.watcher = self.district.watch(self.name, "--from", self.cursor)

    def _take(self):
        self.events += self.watcher.events
        self.cursor = self.watcher.cursor or self.cursor
        assert not [line for line in self.watcher.lines if "reset" in line]

    def finish(self, count):
        wait_until(lambda: len(self.events) + len(self.watcher.events) >= count,
                   what=f"{self.name}: {count} events; has {len(self.events)}+{len(self.watcher.events)}")
        self.watcher.kill()
        self._take()


def by_lane(pairs):
    """Offsets in the order given, by lane."""
    lanes = {"LANE_ALARM": [], "LANE_ROUTINE": []}
    for lane, offset in pairs:
        lanes[lane].append(offset)
    return lanes


def test_p3_killed_and_resumed_over_and_over_while_5000_reports_go_in(fresh_district):
    district, pb = fresh_district, messages()
    officer, volunteer = Resumer(district, "officer-baoguo"), Resumer(district, "volunteer-1")
    pouring = Pouring(district)
    pouring.start()
    while pouring.is_alive():
        for resumer in (officer, volunteer):
            try:
                resumer.watcher.wait_count(1, timeout=5)
            except AssertionError:
                continue
            resumer.restart()
            pouring.allowed.release()
    pouring.join()
    assert pouring.error is None, pouring.error
    assert len(pouring.receipts) == REPORTS
    stored = sorted(pouring.receipts, key=lambda pair: offset_key(pair[1].offset))
    for resumer, names in ((officer, ("volunteer-1", "volunteer-2")), (volunteer, ("volunteer-1",))):
        expected = by_lane((pb.Lane.Name(r.lane), r.offset) for name, r in stored if name in names)
        resumer.finish(sum(map(len, expected.values())))
        assert by_lane((event["lane"], event["offset"]) for event in resumer.events) == expected
        assert len(expected["LANE_ALARM"]) >= len(expected["LANE_ROUTINE"]) // 10
        assert resumer.restarts >= 5


async def test_p3_an_alarm_overtakes_what_waits_and_versions_settle(fresh_district):
    """A reader 2,000 routine events behind gets the alarm first, and each lane in the order of the log."""
    receipts = []
    async with fresh_district.connect("officer-baoguo") as ws:
        await ws.subscribe()
        start = ws.cursor()
    await pour(fresh_district, "volunteer-1", 2_000, receipts)
    async with fresh_district.connect("officer-baoguo") as ws:
        await ws.subscribe(cursor=start, heartbeat_ms=1000)
        await ws.caught_up(receipts[-1][1].offset)
        got = [(event.lane, event.offset) for event in ws.events]
    pb = messages()
    for lane in (pb.LANE_ALARM, pb.LANE_ROUTINE):
        assert [o for l, o in got if l == lane] == [r.offset for _, r in receipts if r.lane == lane]
    first_routine = next(n for n, (lane, _) in enumerate(got) if lane == pb.LANE_ROUTINE)
    assert first_routine >= 100, "alarms that were there already must come before the routine lane is begun"


async def test_p3_a_quiet_channel_does_not_age_out(fresh_district):
    district = fresh_district
    async with district.connect("volunteer-3") as quiet:
        await quiet.subscribe(heartbeat_ms=1000)
        at_the_start = quiet.cursor()
        receipts = []
        await pour(district, "volunteer-1", 200, receipts)
        await quiet.caught_up(receipts[-1][1].offset)
        assert not quiet.events
        kept = quiet.cursor()
    assert kept.routine != at_the_start.routine
    district.redis.command("XTRIM", "{pingfang}:log", "MAXLEN", "=", 5)
    district.hub.restart()  # its window now begins where the log begins
    async with district.connect("volunteer-3") as quiet:
        answer = await quiet.subscribe(cursor=kept)
        assert answer.resumed
        own = await quiet.stored(submit_report=hazard())
        await quiet.wait_for(lambda e: e.HasField("event") and e.event.offset == own.offset)
        assert not quiet.all("reset") and not quiet.all("snapshot")
    await reset_expected(district, "volunteer-3", at_the_start, messages().RESET_REASON_TRIMMED)


async def reset_expected(district, name, cursor, reason, hub=None):
    """Subscribing with this cursor is answered with reset and a whole snapshot, and goes on from there."""
    async with district.connect(name, hub) as ws:
        answer = await ws.subscribe(cursor=cursor)
        assert answer.DESCRIPTOR.name == "Subscribed" and not answer.resumed
        (reset,) = ws.all("reset")
        assert reset.reason == reason and reset.epoch == ws.welcome.epoch
        assert ws.all("snapshot")[-1].last and ws.cursor().epoch == reset.epoch
        kinds = [entry.WhichOneof("body") for entry in ws.entries]
        assert kinds.index("subscribed") < kinds.index("reset") < kinds.index("snapshot")
        return [state for page in ws.all("snapshot") for state in page.states]


async def test_p3_log_trimmed_below_the_cursor(fresh_district):
    district = fresh_district
    async with district.connect("officer-baoguo") as ws:
        await ws.subscribe()
        start = ws.cursor()
    receipts = []
    await pour(district, "volunteer-1", 50, receipts)
    district.redis.command("XTRIM", "{pingfang}:log", "MAXLEN", "=", 10)
    district.hub.restart()
    states = await reset_expected(district, "officer-baoguo", start, messages().RESET_REASON_TRIMMED)
    # The snapshot is whole all the same: it comes from the states, not from the log.
    shown = {state.incident.id for state in states if state.HasField("incident")}
    assert {receipt.incident_id for _, receipt in receipts} <= shown


async def test_p3_redis_loses_its_log_under_a_running_hub(fresh_district):
    district = fresh_district
    async with district.connect("officer-baoguo") as ws, district.connect("volunteer-1") as volunteer:
        await ws.subscribe()
        receipt = await volunteer.stored(submit_report=hazard())
        await ws.wait_for(lambda e: e.HasField("event") and e.event.offset == receipt.offset)
        before = ws.cursor()
        district.redis.command("DEL", "{pingfang}:log", "{pingfang}:epoch")
        await ws.wait_for(lambda e: e.HasField("reset"))
        await ws.until(lambda: ws.cursor() is not None)
        assert ws.all("reset")[0].reason == messages().RESET_REASON_EPOCH
        assert ws.cursor().epoch != before.epoch
        after = await volunteer.stored(submit_report=hazard(1))
        await ws.wait_for(lambda e: e.HasField("event") and e.event.offset == after.offset)
    await reset_expected(district, "officer-baoguo", before, messages().RESET_REASON_EPOCH)


async def test_p3_redis_wiped_and_the_district_loaded_anew(fresh_district):
    district = fresh_district
    async with district.connect("officer-baoguo") as ws:
        await ws.subscribe()
        before = ws.cursor()
        district.redis.command("FLUSHALL")
        # Nobody is known any more: told so, or thrown out; never silence.
        await ws.wait_for(lambda e: e.HasField("reset") or e.HasField("goodbye"))
    district.token_file("admin").unlink()
    done = district.hub.run_once("--admin-token-out", district.token_file("admin"))
    assert done.returncode == 0, done.stderr

    def load():
        from harness.processes import REPOSITORY
        admin = district.cli("admin")
        admin.done("admin", "district", "load", REPOSITORY / "config" / "pingfang")
        district.token_file("officer-baoguo").unlink()
        admin.done("admin", "device", "add", "officer-baoguo", "--token-out", district.token_file("officer-baoguo"))
    await asyncio.to_thread(load)
    await reset_expected(district, "officer-baoguo", before, messages().RESET_REASON_EPOCH)


@pytest.mark.parametrize("hub_too", [False, True], ids=["hub-stays", "hub-restarted"])
async def test_p3_a_backup_restored(fresh_district, hub_too):
    """The log loses its end, under the same epoch: every cursor into the lost part is answered with reset."""
    district = fresh_district
    async with district.connect("volunteer-1") as volunteer:
        kept = await volunteer.stored(submit_report=hazard())
    district.redis.command("SAVE")
    backup = district.directory / "backup"
    shutil.copytree(district.redis.directory, backup, ignore=shutil.ignore_patterns("*.sock", "*.log"))
    async with district.connect("officer-baoguo") as ws:
        await ws.subscribe()
        async with district.connect("volunteer-1") as volunteer:
            lost = [await volunteer.stored(submit_report=hazard(n)) for n in range(3)]
        await ws.wait_for(lambda e: e.HasField("event") and e.event.offset == lost[-1].offset)
        before = ws.cursor()
        if hub_too:
            district.hub.kill()
        district.redis.kill()
        for name in ("appendonlydir", "dump.rdb"):
            target = district.redis.directory / name
            shutil.rmtree(target, ignore_errors=True) if target.is_dir() else target.unlink(missing_ok=True)
        shutil.copytree(backup, district.redis.directory, dirs_exist_ok=True)
        district.redis.start()
        if hub_too:
            district.hub.start()
        else:
            await ws.wait_for(lambda e: e.HasField("reset"))
    states = await reset_expected(district, "officer-baoguo", before, messages().RESET_REASON_EPOCH)
    shown = {state.incident.id for state in states if state.HasField("incident")}
    assert kept.incident_id in shown and not shown & {receipt.incident_id for receipt in lost}


async def test_p3_a_change_of_role_takes_hold_at_its_place_in_the_log(fresh_district):
    district, pb = fresh_district, messages()
    volunteer = pb.Grant(role=pb.ROLE_VOLUNTEER)
    officer = pb.Grant(role=pb.ROLE_OFFICER, scope_id="baoguo")

    def person(grant):
        return pb.PutPerson(person=pb.Person(id="volunteer-2", name="李样例", home_area_id="baoguo-huahui-1", grants=[grant]))

    async with district.connect("volunteer-2") as ws, district.connect("volunteer-1") as other, \
            district.connect("admin") as admin:
        await ws.subscribe(heartbeat_ms=1000)
        hidden = [await other.stored(submit_report=hazard(n, n % 2 == 0)) for n in range(6)]
        await admin.stored(put_person=person(officer))
        changed = await ws.wait_for(lambda e: e.HasField("subscribed") and e.request_id == 0)
        assert "station/baoguo" in changed.subscribed.channels
        seen = [await other.stored(submit_report=hazard(n, n % 2 == 0)) for n in range(6)]
        await admin.stored(put_person=person(volunteer))
        hidden_again = [await other.stored(submit_report=hazard(n, n % 2 == 0)) for n in range(6)]
        await ws.caught_up(hidden_again[-1].offset)
        last = [e.subscribed for e in ws.entries if e.HasField("subscribed")][-1]
        assert "station/baoguo" not in last.channels
        place_of_change = next(n for n, e in enumerate(ws.entries) if e.HasField("subscribed") and e.request_id == 0)
        got = [(e.event.lane, e.event.offset) for e in ws.entries[place_of_change:]
               if e.HasField("event") and e.event.HasField("incident")]
        assert not [e for e in ws.entries[:place_of_change] if e.HasField("event") and e.event.HasField("incident")]
        for lane in (pb.LANE_ALARM, pb.LANE_ROUTINE):
            offsets = [offset for its, offset in got if its == lane]
            assert offsets == sorted(set(offsets), key=offset_key)
            # All from the change on; what lies before it but was not passed yet may come, being visible now.
            assert offsets[-3:] == [receipt.offset for receipt in seen if receipt.lane == lane]
        assert not {offset for _, offset in got} & {receipt.offset for receipt in hidden_again}
        # What was open when the channel came is in that channel's snapshot.
        states = {state.incident.id for page in ws.all("snapshot") for state in page.states if state.HasField("incident")}
        assert {receipt.incident_id for receipt in hidden} <= states
    # What may be seen is looked up when it is sent: the cursor from before gives nothing that the role does not.
    async with district.connect("volunteer-2") as ws:
        await ws.subscribe(cursor=pb.Cursor(epoch=ws.welcome.epoch, alarm="0-1", routine="0-1"), heartbeat_ms=1000)
        await ws.caught_up(hidden_again[-1].offset)
        assert not [event for event in ws.events if event.HasField("incident")]


async def test_p3_a_reader_far_behind_reads_from_the_store(programs):
    """The hub's window holds a small part: what is older comes out of Redis, joined to it without gap or repetition."""
    from harness import start_district
    district = start_district(settings={"window": {"bytes": 1 << 20, "age_s": 1}})
    try:
        async with district.connect("officer-baoguo") as ws:
            await ws.subscribe()
            start = ws.cursor()
        receipts = []
        await pour(district, "volunteer-1", 3_000, receipts)
        district.hub.restart()
        async with district.connect("officer-baoguo") as ws:
            answer = await ws.subscribe(cursor=start, heartbeat_ms=1000)
            assert answer.resumed
            more = []
            await pour(district, "volunteer-2", 200, more)
            everything = receipts + more
            await ws.caught_up(everything[-1][1].offset)
            for lane in (messages().LANE_ALARM, messages().LANE_ROUTINE):
                assert [event.offset for event in ws.events if event.lane == lane] \
                    == [receipt.offset for _, receipt in everything if receipt.lane == lane]
    finally:
        district.close()


async def test_p3_cursors_that_no_hub_gave_out(district):
    pb = messages()
    async with district.connect("volunteer-1") as ws:
        epoch = ws.welcome.epoch
        for cursor, field in ((pb.Cursor(epoch=epoch, alarm="x", routine="1-1"), "subscribe.cursor.alarm"),
                              (pb.Cursor(epoch=epoch, alarm="1-1", routine=""), "subscribe.cursor.routine"),
                              (pb.Cursor(alarm="1-1", routine="1-1"), "subscribe.cursor.epoch")):
            refusal = await ws.request(subscribe=pb.Subscribe(cursor=cursor))
            assert (refusal.code, refusal.field) == ("cursor_invalid", field), refusal
        far = "9999999999999-0"
        answer = await ws.subscribe(cursor=pb.Cursor(epoch=epoch, alarm=far, routine=far))
        assert not answer.resumed and ws.all("reset")[0].reason == pb.RESET_REASON_EPOCH
        assert (await ws.request(ping=pb.Ping())).time_ms
