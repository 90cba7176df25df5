"""The hub's door for browsers: pages, in by a link and out again, the cookie, the map. docs/pages.md is the contract."""

import asyncio
import concurrent.futures
import gzip
import json
import pathlib
import socket
import time

import pytest
import websockets
from harness import Web, messages, start_district, wait_until
from harness.processes import REPOSITORY
from harness.web import raw

TINY = REPOSITORY / "tests" / "pages" / "tiny"
PEOPLE = {
    "volunteer-1": ("/", ["ROLE_VOLUNTEER"]), "grid-worker-1": ("/grid", ["ROLE_GRID_WORKER"]),
    "auxiliary-baoguo": ("/console", ["ROLE_AUXILIARY"]), "officer-baoguo": ("/console", ["ROLE_OFFICER"]),
    "liaison-baoguo": ("/console", ["ROLE_LIAISON"]), "fire-desk": ("/console", ["ROLE_FIRE_DESK"]),
    "bureau": ("/console", ["ROLE_BUREAU"]), "searcher-1": ("/search", ["ROLE_SEARCHER"]),
    "team-lead": ("/search", ["ROLE_TEAM_LEAD"]), "admin": ("/", ["ROLE_ADMIN"]),
}


@pytest.fixture(scope="module")
def house(programs):
    """A district whose hub serves pages, for all tests that leave it as it is."""
    value = start_district(settings={"pages": {"directory": str(TINY), "sign_in_failures": 100_000}})
    yield value
    value.close()


@pytest.fixture
def own_house(programs):
    value = start_district(settings={"pages": {"directory": str(TINY), "sign_in_failures": 100_000}})
    yield value
    value.close()


