"""A private redis-server on a Unix socket, and a client of a page for looking into it."""

import pathlib
import socket
import subprocess

from .processes import PATIENCE_S, Process, wait_until


class RedisError(Exception):
    """An error reply; the text begins with its code."""


class RedisServer(Process):
    """Append-only and fsynced on every write, unless `options` say otherwise.

    `directory` is created; `start()` on a directory that holds data reads it back. `options` are directives of redis.conf,
    such as {"appendfsync": "everysec", "maxmemory": "8mb"}; `prefix` goes before the program, `env` into its environment.
    """

    def __init__(self, directory: pathlib.Path, options: dict | None = None, *, prefix=(), env=None):
        directory.mkdir(parents=True, exist_ok=True)
        super().__init__("redis-server", directory / "redis.log")
        self.directory = directory
        self.socket = directory / "redis.sock"
        self.options = {
            "port": "0", "unixsocket": str(self.socket), "dir": str(directory), "appendonly": "yes",
            "appendfsync": "always", "save": "", "maxmemory-policy": "noeviction", "aof-load-truncated": "no",
            "daemonize": "no",
            "logfile": "", **(options or {}),
        }
        self.prefix = list(prefix)
        self.env = env

    def start(self, **options):
        """Starts it on the data that are there and waits until it answers. Underscores in option names become dashes."""
        self.options.update({key.replace("_", "-"): str(value) for key, value in options.items()})
        self.repair()
        arguments = [part for key, value in self.options.items() for part in ("--" + key, value)]
        self.spawn([*self.prefix, "redis-server", *arguments], env=self.env)
        wait_until(self._answers, what=f"redis-server, see {self.log}")
        return self

    def repair(self):
        """Cuts off what was not whole when it stopped, as whoever runs a Redis for Tocsin does: see config/redis.conf."""
        manifest = self.directory / "appendonlydir" / "appendonly.aof.manifest"
        if manifest.exists():
            subprocess.run(["redis-check-aof", "--fix", str(manifest)], input=b"y\n", check=True, stdout=subprocess.DEVNULL)

    def restart(self, **options):
        """kill -9 and start on the same data."""
        self.kill()
        return self.start(**options)

    def _answers(self):
        assert self.alive(), f"redis-server ended:\n{self.log_text()[-2000:]}"
        try:
            return self.command("PING", timeout=2) == b"PONG"
        except (OSError, RedisError):
            return False

    def command(self, *arguments, timeout: float = PATIENCE_S):
        """One command on a connection of its own. Bulk strings are bytes; an error reply is raised as RedisError."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(timeout)
            connection.connect(str(self.socket))
            parts = [part if isinstance(part, bytes) else str(part).encode() for part in arguments]
            connection.sendall(b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
            with connection.makefile("rb") as stream:
                return _reply(stream)

    def keys(self, pattern: str = "*") -> list[bytes]:
        return sorted(self.command("KEYS", pattern))

    def log_length(self, district: str = "pingfang") -> int:
        """How many entries the district's log has."""
        return self.command("XLEN", "{%s}:log" % district)

    def log_entries(self, district: str = "pingfang") -> list[tuple[str, dict[bytes, bytes]]]:
        """The whole log: offset and fields of each entry."""
        entries = self.command("XRANGE", "{%s}:log" % district, "-", "+")
        return [(id_.decode(), dict(zip(fields[::2], fields[1::2]))) for id_, fields in entries]


def _reply(stream):
    line = stream.readline()
    if not line.endswith(b"\r\n"):
        raise ConnectionError("the reply broke off")
    kind, rest = line[:1], line[1:-2]
    if kind == b"+":
        return rest
    if kind == b"-":
        raise RedisError(rest.decode(errors="replace"))
    if kind == b":":
        return int(rest)
    if kind == b"$":
        length = int(rest)
        return None if length < 0 else stream.read(length + 2)[:-2]
    if kind == b"*":
        # Every element is read, so that an error inside one does not hide what follows.
        return None if int(rest) < 0 else [_reply(stream) for _ in range(int(rest))]
    raise ConnectionError(f"not a reply: {line!r}")
