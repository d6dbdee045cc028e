"""How large a batch to start, and whether to hold it back for an expected arrival.

A batch starts with the most urgent job and grows while every admitted deadline still holds: those of its own rows and
of pending work in other lanes, checked cumulatively in order of deadline. A row's deadline holds if it does for the
last answer of the batch: the answers of a flight are packed one after the other, and those of one client leave
together. Under overload, a head that shrinks the batch by more than itself is dropped early (as in Nexus).

Pure: times are arguments.
"""

from collections.abc import Iterable, Sequence

from bridge.policy.lane import LaneState
from bridge.policy.learned.latency import Latency
from bridge.policy.work import NEVER, Job


def hard_due(job: Job) -> float:
    """When the answer becomes worthless: never, for a soft job."""
    return job.due if job.hard else NEVER


def dearest(jobs: Iterable[Job]) -> float:
    """Seconds that the dearest of these jobs' answers takes to deliver after another."""
    return max([job.delivery_each for job in jobs], default=0.0)


class Batching:
    """Sizes batches by predicted completion."""

    def __init__(self, latency: Latency, margin: float) -> None:
        self._latency = latency
        self._margin = margin

    def grow(self, lane: LaneState, queue: Sequence[Job], others: Iterable[LaneState], now: float) -> list[Job]:
        """The batch to start from the head of `queue`, which is sorted by urgency: it is on time if it is complete and
        all its answers but one delivered. Rows that leave the first of two lanes together leave the second together, so
        their delivery counts in both.
        """
        head = queue[0]
        batch = [head]
        if head.runs_alone:
            return batch
        due, each = hard_due(head), head.delivery_each
        demand = self._demand(others)
        for job in queue[1:]:
            if len(batch) >= lane.cap:
                break
            if job.runs_alone:
                continue
            rows = len(batch) + 1
            each, theirs = max(each, job.delivery_each), job.due if job.hard else NEVER
            due = min(due, theirs)
            completion = now + self._latency.bound(lane.name, rows) + (rows - 1) * each
            if completion > due and not self._may_try(lane, rows, each, due, now):
                break
            if demand and self._breaks(demand, lane, rows, theirs - (rows - 1) * each, now):
                break
            batch.append(job)
        return batch

    def sheds(self, lane: LaneState, queue: Sequence[Job], others: Iterable[LaneState], now: float) -> bool:
        """Whether to drop the head of `queue`: it shrinks the batch by more than itself, and the queue cannot make its
        deadlines anyway.
        """
        head = queue[0]
        if not head.hard or head.probe or head.runs_alone or len(queue) < 3:
            return False
        batch = self.grow(lane, queue, others, now)
        if len(batch) >= min(lane.cap, len(queue)):
            return False
        without = self.grow(lane, queue[1:], others, now)
        return len(without) > len(batch) + 1 and not self._clears(lane, queue, len(batch), now)

    def hold(self, lane: LaneState, batch: Sequence[Job], now: float, *, pressed: bool) -> tuple[float, float]:
        """Until when to hold a batch back for an expected arrival, and when it must start at the latest.

        Only on a device that is `pressed` (nearly saturated with hard work) does it pay to wait for the next burst.
        """
        limited = len(batch) >= lane.cap or len(batch) < len(lane.waiting)
        if limited or batch[0].runs_alone:
            return now, NEVER
        due, each = NEVER, 0.0
        for job in batch:
            if not job.hard:
                return now, NEVER
            due, each = min(due, job.due), max(each, job.delivery_each)
        wider = len(batch) + 1
        wider -= self._latency.is_doubtful(lane.name, wider)  # to be retried if another row comes
        start = due - self._latency.bound(lane.name, wider) - self._margin - (wider - 1) * each
        until = lane.arrivals.expected_until(now)
        if pressed and until <= now:
            burst = self._next_burst(lane, len(batch), now)
            until = burst if burst < start else now
        return min(until, start), start

    def _may_try(self, lane: LaneState, rows: int, each: float, due: float, now: float) -> bool:
        """Whether to retry a batch size whose measurement is doubtful: once, if one row fewer is on time."""
        if not self._latency.is_doubtful(lane.name, rows):
            return False
        return now + self._latency.bound(lane.name, rows - 1) + (rows - 2) * each <= due

    def _next_burst(self, lane: LaneState, rows: int, now: float) -> float:
        """Until when to wait for a burst that makes the device answer more a second, the wait included; else `now`.

        Only where a batch costs much less than its rows one by one does this ever pay: a device that has just missed a
        burst would start with what is left of the last one, and be late for the next.
        """
        rate = rows / self._latency.mean(lane.name, rows)
        for at, more in lane.arrivals.following(now):
            wider = min(lane.cap, rows + more)
            if wider / (at - now + self._latency.mean(lane.name, wider)) > rate:
                return at
        return now

    def _breaks(
        self, demand: Sequence[tuple[float, float]], lane: LaneState, rows: int, due: float, now: float
    ) -> bool:
        """Whether one more row, due at `due`, would make earlier-due work late that would otherwise be on time."""
        wider, narrower = now + self._latency.bound(lane.name, rows), now + self._latency.bound(lane.name, rows - 1)
        for earlier, cost in demand:
            wider, narrower = wider + cost, narrower + cost
            if earlier < due and wider > earlier >= narrower:
                return True
        return False

    def _demand(self, lanes: Iterable[LaneState]) -> list[tuple[float, float]]:
        """(due, cost) of the pending work of these lanes, by due time, which is that of its last answer."""
        demand = []
        for lane in lanes:
            if lane.flight is not None:
                live = lane.flight.live
                due = min((hard_due(job) for job in live), default=NEVER) - (len(live) - 1) * dearest(live)
                demand.append((due, self._latency.bound(lane.name, lane.flight.batch, lane.flight.next_slice)))
            if lane.waiting:
                rows = min(lane.cap, len(lane.waiting))
                due = min(hard_due(job) for job in lane.waiting) - (rows - 1) * dearest(lane.waiting)
                demand.append((due, self._latency.bound(lane.name, rows)))
        return sorted(pair for pair in demand if pair[0] < NEVER)

    def _clears(self, lane: LaneState, queue: Sequence[Job], first: int, now: float) -> bool:
        """Whether the whole queue meets its deadlines after a first batch of `first`."""
        start, rows, at = 0, first, now
        while start < len(queue):
            served = queue[start : start + rows]
            at += self._latency.bound(lane.name, len(served))
            last = at + (len(served) - 1) * dearest(served)
            if any(last > hard_due(job) for job in served):
                return False
            start, rows = start + rows, lane.cap
        return True
