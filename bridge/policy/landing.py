"""Handles a flight's outputs: jobs are answered, continue in a lane, are retried, or fail.

Pure: times are arguments.
"""

from bisect import bisect_left, insort
from collections.abc import Sequence
from typing import Any

from bridge.errors import ModelFailed
from bridge.policy.intake import Intake
from bridge.policy.lane import LaneState
from bridge.policy.learned.latency import Latency
from bridge.policy.ledger import Ledger
from bridge.policy.numbers import Policy
from bridge.policy.work import NEVER, Cause, Continues, Ending, Fault, Flight, Job, Run

_MOST = 0.6  # share of a reply's gaps; some slack, so that it still holds after later gaps
_NEARLY = 0.95  # a gap may come out this much shorter than planned
_KNOWN = 4  # gaps needed before a reply's own pace is used; before that, a full step's


def output_error(run: Run, outputs: Sequence[Any] | None) -> ModelFailed | None:
    """What is wrong with a slice's outputs, if anything: one per row is due after the last slice, none before."""
    lane, batch, slices = run.flight.lane, run.flight.batch, run.flight.slices
    if outputs is None:
        return ModelFailed(f"{lane} had not ended after its {slices} slices") if run.last else None
    if not run.last:
        return ModelFailed(f"{lane} ended after {run.slice + 1} of its {slices} slices")
    if len(outputs) != batch:
        return ModelFailed(f"{lane} gave {len(outputs)} outputs for a batch of {batch}; give one for each row")
    return None


class Landing:
    """Sends the jobs of a landed flight on."""

    def __init__(self, intake: Intake, ledger: Ledger, latency: Latency, policy: Policy) -> None:
        self._intake = intake
        self._ledger = ledger
        self._latency = latency
        self._policy = policy

    def land(self, flight: Flight, outputs: Sequence[Any], now: float) -> None:
        """Handle a completed flight: one output per job."""
        for job, output in zip(flight.jobs, outputs, strict=True):
            if not job.ended:
                self._ledger.leave(job)
                self._conclude(job, output, flight.batch, now)

    def _conclude(self, job: Job, output: Any, rows: int, now: float) -> None:
        then = job.rungs[job.rung].then
        if isinstance(output, Exception):
            self._ledger.end(job, Ending.FAILED, now, value=output, cause=Cause.FAULT)
        elif isinstance(output, Continues):
            self._ledger.partial(job, now, output.value, now - job.deadline)
            if not output.prepares and output.lane in self._intake.lanes:
                self._pace_reply(job, output.lane, rows, now)
            self._intake.enqueue(job, output.lane, now)
        elif then is not None and job.lane_index == 0:
            job.lane_index, job.intermediate = 1, output
            self._intake.enqueue(job, then.lane, now)
        else:
            self._deliver(job, output, now)

    def _pace_reply(self, job: Job, lane: str, rows: int, now: float) -> None:
        """Set when a reply's next token is due. It counts from this token, so that being ahead never silences a reply
        for long, and within a few of its usual gaps, so that it keeps flowing when other replies start.
        """
        if job.last_output_at < NEVER:
            insort(job.gaps, now - job.last_output_at)
        job.last_output_at = now
        full = self._latency.mean(lane, self._intake.lanes[lane].cap)
        usual = job.gaps[len(job.gaps) // 2] if len(job.gaps) >= _KNOWN else full
        job.deadline = now + min(job.pace, self._policy.stretch * usual)
        if job.is_reply:
            self._even_gaps(job, lane, rows, now)

    def _even_gaps(self, job: Job, lane: str, rows: int, now: float) -> None:
        """Keep a reply's gaps even: the next gap is limited to a few of the usual ones, and most gaps are kept from
        being much shorter than the longest. No gap then stands out, whatever the load. While gaps are even the reply
        runs at full speed, since holding back costs tokens.
        """
        alone, step = self._latency.mean(lane, 1), self._latency.mean(lane, rows)
        full = self._latency.mean(lane, self._intake.lanes[lane].cap)
        usual, least = full, full / self._policy.evenness
        if job.gaps:
            usual, wide = job.gaps[int((1 - _MOST) * len(job.gaps))], job.gaps[-1] / self._policy.evenness
            if len(job.gaps) - bisect_left(job.gaps, _NEARLY * wide) <= _MOST * len(job.gaps):
                least = max(least, wide)
        job.urgent_at = now + self._policy.hurry * usual - step
        job.not_before = now + min(job.pace, least) - alone

    def _deliver(self, job: Job, output: Any, now: float) -> None:
        late = now + job.rungs[job.rung].lag - job.deadline
        if job.hard and late > 0:
            self._ledger.end(job, Ending.MISSED, now, late_by=late)
        else:
            self._ledger.end(job, Ending.ANSWERED, now, value=output, late_by=max(0.0, late))

    def recover(self, lane: LaneState, flight: Flight, fault: Fault, now: float, outputs: Sequence[Any] | None) -> None:
        """A flight failed: retry each of its jobs once, alone, or in smaller batches if memory ran out."""
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
