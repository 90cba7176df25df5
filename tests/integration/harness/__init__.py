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

import importlib

_HOME = {
    "Cli": "cli", "CliResult": "cli", "Watcher": "cli",
    "DEMO_PEOPLE": "district", "District": "district", "start_district": "district",
    "Hub": "hub", "RedisError": "redis_server", "RedisServer": "redis_server",
    "Process": "processes", "TestTimeout": "processes", "wait_until": "processes",
    "Client": "wire", "Closed": "wire", "check_refusal": "wire", "connect": "wire", "messages": "wire",
    "offset_key": "wire", "place": "wire", "report": "wire", "uuid7": "wire",
    "RawSocket": "rawsocket",
    "Web": "web",
}
__all__ = list(_HOME)


def __getattr__(name):
    # Looked up when asked for: the demo's stories need the command line alone, and no Debian package for that.
    if name not in _HOME:
        raise AttributeError(name)
    return getattr(importlib.import_module("." + _HOME[name], __name__), name)
