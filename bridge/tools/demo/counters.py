"""The game's own counters for one kind of work: requests, answers in time, and where the time went.

An answer is stale if it is late but unmarked, or older than one already delivered for its slot. FrameBridge promises
that this never happens, so the game checks it independently.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, fields

from bridge.client import Disposition, Timing, Unanswered

PARTS = ("decode", "queue", "batch_wait", "blocked", "compute", "encode")


@dataclass(slots=True)
class Counters:
    """Counters of one kind of work. Times are in seconds."""

    budget: float
    sent: int = 0
    on_time: int = 0
    superseded: int = 0
    refused: int = 0
    missed: int = 0
    missed_in_transit: int = 0
    cancelled: int = 0
    silent: int = 0
    stale: int = 0
    failed: int = 0
    repeated: int = 0  # earlier pictures sent again: neither on time nor missed
    carried: int = 0  # earlier boxes carried on
    cheaper: int = 0  # not from the best rung, repeats included
    elapsed: list[float] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)
    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys((*PARTS, "transport"), 0.0))
    newest: dict[int, int] = field(default_factory=dict)

    def answered(
        self,
        slot: int,
        frame_index: int,
        elapsed: float,
        timing: Timing,
        *,
        repeated: bool = False,
        carried: bool = False,
    ) -> None:
        """Count an answer with a payload."""
        older = frame_index <= self.newest.get(slot, 0)
        self.newest[slot] = max(frame_index, self.newest.get(slot, 0))
        if older or elapsed > self.budget:
            self.stale += 1
        elif repeated:
            self.repeated += 1
        else:
            self.on_time += 1
        self.carried += carried
        self.cheaper += timing.rung_index > 0
        self.note(elapsed, timing)

    def unanswered(self, answer: Unanswered) -> None:
        """Count a request that got no payload."""
        if answer.silent:
            self.silent += 1
        match answer.disposition:
            case Disposition.SUPERSEDED:
                self.superseded += 1
            case Disposition.REFUSED:
                self.refused += 1
            case Disposition.MISSED:
                self.missed += 1
                self.missed_in_transit += answer.stage == "transport"
            case Disposition.CANCELLED:
                self.cancelled += 1

    def note(self, elapsed: float, timing: Timing) -> None:
        """Record the timing of an answer."""
        self.elapsed.append(elapsed)
        if timing.batch_size:
            self.batches.append(timing.batch_size)
        for part in PARTS:
            self.parts[part] += getattr(timing, part)
        self.parts["transport"] += max(0.0, elapsed - timing.server)

    @property
    def in_budget(self) -> float:
        """The share on time, of requests sent and not superseded; 1 if there are none."""
        judged = self.sent - self.superseded
        return self.on_time / judged if judged else 1.0

    @property
    def so_far(self) -> float:
        """The same share of requests that have ended, for a game in progress."""
        judged = self.ended - self.superseded
        return self.on_time / judged if judged else 1.0

    @property
    def mean_batch(self) -> float:
        """The mean batch size over the answers."""
        return sum(self.batches) / len(self.batches) if self.batches else 0.0

    @property
    def ended(self) -> int:
        """Requests with a known outcome."""
        answered = self.on_time + self.repeated + self.stale
        return answered + self.superseded + self.refused + self.missed + self.cancelled + self.failed

    def percentile(self, share: float) -> float:
        """The elapsed time that `share` of the answers did not exceed, in seconds."""
        return percentile(self.elapsed, share)

    def part_millis(self) -> dict[str, float]:
        """Mean milliseconds per answer, by stage."""
        count = max(1, len(self.elapsed))
        return {part: 1e3 * total / count for part, total in self.parts.items()}


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed; 0 if there are none."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def joined(several: Sequence[Counters], budget: float) -> Counters:
    """Several kinds of work as one. Each answer was judged by its own budget."""
    total = Counters(budget)
    for counters in several:
        for item in fields(Counters):
            mine, theirs = getattr(total, item.name), getattr(counters, item.name)
            if item.name in ("budget", "newest"):
                continue
            if isinstance(mine, dict):
                mine.update({part: mine[part] + theirs[part] for part in mine})
            else:
                setattr(total, item.name, mine + theirs)
    return total
