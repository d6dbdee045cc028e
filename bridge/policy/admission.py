"""Predicts whether a job can be on time on a rung, and which stage to attribute it to if not.

Only predicts: `intake.py` chooses the rung and refuses. Pure: times are arguments.
"""

import enum
from collections.abc import Callable, Iterable, Mapping

from bridge.policy.lane import FORGOTTEN, LaneState
from bridge.policy.learned.interruptions import Interruptions
from bridge.policy.learned.latency import Latency
from bridge.policy.learned.probes import Probes
from bridge.policy.numbers import Policy
from bridge.policy.work import NEVER, Job, Rung, Stage

_RARE = 0.02  # of a run to come: less is no risk
_MOST_TAKEN = 0.8  # share of the device that more urgent work can take: it is refused too, or goes down a rung


class Odds(enum.Enum):
    """How likely a job is to be on time on a rung."""

    SAFE = "safe"  # but for one run in a hundred
    EVEN = "even"  # on average
    POOR = "poor"


class Admission:
    """Compares predicted completion with deadlines."""

    def __init__(
        self,
        latency: Latency,
        interruptions: Interruptions,
        lanes: Mapping[str, LaneState],
        probes: Probes,
        policy: Policy,
    ) -> None:
        self._latency = latency
        self._interruptions = interruptions
        self._lanes = lanes
        self._policy = policy
        self._probes = probes
        self.busy_until = 0.0  # when committed work should be done

    def is_open(self, rung: Rung, lane_index: int) -> bool:
        """Whether the lanes that a job needs on a rung exist and accept new jobs."""
        for name in (rung.lane if lane_index == 0 else None, rung.then.lane if rung.then is not None else None):
            if name is not None:
                lane = self._lanes.get(name)
                if lane is None or lane.draining:
                    return False
        return True

    def admits(self, rung: Rung, lane_index: int, job: Job, now: float) -> bool:
        """Whether a job would be on time on a rung if it were its lane's next."""
        if not job.hard:
            return True
        lane = self._lanes[rung.lane or ""] if lane_index == 0 else self._lane(rung, lane_index)
        return self.done_at(lane, now) + self.remaining(rung, lane_index) <= job.deadline

    def _lane(self, rung: Rung, lane_index: int) -> LaneState:
        return self._lanes[rung.lanes[lane_index]]

    def is_undisturbed(self, rung: Rung, now: float) -> bool:
        """Whether what `admits` takes is safe: no other lane has hard work, and no other process takes the core."""
        if not self._interruptions.none_are_known:
            return False
        since = now - FORGOTTEN
        return not [lane for lane in self._lanes.values() if lane.asked_at > since and lane.name != rung.lane]

    def odds(self, rung: Rung, lane_index: int, job: Job, now: float, owners: int) -> Odds:
        """How likely a job that `admits` takes is to be on time, beside more urgent work and other processes. Of the
        device that so many owners want, it gets a fair share.
        """
        if not job.hard:
            return Odds.SAFE
        lane = self._lanes[rung.lane or ""] if lane_index == 0 else self._lane(rung, lane_index)
        since = now - FORGOTTEN
        rivals = [other for other in self._lanes.values() if other.asked_at > since and other is not lane]
        most_taken = _MOST_TAKEN if owners == 1 else min(_MOST_TAKEN, 1.0 - 1.0 / owners)
        earliest = max(now, self.busy_until)
        alone = self.done_at(lane, now) + self.remaining(rung, lane_index) - rung.lag - earliest
        usual = longest = alone
        if rivals:
            usual, longest = self._beside(rivals, alone, job, now, most_taken)
        left = job.deadline - rung.lag - earliest
        if longest + self._interruptions.reserve(longest, now) <= left:
            return Odds.SAFE
        return Odds.EVEN if usual + self._interruptions.expected(usual, now) <= left else Odds.POOR

    def _beside(
        self, rivals: Iterable[LaneState], alone: float, job: Job, now: float, most_taken: float
    ) -> tuple[float, float]:
        """How long the rest of a job, which takes `alone` by itself, takes usually and at most with the more urgent
        work of other lanes: what waits there now, and what should still come with an earlier deadline; at most that is
        a whole run of each.
        """
        left = job.deadline - now
        waiting = share = usual = longest = 0.0
        for other in rivals:
            waiting += self._ahead(other, job.deadline)
            if other.usual_left < left:
                taken, run = other.load.share(now), self._latency.mean(other.name, 1)
                coming = taken * (left - other.usual_left)
                share, usual = share + taken, usual + coming
                longest += max(coming, run) if coming > _RARE * run else 0.0
        share = min(share, most_taken)
        begun = alone + min(waiting, alone * most_taken / (1.0 - most_taken))
        usual = begun + min(usual, begun * share / (1.0 - share))
        return usual, max(usual, min(begun + longest, begun / (1.0 - most_taken)))

    def _ahead(self, lane: LaneState, deadline: float) -> float:
        """Device time of a lane's work that is due before `deadline`."""
        seconds = 0.0
        if lane.flight is not None and lane.flight.earliest < deadline:
            seconds = self._latency.mean(lane.name, lane.flight.batch, lane.flight.next_slice)
        if rows := sum(1 for job in lane.waiting if job.hard and job.due < deadline):
            seconds += self._latency.mean(lane.name, min(rows, lane.cap))
        return seconds

    def hopeless(self, lane: LaneState, queue: Callable[[], list[Job]], now: float) -> set[Job]:
        """Waiting jobs that would be late even if they flew next with all that go before them in no time: the answers
        of these are delivered first. `queue` gives them, most urgent first.
        """
        least, delivery = NEVER, 0.0
        for job in lane.waiting:
            delivery += job.delivery_each
            if job.hard and job.due < least:
                least = job.due
        if least == NEVER:
            return set()
        alone, soonest = self.done_at(lane, now), self.earliest_start(now)
        if alone + delivery <= least:
            return set()
        hopeless, before = set(), 0.0
        for job in queue():
            if job.hard and (soonest if job.probe else alone + before) > job.due:
                hopeless.add(job)
            else:
                before += job.delivery_each
        return hopeless

    def may_try(self, rung: Rung, lane_index: int, job: Job, now: float) -> bool:
        """Whether to admit a job to a rung that is predicted to make it late: because the prediction is suspect (and is
        corrected here), or now and then as a probe.
        """
        lane = self._lanes[rung.lanes[lane_index]]
        likely = self.best_case(rung, lane_index, now) <= job.deadline
        if likely and lane.flight is None:
            self.relax(rung, lane_index)  # only the prediction is against it
            if self.admits(rung, lane_index, job, now):
                return True
        rest = self.remaining(rung, lane_index)
        start = self.done_at(lane, now) - self._latency.bound(lane.name, 1)
        needs = self._latency.bound(lane.name, 1) + rest - rung.lag
        has = job.deadline - rung.lag - start
        job.probe = self._probes.take(rung.lanes[lane_index:], needs, has, now, likely=likely and lane.flight is None)
        return job.probe

    def relax(self, rung: Rung, lane_index: int) -> None:
        """Work is refused, or goes down a rung, on predictions of these lanes: decay them, as it teaches nothing."""
        for name in rung.lanes[lane_index:]:
            self._latency.relax(name)

    def withdraw(self, job: Job) -> None:
        """Handle a job that leaves the queue: a probe that has not started frees its turn."""
        if job.probe and not job.account.slices:
            self._probes.give_back(job.rungs[job.rung].lanes[job.lane_index :])

    def fits(self, rung: Rung, job: Job) -> bool:
        """Whether a job could have been on time on an idle device."""
        lane = self._lanes.get(rung.lane or "")
        if rung.lane is None or lane is None or lane.draining:
            return False
        return job.arrival + self._latency.bound(rung.lane, 1) + self.remaining(rung, 0) <= job.deadline

    def done_at(self, lane: LaneState, now: float) -> float:
        """When a batch of one would complete if it were the lane's next."""
        ahead = self._latency.mean(lane.name, lane.flight.batch, lane.flight.next_slice) if lane.flight else 0.0
        return max(now, self.busy_until) + ahead + self._latency.bound(lane.name, 1)

    def best_case(self, rung: Rung, lane_index: int, now: float) -> float:
        """When a batch of one would be delivered at the fastest times ever believed of its lanes."""
        lanes = sum(self._latency.floor(name) for name in rung.lanes[lane_index:] if name in self._lanes)
        return self.earliest_start(now) + lanes + rung.lag

    def earliest_start(self, now: float) -> float:
        """The earliest start of any further slice."""
        return max(now, self.busy_until)

    def remaining(self, rung: Rung, lane_index: int) -> float:
        """Time an answer needs after its current lane: the second lane and the link."""
        if lane_index or rung.then is None or rung.then.lane not in self._lanes:
            return rung.lag
        return rung.lag + self._latency.bound(rung.then.lane, 1)

    def due(self, job: Job, now: float) -> float:
        """When a job must complete its current lane."""
        if job.hard:
            rung = job.rungs[job.rung]
            return job.deadline - (rung.lag if job.probe else self.remaining(rung, job.lane_index))
        if job.deadline < NEVER:
            lane = self._lanes[job.lane]
            run = self._latency.mean(lane.name, lane.cap)
            start = job.deadline - run if job.prompt else max(job.deadline - run, now + run / 2)
            return start + self._policy.patience  # leaves prompts a third of the device, however short the pace
        return now + self._policy.ageing

    def lateness(self, rung: Rung, lane_index: int, job: Job, now: float) -> float:
        """How late a job would be on a rung; 0 if its lane is gone."""
        lane = self._lanes.get(rung.lanes[lane_index])
        if lane is None:
            return 0.0
        return max(0.0, self.done_at(lane, now) + self.remaining(rung, lane_index) - job.deadline)

    def stage_of(self, job: Job, now: float) -> Stage:
        """The stage that made a job hopeless: transport or compute if it never had a chance, else what it waited for
        longest.
        """
        if job.deadline <= job.arrival:
            return Stage.TRANSPORT
        if job.lane in self._lanes and self._latency.bound(job.lane, 1) > job.deadline - job.arrival:
            return Stage.COMPUTE
        return job.account.largest(now - job.arrival)
