"""The harness's fixtures for the tests in this folder."""

from harness.fixtures import *  # noqa: F401,F403
