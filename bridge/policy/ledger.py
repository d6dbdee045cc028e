"""The books of the scheduler: which jobs are open, where their time went, and what became of them.

Pure: times are arguments. Decides nothing.
"""

from collections.abc import Iterable
from typing import Any

from bridge.policy.work import Cause, Ending, Flight, Job, Outcome, Owner, Stage


class Ledger:
    """Every job is opened once and ends once."""

    def __init__(self) -> None:
        self.open_jobs = 0
        self._open: dict[str, dict[str, int]] = {}  # identity -> client -> jobs that have not ended
        self._outcomes: list[Outcome] = []

    def census(self, owner: Owner) -> tuple[int, int]:
        """How many identities have jobs that have not ended, and how many clients of this one's identity."""
        return len(self._open), len(self._open.get(owner.identity, ()))

    def open(self, job: Job) -> tuple[int, int]:
        """Enter a job; returns how many its identity has now, and its client."""
        self.open_jobs += 1
        identity, client = job.owner
        clients = self._open.setdefault(identity, {})
        clients[client] = clients.get(client, 0) + 1
        return sum(clients.values()), clients[client]

    def board(self, flight: Flight) -> None:
        """Jobs are under way from here on. What its slices take is booked on the flight, so that a slice costs the same
        however wide the batch, and in a job's own account when it leaves.
        """
        for job in flight.jobs:
            job.flight = flight

    def leave(self, job: Job) -> None:
        """A job is not under way any more; a second time does nothing."""
        flight, job.flight = job.flight, None
        if flight is None:
            return
        if flight.stage is Stage.ENCODE:
            job.account.encode += flight.seconds
        else:
            job.account.compute += flight.seconds
        job.account.slices += flight.ran

    def hold_up(self, jobs: Iterable[Job], model: str, took: float, now: float) -> None:
        """A slice of `model` has kept `jobs` of other lanes waiting."""
        for job in jobs:
            job.account.block(model, min(took, now - job.queued_at))

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
        if job.flight is not None:
            job.flight.left += 1
            self.leave(job)
        self.open_jobs -= 1
        self._close(job.owner)
        job.account.close(now - job.arrival)
        if stage is None and late_by > 0:
            stage = job.account.largest(now - job.arrival)
        blocked_by = job.account.blocker if stage is Stage.BLOCKED else ""
        self._outcomes.append(Outcome(job, ending, now, value, cause, late_by, stage, blocked_by))

    def _close(self, owner: Owner) -> None:
        clients = self._open[owner.identity]
        clients[owner.client] -= 1
        if not clients[owner.client]:
            del clients[owner.client]
            if not clients:
                del self._open[owner.identity]

    def take(self) -> list[Outcome]:
        """What has become of jobs since the last call, in order."""
        taken, self._outcomes = self._outcomes, []
        return taken
