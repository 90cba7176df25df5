"""Fixtures, and coroutines as tests. A folder's conftest.py takes them over with `from harness.fixtures import *`."""

import asyncio
import inspect

import pytest

from .district import remove_prepared, start_district
from .processes import program

__all__ = ["pytest_pyfunc_call", "pytest_configure", "pytest_runtest_makereport", "programs", "district",
           "fresh_district", "two_hubs"]


def pytest_configure(config):
    config.addinivalue_line("filterwarnings", "error::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """Runs `async def` tests, each in an event loop of its own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Shows the ends of the hubs' logs beside a failure."""
    outcome = yield
    report = outcome.get_result()
    if report.when == "call" and report.failed:
        for value in item.funcargs.values():
            for hub in getattr(value, "hubs", []):
                report.sections.append((f"{hub.name} log", hub.log_text()[-3000:]))


@pytest.fixture(scope="session")
def programs():
    """Both programs are built; the prepared district goes when the session ends."""
    for name in ("tocsin-hub", "tocsin"):
        try:
            open(program(name), "rb").close()
        except OSError:
            pytest.exit(f"{program(name)} is not there: build first (`make build`) or set TOCSIN_BUILD", 2)
    yield
    remove_prepared()


@pytest.fixture(scope="module")
def district(programs):
    """Redis, one hub and the demo district, shared by the tests of a file."""
    value = start_district()
    yield value
    value.close()


@pytest.fixture
def fresh_district(programs):
    """The same for one test alone: what it breaks is nobody else's."""
    value = start_district()
    yield value
    value.close()


@pytest.fixture
def two_hubs(programs):
    """Two hubs on one Redis, for one test alone."""
    value = start_district(hubs=2)
    yield value
    value.close()
