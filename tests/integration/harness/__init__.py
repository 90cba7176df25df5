"""A private Redis, hubs, the command line and WebSocket clients for tests that use the real programs.

Everything runs on loopback or Unix sockets in a temporary directory, on ports that the system picks, and ends with the
test that started it. The programs are those of the build directory that TOCSIN_BUILD names (default: `build`).

    district = start_district()              Redis, one hub, the demo district, a token for each demo person
    district.cli("volunteer-1").done("report", "fire")            one command, its JSON
    district.watch("officer-baoguo")                               `tocsin watch` in the background
    async with district.connect("volunteer-1") as ws: ...          the wire itself
    district.redis.kill(); district.redis.start()                  faults
    district.hub.kill(); district.hub.start()                      the same port again

The fixtures `district`, `fresh_district` and `two_hubs` are in `fixtures.py`.
"""

from .cli import Cli, CliResult, Watcher
from .district import DEMO_PEOPLE, District, start_district
from .hub import Hub
from .processes import Process, TestTimeout, wait_until
from .redis_server import RedisError, RedisServer
from .wire import Client, connect, messages, place, report, uuid7

__all__ = [
    "Cli", "CliResult", "Watcher", "DEMO_PEOPLE", "District", "start_district", "Hub", "Process", "TestTimeout",
    "wait_until", "RedisError", "RedisServer", "Client", "connect", "messages", "place", "report", "uuid7",
]
