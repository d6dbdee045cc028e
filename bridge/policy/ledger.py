"""Accounts of open jobs: whose they are, where their time went, how they ended.

Pure: times are arguments. Makes no decisions.
"""

from collections.abc import Iterable
from typing import Any

from bridge.policy.work import Cause, Ending, Flight, Job, Outcome, Owner, Stage


class Ledger:
    """Every job is opened once and ended once."""

    def __init__(self) -> None:
        self.open_jobs = 0
        self._open: dict[str, dict[str, int]] = {}  # identity -> client -> open jobs
        self._outcomes: list[Outcome] = []

    @property
    def is_contended(self) -> bool:
        """Whether more than one client has open jobs."""
        return len(self._open) > 1 or any(len(clients) > 1 for clients in self._open.values())

    def census(self, owner: Owner) -> tuple[int, int]:
        """Number of identities with open jobs, and of this owner's identity's clients with open jobs."""
        return len(self._open), len(self._open.get(owner.identity, ()))

    def open(self, job: Job) -> tuple[int, int]:
        """Open a job; returns how many its identity and its client now have open."""
        self.open_jobs += 1
        identity, client = job.owner
        clients = self._open.get(identity)
        if clients is None:
            clients = self._open[identity] = {}
        mine = clients[client] = clients.get(client, 0) + 1
        return sum(clients.values()), mine

    def board(self, flight: Flight) -> None:
        """Put jobs in flight. Slice time is booked on the flight, so that a slice costs the same whatever the batch,
        and moves to a job's account when the job leaves.
        """
        for job in flight.jobs:
            job.flight = flight

    def leave(self, job: Job) -> None:
        """Take a job out of its flight. Idempotent."""
        flight, job.flight = job.flight, None
        if flight is None:
            return
        if flight.stage is Stage.ENCODE:
            job.account.encode += flight.seconds
        else:
            job.account.compute += flight.seconds
        job.account.slices += flight.ran

    def block(self, jobs: Iterable[Job], model: str, took: float, now: float) -> None:
        """Record that a slice of `model` blocked `jobs` of other lanes."""
        for job in jobs:
            job.account.block(model, min(took, now - job.queued_at))

    def partial(self, job: Job, now: float, value: Any, late_by: float) -> None:
        """Record an output of a job that continues."""
        compute = job.account.compute
        self._outcomes.append(Outcome(job, Ending.PARTIAL, now, value, late_by=max(0.0, late_by), compute=compute))

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
        """End a job. Without a `stage`, lateness is attributed from the job's account."""
        job.ended = True
        if job.flight is not None:
            job.flight.left += 1
            self.leave(job)
        self.open_jobs -= 1
        identity, client = job.owner
        clients = self._open[identity]
        if clients[client] > 1:
            clients[client] -= 1
        else:
            self._forget(identity, client)
        account, total = job.account, now - job.arrival
        account.queue = account.unnamed(total)
        if stage is None and late_by > 0:
            stage = account.largest(total)
        blocked_by = account.blocker if stage is Stage.BLOCKED else ""
        self._outcomes.append(Outcome(job, ending, now, value, cause, late_by, stage, blocked_by))

    def _forget(self, identity: str, client: str) -> None:
        """A client has no open jobs any more."""
        clients = self._open[identity]
        del clients[client]
        if not clients:
            del self._open[identity]

    def take(self) -> list[Outcome]:
        """Outcomes since the last call, in order."""
        if not self._outcomes:
            return []
        taken, self._outcomes = self._outcomes, []
        return taken
