"""A district whose Redis can lose its power or its disk."""

import os
import pathlib

from harness.district import District, start_district
from harness.processes import BUILD, wait_until

SHIMS = BUILD / "tests"


class Disk:
    """What the shims know of the disk below a Redis: how much of each file is synced, and the mood of the disk."""

    def __init__(self, district: District):
        self._redis = district.redis
        self._data = pathlib.Path(self._redis.directory).resolve()
        self._journal = district.directory / "power.journal"
        self._control = district.directory / "disk.control"
        # What was there before counts as synced.
        self._journal.write_text("".join(f"{path.stat().st_ino} {path.stat().st_size}\n" for path in self._files()))
        self._redis.env = {
            "LD_PRELOAD": f"{SHIMS / 'power_cut.so'} {SHIMS / 'slow_disk.so'}",
            "TOCSIN_POWER_DIR": str(self._data), "TOCSIN_POWER_JOURNAL": str(self._journal),
            "TOCSIN_DISK_DIR": str(self._data), "TOCSIN_DISK_CONTROL": str(self._control),
        }

    def _files(self):
        return [path for path in self._data.rglob("*") if path.is_file() and path.suffix not in (".log", ".sock")]

    def mood(self, text: str):
        """`ok`, `slow MILLISECONDS`, `eio` or `full`, from now on."""
        fresh = self._control.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self._control)

    def unsynced(self) -> int:
        """Bytes that a power cut would take now."""
        synced = self._synced()
        return sum(max(0, path.stat().st_size - synced.get(path.stat().st_ino, 0)) for path in self._files())

    def _synced(self) -> dict[int, int]:
        synced: dict[int, int] = {}
        for line in self._journal.read_text().splitlines():
            inode, length = map(int, line.split())
            synced[inode] = 0 if length == 0 else max(length, synced.get(inode, 0))
        return synced

    def cut_power(self, rng=None, torn: float = 0.5) -> int:
        """Call when Redis is dead: drops what it had not synced; with `rng`, in `torn` of the cases only a part of that, so that
        the file ends in the middle of something. Answers how many bytes."""
        assert not self._redis.alive(), "a power cut leaves nobody alive"
        synced, dropped = self._synced(), 0
        for path in self._files():
            length, certain = path.stat().st_size, synced.get(path.stat().st_ino, 0)
            if length > certain:
                kept = certain + (rng.randrange(length - certain) if rng and rng.random() < torn else 0)
                os.truncate(path, kept)
                dropped += length - kept
        self._redis.repair()
        # What the machine reads back at its next start is on its disk.
        self._journal.write_text("".join(f"{path.stat().st_ino} {path.stat().st_size}\n" for path in self._files()))
        return dropped


def start_rig(*, hubs: int = 1, settings=None, redis_options=None) -> tuple[District, Disk]:
    """The demo district with the shims under its Redis. close() the district in the end."""
    options = {"auto-aof-rewrite-percentage": "0", **(redis_options or {})}
    district = start_district(hubs=0, redis_options=options)
    try:
        district.redis.kill()
        disk = Disk(district)
        district.redis.start()
        for _ in range(hubs):
            district.add_hub(settings)
    except BaseException:
        district.close()
        raise
    return district, disk


__all__ = ["Disk", "start_rig", "wait_until"]
