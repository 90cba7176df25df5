#!/usr/bin/python3
"""Writes the first inputs of the fuzz targets: seeds.py CORPUS_DIRECTORY makes CORPUS_DIRECTORY/fuzz-decoder/… and so on."""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from google.protobuf import json_format  # noqa: E402
from harness.wire import messages  # noqa: E402

pb = messages()
ID = "0190a5d0-0000-7000-8000-000000000001"


def commands():
    place = pb.Place(latitude=45.6, longitude=126.6, accuracy_m=20)
    yield dict(submit_report=pb.SubmitReport(kind=pb.REPORT_KIND_FIRE, place=place, urgent=True, may_call=True))
    yield dict(submit_report=pb.SubmitReport(kind=pb.REPORT_KIND_CLUE, text="四叶草", notice_id=ID, observed_time_ms=1))
    yield dict(issue_notice=pb.IssueNotice(kind=pb.NOTICE_KIND_LOOKOUT, text="t", area_ids=["baoguo"], until_time_ms=2,
                                           identifies_person=True, case_number="c"))
    yield dict(correct_notice=pb.CorrectNotice(notice_id="n", version=1, text="t", identifies_person=False, reason="r"))
    yield dict(withdraw_notice=pb.WithdrawNotice(notice_id="n", reason="r"))
    yield dict(release_notice=pb.ReleaseNotice(notice_id="n", version=1))
    yield dict(acknowledge_notice=pb.AcknowledgeNotice(notice_id="n", revision=1))
    yield dict(start_drill=pb.StartDrill(area_id="baoguo", kind=pb.REPORT_KIND_FIRE, text="t", place=place))
    yield dict(acknowledge_incident=pb.AcknowledgeIncident(incident_id=ID))
    yield dict(resolve_incident=pb.ResolveIncident(incident_id=ID, outcome=pb.OUTCOME_HANDLED, note="n"))
    ring = pb.Ring(vertices=[pb.Vertex(latitude=a, longitude=b) for a, b in ((45.5, 126.5), (45.6, 126.5), (45.6, 126.6))])
    area = pb.Area(id="a", kind=pb.AREA_KIND_GRID, parent_id="b", name_zh="网格", polygons=[pb.Polygon(outer=ring, holes=[ring])])
    yield dict(put_area=pb.PutArea(area=area))
    yield dict(put_district=pb.PutDistrict(district=pb.District(id="d", name_zh="区", fire_join_distance_m=150)))
    yield dict(put_team=pb.PutTeam(team=pb.Team(id="t", name_zh="队")))
    grant = pb.Grant(role=pb.ROLE_OFFICER, scope_id="baoguo")
    yield dict(put_person=pb.PutPerson(person=pb.Person(id="p", name="n", phone="1", home_area_id="a", grants=[grant])))
    yield dict(revoke_person=pb.RevokePerson(person_id="p"))
    yield dict(add_device=pb.AddDevice(person_id="p", label="l", token_sha256=bytes(32)))
    yield dict(add_device=pb.AddDevice(person_id="p", link_sha256=bytes(32), link_valid_s=60))
    at = pb.Vertex(latitude=45.6, longitude=126.6)
    area.compounds.add(id="c", name_zh="小区", outline=ring).buildings.add(id="1", name_zh="1号楼", at=at)
    area.streets.add(id="s", name_zh="街", line=ring.vertices)
    yield dict(put_area=pb.PutArea(area=area))
    yield dict(revoke_device=pb.RevokeDevice(device_id=ID))


def requests():
    for body in commands():
        yield pb.ClientMessage(request_id=1, command=pb.Command(id=ID, **body))
    cursor = pb.Cursor(epoch="e", alarm="1-0", routine="2-0")
    yield pb.ClientMessage(request_id=2, subscribe=pb.Subscribe(channels=["me", "station/baoguo"], cursor=cursor))
    yield pb.ClientMessage(request_id=3, get_incident=pb.GetIncident(incident_id=ID))
    yield pb.ClientMessage(request_id=4, ping=pb.Ping())


def main():
    corpus = pathlib.Path(sys.argv[1])
    for target in ("decoder", "session", "front"):
        (corpus / f"fuzz-{target}").mkdir(parents=True, exist_ok=True)
    for number, request in enumerate(requests()):
        text = json_format.MessageToJson(request, indent=None).encode()
        (corpus / "fuzz-decoder" / f"binary-{number}").write_bytes(b"\0" + request.SerializeToString())
        (corpus / "fuzz-decoder" / f"json-{number}").write_bytes(b"\1" + text)
    for number, lines in enumerate((
            "Origin: http://a.localhost:8080\r\nCookie: a=b; tocsin=secret\r\nSec-Fetch-Site: same-origin",
            "Cookie: tocsin=secret\r\nSec-Fetch-Site: none\r\nAccept-Encoding: gzip;q=0, br\r\nIf-None-Match: W/\"a\", *",
            "Authorization: Bearer token\r\nOrigin: https://good\r\nX-Forwarded-For: ::1, 192.0.2.1",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: x\r\n"
            "Sec-WebSocket-Protocol: a, tocsin.v1\r\nCookie: __Host-tocsin=secret\r\nOrigin: https://a.localhost:8080")):
        request = f"GET /v1/connect?x HTTP/1.1\r\nHost: a.localhost:8080\r\n{lines}\r\n\r\n".encode()
        for first in (b"\0", b"\1"):
            (corpus / "fuzz-front" / f"request-{number}-{first[0]}").write_bytes(first + request)
    # The session's input steers the driver byte by byte, from its end: any bytes will do, these take every step once.
    for number in range(8):
        (corpus / "fuzz-session" / f"steps-{number}").write_bytes(bytes((step * 7 + number) % 256 for step in range(200)))


if __name__ == "__main__":
    main()
