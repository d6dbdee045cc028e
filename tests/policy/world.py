"""A scheduler on a virtual clock, watched by an oracle.

`World` drives a scheduler through `submit`, `cancel`, `step` and `settle`, and after each of them compares what it did
with what the rules of the blueprint allow. The oracle is slow and plain on purpose: it keeps its own books and shares
no decision with the scheduler; only predictions of slice times are taken from `Latency`, which has tests of its own.
"""

import itertools
from typing import Any

from bridge.policy.learned.latency import Latency
from bridge.policy.numbers import Policy
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import (
    NEVER,
    Cause,
    Continues,
    Decision,
    Ending,
    Fault,
    Job,
    Run,
    WaitUntil,
)
from tests.policy.life import Watch
from tests.policy.oracle.books import KINDS, POLICY, Books, identity_of, rung_of
from tests.policy.oracle.rules import Rules


class World(Rules):
    """One scheduler under watch."""

    def __init__(self, scheduler: type[Scheduler] = Scheduler, policy: Policy = POLICY) -> None:
        self.latency = Latency()
        self.scheduler = scheduler(self.latency, policy)
        self.policy = policy
        for name, kind in KINDS.items():
            for batch in range(1, kind.cap + 1):
                self.latency.warm(name, batch, [kind.slice_cost(batch)] * kind.slices)
            self.scheduler.add_lane(name, kind.cap, holds=kind.holds, stage=kind.stage)
        self.watch = Watch(self.scheduler)
        self.now = 0.0
        self.books = Books()
        self._alone_before: dict[str, float] = {}
        self._pack_before = self.latency.bound("pack", 1)
        self._ids = itertools.count(1)
        self._counted: dict[str, tuple[object, Any]] = {}

    def job(
        self,
        *lanes: str | None,
        budget: float | None = None,
        client: str = "a",
        identity: str = "",
        soft: bool = False,
        key: str | None = None,
        pace: float = 0.05,
        arrival: float | None = None,
        background: bool = False,
        each: float = 0.0,
    ) -> Job:
        arrival = self.now if arrival is None else arrival
        return Job(
            id=next(self._ids),
            client=client,
            identity=identity,
            work="test",
            arrival=arrival,
            rungs=tuple(rung_of(lane) for lane in lanes),
            deadline=NEVER if budget is None else arrival + budget,
            soft=soft,
            supersede_key=key,
            pace=pace,
            background=background,
            delivery_each=each,
        )

    def submit(self, job: Job) -> Job:
        books = self.books
        slot = [i for i in books.waiting if job.supersede_key and books.jobs[i].supersede_key == job.supersede_key]
        older = [i for i in slot if i not in books.packing]
        opened = [other for other in books.jobs.values() if other.id not in books.finals and other.id not in older]
        ours = [other for other in opened if identity_of(other) == identity_of(job)]
        mine = [other for other in ours if other.client == job.client]
        full = (
            len(opened) >= self.policy.max_jobs
            or len(ours) >= self.policy.max_jobs_per_identity
            or len(mine) >= self.policy.max_jobs_per_client
        )
        books.jobs[job.id] = job
        books.budgets[job.id] = job.deadline
        for i in older:
            books.places[job.id] = min(books.places.get(i, NEVER), books.waiting[i][1])
        self._pack_before = self.latency.bound("pack", 1)
        self.scheduler.submit(job, self.now)
        outcomes = self._take()
        superseded = [outcome.job.id for outcome in outcomes if outcome.ending is Ending.SUPERSEDED]
        assert superseded == older, "the job that waits in the slot, and no other, is superseded"
        refused_full = [outcome for outcome in outcomes if outcome.cause is Cause.QUEUE_FULL]
        assert bool(refused_full) == full, "a full queue refuses at once, and only a full one"
        if job.id not in books.finals:
            self._note_waiting(job)
            if job.hard and not job.probe:
                assert self._alone(job.lane) + self._rest(job) <= job.deadline, "what cannot be on time is not taken in"
        if not full:
            books.arrivals.setdefault(job.lane, []).append(self.now)
        self._check_rung(job)
        return job

    def cancel(self, job: Job) -> None:
        ended = job.id in self.books.finals
        self.scheduler.cancel(job, self.now)
        outcomes = self._take()
        assert [outcome.ending for outcome in outcomes] == ([] if ended else [Ending.CANCELLED])

    def advance(self, seconds: float) -> None:
        self.now += seconds

    def step(self) -> Decision:
        self._alone_before = {lane: self._alone(lane) for lane in KINDS}  # refusals relax the predictions
        self._pack_before = self.latency.bound("pack", 1)
        self.books.soft_first = self._soft_starves()
        decision = self.scheduler.step(self.now)
        self._check_dropped(self._take())
        for flight in self.scheduler.take_closed():
            assert self.books.flights.pop(flight.lane)[0] is flight
        self._check_nobody_hopeless()
        if isinstance(decision, Run):
            self._check_run(decision)
        else:
            self._check_wait(decision)
        return decision

    def turn(self, *, fault: Fault | None = None, goes_on: bool = False, late: float = 0.0) -> Decision:
        """One step and, when it names a slice, the settling of it."""
        decision = self.step()
        if isinstance(decision, Run):
            self.settle(decision, fault=fault, goes_on=goes_on, late=late)
        return decision

    def settle(
        self, run: Run, *, fault: Fault | None = None, goes_on: bool = False, late: float = 0.0, prepares: bool = False
    ) -> None:
        flight, key = run.flight, run.key
        took = KINDS[key.lane].slice_cost(key.batch) + late
        self.now += took
        last = run.last
        outputs: list[object] | None = None
        if fault is not None:
            outputs = [ValueError("fault")] * flight.batch
        elif last:
            outputs = [
                Continues("part", flight.lane if prepares else "talk", prepares) if goes_on else f"answer {job.id}"
                for job in flight.jobs
            ]
        live = [job for job in flight.jobs if job.id not in self.books.finals]
        self._note_ran(live, key.lane, took)
        before = {job.id: (job.deadline, job.lane) for job in flight.jobs}
        for job in flight.jobs:
            if not job.background:
                self.books.charges.append((job.owner, self.now, took / flight.batch))
        if any(job.hard for job in flight.jobs):
            self.books.hard.append((self.now, took))
        elif flight.jobs[0].soft:
            self.books.soft.append((self.now, took))
        if last:
            self.books.landed[key.lane] = self.now
        cap_before = self.books.caps[key.lane]
        self.scheduler.settle(self.now, took, outputs, fault)
        if fault is not None:
            self._check_fault(flight, live, fault, cap_before)
        elif last:
            del self.books.flights[key.lane]
            self._check_settled(live, goes_on, prepares, before, flight.batch)
        else:
            self.books.flights[key.lane] = (flight, key.slice + 1)
            assert self._take() == []

    def finish(self, limit: int = 2000) -> None:
        """Run until nothing is left; every job must have ended, once."""
        for _ in range(limit):
            decision = self.turn()
            if isinstance(decision, WaitUntil):
                if decision.time == NEVER:
                    break
                self.now = max(self.now, decision.time)
        assert set(self.books.finals) == set(self.books.jobs), "every job ends"
        assert self.scheduler.open_jobs == 0

    def ending(self, job: Job) -> Ending | None:
        outcome = self.books.finals.get(job.id)
        return outcome.ending if outcome else None
