"""What one kind of work has come to: how requests ended, on which rung, which stage was to blame, and how long it took.

Every table is keyed by what the server itself names, so none grows with what clients send.
"""

from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bridge.observe.attribution import Attribution
from bridge.policy.work import Account, Ending, Stage
from bridge.v1 import bridge_pb2
from bridge.wire.bounds import MICROS
from bridge.wire.status import STAGES

# Upper edges in seconds, close together around frames of 60, 30, 20 and 10 a second.
BUCKETS = (0.004, 0.008, 0.012, 0.0167, 0.025, 0.0333, 0.04, 0.05, 0.0667, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0)


@dataclass(slots=True)
class Counters:
    """Counts since its beginning, and the seconds of the newest `window` answers."""

    window: int = 0
    requests: int = 0
    in_budget: int = 0  # without those that repeat an earlier answer
    repeated: int = 0
    cheaper: int = 0
    late_at_client: int = 0
    endings: dict[Ending, int] = field(default_factory=lambda: dict.fromkeys(Ending, 0))
    rungs: dict[str, int] = field(default_factory=dict)
    blames: dict[tuple[Stage, str], int] = field(default_factory=dict)  # by stage, and model for Stage.BLOCKED
    runs: int = 0  # answers that shared a run
    batches: int = 0  # the sum of their runs' sizes
    device: float = 0.0  # seconds
    seconds: float = 0.0  # of all answers
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))  # the last one has no upper edge
    recent: deque[float] = field(init=False)

    def __post_init__(self) -> None:
        self.recent = deque(maxlen=self.window)

    @property
    def answers(self) -> int:
        return self.endings[Ending.ANSWERED]

    @property
    def mean_batch(self) -> float:
        """Rows of a run, on average over the answers; 0 before the first."""
        return self.batches / self.runs if self.runs else 0.0

    def answered(self, rung: str, seconds: float, *, in_budget: bool, cheaper: bool, repeated: bool = False) -> None:
        """One answer with a payload was handed to the transport; `repeated` where it was an earlier one again."""
        self.endings[Ending.ANSWERED] += 1
        self.rungs[rung] = self.rungs.get(rung, 0) + 1
        self.in_budget += in_budget and not repeated
        self.repeated += repeated
        self.cheaper += cheaper
        self.seconds += seconds
        self.buckets[bisect_left(BUCKETS, seconds)] += 1
        self.recent.append(seconds)

    def blame(self, blame: Attribution) -> None:
        """A late or refused answer, by the stage to blame."""
        key = (blame.stage, blame.model)
        self.blames[key] = self.blames.get(key, 0) + 1

    def ran(self, batch: int, seconds: float) -> None:
        """One job has left the device, which its run of `batch` rows held for `seconds`."""
        if batch:
            self.runs += 1
            self.batches += batch
            self.device += seconds / batch

    def copy(self) -> "Counters":
        """As it stands now, without the recent seconds."""
        tables = {name: getattr(self, name).copy() for name in ("endings", "rungs", "blames", "buckets")}
        return replace(self, window=0, **tables)

    def message(self, name: str) -> bridge_pb2.WorkStats:
        """On the wire."""
        times = sorted(self.recent)
        message = bridge_pb2.WorkStats(
            name=name,
            request_count=self.requests,
            in_budget_count=self.in_budget,
            superseded_count=self.endings[Ending.SUPERSEDED],
            refused_count=self.endings[Ending.REFUSED],
            missed_count=self.endings[Ending.MISSED],
            cancelled_count=self.endings[Ending.CANCELLED],
            failed_count=self.endings[Ending.FAILED],
            cheaper_count=self.cheaper,
            p50_micros=_quantile(times, 0.50),
            p99_micros=_quantile(times, 0.99),
            mean_batch=self.mean_batch,
            device_micros=round(self.device * MICROS),
            late_at_client_count=self.late_at_client,
            repeated_count=self.repeated,
            unchanged_count=self.endings[Ending.UNCHANGED],
        )
        for (stage, model), count in sorted(self.blames.items(), key=lambda item: -item[1]):
            message.late_stages.add(stage=STAGES[stage], blocked_by=model, count=count)
        for rung, count in sorted(self.rungs.items(), key=lambda item: -item[1]):
            message.rungs.add(rung=rung, count=count)
        return message


def device_seconds(account: Account) -> float:
    """What a job's runs have taken of the device: its model's and its encoder's."""
    return account.compute + account.encode


def cumulative(counts: Iterable[int]) -> list[int]:
    """Counts of buckets as counts of all answers up to each edge."""
    total, sums = 0, []
    for count in counts:
        total += count
        sums.append(total)
    return sums


def _quantile(ordered: list[float], share: float) -> int:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * MICROS) if ordered else 0
