"""Wall clocks that jump, one for each process that is started with it."""

import atexit
import functools
import pathlib
import shutil
import struct
import subprocess
import tempfile

_SOURCE = pathlib.Path(__file__).with_name("clock_jump.c")


@functools.cache
def _shim() -> str:
    directory = tempfile.mkdtemp(prefix="tocsin-clock-")
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    out = pathlib.Path(directory) / "clock_jump.so"
    subprocess.run(["clang-19", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", out, _SOURCE], check=True)
    return str(out)


class Clock:
    """`env` is what a process is started with; `jump(seconds)` moves its clock that far from the true time."""

    def __init__(self, directory: pathlib.Path, name: str):
        self.file = directory / f"{name}.clock"
        self.jump(0)
        self.env = {"LD_PRELOAD": _shim(), "TOCSIN_CLOCK_FILE": str(self.file)}

    def jump(self, seconds: int):
        # In place: the processes have the file mapped.
        with open(self.file, "r+b" if self.file.exists() else "w+b") as file:
            file.write(struct.pack("=q", seconds))
