"""Counts and durations of the requests that came through this protocol, by model, as Triton reports them.

What came through bridge.v1 is not in them; GetStats and the metrics count both.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bridge.device.roster import Standing
from bridge.kserve.messages import message
from bridge.policy.work import Account

_RESPONSE: Any = message("ModelStatisticsResponse")
_NANOS = 1_000_000_000


@dataclass(slots=True)
class Duration:
    """How often, and how long in all, in seconds."""

    count: float = 0
    seconds: float = 0.0

    def add(self, seconds: float, count: float = 1) -> None:
        """Count once more."""
        self.count += count
        self.seconds += max(0.0, seconds)

    def message(self) -> dict[str, int]:
        """As Triton's StatisticDuration."""
        return {"count": round(self.count), "ns": round(self.seconds * _NANOS)}


@dataclass(slots=True)
class Statistics:
    """Of one model. Inputs are read and outputs written on the event loop, the rest is the device's."""

    success: Duration = field(default_factory=Duration)
    fail: Duration = field(default_factory=Duration)
    queue: Duration = field(default_factory=Duration)
    compute_input: Duration = field(default_factory=Duration)
    compute_infer: Duration = field(default_factory=Duration)
    compute_output: Duration = field(default_factory=Duration)
    rows: int = 0
    batches: dict[int, Duration] = field(default_factory=dict)  # runs that its rows were in, by their batch size
    last: float = 0.0  # seconds since 1970, of the newest request

    def asked(self) -> None:
        """Count a request that is being asked."""
        self.last = time.time()

    def ran(self, account: Account) -> None:
        """Count a row that left the device: a run of `batch` rows counts a part for each."""
        if account.batch:
            self.rows += 1
            run = self.batches.setdefault(account.batch, Duration())
            run.add(account.compute / account.batch, 1 / account.batch)

    def succeeded(self, total: float, account: Account, reading: float, writing: float) -> None:
        """Count an answer that took `total` seconds; `account` is that of its last row."""
        self.success.add(total)
        self.queue.add(account.queue + account.batch_wait + account.blocked - reading)
        self.compute_input.add(reading)
        self.compute_infer.add(account.compute)
        self.compute_output.add(writing)

    def message(self, standing: Standing, device_type: str) -> dict[str, Any]:
        """As Triton's ModelStatistics."""
        program = standing.program
        durations = ("success", "fail", "queue", "compute_input", "compute_infer", "compute_output")
        return {
            "name": standing.entry.name,
            "version": program.version,
            "last_inference": round(self.last * 1e3),
            "inference_count": self.rows,
            "execution_count": round(sum(run.count for run in self.batches.values())),
            "inference_stats": {name: getattr(self, name).message() for name in durations},
            "batch_stats": [
                {"batch_size": size, "compute_infer": run.message()} for size, run in sorted(self.batches.items())
            ],
            "memory_usage": [
                {"type": "GPU" if device_type == "cuda" else "CPU", "byte_size": program.resident_bytes},
            ],
        }


class Ledger:
    """The statistics of all models; one that is loaded again goes on counting."""

    def __init__(self) -> None:
        self._models: dict[str, Statistics] = {}

    def of(self, model: str) -> Statistics:
        """Those of one model."""
        return self._models.setdefault(model, Statistics())

    def message(self, standings: Iterable[Standing], device_type: str) -> Any:
        """The ModelStatisticsResponse for models that are ready."""
        return _RESPONSE(
            model_stats=[self.of(standing.entry.name).message(standing, device_type) for standing in standings]
        )
