"""Which stage is to blame for a late or refused answer, and by how much.

The scheduler names the stage of its own part of the way. Here the rest is added: decoding before it and the wait for
that, encoding and the wait for the transport after it, and the link. A wait for a worker that decodes is told apart
from decoding itself: it is other clients' pictures that it waited for, or the client's own.
"""

from typing import NamedTuple

from bridge.policy.work import Account, Cause, Ending, Outcome, Stage
from bridge.wire.request import Request

_PHRASES = {
    Stage.QUEUE: "waiting for earlier work of its kind",
    Stage.BLOCKED: "blocked by {}",
    Stage.BATCH_WAIT: "waiting for a batch to fill",
    Stage.COMPUTE: "on the device",
    Stage.DECODE: "{}",
    Stage.ENCODE: "encoding",
    Stage.TRANSPORT: "on the way to the client",
}
_NAMES = {
    Stage.QUEUE: "earlier work of its kind",
    Stage.BLOCKED: "{}",
    Stage.BATCH_WAIT: "the wait for a batch",
    Stage.COMPUTE: "its own run on the device",
    Stage.DECODE: "{}",
    Stage.ENCODE: "encoding",
    Stage.TRANSPORT: "the way to the client",
}
UNMET = (Ending.REFUSED, Ending.MISSED)  # endings that somebody is to blame for
_DECODING = "decoding its picture"
_BEHIND_OTHERS = "waiting while other clients' pictures were decoded"
_BEHIND_OWN = "waiting while earlier pictures of its own client were decoded"
_LEAST_SECONDS = 50e-6  # less is not worth a figure


class Attribution(NamedTuple):
    """A stage, for Stage.BLOCKED the model whose slices took the time, and how much of how many seconds it took."""

    stage: Stage
    model: str = ""
    seconds: float = 0.0
    total: float = 0.0
    because: str = _DECODING  # for Stage.DECODE: which part of it was the longest

    def __str__(self) -> str:
        """For people: "53 ms, 12 ms of it blocked by dialogue"."""
        if self.seconds < _LEAST_SECONDS:
            return f"to blame: {_NAMES[self.stage].format(self._what)}"
        phrase = _PHRASES[self.stage].format(self._what)
        return f"{self.total * 1e3:.1f} ms, {self.seconds * 1e3:.1f} ms of it {phrase}"

    @property
    def _what(self) -> str:
        return self.because if self.stage is Stage.DECODE else self.model


def attribute(request: Request, outcome: Outcome, delivery_time: float, now: float) -> Attribution:
    """Who is to blame that `outcome` is late or refused. `allowance` was taken off its budget for what comes after the
    device.
    """
    lag = _lag(outcome)
    parts = _parts(request, outcome, lag, now)
    stage = _stage(request, outcome, delivery_time, lag, parts)
    total = now - request.arrival + lag
    if stage is Stage.DECODE:
        return _blame_decoding(request, total)
    return _blame(stage, outcome.job.account, parts, total)


def attribute_now(account: Account, total: float) -> Attribution:
    """Who is to blame that a job which still runs has taken `total` seconds up to here."""
    parts = {
        Stage.BLOCKED: account.blocked,
        Stage.BATCH_WAIT: account.batch_wait,
        Stage.COMPUTE: account.compute,
        Stage.ENCODE: account.encode,
    }
    parts[Stage.QUEUE] = max(0.0, total - sum(parts.values()))
    return _blame(_largest(parts), account, parts, total)


def _parts(request: Request, outcome: Outcome, lag: float, now: float) -> dict[Stage, float]:
    account = outcome.job.account
    waited = max(0.0, now - outcome.at - request.after) if outcome.ending is Ending.ANSWERED else 0.0
    return {
        Stage.DECODE: request.before,
        Stage.QUEUE: max(0.0, account.queue - request.before),
        Stage.BLOCKED: account.blocked,
        Stage.BATCH_WAIT: account.batch_wait,
        Stage.COMPUTE: account.compute,
        Stage.ENCODE: account.encode + request.after,
        Stage.TRANSPORT: waited + lag,
    }


def _stage(request: Request, outcome: Outcome, delivery_time: float, lag: float, parts: dict[Stage, float]) -> Stage:
    link = request.terms.link + lag
    if link >= request.terms.budget:
        return Stage.TRANSPORT  # whatever the server does
    if outcome.cause is Cause.QUEUE_FULL:
        return outcome.stage or Stage.QUEUE
    if outcome.stage is Stage.TRANSPORT:  # the budget was used up beforehand, by the link and what follows the device
        return Stage.TRANSPORT if link >= delivery_time else Stage.ENCODE
    if outcome.ending is Ending.REFUSED and outcome.stage in (Stage.COMPUTE, Stage.DECODE):
        return outcome.stage  # predicted, not spent
    return _largest(parts)


def _lag(outcome: Outcome) -> float:
    """What the payload takes on the link: of a refused job, the smallest one it might have had."""
    job = outcome.job
    if outcome.ending is Ending.REFUSED:
        return min((rung.lag for rung in job.rungs if rung.lane is not None), default=0.0)
    return job.rungs[job.rung].lag


def _blame(stage: Stage, account: Account, parts: dict[Stage, float], total: float) -> Attribution:
    if stage is not Stage.BLOCKED:
        return Attribution(stage, "", parts[stage], total)
    models: dict[str, float] = {}
    for lane, seconds in dict(account.blockers).items():  # copied at once: the device thread may add to it
        model = lane.partition(".")[0]
        models[model] = models.get(model, 0.0) + seconds
    blocker = max(models, key=lambda model: models[model], default="")
    return Attribution(stage, blocker, models.get(blocker, 0.0), total)


def _blame_decoding(request: Request, total: float) -> Attribution:
    parts = {
        _DECODING: request.decoding,
        _BEHIND_OTHERS: request.behind,
        _BEHIND_OWN: request.before - request.decoding - request.behind,
    }
    because = max(parts, key=lambda part: parts[part])
    return Attribution(Stage.DECODE, "", parts[because], total, because)


def _largest(parts: dict[Stage, float]) -> Stage:
    """The longest part; the queue where all are nothing."""
    if not any(parts.values()):
        return Stage.QUEUE
    return max(parts, key=lambda stage: parts[stage])
