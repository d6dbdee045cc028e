"""Runs the scheduler on a virtual clock, on a device whose slices cost what a function says.

For tests, for replaying recorded traces (`bridge.device.recording`) and for capacity planning. The simulated device
keeps perfect time: a slice started at t ends at t + cost. Pure: no real time passes.
"""

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bridge.policy.learned.latency import Latency
from bridge.policy.numbers import Policy
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import NEVER, CostKey, Ending, Job, Outcome, Run, Stage, WaitUntil

_LEAD_SECONDS = 0.001  # as in the engine

Cost = Callable[[CostKey], float]
Output = Callable[[Job], Any]


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """A lane of the simulated device: slice seconds by batch size, for batches of 1 to `cap`."""

    name: str
    cap: int
    warm: dict[int, list[float]]
    holds: bool = True
    stage: Stage = Stage.COMPUTE


@dataclass(frozen=True, slots=True)
class SliceRun:
    """One slice that ran from `start` to `end`."""

    key: CostKey
    start: float
    end: float
    jobs: tuple[int, ...]


@dataclass(slots=True)
class History:
    """What happened: every slice, and every outcome with its time."""

    slices: list[SliceRun] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def endings(self) -> dict[Ending, int]:
        """Number of jobs by ending."""
        counts: dict[Ending, int] = {}
        for outcome in self.outcomes:
            counts[outcome.ending] = counts.get(outcome.ending, 0) + 1
        return counts


def job_id(job: Job) -> Any:
    """The output of a job that takes one flight."""
    return job.id


class Simulator:
    """Feeds timed jobs to a scheduler and plays its decisions in virtual time.

    `depth` is how many slices the device takes ahead. `scheduler` may be another policy with the same methods.
    """

    def __init__(
        self,
        lanes: Sequence[LaneSpec],
        cost: Cost,
        *,
        policy: Policy | None = None,
        output: Output = job_id,
        depth: int = 1,
        scheduler: type[Scheduler] = Scheduler,
    ) -> None:
        self.scheduler = scheduler(Latency(), policy)
        for lane in lanes:
            for batch, slices in lane.warm.items():
                self.scheduler.latency.warm(lane.name, batch, slices)
            self.scheduler.add_lane(lane.name, lane.cap, holds=lane.holds, stage=lane.stage)
        self.now = 0.0
        self.history = History()
        self._cost = cost
        self._output = output
        self._depth = depth
        self._free = 0.0  # when the device is free
        self._flying: deque[SliceRun] = deque()
        self._runs: deque[Run] = deque()
        self._tie = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []  # time, tie-breaker, action
        self.on_outcome: Callable[[Outcome], None] = lambda outcome: None

    def submit_at(self, time: float, job: Job) -> None:
        """Have a job arrive at `time`."""
        job.submitted = time
        self.call_at(time, lambda: self.scheduler.submit(job, self.now))

    def cancel_at(self, time: float, job: Job) -> None:
        """Have a job cancelled at `time`."""
        self.call_at(time, lambda: self.scheduler.cancel(job, self.now))

    def call_at(self, time: float, function: Callable[[], None]) -> None:
        """Call a function at `time`, so that it sees the clock and the scheduler as they are then."""
        heapq.heappush(self._events, (time, next(self._tie), function))

    def run(self, until: float = NEVER) -> History:
        """Run until nothing is left to do, or until the clock passes `until`."""
        while self.now <= until:
            self._arrive()
            wake = self._launch()
            ready = self._flying[0].end if self._flying else NEVER
            following = min(wake, self._events[0][0] if self._events else NEVER)
            if len(self._flying) == self._depth or ready <= following < NEVER or (self._flying and following == NEVER):
                self._finish()
            elif following == NEVER:
                break
            else:
                self.now = max(self.now, following)
        return self.history

    def _launch(self) -> float:
        """Decide as the engine does; returns when to decide again."""
        while len(self._flying) < self._depth:
            if self._flying and self.now < self.scheduler.free_at - _LEAD_SECONDS:
                return self.scheduler.free_at - _LEAD_SECONDS
            decision = self.scheduler.step(self.now)
            self._collect()
            if isinstance(decision, WaitUntil):
                return decision.time
            start = max(self.now, self._free)
            self._free = start + self._cost(decision.key)
            jobs = tuple(job.id for job in decision.flight.jobs)
            self._flying.append(SliceRun(decision.key, start, self._free, jobs))
            self._runs.append(decision)
        return NEVER

    def _finish(self) -> None:
        done, run = self._flying.popleft(), self._runs.popleft()
        self.now = max(self.now, done.end)
        self.history.slices.append(done)
        outputs = [self._output(job) for job in run.flight.jobs] if run.last else None
        self.scheduler.settle(self.now, done.end - done.start, outputs)
        self._collect()

    def _arrive(self) -> None:
        while self._events and self._events[0][0] <= self.now:
            heapq.heappop(self._events)[2]()

    def _collect(self) -> None:
        outcomes = self.scheduler.take_outcomes()
        self.history.outcomes += outcomes
        for outcome in outcomes:
            self.on_outcome(outcome)
        self.scheduler.take_closed()
