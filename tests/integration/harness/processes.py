"""Child processes that cannot outlive the tests: each in a process group of its own, ended by its id."""

import atexit
import ctypes
import os
import pathlib
import signal
import subprocess
import threading
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
BUILD = pathlib.Path(os.environ.get("TOCSIN_BUILD", REPOSITORY / "build")).resolve()
PATIENCE_S = float(os.environ.get("TOCSIN_TEST_PATIENCE_S", "60"))

_running: set["Process"] = set()
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


class TestTimeout(AssertionError):
    """Something did not happen in time."""

    __test__ = False


def program(name: str) -> str:
    """The path of one of our own programs."""
    return str(BUILD / name)


def wait_until(condition, timeout: float = PATIENCE_S, what: str = "the condition"):
    """Polls until condition() is truthy and returns its value; TestTimeout after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TestTimeout(f"{what}: not within {timeout:g} s")
        time.sleep(0.005)


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A child process with its standard error (or both outputs) in a log file that is appended to."""

    def __init__(self, name: str, log: pathlib.Path):
        self.name = name
        self.log = log
        self.popen: subprocess.Popen | None = None

    def spawn(self, argv, *, env=None, stdout=None, cwd=None):
        assert not self.alive(), f"{self.name} runs already"
        # The kernel sends the signal when the *thread* that forked ends, so only the main thread may ask for it.
        tie = _die_with_parent if threading.current_thread() is threading.main_thread() else None
        with open(self.log, "ab") as log:
            self.popen = subprocess.Popen(
                [str(part) for part in argv], stdin=subprocess.DEVNULL, stdout=stdout or log, stderr=log, cwd=cwd,
                env={**os.environ, **(env or {})}, start_new_session=True, preexec_fn=tie)
        _running.add(self)

    @property
    def pid(self) -> int:
        return self.popen.pid

    def alive(self) -> bool:
        return self.popen is not None and self.popen.poll() is None

    def signal(self, number: int):
        if self.alive():
            os.killpg(self.popen.pid, number)

    def kill(self):
        """kill -9, and waits until it is gone."""
        self.signal(signal.SIGKILL)
        self._gone(PATIENCE_S)

    def terminate(self, timeout: float = PATIENCE_S) -> int:
        """SIGTERM, and waits for the orderly end; answers the exit code."""
        self.signal(signal.SIGTERM)
        return self._gone(timeout)

    def pause(self):
        """SIGSTOP: hangs, with its sockets open."""
        self.signal(signal.SIGSTOP)

    def resume(self):
        """SIGCONT."""
        self.signal(signal.SIGCONT)

    def wait(self, timeout: float = PATIENCE_S) -> int:
        return self._gone(timeout)

    def _gone(self, timeout: float) -> int:
        if self.popen is None:
            return 0
        try:
            code = self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TestTimeout(f"{self.name} (process {self.popen.pid}) did not end within {timeout:g} s") from None
        _running.discard(self)
        return code

    def close(self):
        """Ends it whatever state it is in. Safe to call twice."""
        if self.alive():
            self.kill()
        _running.discard(self)

    def log_text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""


@atexit.register
def _end_all():
    for process in list(_running):
        process.close()
