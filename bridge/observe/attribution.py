"""Attributes a late or refused answer to the stage that took the most time.

The scheduler accounts for the stages on the device. This adds the rest: decoding and the wait for it, encoding, the
wait for the transport, and the link. Waiting for a decode worker is kept apart from decoding, and split by whose
pictures were in front: other clients' or the client's own.
"""

from typing import NamedTuple

from bridge.policy.work import Account, Cause, Ending, Stage
from bridge.wire.request import Request

_PHRASES = {
    Stage.QUEUE: "waiting for earlier work of its kind",
    Stage.BLOCKED: "blocked by {}",
    Stage.BATCH_WAIT: "waiting for a batch to fill",
    Stage.COMPUTE: "on the device",
    Stage.DECODE: "{}",
    Stage.ENCODE: "encoding",
    Stage.TRANSPORT: "in transport to the client",
    Stage.ENDPOINT: "at the model's endpoint",
}
_NAMES = {
    Stage.QUEUE: "earlier work of its kind",
    Stage.BLOCKED: "{}",
    Stage.BATCH_WAIT: "the wait for a batch",
    Stage.COMPUTE: "its own run on the device",
    Stage.DECODE: "{}",
    Stage.ENCODE: "encoding",
    Stage.TRANSPORT: "transport to the client",
    Stage.ENDPOINT: "the model's endpoint",
}
UNMET = (Ending.REFUSED, Ending.MISSED)  # endings that are attributed to a stage
_DECODING = "decoding its picture"
_BEHIND_OTHERS = "waiting while other clients' pictures were decoded"
_BEHIND_OWN = "waiting while earlier pictures of its own client were decoded"
_LEAST_SECONDS = 50e-6  # below this no figure is given


class Attribution(NamedTuple):
    """A stage and its share of the total time; for Stage.BLOCKED also the model whose slices took it."""

    stage: Stage
    model: str = ""
    seconds: float = 0.0
    total: float = 0.0
    because: str = _DECODING  # for Stage.DECODE: its longest part

    def __str__(self) -> str:
        """For people: "53 ms, 12 ms of it blocked by dialogue"."""
        if self.seconds < _LEAST_SECONDS:
            return f"due to {_NAMES[self.stage].format(self._what)}"
        phrase = _PHRASES[self.stage].format(self._what)
        return f"{self.total * 1e3:.1f} ms, {self.seconds * 1e3:.1f} ms of it {phrase}"

    @property
    def _what(self) -> str:
        return self.because if self.stage is Stage.DECODE else self.model


def attribute(
    request: Request,
    ending: Ending,
    at: float,
    delivery_time: float,
    now: float,
    cause: Cause = Cause.NONE,
    stage: Stage | None = None,
) -> Attribution:
    """Attribute a late or refused request that ended at time `at`. `delivery_time` was reserved in its budget for what
    follows the device; `stage` is the scheduler's, if it had one.
    """
    lag = _lag(request, ending)
    parts = _parts(request, ending, at, lag, now)
    stage = _stage(request, ending, cause, stage, delivery_time, lag, parts)
    total = now - request.arrival + lag
    if stage is Stage.DECODE:
        return _decoding(request, total)
    return _of_stage(stage, request.account, parts, total)


def attribute_now(account: Account, total: float) -> Attribution:
    """Attribute the `total` seconds that a job still running has taken so far."""
    parts = {
        Stage.BLOCKED: account.blocked,
        Stage.BATCH_WAIT: account.batch_wait,
        Stage.COMPUTE: account.compute,
        Stage.ENCODE: account.encode,
        Stage.ENDPOINT: account.endpoint,
    }
    parts[Stage.QUEUE] = max(0.0, total - sum(parts.values()))
    return _of_stage(_largest(parts), account, parts, total)


def _parts(request: Request, ending: Ending, at: float, lag: float, now: float) -> dict[Stage, float]:
    account = request.account
    waited = max(0.0, now - at - request.after) if ending is Ending.ANSWERED else 0.0
    return {
        Stage.DECODE: request.before,
        Stage.QUEUE: max(0.0, account.queue - request.before),
        Stage.BLOCKED: account.blocked,
        Stage.BATCH_WAIT: account.batch_wait,
        Stage.COMPUTE: account.compute,
        Stage.ENCODE: account.encode + request.after,
        Stage.TRANSPORT: waited + lag,
        Stage.ENDPOINT: account.endpoint,
    }


def _stage(
    request: Request,
    ending: Ending,
    cause: Cause,
    stage: Stage | None,
    delivery_time: float,
    lag: float,
    parts: dict[Stage, float],
) -> Stage:
    link = request.terms.link + lag
    if link >= request.terms.budget or request.incomplete:
        return Stage.TRANSPORT  # no server could have made it
    if cause is Cause.QUEUE_FULL:
        return stage or Stage.QUEUE
    if stage is Stage.TRANSPORT:  # link and delivery alone used up the budget
        return Stage.TRANSPORT if link >= delivery_time else Stage.ENCODE
    if ending is Ending.REFUSED and stage in (Stage.COMPUTE, Stage.DECODE):
        return stage  # predicted, not spent
    return _largest(parts)


def _lag(request: Request, ending: Ending) -> float:
    """The payload's transfer time; for a refused job, that of the smallest payload it could have had."""
    job = request.job
    if job is None:
        return 0.0
    if ending is Ending.REFUSED:
        return min((rung.lag for rung in job.rungs if rung.lane is not None), default=0.0)
    return job.rungs[job.rung].lag


def _of_stage(stage: Stage, account: Account, parts: dict[Stage, float], total: float) -> Attribution:
    if stage is not Stage.BLOCKED:
        return Attribution(stage, "", parts[stage], total)
    blocker = account.blocker
    return Attribution(stage, blocker, account.blockers.get(blocker, 0.0), total)


def _decoding(request: Request, total: float) -> Attribution:
    parts = {
        _DECODING: request.decoding,
        _BEHIND_OTHERS: request.behind,
        _BEHIND_OWN: request.before - request.decoding - request.behind,
    }
    because = max(parts, key=lambda part: parts[part])
    return Attribution(Stage.DECODE, "", parts[because], total, because)


def _largest(parts: dict[Stage, float]) -> Stage:
    """The longest part; the queue if all are zero."""
    if not any(parts.values()):
        return Stage.QUEUE
    return max(parts, key=lambda stage: parts[stage])
