"""Counts and times since the server started, by kind of work. Times are kept of a bounded number of recent answers."""

from collections import deque
from dataclasses import dataclass, field

from bridge.services.bounds import MICROS
from bridge.v1 import bridge_pb2
from bridge.work import Ending

WORK = ("avatar", "classify", "detect", "dialogue")
_WINDOW = 4096


@dataclass(slots=True)
class Tally:
    """What one kind of work has come to."""

    requests: int = 0
    in_budget: int = 0
    cheaper: int = 0
    endings: dict[Ending, int] = field(default_factory=lambda: dict.fromkeys(Ending, 0))
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=_WINDOW))
    runs: int = 0  # answers that shared a run
    batches: int = 0  # the sum of their runs' sizes
    device: float = 0.0

    def answered(self, *, in_budget: bool, seconds: float, cheaper: bool) -> None:
        """One answer with a payload was handed to the transport."""
        self.endings[Ending.ANSWERED] += 1
        self.in_budget += in_budget
        self.cheaper += cheaper
        self.recent.append(seconds)

    def ran(self, batch: int, seconds: float) -> None:
        """One job has left the device, which its run of `batch` rows held for `seconds`."""
        if batch:
            self.runs += 1
            self.batches += batch
            self.device += seconds / batch

    def message(self, name: str) -> bridge_pb2.WorkStats:
        """On the wire."""
        times = sorted(self.recent)
        return bridge_pb2.WorkStats(
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
            mean_batch=self.batches / self.runs if self.runs else 0.0,
            device_micros=round(self.device * MICROS),
        )


class Stats:
    """All kinds of work."""

    def __init__(self) -> None:
        self._tallies = {name: Tally() for name in WORK}

    def __getitem__(self, work: str) -> Tally:
        return self._tallies[work]

    def messages(self) -> list[bridge_pb2.WorkStats]:
        """On the wire."""
        return [tally.message(name) for name, tally in self._tallies.items()]


def _quantile(ordered: list[float], share: float) -> int:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * MICROS) if ordered else 0
