"""Counters for one kind of work: endings, rungs, stages that answers were late for, and latencies.

Every table is keyed by names of the server's own, so none grows with what clients send.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bridge.observe.attribution import Attribution
from bridge.policy.work import Account, Ending, Stage
from bridge.v1 import bridge_pb2
from bridge.wire.bounds import MICROS
from bridge.wire.status import STAGES

# Upper edges in seconds, dense around the frame times of 60, 30, 20 and 10 fps.
BUCKETS = (0.004, 0.008, 0.012, 0.0167, 0.025, 0.0333, 0.04, 0.05, 0.0667, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0)
_NUMBERS = (
    "requests", "in_budget", "repeated", "cheaper", "late_at_client", "runs", "batches", "device", "seconds",
    "prompt_tokens", "cached_tokens", "reply_tokens"
)  # fmt: skip
NPC = (
    "sentences", "authored", "rejected", "regenerated", "safe_lines", "actions", "action_timeouts", "held_inputs",
    "marked_inputs", "held_outputs"
)  # fmt: skip


@dataclass(slots=True)
class Counters:
    """Counts since creation, and the latencies of the newest `window` answers."""

    window: int = 0
    requests: int = 0
    in_budget: int = 0  # not counting repeats of an earlier answer
    repeated: int = 0
    cheaper: int = 0
    late_at_client: int = 0
    endings: dict[Ending, int] = field(default_factory=lambda: dict.fromkeys(Ending, 0))
    rungs: dict[str, int] = field(default_factory=dict)
    late_stages: dict[tuple[Stage, str], int] = field(default_factory=dict)  # by stage, and model for Stage.BLOCKED
    runs: int = 0  # jobs that ran on the device
    batches: int = 0  # the sum of their batch sizes
    device: float = 0.0  # seconds
    seconds: float = 0.0  # the sum over all answers
    prompt_tokens: int = 0
    cached_tokens: int = 0  # of these
    reply_tokens: int = 0
    npc: dict[str, int] = field(default_factory=dict)  # by a name of NPC
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))  # the last has no upper edge
    recent: deque[float] = field(init=False)

    def __post_init__(self) -> None:
        self.recent = deque(maxlen=self.window)

    @property
    def answers(self) -> int:
        return self.endings[Ending.ANSWERED]

    @property
    def mean_batch(self) -> float:
        """The mean batch size over all jobs that ran; 0 before the first."""
        return self.batches / self.runs if self.runs else 0.0

    def attributed(self, attribution: Attribution) -> None:
        """Count a late or refused answer under its stage."""
        key = (attribution.stage, attribution.model)
        self.late_stages[key] = self.late_stages.get(key, 0) + 1

    def add(self, other: "Counters") -> None:
        """Add the counts of another, whose answers are newer."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        _add_table(self.endings, other.endings)
        _add_table(self.rungs, other.rungs)
        _add_table(self.late_stages, other.late_stages)
        _add_table(self.npc, other.npc)
        self.buckets = [mine + more for mine, more in zip(self.buckets, other.buckets, strict=True)]
        self.recent.extend(other.recent)

    def copy(self) -> "Counters":
        """A snapshot, without the recent latencies."""
        tables = {name: getattr(self, name).copy() for name in ("endings", "rungs", "late_stages", "npc", "buckets")}
        return replace(self, window=0, **tables)

    def message(self, name: str) -> bridge_pb2.WorkStats:
        """The wire message."""
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
            prompt_token_count=self.prompt_tokens,
            cached_token_count=self.cached_tokens,
            reply_token_count=self.reply_tokens,
        )
        for name, count in self.npc.items():
            setattr(message.npc, f"{name.removesuffix('s')}_count", count)
        for (stage, model), count in sorted(self.late_stages.items(), key=lambda item: -item[1]):
            message.late_stages.add(stage=STAGES[stage], blocked_by=model, count=count)
        for rung, count in sorted(self.rungs.items(), key=lambda item: -item[1]):
            message.rungs.add(rung=rung, count=count)
        return message


def _add_table(mine: dict[Any, int], more: dict[Any, int]) -> None:
    for key, count in more.items():
        mine[key] = mine.get(key, 0) + count


def device_seconds(account: Account) -> float:
    """Device time of a job: its model's and its encoder's."""
    return account.compute + account.encode


def cumulative(counts: Iterable[int]) -> list[int]:
    """Bucket counts as cumulative counts, as Prometheus wants them."""
    total, sums = 0, []
    for count in counts:
        total += count
        sums.append(total)
    return sums


def _quantile(ordered: list[float], share: float) -> int:
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * MICROS) if ordered else 0
