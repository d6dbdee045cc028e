"""What happened between two polls of a server's counts. Pure: counts go in, rates come out."""

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
    """A server's counts and models at one moment."""

    stats: bridge_pb2.GetStatsResponse
    models: Sequence[bridge_pb2.Model] = ()


class Blamed(NamedTuple):
    """What was to blame most often, and for which part of all that was late or refused."""

    what: str
    share: float


@dataclass(frozen=True, slots=True)
class Rates:
    """One kind of work, or one client. Counts are a second; a share is None where there is nothing to share."""

    requests: float
    # Of what was answered, refused, missed or failed; by the client's clock where it tells. Repeated pictures are not.
    in_budget: float | None
    best: float | None  # of the answers: those of the best rung
    refused: float
    missed: float
    superseded: float
    repeated: float
    unchanged: float
    p50: float  # seconds
    p99: float
    batch: float
    device: float  # share of the time
    blamed: Blamed | None


@dataclass(frozen=True, slots=True)
class Client:
    """One client and its rates, all kinds of work together."""

    name: str
    session: str
    rates: Rates


@dataclass(frozen=True, slots=True)
class Between:
    """All that happened in `seconds`, between two polls or since the server's start."""

    seconds: float
    since_start: bool
    busy: float  # share of the time that the device was busy
    work: dict[str, Rates]
    ever: dict[str, Rates]  # the same since the start
    clients: list[Client]  # the busiest first


def between(now: bridge_pb2.GetStatsResponse, before: bridge_pb2.GetStatsResponse | None) -> Between:
    """Compare two polls. Without an earlier one, or of another run of the server: all since its start."""
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
        blamed=_blamed(now, before),
    )


def _blamed(now: bridge_pb2.WorkStats, before: bridge_pb2.WorkStats) -> Blamed | None:
    counts = _causes(now)
    for what, count in _causes(before).items():
        counts[what] = counts.get(what, 0) - count
    total = sum(counts.values())
    if total <= 0:
        return None
    what = max(counts, key=lambda what: counts[what])
    return Blamed(what, counts[what] / total)


def _causes(work: bridge_pb2.WorkStats) -> dict[str, int]:
    causes: dict[str, int] = {}
    for one in work.late_stages:
        what = cause(one.stage, one.blocked_by)
        causes[what] = causes.get(what, 0) + one.count
    if work.late_at_client_count:
        causes[LATE_AT_CLIENT] = work.late_at_client_count
    return causes


def cause(stage: timing_pb2.Stage, blocked_by: str) -> str:
    """A stage in words: "blocked by dialogue", "batch wait"."""
    try:
        name = timing_pb2.Stage.Name(stage).removeprefix("STAGE_").lower().replace("_", " ")
    except ValueError:  # of a newer contract
        name = f"stage {stage}"
    return f"{name} by {blocked_by}" if blocked_by else name


def _answers(work: bridge_pb2.WorkStats) -> int:
    return sum(one.count for one in work.rungs)


def _joined(works: Iterable[bridge_pb2.WorkStats]) -> bridge_pb2.WorkStats:
    """Several kinds of work as one; of the times, the longest."""
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
