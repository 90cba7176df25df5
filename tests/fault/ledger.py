"""What senders and subscribers know of a run, held against the log: counted as Jepsen's queue checker counts."""

import collections
import dataclasses

from harness.wire import offset_key


@dataclasses.dataclass
class Attempt:
    """One report that somebody wants stored. The text is unique: it is how the report is known again in the log."""

    id: str
    text: str
    lane_alarm: bool
    sender: str
    command: object = None
    not_before: float = 0.0
    sent: int = 0


@dataclasses.dataclass
class Counts:
    """The verdict. Sound: lost, duplicated, unexpected, phantom, changed, disordered, missed are all empty."""

    attempted: int = 0
    receipted: int = 0
    stored: int = 0
    recovered: int = 0     # stored, though no receipt came
    lost: list = dataclasses.field(default_factory=list)        # a receipt, and not in the log
    duplicated: list = dataclasses.field(default_factory=list)  # in the log more than once
    unexpected: list = dataclasses.field(default_factory=list)  # in the log, and nobody sent it
    phantom: list = dataclasses.field(default_factory=list)     # seen by a subscriber, and not in the log
    changed: list = dataclasses.field(default_factory=list)     # two receipts with different offsets, or of something else
    disordered: list = dataclasses.field(default_factory=list)  # against the order of sending, or of the log
    missed: list = dataclasses.field(default_factory=list)      # in the log, and a subscriber did not see it

    @property
    def faults(self) -> dict:
        return {name: value for name, value in vars(self).items() if isinstance(value, list) and value}

    def __str__(self):
        parts = [f"{name} {len(value) if isinstance(value, list) else value}" for name, value in vars(self).items()]
        return " · ".join(parts)

    def assert_sound(self):
        assert not self.faults, f"{self}\n" + "\n".join(f"{name}: {value[:5]}" for name, value in self.faults.items())


class Ledger:
    """Everything that senders were told. Watchers keep what they saw themselves (traffic.Watcher.seen)."""

    def __init__(self):
        self.attempts: dict[str, Attempt] = {}
        self.receipts: dict[str, list] = collections.defaultdict(list)  # command id -> receipts, in order of coming
        self.by_connection: dict[tuple, list] = collections.defaultdict(list)  # -> (request number, offset) of first receipts
        self.refusals: list = []

    def attempt(self, attempt: Attempt):
        self.attempts[attempt.id] = attempt

    def receipt(self, attempt: Attempt, receipt, connection: tuple, request: int):
        self.receipts[attempt.id].append(receipt)
        if not receipt.repeated and receipt.command_id == attempt.id:
            self.by_connection[connection].append((request, receipt.offset))

    def receipted_offsets(self) -> set[str]:
        return {receipt.offset for receipts in self.receipts.values() for receipt in receipts}

    def judge(self, log_offsets, read_back, watchers=()) -> Counts:
        """`log_offsets`: straight from Redis; `read_back`: (lane, offset, text) as a fresh subscriber reads the whole log;
        `watchers`: pairs of (seen, predicate(Attempt): may this one see it)."""
        counts = Counts(attempted=len(self.attempts), receipted=len(self.receipts))
        log = set(log_offsets)
        text_at = {offset: text for _, offset, text in read_back}
        by_text = collections.defaultdict(list)
        for _, offset, text in read_back:
            by_text[text].append(offset)
        known = {attempt.text for attempt in self.attempts.values()}
        counts.stored = sum(1 for text in by_text if text in known)
        counts.unexpected = [text for text in by_text if text not in known]
        counts.unexpected += [f"in the log but not readable: {offset}" for offset in log - set(text_at)]
        counts.duplicated = [(text, offsets) for text, offsets in by_text.items() if len(offsets) > 1]
        counts.phantom = [offset for offset in text_at if offset not in log]
        for id_, attempt in self.attempts.items():
            receipts = self.receipts.get(id_, [])
            if not receipts:
                counts.recovered += attempt.text in by_text
                continue
            if len({(r.offset, r.report_id, r.incident_id, r.lane) for r in receipts}) > 1 or receipts[0].command_id != id_:
                counts.changed.append((attempt.text, [(r.command_id, r.offset) for r in receipts]))
            if receipts[0].offset not in log or text_at.get(receipts[0].offset) != attempt.text:
                counts.lost.append((attempt.text, receipts[0].offset, text_at.get(receipts[0].offset)))
        for connection, pairs in self.by_connection.items():
            offsets = [offset_key(offset) for _, offset in sorted(pairs)]
            counts.disordered += [(connection, a, b) for a, b in zip(offsets, offsets[1:]) if a >= b]
        by_attempt_text = {attempt.text: attempt for attempt in self.attempts.values()}
        for seen, may_see in watchers:
            self._judge_watcher(counts, seen, may_see, log, text_at, by_attempt_text)
        return counts

    @staticmethod
    def _judge_watcher(counts, seen, may_see, log, text_at, by_attempt_text):
        latest = {}
        for lane, offset, text in seen:
            if offset not in log or text_at.get(offset) != text:
                counts.phantom.append((offset, text, text_at.get(offset)))
            key = offset_key(offset)
            if lane in latest and key <= latest[lane]:
                counts.disordered.append(("watcher", lane, latest[lane], key))
            latest[lane] = key
        saw = {offset for _, offset, _ in seen}
        counts.missed += [offset for offset, text in text_at.items()
                          if text in by_attempt_text and may_see(by_attempt_text[text]) and offset not in saw]
