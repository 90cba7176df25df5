"""The five stories of the product's description, played by the very script that `make demo` runs."""

import subprocess
import sys

import pytest
from harness.processes import REPOSITORY

SCRIPT = REPOSITORY / "tests" / "integration" / "stories.py"


def play(district, *stories):
    done = subprocess.run([sys.executable, str(SCRIPT), "--patient", "--hub", district.hub.url,
                           "--tokens", str(district.tokens), *stories], capture_output=True, text=True, timeout=300)
    print(done.stdout)
    return done


@pytest.mark.parametrize("story", ["S1", "S2", "S3", "S4", "S5"])
def test_story(district, story):
    done = play(district, story)
    assert done.returncode == 0, done.stderr + done.stdout
    assert f"\n{story}  " in done.stdout


def test_the_demo_can_be_played_again_and_leaves_nothing_open(district):
    done = play(district)  # each story was played before, in this file
    assert done.returncode == 0, done.stderr + done.stdout
    lines = district.cli("bureau").expect(0, "incident", "list").lines
    assert not [line for line in lines if line.get("state", "") in ("INCIDENT_STATE_OPEN", "INCIDENT_STATE_ACKNOWLEDGED")]
