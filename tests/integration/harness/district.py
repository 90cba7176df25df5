"""The demo district on a private Redis with as many hubs as a test wants."""

import asyncio
import atexit
import functools
import pathlib
import re
import shutil
import tempfile

from .cli import Cli, Watcher
from .geometry import point_in
from .hub import Hub
from .processes import REPOSITORY
from .redis_server import RedisServer
from .web import Web
from .wire import connect, messages

DEMO_PEOPLE = (
    "volunteer-1", "volunteer-2", "volunteer-3", "grid-worker-1", "auxiliary-baoguo", "officer-baoguo",
    "officer-xinjiang", "liaison-baoguo", "fire-desk", "bureau", "searcher-1", "searcher-2", "team-lead", "admin")
TEAM = "four-leaf-clover"


class District:
    """A running district: `redis`, `hubs`, `tokens` (a directory with NAME.token for each demo person).

    `hub` is the first hub. `close()` ends everything and removes the directory.
    """

    def __init__(self, directory: pathlib.Path, redis: RedisServer):
        self.directory = directory
        self.redis = redis
        self.hubs: list[Hub] = []
        self.tokens = directory / "tokens"
        self._watchers: list[Watcher] = []
        self._areas: dict | None = None

    @property
    def hub(self) -> Hub:
        return self.hubs[0]

    def make_hub(self, settings=None, env=None) -> Hub:
        """A further hub on the same Redis, not started."""
        hub = Hub(self.directory, self.redis.socket, f"hub-{len(self.hubs) + 1}", settings, env)
        self.hubs.append(hub)
        return hub

    def add_hub(self, settings=None, env=None) -> Hub:
        """A further hub on the same Redis, ready."""
        return self.make_hub(settings, env).start()

    def token_file(self, name: str) -> pathlib.Path:
        return self.tokens / f"{name}.token"

    def token(self, name: str) -> str:
        return self.token_file(name).read_text().strip()

    def cli(self, name: str, hub: Hub | None = None) -> Cli:
        """`tocsin` as this person."""
        return Cli((hub or self.hub).url, self.token_file(name))

    def watch(self, name: str, *arguments, hub: Hub | None = None, ready: bool = True, marks: bool = False) -> Watcher:
        """`tocsin watch` as this person, subscribed already unless ready=False; it proves nothing unless marks=True."""
        if not marks:
            arguments = ("--no-marks", *arguments)
        log = self.directory / f"watch-{len(self._watchers) + 1}-{name}.log"
        watcher = Watcher(self.cli(name, hub), *arguments, log=log, ready=False)
        self._watchers.append(watcher)
        if ready:
            watcher.wait_for(lambda line: "subscribed" in line)
        return watcher

    def connect(self, name: str, hub: Hub | None = None, **options):
        """A WebSocket connection as this person: `async with district.connect("bureau") as ws`."""
        return connect((hub or self.hub).url, self.token(name), **options)

    def connect_as_page(self, name: str, hub: Hub | None = None, **options):
        """The same as a page does it: by cookie, with its Origin."""
        web = Web(hub or self.hub, f"{name}.localhost")
        web.cookie = f"tocsin={self.token(name)}"
        return web.connect(**options)

    def link(self, name: str, *arguments, hub: Hub | None = None) -> str:
        """A fresh link to sign in by."""
        said = self.cli("admin", hub).done("admin", "device", "add", name, "--link", *arguments)
        return said["link"]

    def areas(self) -> dict:
        """Every area by its id, as the admin's snapshot has it."""
        if self._areas is None:
            self._areas = asyncio.run(self._load_areas())
        return self._areas

    async def load_areas(self) -> dict:
        """The same from inside a coroutine."""
        if self._areas is None:
            self._areas = await self._load_areas()
        return self._areas

    async def _load_areas(self) -> dict:
        async with self.connect("admin") as admin:
            await admin.subscribe(["admin"])
            states = [state for page in admin.all("snapshot") for state in page.states]
        return {state.area.id: state.area for state in states if state.HasField("area")}

    def station_place(self, station: str, accuracy_m: float = 0):
        """A place well inside a station's ground: (latitude, longitude) as a Place. Call areas() or load_areas() before."""
        assert self._areas is not None, "load_areas() first"
        areas = self._areas
        below = {station}
        while True:
            more = {area.id for area in areas.values() if area.parent_id in below} - below
            if not more:
                break
            below |= more
        grids = [areas[id_] for id_ in sorted(below) if areas[id_].kind == messages().AREA_KIND_GRID]
        latitude, longitude = point_in((grids or [areas[station]])[0])
        return messages().Place(latitude=latitude, longitude=longitude, accuracy_m=accuracy_m)

    def close(self):
        for watcher in self._watchers:
            watcher.close()
        for hub in self.hubs:
            hub.close()
        self.redis.close()
        shutil.rmtree(self.directory, ignore_errors=True)


def _directory() -> pathlib.Path:
    # Short on purpose: the path of a Unix socket holds 107 characters.
    return pathlib.Path(tempfile.mkdtemp(prefix="tocsin-"))


def calm_copy(folder: pathlib.Path) -> pathlib.Path:
    """The demo district in which nothing is escalated before its time: most tests count events and man no desks."""
    shutil.copytree(REPOSITORY / "config" / "pingfang", folder)
    settings = folder / "district.yaml"
    calm, count = re.subn(r"(?m)^unattended_after_s: \d+", "unattended_after_s: 0", settings.read_text())
    assert count == 1, "district.yaml sets unattended_after_s in a line of its own"
    settings.write_text(calm)
    return folder


@functools.cache
def _prepared() -> District:
    """The demo district loaded once, the processes ended again: copied for every district that a test starts."""
    directory = _directory()
    redis = RedisServer(directory / "redis").start()
    district = District(directory, redis)
    try:
        district.tokens.mkdir()
        hub = district.make_hub()
        first = hub.run_once("--admin-token-out", district.token_file("admin"))
        assert first.returncode == 0, f"--admin-token-out: {first.returncode}\n{first.stdout}{first.stderr}"
        hub.start()
        admin = district.cli("admin")
        admin.done("admin", "district", "load", calm_copy(directory / "pingfang"))
        for name in DEMO_PEOPLE:
            if name != "admin":
                admin.done("admin", "device", "add", name, "--token-out", district.token_file(name))
        assert hub.terminate() == 0, f"the hub did not stop orderly:\n{hub.log_text()[-2000:]}"
        redis.terminate()
    except BaseException:
        district.close()
        raise
    atexit.register(remove_prepared)
    return district


def remove_prepared():
    """Removes the prepared district, if there is one."""
    if _prepared.cache_info().currsize:
        _prepared().close()
        _prepared.cache_clear()


def start_district(*, hubs: int = 1, settings=None, redis_options=None, redis_prefix=(), redis_env=None,
                   hub_env=None) -> District:
    """Redis with the demo district, and so many hubs, ready. Call close() on it in the end."""
    prepared = _prepared()
    directory = _directory()
    shutil.copytree(prepared.redis.directory, directory / "redis", ignore=shutil.ignore_patterns("*.sock", "*.log"))
    shutil.copytree(prepared.tokens, directory / "tokens")
    district = District(directory, RedisServer(directory / "redis", redis_options, prefix=redis_prefix, env=redis_env))
    try:
        district.redis.start()
        for _ in range(hubs):
            district.add_hub(settings, hub_env)
    except BaseException:
        district.close()
        raise
    return district
