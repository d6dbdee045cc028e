"""The books of the scheduler: which jobs are open, where their time went, and what became of them.

Pure: times are arguments. Decides nothing.
"""

from collections.abc import Iterable
from typing import Any

from bridge.work import Cause, Ending, Flight, Job, Outcome, Stage


class Ledger:
    """Every job is opened once and ends once."""

    def __init__(self) -> None:
        self.open_jobs = 0
        self._open: dict[str, int] = {}  # client -> jobs that have not ended
        self._outcomes: list[Outcome] = []

    @property
    def clients(self) -> int:
        """How many clients have jobs that have not ended."""
        return len(self._open)

    def open(self, job: Job) -> int:
        """Enter a job; returns how many its client has now."""
        self.open_jobs += 1
        self._open[job.client] = self._open.get(job.client, 0) + 1
        return self._open[job.client]

    def charge(self, flight: Flight, took: float, stage: Stage) -> None:
        """A slice of `flight` has run."""
        for job in flight.jobs:
            account = job.account
            if stage is Stage.ENCODE:
                account.encode += took
            else:
                account.compute += took
            account.slices += 1

    def hold_up(self, jobs: Iterable[Job], lane: str, took: float, now: float) -> None:
        """A slice of `lane` has kept `jobs` of other lanes waiting."""
        for job in jobs:
            job.account.block(lane, min(took, now - job.queued_at))

    def part(self, job: Job, now: float, value: Any, late_by: float) -> None:
        """An output of a job that goes on."""
        self._outcomes.append(Outcome(job, Ending.PARTIAL, now, value, late_by=max(0.0, late_by)))

    def end(
        self,
        job: Job,
        ending: Ending,
        now: float,
        *,
        value: Any = None,
        cause: Cause = Cause.NONE,
        late_by: float = 0.0,
        stage: Stage | None = None,
    ) -> None:
        """A job has ended. The stage to blame follows from its account where none is named."""
        job.ended = True
        self.open_jobs -= 1
        self._open[job.client] -= 1
        if not self._open[job.client]:
            del self._open[job.client]
        job.account.close(now - job.arrival)
        if stage is None and late_by > 0:
            stage = job.account.largest()
        blocked_by = job.account.blocker if stage is Stage.BLOCKED else ""
        self._outcomes.append(Outcome(job, ending, now, value, cause, late_by, stage, blocked_by))

    def take(self) -> list[Outcome]:
        """What has become of jobs since the last call, in order."""
        taken, self._outcomes = self._outcomes, []
        return taken
