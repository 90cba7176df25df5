"""The proof of the checker itself: it finds every kind of fault, and no fault where there is none."""

import types

import pytest

from ledger import Attempt, Ledger

ROUTINE = 2


def receipt(command_id, offset, repeated=False):
    return types.SimpleNamespace(command_id=command_id, offset=offset, repeated=repeated, report_id=command_id,
                                 incident_id=command_id, lane=ROUTINE)


def sound_run():
    """Three reports a, b, c at 1-0, 2-0, 3-0; c has no receipt; a watcher saw all."""
    ledger = Ledger()
    for number, name in enumerate("abc", 1):
        attempt = Attempt(id=name, text=f"text {name}", lane_alarm=False, sender="s")
        ledger.attempt(attempt)
        if name != "c":
            ledger.receipt(attempt, receipt(name, f"{number}-0"), ("s", 1), number)
    log = [(ROUTINE, f"{number}-0", f"text {name}") for number, name in enumerate("abc", 1)]
    return ledger, log, list(log)


def judge(ledger, log, seen, offsets=None):
    return ledger.judge(offsets or {offset for _, offset, _ in log}, log, [(seen, lambda attempt: True)])


def test_ledger_sound():
    counts = judge(*sound_run())
    counts.assert_sound()
    assert (counts.attempted, counts.receipted, counts.stored, counts.recovered) == (3, 2, 3, 1)


@pytest.mark.parametrize("fault", ["lost", "duplicated", "unexpected", "phantom", "changed", "disordered", "missed"])
def test_ledger_finds(fault):
    ledger, log, seen = sound_run()
    if fault == "lost":
        del log[0], seen[0]
    elif fault == "duplicated":
        log.append((ROUTINE, "4-0", "text a"))
        seen.append(log[-1])
    elif fault == "unexpected":
        log.append((ROUTINE, "4-0", "text nobody sent"))
        seen.append(log[-1])
    elif fault == "phantom":
        seen.append((ROUTINE, "9-0", "text a"))
    elif fault == "changed":
        ledger.receipt(ledger.attempts["a"], receipt("a", "2-0", repeated=True), ("s", 2), 1)
    elif fault == "disordered":
        seen[0], seen[1] = seen[1], seen[0]
    elif fault == "missed":
        del seen[1]
    counts = judge(ledger, log, seen)
    assert fault in counts.faults, counts
    with pytest.raises(AssertionError):
        counts.assert_sound()


def test_ledger_finds_a_late_answer_taken_for_a_newer_one():
    """The receipt's offset is in the log, and holds somebody else's report."""
    ledger, log, seen = sound_run()
    ledger.receipts["a"][0].offset = "2-0"
    assert "lost" in judge(ledger, log, seen).faults
