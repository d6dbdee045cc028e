"""Ablations: other scheduling policies in our engine and server, to measure what each of our rules is worth.

First come, first served; dynamic batching with a static delay; earliest deadline first on whole forward passes;
deferred batching (Symphony, Chen et al. 2023: start as late as the head allows); admission by the predicted completion
of the whole queue (Clockwork, Gujarati et al. 2020).
"""

from collections.abc import Sequence

from bridge.policy.batching import Batching
from bridge.policy.lane import LaneState
from bridge.policy.learned.latency import Latency
from bridge.policy.numbers import Policy
from bridge.policy.order import Order, Urgency
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import NEVER, Cause, Decision, Ending, Job, Stage

_DELAY = 0.002


class WholePasses(Scheduler):
    """Earliest deadline first. All of our rules apply but one: a forward pass, once started, is not suspended."""

    def step(self, now: float) -> Decision:
        for lane in self.lanes.values():
            if lane.flight is not None and lane.flight.live:
                return self._commit(lane, lane.flight, max(now, self.free_at))
        return super().step(now)


class FirstCome(WholePasses):
    """First come, first served, in batches of whatever waits; deadlines are ignored."""

    delay = 0.0

    def __init__(self, latency: Latency, policy: Policy | None = None) -> None:
        super().__init__(latency, policy)
        self._order = _Arrival(self.lanes, latency, self._shares, self._ledger, self.policy)

    def submit(self, job: Job, now: float) -> None:
        job.soft, job.hard = True, False
        super().submit(job, now)

    def step(self, now: float) -> Decision:
        self._batching = _Patient(self.latency, self.policy.margin, self.delay)
        return super().step(now)


class FirstComeDelayed(FirstCome):
    """First come, first served; a batch waits up to 2 ms to fill."""

    delay = _DELAY


class Deferred(WholePasses):
    """Symphony: an incomplete batch starts as late as the deadline of its head allows."""

    def step(self, now: float) -> Decision:
        self._batching = _Deferring(self.latency, self.policy.margin)
        return super().step(now)


class Predicted(WholePasses):
    """Clockwork: a job that is predicted to be late behind the queue is refused on arrival; batches do not wait."""

    def submit(self, job: Job, now: float) -> None:
        lane = self.lanes.get(job.rungs[0].lane or "")
        if lane is not None and job.hard and self._queue_ends(lane, now) > job.deadline:
            self._ledger.open(job)
            self._ledger.end(job, Ending.REFUSED, now, cause=Cause.NO_RUNG_IN_TIME, stage=Stage.QUEUE)
            return
        super().submit(job, now)

    def step(self, now: float) -> Decision:
        self._batching = _Patient(self.latency, self.policy.margin, 0.0)
        return super().step(now)

    def _queue_ends(self, lane: LaneState, now: float) -> float:
        """When another job would complete if the queue is served in full batches."""
        flight, rows = lane.flight, len(lane.waiting) + 1
        ahead = self.latency.mean(lane.name, flight.batch, flight.next_slice) if flight else 0.0
        full, rest = divmod(rows, lane.cap)
        passes = full * self.latency.mean(lane.name, lane.cap) + (self.latency.mean(lane.name, rest) if rest else 0.0)
        return now + ahead + passes


class _Arrival(Order):
    """In order of arrival."""

    def _urgency(self, job: Job, now: float, contended: bool) -> Urgency:
        return 0, job.id, 0, 0.0, job.id


class _Patient(Batching):
    """Holds an incomplete batch for a static delay from the arrival of its head."""

    def __init__(self, latency: object, margin: float, delay: float) -> None:
        super().__init__(latency, margin)  # type: ignore[arg-type]
        self._delay = delay

    def hold(self, lane: LaneState, batch: Sequence[Job], now: float, *, pressed: bool) -> tuple[float, float]:
        if len(batch) >= lane.cap or not self._delay:
            return now, NEVER
        until = min(job.submitted or job.queued_at for job in batch) + self._delay
        return until, until

    def sheds(self, *_: object) -> bool:
        return False


class _Deferring(Batching):
    """Holds an incomplete batch until its head can wait no longer."""

    def hold(self, lane: LaneState, batch: Sequence[Job], now: float, *, pressed: bool) -> tuple[float, float]:
        if len(batch) >= lane.cap or not all(job.hard for job in batch):
            return now, NEVER
        start = min(job.due for job in batch) - self._latency.bound(lane.name, len(batch) + 1) - self._margin
        return start, start


POLICIES: dict[str, type[Scheduler]] = {
    "fifo": FirstCome,
    "fifo_delay": FirstComeDelayed,
    "edf": WholePasses,
    "deferred": Deferred,
    "predicted": Predicted,
}
