"""What the bench measures on: a district of its own with the load's people in it, and `tocsin-load`."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))
from harness import start_district  # noqa: E402
from harness.district import remove_prepared  # noqa: E402
from harness.processes import program  # noqa: E402

# A benched hub has room for 10,000 subscribers, and few people can have many of them.
SETTINGS = {"listen": {"max_connections": 20_000, "max_connections_per_device": 1_000}}


class LoadFailed(Exception):
    """What was measured is not what should be: the result says why."""


def load(kind: str, *arguments, check: bool = True, timeout: float = 300) -> dict:
    """Runs `tocsin-load` and answers its JSON object."""
    run = subprocess.run([program("tocsin-load"), kind, *map(str, arguments)], stdout=subprocess.PIPE, text=True,
                         stdin=subprocess.DEVNULL, timeout=timeout, check=False)
    try:
        result = json.loads(run.stdout)
    except ValueError:
        raise LoadFailed(f"tocsin-load {kind} ended with {run.returncode} and no result") from None
    if check and not result["passed"]:
        raise LoadFailed(f"tocsin-load {kind} {' '.join(map(str, arguments))}: {json.dumps(result)}")
    return result


class Stand:
    """A district with `people` enrolled. `district` is the harness's; close() ends all."""

    def __init__(self, people: int = 1_000, channels: int = 1_000, consoles: int = 16, settings=None):
        merged = {**SETTINGS, **(settings or {})}
        # A rewrite of the append-only file in the middle would be measured with it.
        self.district = start_district(settings=merged, redis_options={"auto-aof-rewrite-percentage": "0"})
        self.people = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-load-"))
        try:
            load("enrol", "--port", self.district.hub.port, "--admin-token-file", self.district.token_file("admin"),
                 "--out", self.people, "--people", people, "--channels", channels, "--consoles", consoles)
        except BaseException:
            self.close()
            raise

    @property
    def hub(self):
        return self.district.hub

    def at_hub(self) -> list:
        """The arguments by which a load finds this hub."""
        return ["--port", self.hub.port, "--people", self.people, "--process", f"hub={self.hub.pid}",
                "--process", f"redis={self.district.redis.pid}"]

    def load(self, kind: str, *arguments, **options) -> dict:
        return load(kind, *self.at_hub(), *arguments, **options)

    def close(self):
        self.district.close()
        shutil.rmtree(self.people, ignore_errors=True)
        remove_prepared()
