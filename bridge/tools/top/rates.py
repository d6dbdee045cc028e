"""Computes rates from two polls of a server's counters. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bridge.v1 import bridge_pb2, timing_pb2

MICROS = 1_000_000
LATE_AT_CLIENT = "late at the client"
_SUMS = (
    "request_count",
    "in_budget_count",
    "superseded_count",
    "refused_count",
    "missed_count",
    "cancelled_count",
    "failed_count",
    "cheaper_count",
    "device_micros",
    "late_at_client_count",
    "repeated_count",
    "unchanged_count",
)


class Poll(NamedTuple):
    """A server's stats and models at one moment."""

    stats: bridge_pb2.GetStatsResponse
    models: Sequence[bridge_pb2.Model] = ()


class LateCause(NamedTuple):
    """The most frequent cause of late and refused answers, and its share of them."""

    what: str
    share: float


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of one kind of work, or of one client. Counts are per second; a share is None if nothing was counted."""

    requests: float
    # Share of what was answered, refused, missed or failed; by the client's clock if it reports. Repeats do not count.
    in_budget: float | None
    best: float | None  # share of the answers that are from the best rung
    refused: float
    missed: float
    superseded: float
    repeated: float
    unchanged: float
    p50: float  # seconds
    p99: float
    batch: float
    device: float  # share of the time
    late_cause: LateCause | None


@dataclass(frozen=True, slots=True)
class Client:
    """One client and its rates over all kinds of work."""

    name: str
    session: str
    rates: Rates


@dataclass(frozen=True, slots=True)
class Between:
    """Rates over `seconds`, between two polls or since the server started."""

    seconds: float
    since_start: bool
    busy: float  # share of the time that the device was busy
    work: dict[str, Rates]
    ever: dict[str, Rates]  # the same since the start
    clients: list[Client]  # busiest first


def between(now: bridge_pb2.GetStatsResponse, before: bridge_pb2.GetStatsResponse | None) -> Between:
    """Compare two polls. Without an earlier one, or after a restart of the server, the rates are since its start."""
    if before is not None and before.uptime_micros >= now.uptime_micros:
        before = None
    earlier = before if before is not None else bridge_pb2.GetStatsResponse()
    seconds = (now.uptime_micros - earlier.uptime_micros) / MICROS
    then = {work.name: work for work in earlier.work}
    old = {client.session: client for client in earlier.clients}
    clients = [
        Client(
            client.client_name,
            client.session,
            _rates(_joined(client.work), _joined(old[client.session].work if client.session in old else ()), seconds),
        )
        for client in now.clients
    ]
    return Between(
        seconds=seconds,
        since_start=before is None,
        busy=_per(now.device_busy_micros - earlier.device_busy_micros, MICROS * seconds),
        work={work.name: _rates(work, then.get(work.name, _NOTHING), seconds) for work in now.work},
        ever={work.name: _rates(work, _NOTHING, now.uptime_micros / MICROS) for work in now.work},
        clients=sorted(clients, key=lambda client: -client.rates.requests),
    )


_NOTHING = bridge_pb2.WorkStats()


def _rates(now: bridge_pb2.WorkStats, before: bridge_pb2.WorkStats, seconds: float) -> Rates:
    more = {name: getattr(now, name) - getattr(before, name) for name in _SUMS}
    answers = _answers(now) - _answers(before)
    judged = answers + more["refused_count"] + more["missed_count"] + more["failed_count"]
    on_time = max(0, more["in_budget_count"] - more["late_at_client_count"])
    return Rates(
        requests=_per(more["request_count"], seconds),
        in_budget=on_time / judged if judged else None,
        best=1 - more["cheaper_count"] / answers if answers else None,
        refused=_per(more["refused_count"], seconds),
        missed=_per(more["missed_count"], seconds),
        superseded=_per(more["superseded_count"], seconds),
        repeated=_per(more["repeated_count"], seconds),
        unchanged=_per(more["unchanged_count"], seconds),
        p50=now.p50_micros / MICROS,
        p99=now.p99_micros / MICROS,
        batch=now.mean_batch,
        device=_per(more["device_micros"], MICROS * seconds),
        late_cause=_late_cause(now, before),
    )


def _late_cause(now: bridge_pb2.WorkStats, before: bridge_pb2.WorkStats) -> LateCause | None:
    counts = _causes(now)
    for what, count in _causes(before).items():
        counts[what] = counts.get(what, 0) - count
    total = sum(counts.values())
    if total <= 0:
        return None
    what = max(counts, key=lambda what: counts[what])
    return LateCause(what, counts[what] / total)


def _causes(work: bridge_pb2.WorkStats) -> dict[str, int]:
    causes: dict[str, int] = {}
    for one in work.late_stages:
        what = cause(one.stage, one.blocked_by)
        causes[what] = causes.get(what, 0) + one.count
    if work.late_at_client_count:
        causes[LATE_AT_CLIENT] = work.late_at_client_count
    return causes


def cause(stage: timing_pb2.Stage, blocked_by: str) -> str:
    """A stage as text: "blocked by dialogue", "batch wait"."""
    try:
        name = timing_pb2.Stage.Name(stage).removeprefix("STAGE_").lower().replace("_", " ")
    except ValueError:  # from a newer contract
        name = f"stage {stage}"
    return f"{name} by {blocked_by}" if blocked_by else name


def _answers(work: bridge_pb2.WorkStats) -> int:
    return sum(one.count for one in work.rungs)


def _joined(works: Iterable[bridge_pb2.WorkStats]) -> bridge_pb2.WorkStats:
    """Several kinds of work as one, with the longest latencies."""
    total = bridge_pb2.WorkStats()
    for work in works:
        for name in _SUMS:
            setattr(total, name, getattr(total, name) + getattr(work, name))
        total.p50_micros = max(total.p50_micros, work.p50_micros)
        total.p99_micros = max(total.p99_micros, work.p99_micros)
        total.late_stages.extend(work.late_stages)
        total.rungs.extend(work.rungs)
    return total


def _per(count: float, seconds: float) -> float:
    return count / seconds if seconds > 0 else 0.0
