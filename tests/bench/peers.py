"""The servers that the hub is measured beside, each on a free port of the loopback in a directory of its own.

    with running("nchan") as server: server.port, server.pids, server.dialect

Those of Debian get the configuration files in peers/, which give each its best; bare and chat are our own.
"""

import contextlib
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from harness.processes import Process, program

CONFIGS = pathlib.Path(__file__).with_name("peers")
# Where Debian puts what not everybody has in the PATH.
PLACES = ":".join(("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/bin", "/bin"))
MODULES = "/usr/lib/nginx/modules"
NAMES = ("bare", "chat", "nchan", "nats", "mosquitto")
DIALECTS = {"bare": "plain", "chat": "plain", "nchan": "nchan", "nats": "nats", "mosquitto": "mqtt"}


def missing() -> list[str]:
    """Which of Debian's are not installed."""
    programs = {"nchan": "nginx", "nats": "nats-server", "mosquitto": "mosquitto"}
    absent = [name for name, file in programs.items() if not shutil.which(file, path=PLACES)]
    if "nchan" not in absent and not pathlib.Path(MODULES, "ngx_nchan_module.so").exists():
        absent.append("nchan")
    return absent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Peer:
    """A running server: `port`, `pids` (all its processes), `dialect` (for tocsin-load --server)."""

    def __init__(self, name: str):
        self.name = name
        self.dialect = DIALECTS[name]
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix=f"tocsin-{name}-"))
        self.process = Process(name, self.directory / "log")
        try:
            self.port = self._start_ours() if self.dialect == "plain" else self._start_debians()
        except BaseException:
            self.close()
            raise

    def _start_ours(self) -> int:
        self.process.spawn([program(f"tests/{self.name}-server")], stdout=subprocess.PIPE)
        return json.loads(self.process.popen.stdout.readline())["port"]

    def _start_debians(self) -> int:
        port = free_port()
        config = {"nchan": "nginx.conf", "nats": "nats.conf", "mosquitto": "mosquitto.conf"}[self.name]
        file = self.directory / config
        file.write_text((CONFIGS / config).read_text().replace("PORT", str(port)).replace("MODULES", MODULES))
        command = {"nchan": ["nginx", "-p", self.directory, "-c", file, "-e", "stderr"],
                   "nats": ["nats-server", "-c", file], "mosquitto": ["mosquitto", "-c", file]}[self.name]
        self.process.spawn([shutil.which(command[0], path=PLACES), *command[1:]], cwd=self.directory)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return port
            except OSError:
                if not self.process.alive() or time.monotonic() > deadline:
                    raise RuntimeError(f"{self.name} does not start:\n{self.process.log_text()[-1000:]}") from None
                time.sleep(0.05)

    @property
    def pids(self) -> list[int]:
        pids = [self.process.pid]
        children = pathlib.Path(f"/proc/{pids[0]}/task/{pids[0]}/children")
        return pids + [int(pid) for pid in children.read_text().split()]

    def arguments(self) -> list:
        """By which a load finds it."""
        return ["--server", self.dialect, "--port", self.port, "--process",
                "server=" + ",".join(str(pid) for pid in self.pids)]

    def close(self):
        self.process.close()
        if self.process.popen and self.process.popen.stdout:
            self.process.popen.stdout.close()
        shutil.rmtree(self.directory, ignore_errors=True)


@contextlib.contextmanager
def running(name: str):
    peer = Peer(name)
    try:
        yield peer
    finally:
        peer.close()
