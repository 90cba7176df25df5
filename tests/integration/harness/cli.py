"""The command line as a person uses it: `tocsin …` with a token file."""

import dataclasses
import json
import os
import pathlib
import subprocess
import threading
import time

from .processes import PATIENCE_S, Process, TestTimeout, program

DONE, REFUSED, USAGE, UNREACHABLE = 0, 1, 2, 3


@dataclasses.dataclass
class CliResult:
    """What one command came to: exit code, the JSON objects of standard output, standard error."""

    code: int
    lines: list[dict]
    stdout: str
    stderr: str

    @property
    def last(self) -> dict:
        assert self.lines, f"nothing was printed; exit code {self.code}, standard error:\n{self.stderr}"
        return self.lines[-1]


class Cli:
    """`tocsin` for one person at one hub. `url` may be changed."""

    def __init__(self, url: str, token_file: pathlib.Path | None):
        self.url = url
        self.token_file = token_file

    def environment(self) -> dict:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
        environment["TOCSIN_HUB"] = self.url
        if self.token_file is not None:
            environment["TOCSIN_TOKEN_FILE"] = str(self.token_file)
        return environment

    def run(self, *arguments, timeout: float = PATIENCE_S) -> CliResult:
        """Runs one command to its end, whatever that is."""
        try:
            done = subprocess.run([program("tocsin"), *map(str, arguments)], capture_output=True, text=True,
                                  timeout=timeout, env=self.environment(), stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired as error:
            raise TestTimeout(f"tocsin {' '.join(map(str, arguments))}: not done within {timeout:g} s; "
                              f"so far {error.stdout!r} {error.stderr!r}") from None
        lines = []
        if done.returncode in (DONE, REFUSED) and "--help" not in arguments:
            lines = [json.loads(line) for line in done.stdout.splitlines() if line]
        return CliResult(done.returncode, lines, done.stdout, done.stderr)

    def expect(self, code: int, *arguments, timeout: float = PATIENCE_S) -> CliResult:
        """Runs one command that must end with this exit code."""
        result = self.run(*arguments, timeout=timeout)
        assert result.code == code, (f"tocsin {' '.join(map(str, arguments))}: exit code {result.code}, not {code}\n"
                                     f"{result.stdout}{result.stderr}")
        return result

    def done(self, *arguments, timeout: float = PATIENCE_S) -> dict:
        """Runs one command that must succeed and answers its last JSON object."""
        return self.expect(DONE, *arguments, timeout=timeout).last

    def refused(self, *arguments, timeout: float = PATIENCE_S) -> dict:
        """Runs one command that the hub must refuse and answers the refusal."""
        return self.expect(REFUSED, *arguments, timeout=timeout).last


class Watcher:
    """`tocsin watch` in the background. Everything that it prints is kept in `lines`."""

    def __init__(self, cli: Cli, *arguments, log: pathlib.Path, ready: bool = True):
        self._process = Process("tocsin watch", log)
        environment = cli.environment()
        self._process.spawn([program("tocsin"), "watch", *map(str, arguments)], env=environment, stdout=subprocess.PIPE)
        self.lines: list[dict] = []
        self.times: list[float] = []  # when each line came, by time.monotonic()
        self.ended = False
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        if ready:
            self.wait_for(lambda line: "subscribed" in line)

    def _read(self):
        for line in self._process.popen.stdout:
            try:
                value = json.loads(line)
            except ValueError:
                break  # killed in the middle of a line: what is not whole was not printed
            with self._changed:
                self.lines.append(value)
                self.times.append(time.monotonic())
                self._changed.notify_all()
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    @property
    def events(self) -> list[dict]:
        """The events alone, in the order printed."""
        with self._changed:
            return [line for line in self.lines if "offset" in line and "kind" in line]

    @property
    def cursor(self) -> str | None:
        """What `--from` takes to go on here: the latest whole cursor printed. None before there is one, and after a reset
        until the snapshot is whole."""
        with self._changed:
            lines = list(self.lines)
        for line in reversed(lines):
            bodies = [line, *(body for body in line.values() if isinstance(body, dict))]
            for body in bodies:
                cursor = body.get("cursor")
                if isinstance(cursor, str) and len(cursor.split(":")) == 3 and all(cursor.split(":")):
                    return cursor
            if "reset" in line:
                return None
        return None

    def wait_for(self, predicate, timeout: float = PATIENCE_S, after: int = 0) -> dict:
        """The first line from number `after` on for which predicate(line) holds, when it is there."""
        deadline = time.monotonic() + timeout
        position = after
        with self._changed:
            while True:
                while position < len(self.lines):
                    line = self.lines[position]
                    position += 1
                    if predicate(line):
                        return line
                left = deadline - time.monotonic()
                if left <= 0 or (self.ended and position >= len(self.lines)):
                    raise TestTimeout(f"the line waited for was not printed ({'ended' if self.ended else 'running'}); "
                                      f"the last of {len(self.lines)}: {self.lines[-5:]}\n{self._process.log_text()[-2000:]}")
                self._changed.wait(min(left, 1))

    def wait_count(self, count: int, timeout: float = PATIENCE_S) -> list[dict]:
        """All events as soon as there are at least so many."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while True:
                events = [line for line in self.lines if "offset" in line and "kind" in line]
                if len(events) >= count:
                    return events
                left = deadline - time.monotonic()
                if left <= 0 or self.ended:
                    raise TestTimeout(f"{len(events)} events of {count}\n{self._process.log_text()[-2000:]}")
                self._changed.wait(min(left, 1))

    def kill(self):
        """kill -9; what was printed whole before stays in `lines`."""
        self._process.kill()
        self._reader.join(PATIENCE_S)

    def wait(self, timeout: float = PATIENCE_S) -> int:
        """Waits for its own end (--count, --for); answers the exit code."""
        code = self._process.wait(timeout)
        self._reader.join(PATIENCE_S)
        return code

    def stderr(self) -> str:
        return self._process.log_text()

    def close(self):
        self._process.close()
        self._reader.join(PATIENCE_S)
        if self._process.popen and self._process.popen.stdout:
            self._process.popen.stdout.close()
