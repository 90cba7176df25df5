"""Photos and voice over HTTP, by the bytes that come back."""

import asyncio
import concurrent.futures
import http.client
import json
import os
import random
import signal
import socket
import struct
import subprocess
import time
import zlib

import pytest
from harness import messages, start_district
from harness.processes import program, wait_until

UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def district(programs):
    """As everywhere, but that the tests of this file together may leave more files lying than one person may."""
    value = start_district(settings={"media": {"unattached": 1_000}})
    yield value
    value.close()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def make_png(width=320, height=240, seed=1, extra=b"") -> bytes:
    """Noise of few colours: compresses to something like a photo's size."""
    dice = random.Random(seed)
    rows = b"".join(b"\0" + bytes(dice.choices((0, 80, 160, 255), k=3 * width)) for _ in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + extra +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


def ask(hub, method, path, token=None, body=None, headers=None) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", hub.port, timeout=60)
    try:
        connection.request(method, path, body,
                           ({"Authorization": f"Bearer {token}"} if token else {}) | (headers or {}))
        return Answer(connection.getresponse())
    finally:
        connection.close()


def put(district, name, body, hub=None) -> Answer:
    return ask(hub or district.hub, "POST", "/v1/media", district.token(name), body)


def get(district, name, path, hub=None) -> Answer:
    return ask(hub or district.hub, "GET", f"/v1/media/{path}", district.token(name))


def test_uploader_reads_what_was_made_of_it(district):
    planted = chunk(b"tEXt", b"Comment\0PLANTED")
    stored = put(district, "volunteer-1", make_png(extra=planted) + b"<script>PLANTED</script>")
    assert stored.status == 201, stored.body
    media = stored.json
    assert media["kind"] == "MEDIA_KIND_PHOTO" and (media["width"], media["height"]) == (320, 240)

    file = get(district, "volunteer-1", media["media_id"])
    assert file.status == 200 and len(file.body) == media["bytes"]
    assert file.body.startswith(b"\xff\xd8\xff") and b"PLANTED" not in file.body
    assert file.headers["content-type"] == "image/jpeg"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert file.headers["cache-control"] == "private, no-store"
    assert file.headers["content-disposition"].startswith("inline; filename=")
    small = get(district, "volunteer-1", media["media_id"] + "/thumbnail")
    assert small.status == 200 and small.body.startswith(b"\xff\xd8\xff")


@pytest.fixture(scope="module")
def corpus(programs, tmp_path_factory):
    """Files such as people and attackers send, by name."""
    folder = tmp_path_factory.mktemp("corpus")
    subprocess.run([program("tests/media-corpus"), str(folder)], check=True)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


TAKEN = {"photo.jpg", "photo.png", "photo.webp", "photo.heic", "exif.jpg", "polyglot.jpg", "polyglot.png", "profile.png"}
REFUSED = {
    "bomb.png": (413, "media_too_large"),
    "over-40-megapixels.png": (413, "media_too_large"),
    "long.opus": (413, "media_too_large"),
    "over-2-mib.jpg": (413, "media_too_large"),
    "animated.webp": (415, "media_type_refused"),
    "animated.png": (415, "media_type_refused"),
    "animated.gif": (415, "media_type_refused"),
    "drawing.svg": (415, "media_type_refused"),
    "cut.jpg": (422, "media_refused"),
    "cut.png": (422, "media_refused"),
    "cut.webp": (422, "media_refused"),
    "cut.heic": (422, "media_refused"),
}


def test_what_a_file_is_its_content_says(district, corpus):
    assert set(corpus) == TAKEN | set(REFUSED) | {"voice.opus", "camera.jpg"}
    assert len(corpus["bomb.png"]) < 1_024 and len(corpus["exif.jpg"]) > 1 << 20
    for name in sorted(TAKEN):
        # The sender's word for it counts for nothing.
        stored = ask(district.hub, "POST", "/v1/media", district.token("volunteer-1"), corpus[name],
                     {"Content-Type": "text/html; charset=utf-8"})
        assert stored.status == 201, (name, stored.body)
        media = stored.json
        assert media["kind"] == "MEDIA_KIND_PHOTO", name
        assert (media["width"], media["height"]) == ((480, 640) if name == "exif.jpg" else (640, 480)), name
        for path in (media["media_id"], media["media_id"] + "/thumbnail"):
            file = get(district, "volunteer-1", path)
            assert file.headers["content-type"] == "image/jpeg", name
            assert file.body.startswith(b"\xff\xd8\xff") and file.body.endswith(b"\xff\xd9"), name
            for trace in (b"Exif", b"GPS", b"PLANTED", b"script", b"bomb"):
                assert trace not in file.body, (name, trace)
        assert len(file.body) <= 64 << 10, "the thumbnail"
    for name, (status, code) in REFUSED.items():
        refused = put(district, "volunteer-1", corpus[name])
        assert (refused.status, refused.json["code"]) == (status, code), (name, refused.status, refused.body)
    assert district.hub.alive() and not children_of(district.hub.pid)


def test_voice(district, corpus):
    media = put(district, "volunteer-1", corpus["voice.opus"]).json
    assert media["kind"] == "MEDIA_KIND_VOICE" and abs(media["duration_ms"] - 3_000) <= 20
    file = get(district, "volunteer-1", media["media_id"])
    assert file.status == 200 and file.headers["content-type"] == "audio/ogg" and len(file.body) == media["bytes"]
    assert file.body.startswith(b"OggS") and b"PLANTED" not in file.body
    assert file.headers["x-content-type-options"] == "nosniff"
    assert get(district, "volunteer-1", media["media_id"] + "/thumbnail").status == 404, "there is nothing to see"


def test_until_attached_nobody_else_reads_it_and_nobody_learns_that_it_is_there(district):
    media_id = put(district, "volunteer-1", make_png()).json["media_id"]
    unknown = get(district, "officer-baoguo", UNKNOWN)
    assert unknown.status == 404 and unknown.json["code"] == "not_found"
    for name in ("volunteer-2", "officer-baoguo", "auxiliary-baoguo", "bureau", "fire-desk", "grid-worker-1", "admin",
                 "searcher-1", "team-lead", "liaison-baoguo"):
        for path in (media_id, media_id + "/thumbnail"):
            answer = get(district, name, path)
            assert (answer.status, answer.body) == (404, unknown.body), name
            assert answer.headers == unknown.headers, name


def test_refusals_of_the_http_side(district):
    token = district.token("volunteer-1")
    hub = district.hub
    cases = [
        (ask(hub, "POST", "/v1/media", None, make_png()), 401, "unauthenticated"),
        (ask(hub, "POST", "/v1/media", "nobody", make_png()), 401, "unauthenticated"),
        (ask(hub, "GET", f"/v1/media/{UNKNOWN}"), 401, "unauthenticated"),
        (ask(hub, "POST", "/v1/media", token, make_png(), {"Origin": "https://evil"}), 403, "origin_refused"),
        (put(district, "admin", make_png()), 403, "not_permitted"),
        (ask(hub, "GET", "/v1/media", token), 405, "method_not_allowed"),
        (ask(hub, "POST", f"/v1/media/{UNKNOWN}", token, b"x"), 405, "method_not_allowed"),
        (ask(hub, "GET", "/v1/media/", token), 404, "not_found"),
        (ask(hub, "GET", "/v1/media/../../etc/passwd", token), 404, "not_found"),
        (ask(hub, "GET", f"/v1/media/{UNKNOWN}/original", token), 404, "not_found"),
        (ask(hub, "GET", "/v1/mediate", token), 404, "not_found"),
        (ask(hub, "POST", "/v1/media", token, b""), 415, "media_type_refused"),
        (ask(hub, "POST", "/v1/media", token, iter([b"chunk"]), {"Transfer-Encoding": "chunked"}), 411, "malformed"),
        (put(district, "volunteer-1", b"<svg xmlns='http://www.w3.org/2000/svg'/>"), 415, "media_type_refused"),
        (put(district, "volunteer-1", b"GIF89a" + bytes(100)), 415, "media_type_refused"),
        (put(district, "volunteer-1", random.Random(5).randbytes(5_000)), 415, "media_type_refused"),
        (put(district, "volunteer-1", make_png()[:2_000]), 422, "media_refused"),
        (put(district, "volunteer-1", b"\x89PNG\r\n\x1a\n" +
             chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)) +
             chunk(b"IDAT", zlib.compress(bytes(90_001)))), 413, "media_too_large"),
    ]
    for number, (answer, status, code) in enumerate(cases):
        assert (answer.status, answer.json["code"]) == (status, code), (number, answer.status, answer.body)
        assert answer.headers["x-content-type-options"] == "nosniff"


