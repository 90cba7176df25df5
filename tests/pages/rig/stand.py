"""A hub on a real Redis with the demo district, driven over standard input and output by the browser tests.

    stand.py --pages DIRECTORY [--settings JSON]

One JSON object a line. The first line out is {"ready": {"port", "admin_port", "directory"}}; after that each line in,
{"id": N, "do": NAME, …}, is answered by {"id": N, "answer": …} or {"id": N, "error": TEXT}. It ends, with all that it
started, when standard input does.
"""

import argparse
import json
import pathlib
import sys
import traceback

HERE = pathlib.Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[2] / "integration"))

from harness import start_district  # noqa: E402


class Stand:
    def __init__(self, pages: str, settings: dict):
        merged = {"pages": {"directory": pages}}
        for section, value in settings.items():
            if isinstance(value, dict):
                merged.setdefault(section, {}).update(value)
            else:
                merged[section] = value
        self.district = start_district(settings=merged)

    def ready(self):
        hub = self.district.hub
        return {"port": hub.port, "admin_port": hub.admin_port, "directory": str(self.district.directory)}

    def do_link(self, person: str, valid_s: int = 0):
        """A link to sign in by, under the person's own host name; and the id of its device."""
        at = f"http://{person}.localhost:{self.district.hub.port}"
        more = ["--valid", str(valid_s)] if valid_s else []
        said = self.district.cli("admin").done("admin", "device", "add", person, "--label", "browser", "--link",
                                               "--at", at, *more)
        return {"link": said["link"], "device": said["subjectId"]}

    def do_cli(self, person: str, arguments: list, code: int = 0):
        """`tocsin` as this person: what it prints, one object a line."""
        return self.district.cli(person).expect(code, *arguments, timeout=60).lines

    def do_hub(self, act: str):
        """start, kill (-9), restart, terminate, stop (SIGSTOP), go_on (SIGCONT)."""
        return self._act(self.district.hub, act)

    def do_redis(self, act: str):
        return self._act(self.district.redis, act)

    @staticmethod
    def _act(process, act: str):
        if act in ("stop", "go_on"):
            import signal
            process.signal(signal.SIGSTOP if act == "stop" else signal.SIGCONT)
        elif act == "restart":
            process.kill()
            process.start()
        elif act in ("start", "kill", "terminate"):
            getattr(process, act)()
        else:
            raise ValueError(f"there is no {act}")

    def do_metrics(self):
        """Every sample of /metrics by its name with labels, such as `tocsin_sign_ins_total{outcome="signed_in"}`."""
        status, text = self.district.hub.http("/metrics")
        assert status == 200, status
        samples = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                samples[name] = float(value)
        return samples

    def do_log(self):
        return self.district.hub.log_text()

    def do_area(self, id: str):
        """Where an area is: a point well inside it, [longitude, latitude]."""
        from harness.geometry import point_in
        latitude, longitude = point_in(self.district.areas()[id])
        return [longitude, latitude]

    def answer(self, asked: dict) -> dict:
        what = asked.pop("do", "")
        number = asked.pop("id", 0)
        try:
            return {"id": number, "answer": getattr(self, f"do_{what}")(**asked)}
        except BaseException as error:  # an assertion of the harness is an answer like any other
            return {"id": number, "error": f"{what}: {''.join(traceback.format_exception(error))[-4000:]}"}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", required=True)
    parser.add_argument("--settings", default="{}", type=json.loads)
    arguments = parser.parse_args()
    stand = Stand(arguments.pages, arguments.settings)
    try:
        print(json.dumps({"ready": stand.ready()}), flush=True)
        for line in sys.stdin:
            print(json.dumps(stand.answer(json.loads(line))), flush=True)
    finally:
        stand.district.close()


if __name__ == "__main__":
    main()
