"""A tocsin-hub process with a configuration of its own."""

import json
import os
import pathlib
import signal
import subprocess
import urllib.error
import urllib.request

import yaml

from .processes import PATIENCE_S, Process, TestTimeout, program, wait_until


class Hub(Process):
    """`start()` waits until the hub says that it is ready; a second start takes the same ports again.

    `settings` are merged over the configuration, section by section: {"listen": {"max_connections": 3}, "shards": 1}.
    TOCSIN_TEST_SHARDS in the environment is how many shards a hub has that is not told otherwise.
    The log (one JSON object a line) is kept over restarts in `log`.
    """

    def __init__(self, directory: pathlib.Path, redis_socket: pathlib.Path, name: str = "hub", settings=None, env=None):
        super().__init__(name, directory / f"{name}.log")
        self.config_file = directory / f"{name}.yaml"
        self.env = env
        self.config = {
            "district": "pingfang",
            "mode": "development",
            "listen": {"address": "127.0.0.1", "port": 0},
            "admin": {"address": "127.0.0.1", "port": 0},
            "redis": {"socket": str(redis_socket)},
            "lock_file": str(directory / f"{name}.lock"),
        }
        if os.environ.get("TOCSIN_TEST_SHARDS"):
            self.config["shards"] = int(os.environ["TOCSIN_TEST_SHARDS"])
        for section, value in (settings or {}).items():
            if isinstance(value, dict) and isinstance(self.config.get(section), dict):
                self.config[section].update(value)
            else:
                self.config[section] = value
        self.port = 0
        self.admin_port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def write_config(self) -> pathlib.Path:
        self.config_file.write_text(yaml.safe_dump(self.config))
        return self.config_file

    def launch(self):
        """Starts it without waiting; `wait_ready()` waits."""
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self.spawn([program("tocsin-hub"), "--config", self.write_config()], env=self.env)

    def wait_ready(self, timeout: float = PATIENCE_S):
        ready = wait_until(self._ready, timeout, f"{self.name} ready, see {self.log}")
        self.port, self.admin_port = ready["port"], ready["admin_port"]
        self.config["listen"]["port"], self.config["admin"]["port"] = self.port, self.admin_port
        return self

    def start(self, timeout: float = PATIENCE_S):
        self.launch()
        return self.wait_ready(timeout)

    def restart(self):
        """kill -9 and start on the same ports."""
        self.kill()
        return self.start()

    def _ready(self):
        for line in self.log_lines(since_start=True):
            if line.get("event") == "ready":
                return line
        if not self.alive():
            raise AssertionError(f"{self.name} ended with {self.popen.returncode}:\n{self.log_text()[-3000:]}")
        return None

    def log_lines(self, since_start: bool = False) -> list[dict]:
        """The log's JSON objects; lines that are none (of sanitizers, say) are left out."""
        data = self.log.read_bytes()[self._log_start if since_start else 0:]
        lines = []
        for line in data.decode(errors="replace").splitlines():
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                lines.append(value)
        return lines

    def run_once(self, *arguments, timeout: float = PATIENCE_S) -> subprocess.CompletedProcess:
        """`tocsin-hub --config …` with further arguments, for what does its work and ends."""
        return subprocess.run([program("tocsin-hub"), "--config", str(self.write_config()), *map(str, arguments)],
                              capture_output=True, text=True, timeout=timeout, stdin=subprocess.DEVNULL)

    def http(self, path: str, port: int | None = None, headers=None) -> tuple[int, str]:
        """GET on the metrics port (or another): status and body."""
        request = urllib.request.Request(f"http://127.0.0.1:{port or self.admin_port}{path}", headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def memory_kib(self) -> int:
        """Resident memory."""
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        raise TestTimeout(f"{self.name} has no memory figure")

    def terminate(self, timeout: float = PATIENCE_S) -> int:
        self.signal(signal.SIGCONT)
        return super().terminate(timeout)
