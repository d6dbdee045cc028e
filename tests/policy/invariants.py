"""What must hold of any simulated history, whatever arrived: plain checks over slices and outcomes, after the fact.

They share nothing with the scheduler but the vocabulary, and look only at what became of jobs and at when the device
worked.
"""

from collections.abc import Iterator, Sequence

from bridge.policy.numbers import Policy
from bridge.policy.simulator import History, LaneSpec, SliceRun
from bridge.policy.work import NEVER, Ending, Job, Outcome

_EPSILON = 1e-9
_FINAL = set(Ending) - {Ending.PARTIAL}


def check(jobs: Sequence[Job], history: History, lanes: Sequence[LaneSpec], policy: Policy, depth: int = 1) -> None:
    """AssertionError names the rule that was broken."""
    ends = {outcome.job.id: outcome for outcome in history.outcomes if outcome.ending in _FINAL}
    assert set(ends) == {job.id for job in jobs}, "every job ends"
    assert sum(outcome.ending in _FINAL for outcome in history.outcomes) == len(jobs), "a job ends once"
    longest = depth * max((run.end - run.start for run in history.slices), default=0.0)
    for job in jobs:
        _check_time(job, ends[job.id], longest, policy)
    _check_superseded(ends.values(), history)
    _check_device(history)
    _check_idling(jobs, ends, history, lanes)


def _check_time(job: Job, end: Outcome, longest: float, policy: Policy) -> None:
    if job.hard and end.ending is Ending.ANSWERED and job.rungs[job.rung].lane is not None:
        assert end.at + job.rungs[job.rung].lag <= job.deadline + _EPSILON, "late is never answered as if on time"
    if job.hard:
        assert end.at <= job.deadline + longest + _EPSILON, "whoever has a deadline hears by then, or by the next slice"
    if end.ending in (Ending.REFUSED, Ending.MISSED) and job.hard:
        assert end.stage is not None, "late and refused answers name the stage to blame"
    if job.deadline == NEVER:
        assert end.at - job.arrival <= 2 * policy.ageing + 1.0, "work without a deadline never starves"


def _check_superseded(ends: Iterator[Outcome] | Sequence[Outcome] | object, history: History) -> None:
    started = {job for run in history.slices for job in run.jobs}
    for end in ends:  # type: ignore[attr-defined]
        if end.ending is Ending.SUPERSEDED and end.job.rung == 0:
            assert end.job.id not in started, "what is superseded before its start never runs"


def _check_device(history: History) -> None:
    for earlier, later in zip(history.slices, history.slices[1:], strict=False):
        assert later.start >= earlier.end - _EPSILON, "one slice at a time"


def _check_idling(jobs: Sequence[Job], ends: dict[int, Outcome], history: History, lanes: Sequence[LaneSpec]) -> None:
    """The device idles over work only to fill a batch of a lane that holds, and never so that its rows are late."""
    specs = {lane.name: lane for lane in lanes}
    first: dict[int, SliceRun] = {}
    for run in history.slices:
        for number in run.jobs:
            first.setdefault(number, run)
    for begin, end in _gaps(history):
        waiting = [
            job
            for job in jobs
            if job.submitted < begin - _EPSILON and min(_start(first, job), ends[job.id].at) >= end - _EPSILON
        ]
        by_lane: dict[str, int] = {}
        for job in waiting:
            # where it was to start; a job that never did waited for the lane that it tried last
            lane = first[job.id].key.lane if job.id in first else job.rungs[job.rung].lane or job.lane
            by_lane[lane] = by_lane.get(lane, 0) + 1
            assert specs[lane].holds, "the device idles over work that is never held back"
            assert job.hard, "only frames are held back"
            assert end <= job.deadline - sum(specs[lane].warm[1]) + _EPSILON, "a held batch still makes its deadline"
        for lane, count in by_lane.items():
            assert count < specs[lane].cap, "a full batch does not wait"


def _start(first: dict[int, SliceRun], job: Job) -> float:
    return first[job.id].start if job.id in first else NEVER


def _gaps(history: History) -> Iterator[tuple[float, float]]:
    for earlier, later in zip(history.slices, history.slices[1:], strict=False):
        if later.start > earlier.end + 1e-6:
            yield earlier.end, later.start
