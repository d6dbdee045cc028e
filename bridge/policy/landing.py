"""What becomes of jobs when their flight ends: answered, going on in another lane, tried once more, or failed.

Pure: times are arguments.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Any

from bridge.errors import ModelFailed
from bridge.policy.intake import Intake
from bridge.policy.lane import Lane
from bridge.policy.learned.latency import Latency
from bridge.policy.ledger import Ledger
from bridge.policy.numbers import Policy
from bridge.policy.work import NEVER, Cause, Continues, Ending, Fault, Flight, Job, Run

_MOST = 0.6  # of a reply's gaps: with a few to spare, so that it holds for those that come as well
_NEARLY = 0.95  # of what a gap was to be is what it may come out as
_KNOWN = 4  # gaps, from which on a reply's own tell how fast it speaks; before, a full step does


def misfit(run: Run, outputs: Sequence[Any] | None) -> ModelFailed | None:
    """What is wrong with the outputs of a slice: there is one for each row after the last slice, and none before."""
    lane, batch, slices = run.flight.lane, run.flight.batch, run.flight.slices
    if outputs is None:
        return ModelFailed(f"{lane} had not ended after its {slices} slices") if run.last else None
    if not run.last:
        return ModelFailed(f"{lane} ended after {run.slice + 1} of its {slices} slices")
    if len(outputs) != batch:
        return ModelFailed(f"{lane} gave {len(outputs)} outputs for a batch of {batch}")
    return None


class Landing:
    """Sends the jobs of a flight on."""

    def __init__(self, intake: Intake, ledger: Ledger, latency: Latency, policy: Policy) -> None:
        self._intake = intake
        self._ledger = ledger
        self._latency = latency
        self._policy = policy

    def land(self, flight: Flight, outputs: Sequence[Any], now: float) -> None:
        """A flight has brought one output for each of its jobs."""
        for job, output in zip(flight.jobs, outputs, strict=True):
            if not job.ended:
                self._ledger.leave(job)
                self._conclude(job, output, flight.batch, now)

    def _conclude(self, job: Job, output: Any, rows: int, now: float) -> None:
        lanes = job.rungs[job.rung].lanes
        if isinstance(output, Exception):
            self._ledger.end(job, Ending.FAILED, now, value=output, cause=Cause.FAULT)
        elif isinstance(output, Continues):
            self._ledger.part(job, now, output.value, now - job.deadline)
            if not output.prepares and output.lane in self._intake.lanes:
                self._speak(job, output.lane, rows, now)
            self._intake.enqueue(job, output.lane, now)
        elif job.lane_index + 1 < len(lanes):
            job.lane_index, job.intermediate = job.lane_index + 1, output
            self._intake.enqueue(job, lanes[job.lane_index], now)
        else:
            self._deliver(job, output, now)

    def _speak(self, job: Job, lane: str, rows: int, now: float) -> None:
        """When the next token of a reply is due: counted from this one, so that being ahead of its pace never silences
        it for long; and in no more than a few of its usual gaps, so that it does not falter when others want to speak.
        """
        if job.spoke_at < NEVER:
            insort(job.gaps, now - job.spoke_at)
        job.spoke_at = now
        full = self._latency.mean(lane, self._intake.lanes[lane].cap)
        usual = job.gaps[len(job.gaps) // 2] if len(job.gaps) >= _KNOWN else full
        job.deadline = now + min(job.pace, self._policy.stretch * usual)
        if job.speaks:
            self._even(job, lane, rows, now)

    def _even(self, job: Job, lane: str, rows: int, now: float) -> None:
        """Keep the gaps of a reply alike: the next is no more than a few of those so far, and most of them are not much
        less than their longest. So that one is never many times what is usual of the reply, whatever the load was and
        will be. While most are as they should be it speaks as fast as it can: rests cost words.
        """
        alone, step = self._latency.mean(lane, 1), self._latency.mean(lane, rows)
        full = self._latency.mean(lane, self._intake.lanes[lane].cap)
        usual, least = full, full / self._policy.evenness
        if job.gaps:
            usual, wide = job.gaps[int((1 - _MOST) * len(job.gaps))], job.gaps[-1] / self._policy.evenness
            if len(job.gaps) - bisect_left(job.gaps, _NEARLY * wide) <= _MOST * len(job.gaps):
                least = max(least, wide)
        job.falters_at = now + self._policy.hurry * usual - step
        job.rests_until = now + min(job.pace, least) - alone

    def _deliver(self, job: Job, output: Any, now: float) -> None:
        late = now + job.rungs[job.rung].lag - job.deadline
        if job.hard and late > 0:
            self._ledger.end(job, Ending.MISSED, now, late_by=late)
        else:
            self._ledger.end(job, Ending.ANSWERED, now, value=output, late_by=max(0.0, late))

    def recover(self, lane: Lane, flight: Flight, fault: Fault, now: float, outputs: Sequence[Any] | None) -> None:
        """A flight failed: try each of its jobs once more, alone, or in smaller flights when memory ran out."""
        alone = flight.batch == 1
        if fault is Fault.OUT_OF_MEMORY and not alone:
            lane.cap = max(1, flight.batch // 2)
        for index, job in enumerate(flight.jobs):
            if job.ended:
                continue
            self._ledger.leave(job)
            if job.runs_alone or (alone and fault is Fault.OUT_OF_MEMORY):
                value = outputs[index] if outputs else None
                self._ledger.end(job, Ending.FAILED, now, value=value, cause=Cause.FAULT)
                continue
            job.runs_alone = fault is Fault.ERROR
            self._intake.enqueue(job, lane.name, now)