def raw_request(hub, token, length, more="") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", hub.port), timeout=60)
    connection.sendall(f"POST /v1/media HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n"
                       f"Content-Length: {length}\r\n{more}\r\n".encode())
    return connection


def test_a_long_file_is_refused_before_it_is_read(district):
    with raw_request(district.hub, district.token("volunteer-1"), 3 << 20) as connection:
        assert connection.recv(4_096).startswith(b"HTTP/1.1 413 ")  # nothing of the body was sent


def test_who_waits_to_be_asked_is_asked(district):
    body = make_png()
    with raw_request(district.hub, district.token("volunteer-1"), len(body), "Expect: 100-continue\r\n") as connection:
        assert connection.recv(4_096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert connection.recv(4_096).startswith(b"HTTP/1.1 201 ")


def test_a_device_has_few_under_way_and_gets_them_back(fresh_district):
    district = fresh_district
    token = district.token("volunteer-1")
    waiting = [raw_request(district.hub, token, 1_000, "Expect: 100-continue\r\n") for _ in range(4)]
    for connection in waiting:
        assert connection.recv(4_096).startswith(b"HTTP/1.1 100")
    refused = put(district, "volunteer-1", make_png())
    assert (refused.status, refused.json["code"]) == (429, "too_many_requests") and refused.json["retry_after_ms"] > 0
    assert put(district, "volunteer-2", make_png()).status == 201, "another device"
    for connection in waiting:
        connection.close()
    wait_until(lambda: put(district, "volunteer-1", make_png()).status == 201, 30, "the seats came back")


def children_of(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        direct = [int(child) for child in file.read().split()]
    threads = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            threads += [int(child) for child in file.read().split()]
    return sorted(set(direct + threads))


def test_a_child_that_is_killed_is_a_clean_refusal(fresh_district):
    district = fresh_district
    big = make_png(1_600, 1_100)
    assert len(big) < 2 << 20
    outcomes = []
    for _ in range(6):
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            upload = pool.submit(put, district, "volunteer-1", big)
            while not upload.done():
                for child in children_of(district.hub.pid):
                    try:
                        os.kill(child, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                time.sleep(0.005)
            answer = upload.result()
            outcomes.append((answer.status, answer.json.get("code")))
        if (422, "media_refused") in outcomes:
            break
    assert (422, "media_refused") in outcomes, outcomes
    assert put(district, "volunteer-1", big).status == 201
    assert district.hub.alive() and not children_of(district.hub.pid)


def test_what_lies_in_redis_is_sealed_and_expires(fresh_district):
    district = fresh_district
    media = put(district, "volunteer-1", make_png(900, 700)).json
    file = get(district, "volunteer-1", media["media_id"]).body

    def redis(*arguments):
        return subprocess.run(["redis-cli", "-s", str(district.redis.socket), *arguments], capture_output=True,
                              check=True).stdout.strip()

    key = "{pingfang}:media:" + media["media_id"]
    assert int(redis("HLEN", key)) == 1 + -(-len(file) // 65_536)
    for name in (key, "{pingfang}:state:media:" + media["media_id"]):
        assert 23 * 3_600_000 < int(redis("PTTL", name)) <= 24 * 3_600_000
    on_disk = b"".join(path.read_bytes() for path in district.redis.directory.rglob("*") if path.is_file())
    for start in range(0, len(file) - 32, 4_000):
        assert file[start:start + 32] not in on_disk
    # Another hub gives it too.
    second = district.add_hub()
    assert get(district, "volunteer-1", media["media_id"], second).body == file
    redis("DEL", key)
    gone = get(district, "volunteer-1", media["media_id"])
    assert (gone.status, gone.json["code"]) == (404, "not_found")


def test_without_redis_it_says_so_and_comes_back(fresh_district):
    district = fresh_district
    media_id = put(district, "volunteer-1", make_png()).json["media_id"]
    district.redis.kill()
    answer = put(district, "volunteer-1", make_png())
    assert (answer.status, answer.json["code"]) == (503, "unavailable") and answer.json["retry_after_ms"] > 0
    district.redis.start()
    wait_until(lambda: put(district, "volunteer-1", make_png()).status == 201, 30, "uploads go again")
    wait_until(lambda: get(district, "volunteer-1", media_id).status == 200, 30, "reading goes again")


def test_one_who_is_revoked_reads_no_more(fresh_district):
    district = fresh_district
    media_id = put(district, "volunteer-2", make_png()).json["media_id"]
    district.cli("admin").done("admin", "person", "revoke", "volunteer-2")
    assert get(district, "volunteer-2", media_id).status == 401


def test_command_line(district, tmp_path):
    picture = tmp_path / "van.dat"  # the name says nothing
    picture.write_bytes(make_png())
    media = district.cli("volunteer-1").done("media", "put", picture)
    out = tmp_path / "back.jpg"
    got = district.cli("volunteer-1").done("media", "get", media["mediaId"], "-o", out)
    assert got["bytes"] == media["bytes"] == len(out.read_bytes())
    district.cli("volunteer-1").done("media", "get", media["mediaId"], "--thumbnail", "-o", out)
    small = out.read_bytes()
    assert small.startswith(b"\xff\xd8\xff") and 0 < len(small) <= 64 << 10
    assert district.cli("officer-baoguo").refused("media", "get", media["mediaId"], "-o", out)["code"] == "not_found"
    picture.write_text("<svg/>")
    assert district.cli("volunteer-1").refused("media", "put", picture)["code"] == "media_type_refused"
    picture.write_bytes(bytes(3 << 20))
    assert district.cli("volunteer-1").refused("media", "put", picture)["code"] == "media_too_large"
    assert district.cli("volunteer-1").run("media", "put", tmp_path / "nothing").code == 2
    # A report waits for no file, not even for one that is not there; and the exit code is the report's.
    stored = district.cli("volunteer-1").run("report", "fire", "--photo", tmp_path / "nothing")
    assert stored.code == 0 and [set(line) >= {"reportId"} for line in stored.lines] == [True]
    assert "cannot be read" in stored.stderr and f"tocsin report amend {stored.last['reportId']} --photo" in stored.stderr


SEES = {"volunteer-1", "officer-baoguo", "auxiliary-baoguo", "liaison-baoguo", "bureau"}
EVERYBODY = ("volunteer-1", "volunteer-2", "volunteer-3", "grid-worker-1", "auxiliary-baoguo", "officer-baoguo",
             "officer-xinjiang", "liaison-baoguo", "fire-desk", "bureau", "searcher-1", "searcher-2", "team-lead", "admin")


def test_an_attached_photo_is_seen_by_those_who_see_the_report(fresh_district, tmp_path):
    district = fresh_district
    picture = tmp_path / "van.png"
    picture.write_bytes(make_png())
    volunteer = district.cli("volunteer-1")
    report = volunteer.done("report", "sighting", "--text", "van", "--at", "45.6009,126.6102,20")
    watcher = district.watch("officer-baoguo")
    volunteer.done("report", "amend", report["reportId"], "--photo", picture)
    line = watcher.wait_for(lambda line: "media" in line.get("statement", {}).get("amendment", {}))
    (media,) = line["statement"]["amendment"]["media"]
    second = district.add_hub()
    unknown = get(district, "searcher-1", UNKNOWN)
    for hub in (district.hub, second):
        files = {}
        for name in EVERYBODY:
            for path in (media["mediaId"], media["mediaId"] + "/thumbnail"):
                answer = get(district, name, path, hub)
                if name in SEES:
                    assert answer.status == 200 and answer.body.startswith(b"\xff\xd8\xff"), (name, answer.body)
                    files.setdefault(path, set()).add(answer.body)
                else:
                    assert (answer.status, answer.body, answer.headers) == (404, unknown.body, unknown.headers), name
        assert all(len(bodies) == 1 for bodies in files.values())

    def redis(*arguments):
        return subprocess.run(["redis-cli", "-s", str(district.redis.socket), *arguments], capture_output=True,
                              check=True).stdout.strip()

    names = ["{pingfang}:media:" + media["mediaId"], "{pingfang}:state:media:" + media["mediaId"]]
    wait_until(lambda: all(int(redis("PTTL", name)) > 80 * 86_400_000 for name in names), 30, "it stays")
    # Who erases the key of the case has erased the file.
    for hub in (district.hub, second):
        hub.terminate()
    redis("DEL", "{pingfang}:key:incident/" + report["incidentId"])
    district.hub.start()
    assert get(district, "officer-baoguo", media["mediaId"]).status == 404


def test_the_report_goes_first_and_its_photo_follows(district, tmp_path):
    picture = tmp_path / "smoke.png"
    picture.write_bytes(make_png())
    watcher = district.watch("officer-baoguo")
    ran = district.cli("volunteer-1").run("report", "fire", "--at", "45.6009,126.6102,20", "--photo", picture)
    assert ran.code == 0, ran.stderr
    report, amendment = (json.loads(line) for line in ran.stdout.splitlines())
    assert report["offset"] < amendment["offset"] and report["incidentId"] == amendment["incidentId"]
    first = watcher.wait_for(lambda line: line.get("offset") == report["offset"])
    second = watcher.wait_for(lambda line: line.get("offset") == amendment["offset"])
    assert first["lane"] == second["lane"] == "LANE_ALARM"
    assert second["statement"]["amendment"]["media"]
    # A photo that is refused leaves the report where it is.
    picture.write_text("<svg/>")
    ran = district.cli("volunteer-1").run("report", "fire", "--at", "45.6009,126.6102,20", "--photo", picture)
    assert ran.code == 0 and "the report is stored" in ran.stderr and str(picture) in ran.stderr
    receipt, refusal = (json.loads(line) for line in ran.stdout.splitlines())
    assert refusal["code"] == "media_type_refused"
    watcher.wait_for(lambda line: line.get("offset") == receipt["offset"])


def test_an_answers_photo_is_for_the_officers_in_charge_and_its_sender(district, tmp_path):
    picture = tmp_path / "van.png"
    picture.write_bytes(make_png())
    volunteer = district.cli("volunteer-1")
    report = volunteer.done("report", "sighting", "--text", "van", "--at", "45.6009,126.6102,20")
    watcher = district.watch("officer-baoguo")
    district.cli("officer-baoguo").done("incident", "ask", report["incidentId"], "--report", report["reportId"],
                                        "--text", "which way?")
    volunteer.done("report", "answer", report["reportId"], "--photo", picture)
    line = watcher.wait_for(lambda line: line.get("statement", {}).get("answer", {}).get("media"))
    media_id = line["statement"]["answer"]["media"][0]["mediaId"]
    for name in EVERYBODY:
        expected = 200 if name in ("volunteer-1", "officer-baoguo", "liaison-baoguo") else 404
        assert get(district, name, media_id).status == expected, name


def test_what_is_attached_is_attached_once_and_by_its_uploader(district):
    media_id = put(district, "volunteer-1", make_png()).json["media_id"]
    mine = district.cli("volunteer-1").done("report", "sighting", "--text", "a", "--at", "45.6009,126.6102,20")
    theirs = district.cli("volunteer-2").done("report", "sighting", "--text", "b", "--at", "45.6009,126.6102,20")

    async def submit(name, amendment):
        async with district.connect(name) as client:
            answer = await client.command(amend_report=amendment)
            return "stored" if answer.DESCRIPTOR.name == "Receipt" else answer.code

    def amend(name, report, ids):
        return asyncio.run(submit(name, messages().AmendReport(report_id=report["reportId"], media_ids=ids)))

    assert amend("volunteer-2", theirs, [media_id]) == "unknown_media"
    assert amend("volunteer-1", mine, [UNKNOWN]) == "unknown_media"
    assert amend("volunteer-1", mine, [media_id, media_id]) == "value_invalid"
    assert amend("volunteer-1", mine, ["van.jpg"]) == "id_invalid"
    assert amend("volunteer-1", mine, [UNKNOWN] * 9) == "too_many"
    assert amend("volunteer-1", mine, [media_id]) == "stored"
    assert amend("volunteer-1", mine, [media_id]) == "media_attached"


def test_a_notices_photo_is_for_all_who_see_the_notice(district, tmp_path):
    picture = tmp_path / "grandmother.png"
    picture.write_bytes(make_png())
    watcher = district.watch("searcher-1")
    district.cli("liaison-baoguo").done("notice", "missing-person", "--team", "four-leaf-clover", "--text", "走失",
                                        "--photo", picture)
    line = watcher.wait_for(lambda line: line.get("notice", {}).get("media"))
    media_id = line["notice"]["media"][0]["mediaId"]
    for name in ("searcher-1", "searcher-2", "team-lead", "liaison-baoguo", "bureau"):
        assert get(district, name, media_id).status == 200, name
    for name in ("volunteer-1", "fire-desk", "admin"):
        assert get(district, name, media_id).status == 404, name


def test_p7_who_attaches_nothing_takes_no_room_from_reports():
    picture = make_png(640, 480)
    district = start_district(redis_options={"maxmemory": "16mb"},
                              settings={"media": {"uploads_an_hour": 10_000, "unattached": 12, "at_once": 2}})
    try:
        statuses = [put(district, "volunteer-1", picture).status for _ in range(13)]
        assert statuses[0] == 201 and statuses[-1] == 429, statuses
        # So do others, until Redis has no room: files are refused, reports are not.
        names = ["volunteer-2", "volunteer-3", "grid-worker-1", "officer-baoguo", "liaison-baoguo", "bureau", "searcher-1"]
        later = [put(district, name, make_png(900, 900, 1)).status for name in names for _ in range(12)]
        assert 503 in later and set(later) <= {201, 429, 503}, later
        for number in range(20):
            district.cli("volunteer-2").done("report", "assist", "--text", f"求助 {number}", "--at", "45.6009,126.6102,20")
    finally:
        district.close()


@pytest.mark.skipif(not os.access(program("tocsin-media"), os.X_OK), reason="not built")
def test_the_converter_says_whether_its_sandbox_is_whole():
    said = subprocess.run([program("tocsin-media"), "--sandbox"], capture_output=True, text=True, check=True).stdout
    assert said == "whole\n" or said.startswith("relaxed: built with a sanitizer")