def metrics(hub) -> dict[str, float]:
    _, text = hub.http("/metrics")
    lines = (line.rpartition(" ") for line in text.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


# Pages.

def test_pages_are_at_their_paths_with_their_headers(house):
    web = Web(house.hub)
    for path, file in (("/", "volunteer.html"), ("/console", "console.html"), ("/grid", "grid.html"),
                       ("/search", "search.html"), ("/sign-in", "sign-in.html"), ("/sign-in?from=somewhere", "sign-in.html")):
        answer = web.get(path)
        assert (answer.status, answer.body) == (200, (TINY / file).read_bytes()), path
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["Cache-Control"] == "no-cache"
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
        assert f"connect-src 'self' ws://{web.host};" in policy
        for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
                            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin")):
            assert answer.headers[name] == value
        assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    script = web.get("/assets/tiny-1a2b3c4d.js")
    assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert script.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Content-Security-Policy" in script.headers, "a worker has the policy of its own script"


def test_a_page_is_not_sent_twice(house):
    web = Web(house.hub)
    tag = web.get("/").headers["ETag"]
    known = web.get("/", If_None_Match=tag)
    assert (known.status, known.body, known.headers["ETag"]) == (304, b"", tag)
    assert web.get("/", If_None_Match='"another"').status == 200
    head = web.ask("HEAD", "/")
    assert (head.status, head.body) == (200, b"")
    assert int(head.headers["Content-Length"]) == len((TINY / "volunteer.html").read_bytes())


@pytest.mark.parametrize("path", [
    "/../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2fetc/passwd", "//", "//etc/passwd", "/./", "/console/", "/volunteer.html",
    "/console.html", "/CONSOLE", "/assets", "/assets/", "/assets/../sign-in", "/assets/%2e%2e/sign-in", "/sign-in%00",
    "/sign-in\\", "/v1", "/v1/", "/v1/sign-in/", "/.hidden", "/%", "/" + "a" * 4000])
def test_nothing_but_pages_is_there(house, path):
    status, body = raw_status(house, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert status == 404 and json.loads(body)["code"] == "not_found"
    assert b"root:" not in body


def raw_status(house, request: str):
    head, _, body = raw(house.hub.port, request.encode("latin-1")).partition(b"\r\n\r\n")
    return int(head.split()[1]), body


@pytest.mark.parametrize("request_, status", [
    ("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    ("GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    ("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421),
    ("GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 421),
    ("GET / HTTP/1.1\r\n\r\n", 421),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n", 421),
    ("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", 405),
    ("DELETE /console HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    ("OPTIONS / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello", 400),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a" * 9_000 + "\r\n\r\n", 431),
])
def test_p7_requests_that_are_none_of_a_browser(house, request_, status):
    assert raw_status(house, request_)[0] == status


def test_one_connection_asks_one_thing_after_the_other(house):
    request = b"GET /sign-in HTTP/1.1\r\nHost: localhost\r\n\r\n"
    last = b"GET /v1/me HTTP/1.1\r\nHost: localhost\r\n\r\n"
    before = metrics(house.hub)["tocsin_accepted_total"]
    data = raw(house.hub.port, request * 50 + last)
    assert data.count(b"HTTP/1.1 200 OK\r\n") == 50 and data.count(b"HTTP/1.1 401") == 1
    assert metrics(house.hub)["tocsin_accepted_total"] == before + 1


def test_p7_a_connection_that_asks_nothing_more_is_ended(house):
    with socket.create_connection(("127.0.0.1", house.hub.port), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        began = time.monotonic()
        while connection.recv(65_536):
            pass
        assert time.monotonic() - began < 10


def test_a_hub_whose_pages_are_not_there_says_so(programs, own_house, tmp_path):
    for directory, word in ((tmp_path / "nothing", "No such file"), (tmp_path, "not built")):
        hub = own_house.make_hub({"pages": {"directory": str(directory)}})
        done = hub.run_once()
        assert done.returncode == 2
        assert "pages.directory" in done.stderr and word in done.stderr
        own_house.hubs.remove(hub)


# In and out.

@pytest.mark.parametrize("name", PEOPLE)
def test_a_link_signs_in_and_says_where_to(house, name):
    web = Web(house.hub, f"{name}.localhost")
    answer = web.sign_in(house.link(name))
    home, roles = PEOPLE[name]
    assert answer.status == 200
    assert answer.json == {"person": name, "name": answer.json["name"], "roles": roles, "home": home}
    flags = set(answer.headers["Set-Cookie"].split("; ")[1:])
    assert flags == {"Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=31536000"}
    me = web.get("/v1/me").json
    assert {key: me[key] for key in answer.json} == answer.json
    assert set(me) == {"person", "name", "roles", "home", "grants", "home_area_id", "channels", "device"}

    async def welcome():
        async with web.connect() as ws:
            return ws.entries[0].welcome
    welcomed = asyncio.run(welcome())
    assert welcomed.person.id == name and welcomed.device_id == me["device"]
    assert list(welcomed.channels) == me["channels"]


def test_the_demo_cookie_is_the_persons_own_under_every_hub_name(house):
    web = Web(house.hub, "officer-baoguo.localhost")
    web.sign_in(house.link("officer-baoguo", "--at", f"http://officer-baoguo.localhost:{house.hub.port}/"))
    for host in ("localhost", "127.0.0.1", "[::1]", "volunteer-1.localhost"):
        other = Web(house.hub, host)
        assert other.get("/v1/me").status == 401
        other.cookie = web.cookie
        assert other.get("/v1/me").json["person"] == "officer-baoguo"


def test_a_link_works_once_and_not_too_late(house):
    link = house.link("volunteer-1")
    assert Web(house.hub).sign_in(link).status == 200
    again = Web(house.hub).sign_in(link)
    assert (again.status, again.code) == (403, "link_used")
    unknown = Web(house.hub).sign_in("#" + "x" * 43)
    assert (unknown.status, unknown.code) == (403, "link_unknown")
    late = house.link("volunteer-1", "--valid", "1")
    time.sleep(1.2)
    answer = Web(house.hub).sign_in(late)
    assert (answer.status, answer.code) == (403, "link_expired")
    withdrawn = house.cli("admin").done("admin", "device", "add", "volunteer-1", "--link")
    house.cli("admin").done("admin", "device", "revoke", withdrawn["subjectId"])
    answer = Web(house.hub).sign_in(withdrawn["link"])
    assert (answer.status, answer.code) == (403, "link_unknown")


def test_a_link_goes_into_a_file_readable_by_its_owner_only(house, tmp_path):
    file = tmp_path / "link"
    said = house.cli("admin").done("admin", "device", "add", "volunteer-1", "--link", "--at", "http://v.localhost:1//",
                                   "--token-out", file)
    assert "link" not in said
    assert file.read_text().startswith("http://v.localhost:1/sign-in#") and file.stat().st_mode & 0o777 == 0o600
    house.cli("admin").expect(2, "admin", "device", "add", "volunteer-1", "--at", "http://v.localhost")
    house.cli("admin").expect(2, "admin", "device", "add", "volunteer-1", "--link", "--valid", "86401")


def test_signing_out_revokes_the_device_and_ends_its_connections(house):
    web = Web(house.hub, "volunteer-2.localhost")
    web.sign_in(house.link("volunteer-2"))

    async def leave():
        async with web.connect() as ws:
            answer = await asyncio.to_thread(web.post, "/v1/sign-out")
            assert answer.status == 200 and answer.headers["Set-Cookie"].startswith("tocsin=; ")
            assert await ws.wait_closed() == 4500
    asyncio.run(leave())
    assert web.get("/v1/me").status == 401
    assert web.post("/v1/sign-out").status == 401
    assert house.cli("volunteer-2").run("incident", "list").code == 0, "the person's other device goes on"


def test_the_last_administrator_cannot_leave(own_house):
    web = Web(own_house.hub)
    web.cookie = f"tocsin={own_house.token('admin')}"
    answer = web.post("/v1/sign-out")
    assert (answer.status, answer.code) == (409, "wrong_state")
    assert web.get("/v1/me").status == 200


# P1, P2: stored before it is said, and once.

def test_p2_two_who_come_by_one_link_on_two_hubs_at_once(own_house):
    own_house.add_hub({"pages": {"directory": str(TINY), "sign_in_failures": 100_000}})
    for _ in range(5):
        link = own_house.link("volunteer-1")
        webs = [Web(hub) for hub in own_house.hubs for _ in range(4)]
        with concurrent.futures.ThreadPoolExecutor(len(webs)) as pool:
            answers = list(pool.map(lambda web: web.sign_in(link), webs))
        assert sorted(answer.status for answer in answers) == [200] + [403] * 7
        assert {answer.code for answer in answers if answer.status == 403} == {"link_used"}
        (web,) = [web for web in webs if web.cookie]
        for hub in own_house.hubs:
            other = Web(hub)
            other.cookie = web.cookie
            wait_until(lambda: other.get("/v1/me").status == 200, what="the other hub to know the device")
        time.sleep(0.2)


def test_p1_whoever_signed_in_stays_so_when_hub_and_redis_are_killed(own_house):
    link = own_house.link("officer-baoguo")
    web = Web(own_house.hub)
    assert web.sign_in(link).status == 200
    own_house.hub.kill()
    own_house.redis.kill()
    own_house.redis.start()
    own_house.hub.start()
    assert web.get("/v1/me").json["person"] == "officer-baoguo"
    assert Web(own_house.hub).sign_in(link).code == "link_used"


def test_p1_without_a_store_a_link_is_not_spent(own_house):
    link = own_house.link("officer-baoguo")
    own_house.redis.kill()
    wait_until(lambda: metrics(own_house.hub)["tocsin_redis_up"] == 0, what="the hub to miss its Redis")
    answer = Web(own_house.hub).sign_in(link)
    assert (answer.status, answer.code) == (503, "unavailable") and "Set-Cookie" not in answer.headers
    assert int(answer.headers["Retry-After"]) >= 1
    own_house.redis.start()
    wait_until(lambda: metrics(own_house.hub)["tocsin_redis_up"] == 1, what="the hub to have its Redis")
    web = Web(own_house.hub)
    wait_until(lambda: web.sign_in(link).status == 200, what="the link to let somebody in")


# P5: no one sees what is not theirs.

ORIGINS = [None, "null", "http://evil.example", "http://localhost", "http://localhost:1", "HTTP://{host}", "https://{host}",
           "http://{host}/", "http://{host}.evil.example", "http://x.{host}"]


@pytest.mark.parametrize("origin", ORIGINS)
def test_p5_a_cookie_works_for_its_own_pages_only(house, origin):
    web = Web(house.hub, "officer-baoguo.localhost")
    web.cookie = f"tocsin={house.token('officer-baoguo')}"
    origin = origin and origin.format(host=web.host)
    for path in ("/v1/sign-out", "/v1/sign-in"):
        answer = web.post(path, {"secret": "x"} if path.endswith("in") else None, Origin=origin)
        assert (answer.status, answer.code) == (403, "origin_refused"), path
    if origin is not None:
        answer = web.get("/v1/me", Origin=origin)
        assert (answer.status, answer.code) == (403, "origin_refused")

    async def upgrade():
        with pytest.raises(websockets.InvalidStatusCode) as refused:
            async with websockets.connect(f"ws://{web.host}/v1/connect", host="127.0.0.1", port=house.hub.port, origin=origin,
                                          extra_headers={"Cookie": web.cookie}, subprotocols=["tocsin.v1"]):
                pass
        return refused.value.status_code
    assert asyncio.run(upgrade()) == 403
    assert web.get("/v1/me").status == 200


@pytest.mark.parametrize("site, looks", [
    ("same-origin", 200), ("none", 200), ("same-site", 403), ("cross-site", 403), ("x", 403)])
def test_p5_what_the_browser_says_of_the_asking_site_counts(house, site, looks):
    web = Web(house.hub, "officer-baoguo.localhost")
    web.cookie = f"tocsin={house.token('officer-baoguo')}"
    assert web.get("/v1/me", Sec_Fetch_Site=site).status == looks
    assert web.get("/v1/district", Sec_Fetch_Site=site).status == looks
    if site != "same-origin":
        assert web.post("/v1/sign-out", Sec_Fetch_Site=site).status == 403


def test_p5_unknown_and_revoked_cookies_are_told_the_same(house):
    said = house.cli("admin").done("admin", "device", "add", "volunteer-3", "--link")
    web = Web(house.hub)
    web.sign_in(said["link"])
    house.cli("admin").done("admin", "device", "revoke", said["subjectId"])
    wait_until(lambda: web.get("/v1/me").status == 401, what="the revocation")
    revoked = web.get("/v1/me")
    web.cookie = "tocsin=" + "x" * 43
    unknown = web.get("/v1/me")
    web.cookie = ""
    missing = web.get("/v1/me")
    assert revoked.body == unknown.body == missing.body


def test_p5_no_secret_is_in_log_metrics_or_redis(house):
    link = house.link("officer-baoguo")
    web = Web(house.hub)
    web.sign_in(link)
    web.sign_in(link)
    web.get("/v1/me?" + link.partition("#")[2])
    secrets = [link.partition("#")[2].encode(), web.cookie.partition("=")[2].encode()]
    assert all(len(secret) == 43 for secret in secrets)
    seen = [house.hub.log_text().encode(), house.hub.http("/metrics")[1].encode()]
    seen += [file.read_bytes() for file in house.redis.directory.rglob("*") if file.is_file() and file.suffix != ".sock"]
    for secret in secrets:
        assert not any(secret in data for data in seen)


# P7: one bad client harms itself only.

def test_p7_failures_are_bounded_by_address(programs):
    house = start_district(settings={"pages": {"directory": str(TINY), "sign_in_failures": 3, "sign_in_within_s": 2},
                                     "listen": {"proxies": ["127.0.0.1"]}})
    try:
        web = Web(house.hub)
        link = house.link("volunteer-1")

        def fail(address):
            return web.post("/v1/sign-in", {"secret": "guess"}, X_Forwarded_For=address)
        assert [fail("192.0.2.1").status for _ in range(5)] == [403, 403, 403, 429, 429]
        assert int(fail("192.0.2.1").headers["Retry-After"]) in (1, 2)
        refused = web.post("/v1/sign-in", {"secret": link.partition("#")[2]}, X_Forwarded_For="192.0.2.1")
        assert refused.status == 429, "a good link as well"
        assert fail("192.0.2.2").status == 403, "others are not concerned"
        assert [fail(f"2001:db8::{number}").status for number in range(4)] == [403, 403, 403, 429]
        time.sleep(2.1)
        answer = web.post("/v1/sign-in", {"secret": link.partition("#")[2]}, X_Forwarded_For="192.0.2.1")
        assert answer.status == 200
        assert metrics(house.hub)['tocsin_sign_ins_total{outcome="too_many_requests"}'] == 5
    finally:
        house.close()


@pytest.mark.parametrize("body, headers, status", [
    (b"", {}, 400), (b"null", {}, 400), (b"[]", {}, 400), (b'"x"', {}, 400), (b"{}", {}, 400), (b"{" * 4000, {}, 400),
    (b'{"secret":1e999}', {}, 400), (b'{"secret":"\\ud800"}', {}, 400), (b'{"secret":"\xff"}', {}, 400),
    (b'{"secret":"a"} trailing', {}, 400), (b'{"secret":"' + b"a" * 513 + b'"}', {}, 400), (bytes(4096), {}, 400),
    (b" " * 4097, {}, 413), (b"x", {"Content-Length": "99999999999999999999999"}, 400), (b"x", {"Content-Length": "-1"}, 400),
    (b"{}", {"Content-Type": "text/plain"}, 415), (b"{}", {"Content-Type": None}, 415),
    (b"2\r\n{}\r\n0\r\n\r\n", {"Transfer-Encoding": "chunked", "Content-Length": None}, 411),
])
def test_p7_garbled_sign_ins(house, body, headers, status):
    given = {"Origin": f"http://localhost:{house.hub.port}", "Content-Type": "application/json", **headers}
    answer = Web(house.hub).ask("POST", "/v1/sign-in", body, given)
    assert (answer.status, answer.code) == (status, "malformed")


def test_p7_many_bodies_that_drip_are_cut_off_and_harm_nobody(house):
    head = (f"POST /v1/sign-in HTTP/1.1\r\nHost: localhost:{house.hub.port}\r\nOrigin: http://localhost:{house.hub.port}\r\n"
            "Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n").encode()
    sockets = [socket.create_connection(("127.0.0.1", house.hub.port), timeout=20) for _ in range(100)]
    began = time.monotonic()
    try:
        for connection in sockets:
            connection.sendall(head)
        web = Web(house.hub)
        assert web.sign_in(house.link("volunteer-1")).status == 200

        def all_gone():
            gone = 0
            for connection in sockets:
                try:
                    connection.sendall(b" ")
                    connection.settimeout(0.001)
                    gone += connection.recv(1) == b""
                except TimeoutError:
                    pass
                except OSError:
                    gone += 1
            return gone == len(sockets)
        wait_until(all_gone, what="the dripping connections to be ended")
        assert time.monotonic() - began < 12
    finally:
        for connection in sockets:
            connection.close()
    wait_until(lambda: metrics(house.hub)["tocsin_arrivals"] == 0, what="the sockets to be let go")


def test_p7_a_page_that_nobody_reads(programs, tmp_path):
    (tmp_path / "volunteer.html").write_text("<!doctype html>")
    (tmp_path / "big.js").write_bytes(b"x" * 4_000_000)
    house = start_district(settings={"pages": {"directory": str(tmp_path)}})
    try:
        before = house.hub.memory_kib()
        sockets = []
        for _ in range(50):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", house.hub.port))
            connection.sendall(b"GET /big.js HTTP/1.1\r\nHost: localhost\r\n\r\n")
            sockets.append(connection)
        assert Web(house.hub).get("/").status == 200
        assert house.hub.memory_kib() - before < 40_000, "all share the one copy"
        for connection in sockets:
            connection.close()
    finally:
        house.close()


def test_what_a_browser_blocked_is_counted_and_not_read(house):
    before = metrics(house.hub)["tocsin_csp_reports_total"]
    answer = Web(house.hub).ask("POST", "/v1/csp-report", b"\xff" * 20_000, {"Content-Type": "application/csp-report"})
    assert (answer.status, answer.body) == (204, b"")
    assert metrics(house.hub)["tocsin_csp_reports_total"] == before + 1


# The map.

def test_the_map_is_what_the_district_was_loaded_from(house):
    web = Web(house.hub)
    assert web.get("/v1/district").status == 401
    web.cookie = f"tocsin={house.token('volunteer-1')}"
    answer = web.get("/v1/district")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    shown = answer.json
    source = pathlib.Path(REPOSITORY / "config" / "pingfang")
    areas = {feature["properties"]["id"]: feature for feature in json.loads((source / "areas.geojson").read_text())["features"]}
    assert {feature["id"] for feature in shown["areas"]["features"]} == set(areas)
    for feature in shown["areas"]["features"]:
        loaded = areas[feature["id"]]
        assert feature["properties"]["kind"] == loaded["properties"]["kind"]
        assert feature["properties"]["parent_id"] == (loaded["properties"]["parent"] or "")
        assert feature["geometry"]["coordinates"] == [loaded["geometry"]["coordinates"]]
    places = json.loads((source / "places.geojson").read_text())["features"]
    for kind, name in (("compound", "compounds"), ("building", "buildings"), ("street", "streets")):
        loaded = [feature for feature in places if feature["properties"]["kind"] == kind]
        assert len(shown[name]["features"]) == len(loaded) > 0
        assert ({json.dumps(feature["geometry"]) for feature in shown[name]["features"]}
                == {json.dumps(feature["geometry"]) for feature in loaded})
    compounds = {feature["id"] for feature in shown["compounds"]["features"]}
    assert {feature["properties"]["compound_id"] for feature in shown["buildings"]["features"]} == compounds
    assert len(shown["stations"]) == 10 and shown["teams"][0]["id"] == "four-leaf-clover"
    assert [question["id"] for question in shown["questions"]][0] == "still-there"
    assert {kind["word"] for kind in shown["kinds"]} == {"sighting", "fire", "hazard", "assist", "dispute", "clue"}
    text = answer.body.decode()
    assert "王示范" not in text and "000-0000" not in text
    again = web.get("/v1/district", If_None_Match=answer.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    zipped = web.get("/v1/district", Accept_Encoding="gzip")
    assert zipped.headers["Content-Encoding"] == "gzip" and gzip.decompress(zipped.body) == answer.body
    assert len(zipped.body) < len(answer.body) / 6 and zipped.headers["ETag"] != answer.headers["ETag"]


def test_the_map_follows_the_district_and_names_the_tiles(programs):
    tile = {"name": "Streets", "url": "https://tiles.example:8443/{z}/{x}/{y}.png", "datum": "GCJ-02",
            "attribution": "them", "max_zoom": 17}
    house = start_district(settings={"pages": {"directory": str(TINY), "tiles": [tile]}})
    try:
        web = Web(house.hub)
        web.cookie = f"tocsin={house.token('bureau')}"
        before = web.get("/v1/district")
        assert before.json["tiles"] == [tile]
        assert "img-src 'self' data: blob: https://tiles.example:8443;" in web.get("/").headers["Content-Security-Policy"]

        async def rename():
            async with house.connect("admin") as admin:
                await admin.stored(put_team=messages().PutTeam(team=messages().Team(id="other", name_zh="另一队")))
        asyncio.run(rename())
        wait_until(lambda: len(web.get("/v1/district").json["teams"]) == 2, what="the new team on the map")
        assert web.get("/v1/district", If_None_Match=before.headers["ETag"]).status == 200
    finally:
        house.close()
