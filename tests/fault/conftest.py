"""The harness of tests/integration, and what the tests by chance share."""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "integration"))

from harness.fixtures import *  # noqa: E402,F401,F403
from harness.processes import BUILD  # noqa: E402


@pytest.fixture(scope="session", autouse=True)
def shims(programs):
    """The preload shims are built."""
    for name in ("power_cut.so", "slow_disk.so"):
        if not (BUILD / "tests" / name).exists():
            pytest.exit(f"{BUILD / 'tests' / name} is not there: build first (`make build`) or set TOCSIN_BUILD", 2)


@pytest.fixture
def seed():
    """Printed, so that a failure can be played again: TOCSIN_SEED=… pytest …"""
    value = int(os.environ.get("TOCSIN_SEED", "0")) or int.from_bytes(os.urandom(4), "big")
    print(f"seed {value} (again with TOCSIN_SEED={value})")
    return value
