"""The engine on a virtual clock: the same scheduler, a device whose slices cost what a function says.

For tests, for replaying recorded traces and for asking what a load would need. A simulated device is never late with
its own clock: a slice started at t ends at t + cost. Pure: no real time passes.
"""

import heapq
import itertools
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge.latency import Latency
from bridge.policy import Policy
from bridge.scheduler import Scheduler
from bridge.trace import FORMAT
from bridge.work import NEVER, Continues, CostKey, Ending, Job, Leg, Outcome, Run, Rung, Stage, WaitUntil

_LEAD_SECONDS = 0.001  # as the engine's

Cost = Callable[[CostKey], float]
Output = Callable[[Job], Any]


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """A lane of the simulated device: slice seconds by batch, for batches of 1 to `cap`."""

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
    """What happened: every slice, and every outcome with the time it was known."""

    slices: list[SliceRun] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)

    def endings(self) -> dict[Ending, int]:
        """How many jobs ended how."""
        counts: dict[Ending, int] = {}
        for outcome in self.outcomes:
            counts[outcome.ending] = counts.get(outcome.ending, 0) + 1
        return counts


def job_number(job: Job) -> Any:
    """The output of a job that one flight answers."""
    return job.id


class Simulator:
    """Feeds timed jobs to a scheduler and lets its decisions take virtual time.

    `depth` is how many slices the device takes ahead. `scheduler` may be another policy of the same methods.
    """

    def __init__(
        self,
        lanes: Sequence[LaneSpec],
        cost: Cost,
        *,
        policy: Policy | None = None,
        output: Output = job_number,
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
        self._free = 0.0  # when the device is
        self._flying: deque[SliceRun] = deque()
        self._runs: deque[Run] = deque()
        self._tie = itertools.count()
        self._events: list[tuple[float, int, Job, bool]] = []  # time, tie, job, whether it is withdrawn

    def submit_at(self, time: float, job: Job) -> None:
        """Have a job arrive at `time`."""
        job.submitted = time
        heapq.heappush(self._events, (time, next(self._tie), job, False))

    def cancel_at(self, time: float, job: Job) -> None:
        """Have a job withdrawn at `time`."""
        heapq.heappush(self._events, (time, next(self._tie), job, True))

    def run(self, until: float = NEVER) -> History:
        """Go on until nothing is left to do, or until the clock has passed `until`."""
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
            _, _, job, withdrawn = heapq.heappop(self._events)
            if withdrawn:
                self.scheduler.cancel(job, self.now)
            else:
                self.scheduler.submit(job, self.now)

    def _collect(self) -> None:
        self.history.outcomes += self.scheduler.take_outcomes()
        self.scheduler.take_closed()


def replay(path: Path, *, policy: Policy | None = None) -> History:
    """Run a recorded trace through the scheduler again, each slice costing what it cost then on average.

    ValueError for a file of another format.
    """
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if not records or records[0].get("format") != FORMAT:
        raise ValueError(f"{path} is no trace of format {FORMAT}; record it anew with `framebridge serve --trace`")
    lanes = [
        LaneSpec(
            record["lane"],
            record["cap"],
            {int(batch): seconds for batch, seconds in record["warm"].items()},
            record["holds"],
            Stage(record["stage"]),
        )
        for record in records
        if record["event"] == "lane"
    ]
    costs = _mean_costs(records)
    warm = {lane.name: lane.warm for lane in lanes}
    parts = _outputs_to_come(records)

    def cost(key: CostKey) -> float:
        return costs.get(key, warm[key.lane][key.batch][key.slice])

    def output(job: Job) -> Any:
        follows = next(parts.get(job.id, iter(())), None)
        return job.id if follows is None else Continues(job.id, follows)

    simulator = Simulator(lanes, cost, policy=policy, output=output)
    _feed(simulator, records)
    return simulator.run()


def _mean_costs(records: Iterable[dict[str, Any]]) -> dict[CostKey, float]:
    took: dict[CostKey, list[float]] = {}
    for record in records:
        if record["event"] == "slice":
            key = CostKey(record["lane"], record["batch"], record["slice"])
            took.setdefault(key, []).append(record["took"])
    return {key: sum(times) / len(times) for key, times in took.items()}


def _outputs_to_come(records: Iterable[dict[str, Any]]) -> dict[int, Iterator[str]]:
    """For each job that went on: the lanes that it went on in, one after each of its outputs but the last."""
    lanes: dict[int, list[str]] = {}
    for record in records:
        if record["event"] == "outcome" and record["ending"] == Ending.PARTIAL.value:
            lanes.setdefault(record["job"], []).append(record["next"])
    return {job: iter(names) for job, names in lanes.items()}


def _feed(simulator: Simulator, records: Iterable[dict[str, Any]]) -> None:
    jobs: dict[int, Job] = {}
    for record in records:
        if record["event"] == "arrival":
            jobs[record["job"]] = job = _job(record)
            simulator.submit_at(max(0.0, record["arrived"]), job)
        elif record["event"] == "cancel" and record["job"] in jobs:
            simulator.cancel_at(record["t"], jobs[record["job"]])


def _job(record: dict[str, Any]) -> Job:
    arrival = record["arrived"]
    return Job(
        id=record["job"],
        client=str(record["client"]),
        work=record["work"],
        arrival=arrival,
        rungs=tuple(_rung(*rung, lag=lag) for rung, lag in zip(record["rungs"], record["lags"], strict=True)),
        deadline=NEVER if record["budget"] is None else arrival + record["budget"],
        soft=record["soft"],
        supersede_key=record["key"],
        pace=record["pace"],
    )


def _rung(name: str, lane: str | None = None, then: str | None = None, *, lag: float) -> Rung:
    return Rung(name, lane, then=None if then is None else Leg(then), lag=lag)
