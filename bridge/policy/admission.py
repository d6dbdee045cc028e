"""Whether a job can be on time on a rung, when it must be through its lane for that, and what is to blame if not.

Pure: times are arguments.
"""

from collections.abc import Mapping

from bridge.policy.lane import Lane
from bridge.policy.learned.latency import Latency
from bridge.policy.learned.probes import Probes
from bridge.policy.numbers import Policy
from bridge.policy.work import NEVER, Job, Rung, Stage


class Admission:
    """Compares predicted completion with deadlines."""

    def __init__(self, latency: Latency, lanes: Mapping[str, Lane], probes: Probes, policy: Policy) -> None:
        self._latency = latency
        self._lanes = lanes
        self._policy = policy
        self._probes = probes
        self.busy_until = 0.0  # when the device should be through what is committed

    def takes(self, name: str) -> bool:
        """Whether there is a lane of this name that takes new jobs."""
        lane = self._lanes.get(name)
        return lane is not None and not lane.draining

    def admits(self, rung: Rung, lane_index: int, job: Job, now: float) -> bool:
        """Whether a job can be on time on a rung, as predicted."""
        if not job.hard:
            return True
        return self.alone(self._lanes[rung.lanes[lane_index]], now) + self.rest(rung, lane_index) <= job.deadline

    def tries(self, rung: Rung, lane_index: int, job: Job, now: float) -> bool:
        """A job that is predicted to be late on a rung: whether it goes there all the same, because the prediction is
        doubted (and corrected), or now and then as a probe.
        """
        lane = self._lanes[rung.lanes[lane_index]]
        likely = self.quickest(rung, lane_index, now) <= job.deadline
        if likely and lane.flight is None:
            for name in rung.lanes[lane_index:]:  # nothing but the prediction stands in its way
                self._latency.relax(name)
            if self.admits(rung, lane_index, job, now):
                return True
        rest = self.rest(rung, lane_index)
        start = self.alone(lane, now) - self._latency.bound(lane.name, 1)
        needs = self._latency.bound(lane.name, 1) + rest - rung.lag
        has = job.deadline - rung.lag - start
        job.probe = self._probes.take(rung.lanes[lane_index:], needs, has, now, likely=likely and lane.flight is None)
        return job.probe

    def withdraw(self, job: Job) -> None:
        """A job does not wait any more; as a probe that has not started it gives its turn back."""
        if job.probe and not job.account.slices:
            self._probes.give_back(job.rungs[job.rung].lanes[job.lane_index :])

    def fits(self, rung: Rung, job: Job) -> bool:
        """Whether a job could have been on time on a rung with nobody before it."""
        if rung.lane is None or not self.takes(rung.lane):
            return False
        return job.arrival + self._latency.bound(rung.lane, 1) + self.rest(rung, 0) <= job.deadline

    def alone(self, lane: Lane, now: float) -> float:
        """When a lone job would be through a lane if it were its next."""
        ahead = self._latency.mean(lane.name, lane.flight.batch, lane.flight.next_slice) if lane.flight else 0.0
        return self.soonest(now) + ahead + self._latency.bound(lane.name, 1)

    def quickest(self, rung: Rung, lane_index: int, now: float) -> float:
        """When the answer of a lone job would be home if its lanes took the least that has been believed of them."""
        lanes = sum(self._latency.least(name) for name in rung.lanes[lane_index:] if name in self._lanes)
        return self.soonest(now) + lanes + rung.lag

    def soonest(self, now: float) -> float:
        """When anything more can start."""
        return max(now, self.busy_until)

    def rest(self, rung: Rung, lane_index: int) -> float:
        """What an answer still takes after its present lane: its second one, and the link."""
        after = rung.lanes[lane_index + 1 :]
        return rung.lag + sum(self._latency.bound(name, 1) for name in after if name in self._lanes)

    def due(self, job: Job, now: float) -> float:
        """When a job must be through its present lane."""
        if job.hard:
            rung = job.rungs[job.rung]
            return job.deadline - (rung.lag if job.probe else self.rest(rung, job.lane_index))
        if job.deadline < NEVER:
            lane = self._lanes[job.lane]
            run = self._latency.mean(lane.name, lane.cap)
            start = job.deadline - run if job.prompt else max(job.deadline - run, now + run / 2)
            return start + self._policy.patience  # however fast it wants to speak, it leaves prompts a third
        return now + self._policy.ageing

    def over(self, rung: Rung, lane_index: int, job: Job, now: float) -> float:
        """By how much a job would be late on a rung; 0 where its lane is gone."""
        lane = self._lanes.get(rung.lanes[lane_index])
        return 0.0 if lane is None else max(0.0, self.alone(lane, now) + self.rest(rung, lane_index) - job.deadline)

    def stage_of(self, job: Job, now: float) -> Stage:
        """The stage that made a job hopeless: the link or compute when it never had a chance, else what it waited
        for.
        """
        if job.deadline <= job.arrival:
            return Stage.TRANSPORT
        if job.lane in self._lanes and self._latency.bound(job.lane, 1) > job.deadline - job.arrival:
            return Stage.COMPUTE
        return job.account.largest(now - job.arrival)
