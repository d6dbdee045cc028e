"""Whether a job can be on time on a rung, when it must be through its lane for that, and what is to blame if not.

Pure: times are arguments.
"""

from collections.abc import Mapping

from bridge.lane import Lane
from bridge.latency import Latency
from bridge.policy import Policy
from bridge.work import NEVER, Job, Rung, Stage


class Admission:
    """Compares predicted completion with deadlines."""

    def __init__(self, latency: Latency, lanes: Mapping[str, Lane], policy: Policy) -> None:
        self._latency = latency
        self._lanes = lanes
        self._policy = policy
        self.busy_until = 0.0  # when the device should be through what is committed

    def takes(self, name: str) -> bool:
        """Whether there is a lane of this name that takes new jobs."""
        lane = self._lanes.get(name)
        return lane is not None and not lane.draining

    def admits(self, rung: Rung, leg: int, job: Job, now: float) -> bool:
        """Whether a job can be on time on a rung; a lane that refuses admits a probe now and then."""
        lane, rest = self._lanes[rung.way[leg]], self.rest(rung, leg)
        if not job.hard or self.alone(lane, now) + rest <= job.deadline:
            return True
        if lane.flight is not None or self.quickest(lane, now) + rest > job.deadline:
            return False
        self._latency.relax(lane.name)  # nothing but the prediction stands in its way
        if self.alone(lane, now) + rest <= job.deadline:
            return True
        job.probe = now - lane.last_probe >= self._policy.probe_interval
        if job.probe:
            lane.last_probe = now
        return job.probe

    def alone(self, lane: Lane, now: float) -> float:
        """When a lone job would be through a lane if it were its next."""
        ahead = self._latency.mean(lane.name, lane.flight.batch, lane.flight.next_slice) if lane.flight else 0.0
        return max(now, self.busy_until) + ahead + self._latency.bound(lane.name, 1)

    def quickest(self, lane: Lane, now: float) -> float:
        """When a lone job would be through a lane if it took no longer than at warm-up."""
        return max(now, self.busy_until) + self._latency.warm_bound(lane.name)

    def rest(self, rung: Rung, leg: int) -> float:
        """What an answer still takes after its present lane: its second one, and the link."""
        return rung.lag + sum(self._latency.bound(name, 1) for name in rung.way[leg + 1 :] if name in self._lanes)

    def due(self, job: Job, now: float) -> float:
        """When a job must be through its present lane."""
        if job.hard:
            return job.deadline - self.rest(job.rungs[job.rung], job.leg)
        if job.deadline < NEVER:
            lane = self._lanes[job.lane]
            run = self._latency.mean(lane.name, lane.cap)
            start = job.deadline - run if job.prompt else max(job.deadline - run, now + run / 2)
            return start + self._policy.patience  # however fast it wants to speak, it leaves prompts a third
        return now + self._policy.ageing

    def over(self, rung: Rung, leg: int, job: Job, now: float) -> float:
        """By how much a job would be late on a rung; 0 where its lane is gone."""
        lane = self._lanes.get(rung.way[leg])
        return 0.0 if lane is None else max(0.0, self.alone(lane, now) + self.rest(rung, leg) - job.deadline)

    def blame(self, job: Job, now: float) -> Stage:
        """The stage that made a job hopeless: the link or compute when it never had a chance, else what it waited
        for.
        """
        if job.deadline <= job.arrival:
            return Stage.TRANSPORT
        if job.lane in self._lanes and self._latency.bound(job.lane, 1) > job.deadline - job.arrival:
            return Stage.COMPUTE
        job.account.close(now - job.arrival)
        return job.account.largest()
