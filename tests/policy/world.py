"""A scheduler on a virtual clock, watched by an oracle.

`World` drives a scheduler through `submit`, `cancel`, `step` and `settle`, and after each of them compares what it did
with what the rules of the blueprint allow. The oracle is slow and plain on purpose: it keeps its own books and shares
no decision with the scheduler; only predictions of slice times are taken from `Latency`, which has tests of its own.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bridge.policy.learned.latency import Latency
from bridge.policy.numbers import Policy
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import (
    NEVER,
    Cause,
    Continues,
    CostKey,
    Decision,
    Ending,
    Fault,
    Flight,
    Job,
    Outcome,
    Owner,
    Run,
    Rung,
    SecondLane,
    Stage,
    WaitUntil,
)

MS = 1e-3
POLICY = Policy(max_jobs=12, max_jobs_per_identity=10, max_jobs_per_client=7, probe_interval=1.0)


@dataclass(frozen=True)
class Kind:
    """A lane of the test device."""

    cap: int
    slices: int
    base: float  # seconds of a flight, and more for each row
    row: float
    holds: bool = True

    def slice_cost(self, batch: int) -> float:
        return (self.base + self.row * batch) / self.slices


KINDS = {
    "frame": Kind(cap=4, slices=2, base=2 * MS, row=1 * MS),
    "small": Kind(cap=4, slices=1, base=0.5 * MS, row=0.5 * MS),
    "look": Kind(cap=2, slices=3, base=6 * MS, row=2 * MS),
    "pack": Kind(cap=4, slices=1, base=0.4 * MS, row=0.2 * MS, holds=False),
    "prompt": Kind(cap=1, slices=2, base=7 * MS, row=1 * MS, holds=False),
    "talk": Kind(cap=4, slices=2, base=3 * MS, row=1 * MS, holds=False),
}


LAG = 0.8 * MS


def _rung(lane: str | None) -> Rung:
    """A lane by its name; "frame+pack" goes on in the lane "pack", "frame/far" has a payload that takes LAG."""
    if lane is None:
        return Rung("repeat")
    name, _, then = lane.removesuffix("/far").partition("+")
    return Rung(lane, name, then=SecondLane(then) if then else None, lag=LAG if lane.endswith("/far") else 0.0)


@dataclass
class Books:
    """What the oracle knows, from what it was told and what came out."""

    jobs: dict[int, Job] = field(default_factory=dict)
    waiting: dict[int, tuple[str, float, float]] = field(default_factory=dict)  # id -> lane, due, since
    places: dict[int, float] = field(default_factory=dict)  # id -> when the oldest of those it replaced was due
    rungs: dict[int, int] = field(default_factory=dict)  # id -> the rung it waits on
    flights: dict[str, tuple[Flight, int]] = field(default_factory=dict)  # lane -> flight, slices done
    finals: dict[int, Outcome] = field(default_factory=dict)
    partials: dict[int, int] = field(default_factory=dict)
    charges: list[tuple[Owner, float, float]] = field(default_factory=list)  # whose, when, seconds
    hard: list[tuple[float, float]] = field(default_factory=list)  # when, seconds of flights with hard jobs
    caps: dict[str, int] = field(default_factory=lambda: {name: kind.cap for name, kind in KINDS.items()})
    arrivals: dict[str, list[float]] = field(default_factory=dict)
    runs_alone: set[int] = field(default_factory=set)
    packing: set[int] = field(default_factory=set)  # jobs that their rung's first lane is done with
    falls: dict[str, float] = field(default_factory=dict)  # slot -> when it was last on a cheaper rung
    soft: list[tuple[float, float]] = field(default_factory=list)  # when, seconds of flights of soft jobs alone
    spoke: dict[int, list[float]] = field(default_factory=dict)  # id -> when its outputs came
    budgets: dict[int, float] = field(default_factory=dict)  # id -> its deadline, when it came
    rests: dict[int, float] = field(default_factory=dict)  # id -> until when its next output is not wanted
    falters: dict[int, float] = field(default_factory=dict)  # id -> from when on it is wanted before late prompts
    landed: dict[str, float] = field(default_factory=dict)  # lane -> when its last flight did
    soft_first: bool = False  # at the last step


class World:
    """One scheduler under watch."""

    def __init__(self, scheduler: type[Scheduler] = Scheduler, policy: Policy = POLICY) -> None:
        self.latency = Latency()
        self.scheduler = scheduler(self.latency, policy)
        self.policy = policy
        for name, kind in KINDS.items():
            for batch in range(1, kind.cap + 1):
                self.latency.warm(name, batch, [kind.slice_cost(batch)] * kind.slices)
            self.scheduler.add_lane(name, kind.cap, holds=kind.holds)
        self.now = 0.0
        self.books = Books()
        self._alone_before: dict[str, float] = {}
        self._pack_before = self.latency.bound("pack", 1)
        self._ids = itertools.count(1)
        self._counted: dict[str, tuple[object, Any]] = {}

    # -- acts ----------------------------------------------------------------------------------------------------------

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
    ) -> Job:
        arrival = self.now if arrival is None else arrival
        return Job(
            id=next(self._ids),
            client=client,
            identity=identity,
            work="test",
            arrival=arrival,
            rungs=tuple(_rung(lane) for lane in lanes),
            deadline=NEVER if budget is None else arrival + budget,
            soft=soft,
            supersede_key=key,
            pace=pace,
            background=background,
        )

    def submit(self, job: Job) -> Job:
        books = self.books
        slot = [i for i in books.waiting if job.supersede_key and books.jobs[i].supersede_key == job.supersede_key]
        older = [i for i in slot if i not in books.packing]
        opened = [other for other in books.jobs.values() if other.id not in books.finals and other.id not in older]
        ours = [other for other in opened if _identity(other) == _identity(job)]
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

    # -- the oracle ----------------------------------------------------------------------------------------------------

    def _take(self) -> list[Outcome]:
        """Outcomes since the last look, entered in the books: nothing ends twice."""
        outcomes = self.scheduler.take_outcomes()
        for outcome in outcomes:
            assert outcome.job.id not in self.books.finals, "a job ends once, and is silent afterwards"
            self.books.waiting.pop(outcome.job.id, None)
            account = outcome.job.account
            parts = (account.queue, account.blocked, account.batch_wait, account.compute, account.encode)
            assert min(parts) >= 0
            assert abs(sum(account.blockers.values()) - account.blocked) < 1e-9, "whoever blocked is named"
            assert bool(outcome.blocked_by) == (outcome.stage is Stage.BLOCKED), "a stage that blocked has a name"
            if outcome.ending is Ending.PARTIAL:
                self.books.partials[outcome.job.id] = self.books.partials.get(outcome.job.id, 0) + 1
            else:
                assert sum(parts) >= outcome.at - outcome.job.arrival - 1e-9, "no time is unaccounted for"
                self.books.finals[outcome.job.id] = outcome
        return outcomes

    def _note_waiting(self, job: Job) -> None:
        if job.hard:
            due = job.due
            musts = sorted(job.deadline - self._rest(job, pack) for pack in (None, self._pack_before))
            if job.probe:
                musts = [job.deadline - job.rungs[job.rung].lag] * 2
            assert musts[0] - 1e-9 <= due <= musts[1] + 1e-9, "due is the deadline less what comes after the lane"
        elif job.deadline < NEVER:
            run = self.latency.mean(job.lane, self.books.caps[job.lane])
            due = job.deadline - run
            if not self._is_prompt(job):
                due = max(due, self.now + run / 2)
            due += self.policy.patience
        else:
            due = self.now + self.policy.ageing
        self.books.waiting[job.id] = (job.lane, due, self.now)
        self.books.rungs[job.id] = job.rung

    def _rest(self, job: Job, pack: float | None = None) -> float:
        """What comes after a job's present lane, worked out from its rung."""
        rung = job.rungs[job.rung]
        if rung.then is None or job.id in self.books.packing:
            return rung.lag
        return rung.lag + (self.latency.bound(rung.then.lane, 1) if pack is None else pack)

    def _must(self, job: Job) -> float:
        """When a hard job must be through its present lane."""
        return self.books.waiting[job.id][1] if job.id in self.books.waiting else job.deadline - self._rest(job)

    def _check_rung(self, job: Job) -> None:
        """A slot that has not fallen lately begins with the best rung; the books note when one falls."""
        slot, best = job.supersede_key, job.rungs[0]
        if job.id not in self.books.waiting or slot is None:
            return
        if job.rung > 0:
            self.books.falls[slot] = self.now
        ready = self._alone(best.lane) + best.lag + (self.latency.bound(best.then.lane, 1) if best.then else 0.0)
        if slot not in self.books.falls and ready <= job.deadline:
            assert job.rung == 0, "a slot that has not fallen begins with the best rung"

    def _alone(self, lane: str) -> float:
        ahead = 0.0
        if lane in self.books.flights:
            flight, done = self.books.flights[lane]
            ahead = self.latency.mean(lane, flight.batch, done)
        return self.now + ahead + self.latency.bound(lane, 1)

    def _key(self, job: Job) -> tuple[float, ...]:
        """Fair share, then deadline or the place of what was replaced, then age: worked out from the books."""
        if job.id in self.books.waiting:
            _, due, since = self.books.waiting[job.id]
        else:
            due, since = job.due, job.queued_at
        if job.background:
            return (3, since)
        rank = self._rank(job) if self.now <= since + 2 * self.policy.ageing else 0
        if job.soft:
            ahead = due > self.now + self.policy.patience and not self._is_prompt(job) and not self._falters(job)
            return rank if ahead else 0, *self._soft_key(job, due, since), job.deadline, job.id
        return rank, min(due, self.books.places.get(job.id, NEVER)), 0, due, job.id

    def _soft_key(self, job: Job, due: float, since: float) -> tuple[float, int]:
        """Replies ahead of their pace by when they are due; then what is wanted now, all of one standing: replies about
        to falter, prompts that have waited too long, replies whose next token is due, prompts.
        """
        prompt = self._is_prompt(job)
        soon = self.now + self.policy.patience
        standing = -NEVER if self.books.soft_first else soon
        if self._falters(job):
            return standing, -1
        if not prompt and due > soon:
            return due, 0
        kept = self.now - max(since, self.books.landed.get(job.lane, -NEVER)) > max(
            self.policy.prompt_wait, self.policy.prompt_runs * self.latency.mean(job.lane, 1)
        )
        return standing, (0 if kept else 2) if prompt else 1

    def _falters(self, job: Job) -> bool:
        return self.books.falters.get(job.id, NEVER) <= self.now

    def _rests(self, job: Job) -> bool:
        return self.books.rests.get(job.id, -NEVER) > self.now

    def _is_prompt(self, job: Job) -> bool:
        return job.soft and job.deadline < NEVER and job.id not in self.books.spoke

    def _soft_starves(self) -> bool:
        """Soft work has waited for longer than its patience, and has had less of the device than its share."""
        used = sum(seconds * math.exp((when - self.now) / 0.5) for when, seconds in self.books.soft) / 0.5
        open_jobs = [job for job in self.books.jobs.values() if job.soft and job.id not in self.books.finals]
        open_jobs = [job for job in open_jobs if job.id not in self.books.waiting or not self._rests(job)]
        dues = [job.arrival + self.policy.patience if self._is_prompt(job) else job.due for job in open_jobs]
        return used < self.policy.soft_share and any(due <= self.now for due in dues)

    def _rank(self, job: Job) -> int:
        """2 for an identity over its equal share, 1 for a client over its equal share of its identity's, else 0."""
        clients, used = self._clients(), self._used()
        ours = sum(seconds for owner, seconds in used.items() if owner.identity == _identity(job))
        mine = used.get(job.owner, 0.0)
        if len(clients) > 1 and ours > 1.0 / len(clients) + 0.05:
            return 2
        siblings = clients.get(_identity(job), set())
        return int(len(siblings) > 1 and mine > 1.0 / (len(clients) * len(siblings)) + 0.05)

    def _clients(self) -> dict[str, set[str]]:
        """Those with open jobs, by identity."""

        def count() -> dict[str, set[str]]:
            found: dict[str, set[str]] = {}
            for job in self.books.jobs.values():
                if job.id not in self.books.finals:
                    found.setdefault(_identity(job), set()).add(job.client)
            return found

        return self._once("clients", (len(self.books.jobs), len(self.books.finals)), count)

    def _used(self) -> dict[Owner, float]:
        """Seconds of the device that each client has had lately; what is older than twelve has leaked away."""

        def count() -> dict[Owner, float]:
            found: dict[Owner, float] = {}
            for owner, when, seconds in reversed(self.books.charges):
                if self.now - when > 12.0:
                    break
                found[owner] = found.get(owner, 0.0) + seconds * math.exp(when - self.now)
            return found

        return self._once("used", (self.now, len(self.books.charges)), count)

    def _once(self, name: str, state: object, count: Callable[[], Any]) -> Any:
        """What was counted last, as long as what it was counted from is the same: the books are asked for every job."""
        if name not in self._counted or self._counted[name][0] != state:
            self._counted[name] = state, count()
        return self._counted[name][1]

    def _live(self, flight: Flight) -> list[Job]:
        return [job for job in flight.jobs if job.id not in self.books.finals]

    def _in_lane(self, lane: str) -> list[Job]:
        """Jobs that wait for a lane, most urgent first."""
        waiting = [self.books.jobs[i] for i, entry in self.books.waiting.items() if entry[0] == lane]
        return sorted((job for job in waiting if not self._rests(job)), key=self._key)

    def _check_dropped(self, outcomes: list[Outcome]) -> None:
        """Jobs leave during a step only because no lane of theirs can make it."""
        for job in self.books.jobs.values():
            if job.id in self.books.waiting and job.rung != self.books.rungs[job.id]:
                self._note_fall(job)
        for outcome in outcomes:
            job = outcome.job
            assert job.hard, "a soft job is never dropped"
            if outcome.ending is Ending.ANSWERED:
                assert job.rungs[job.rung].lane is None, "without a slice there is only an answer without a lane"
                assert outcome.value is None
            else:
                assert outcome.ending in (Ending.REFUSED, Ending.MISSED)
                assert all(rung.lane is not None for rung in job.rungs[job.rung + 1 :]), "the cheapest answer was left"
            if outcome.ending is Ending.REFUSED:
                assert outcome.cause is Cause.NO_RUNG_IN_TIME
                alone = max(self._alone_before.get(job.lane, 0.0), self._alone(job.lane))
                possible = alone + self._rest(job) <= job.deadline
                assert not possible or self._overloaded(job), "refused although it could be on time"
            if outcome.ending is Ending.MISSED:
                assert outcome.late_by > 0

    def _note_fall(self, job: Job) -> None:
        """It went down a rung; what its first lane has made is kept where the next rung begins with the same."""
        if job.lane_index == 0:
            self.books.packing.discard(job.id)
        else:
            assert job.id in self.books.packing, "only what was made is gone on with"
        self._note_waiting(job)
        if job.supersede_key is not None:
            self.books.falls[job.supersede_key] = self.now

    def _overloaded(self, job: Job) -> bool:
        """Early drop is for queues of three and more that cannot be on time as they are."""
        waiting = self._in_lane(job.lane)
        return len(waiting) >= 2 and self._best_batch(job.lane, [job, *waiting]) + 1 < self._best_batch(
            job.lane, waiting
        )

    def _best_batch(self, lane: str, queue: list[Job]) -> int:
        """The largest batch that starts with the head of a queue, as far as its own rows' deadlines go."""
        for rows in range(min(self.books.caps[lane], len(queue)), 1, -1):
            end = self.now + self.latency.bound(lane, rows)
            if all(not job.hard or end <= self._must(job) for job in queue[:rows]):
                return rows
        return 1

    def _check_nobody_hopeless(self) -> None:
        for number, (lane, due, _) in self.books.waiting.items():
            job = self.books.jobs[number]
            if job.hard and not job.probe and lane in KINDS:
                assert self._alone(lane) <= due, "a job that cannot be on time is told so at once"
        for lane, (flight, done) in self.books.flights.items():
            live = self._live(flight)
            assert live, "a flight that nobody waits for is closed"
            end = self.now + self.latency.mean(lane, flight.batch, done)
            assert all(not job.hard or (self.now if job.probe else end) <= job.due for job in live), (
                "a row that will be late is let go"
            )

    def _check_run(self, run: Run) -> None:
        flight, lane = run.flight, run.flight.lane
        if lane in self.books.flights:
            known, done = self.books.flights[lane]
            assert flight is known, "a lane has one flight at a time"
            assert run.slice == done, "slices run in order, each once"
        else:
            self._check_new_flight(flight)
        mine = min(self._key(job) for job in [*self._live(flight), *self._in_lane(lane)])
        for other in KINDS:
            if other == lane:
                continue
            jobs = self._in_lane(other)
            if other in self.books.flights:
                jobs += self._live(self.books.flights[other][0])
            if jobs and min(self._key(job) for job in jobs) < mine:
                self._check_held(other, run.key)

    def _check_new_flight(self, flight: Flight) -> None:
        lane, rows = flight.lane, list(flight.jobs)
        queue = self._in_lane(lane)
        assert 1 <= len(rows) <= self.books.caps[lane], "batches stay within the cap"
        assert flight.next_slice == 1
        for job in rows:
            assert job.id in self.books.waiting, "only jobs that wait are started"
            assert self.books.waiting[job.id][0] == lane, "a batch is of one lane"
        assert rows[0] is queue[0], "the most urgent job leads"
        if rows[0].id in self.books.runs_alone:
            assert len(rows) == 1, "a job that failed in company is tried alone"
        else:
            company = [job for job in queue if job.id not in self.books.runs_alone]
            assert rows == company[: len(rows)], "rows are taken in the order of urgency, suspects left out"
            self._check_size(lane, rows, company)
        for job in rows:
            del self.books.waiting[job.id]
        self.books.flights[lane] = (flight, 0)

    def _check_size(self, lane: str, rows: list[Job], company: list[Job]) -> None:
        """A batch is as large as the admitted deadlines allow, and no larger."""
        if len(rows) > 1:
            doubtful = self.latency.is_doubtful(lane, len(rows))
            assert doubtful or self._fits(lane, company[: len(rows)]), "a row too many makes somebody late"
        if len(rows) < min(self.books.caps[lane], len(company)):
            assert not self._fits(lane, company[: len(rows) + 1]), "there was room for one more"

    def _fits(self, lane: str, rows: list[Job]) -> bool:
        end = self.now + self.latency.bound(lane, len(rows))
        before = self.now + self.latency.bound(lane, len(rows) - 1)
        if any(job.hard and end > self._must(job) for job in rows):
            return False
        demand = []
        for other in KINDS:
            if other == lane:
                continue
            if other in self.books.flights:
                flight, done = self.books.flights[other]
                due = min((job.due for job in self._live(flight) if job.hard), default=NEVER)
                demand.append((due, self.latency.bound(other, flight.batch, done)))
            hard = [self._must(job) for job in self._in_lane(other) if job.hard]
            if hard:
                count = min(self.books.caps[other], len(self._in_lane(other)))
                demand.append((min(hard), self.latency.bound(other, count)))
        for due, cost in sorted(pair for pair in demand if pair[0] < NEVER):
            end, before = end + cost, before + cost
            last = self._must(rows[-1]) if rows[-1].hard else NEVER
            if due < last and end > due >= before:
                return False
        return True

    def _check_held(self, lane: str, instead: CostKey | None) -> float:
        """Something more urgent was passed over: only a batch held back for an expected arrival may be."""
        assert lane not in self.books.flights, "a more urgent flight was passed over"
        queue = self._in_lane(lane)
        assert KINDS[lane].holds, "this lane never waits"
        assert all(job.hard for job in queue), "only frames are held back"
        assert len(queue) < self.books.caps[lane], "a full batch does not wait"
        wider = len(queue) + 1
        wider -= self.latency.is_doubtful(lane, wider)
        start = min(self._must(job) for job in queue) - self.latency.bound(lane, wider)
        assert start > self.now, "waiting ends while the wider batch is still on time"
        if instead is not None:
            assert self.now + self.latency.slice_bound(instead) <= start, "a slice in between makes the held batch late"
        return start

    def _check_wait(self, wait: WaitUntil) -> None:
        rests = [self.books.rests.get(i, -NEVER) for i in self.books.waiting]
        assert wait.time <= min((until for until in rests if until > self.now), default=NEVER), "it is woken in time"
        for lane in KINDS:
            jobs = self._in_lane(lane) + (self._live(self.books.flights[lane][0]) if lane in self.books.flights else [])
            if jobs and all(job.background for job in jobs):
                assert wait.time < NEVER, "only a batch that is held keeps it waiting"
                continue
            if lane in self.books.flights:
                raise AssertionError("the device idles over a flight")
            if self._in_lane(lane):
                start = self._check_held(lane, None)
                assert self.now < wait.time <= start, "waiting is bounded"
                times = self.books.arrivals.get(lane, [])
                assert len(times) > 1, "a first arrival promises no second"
                if not self._pressed():
                    assert wait.time <= times[-1] + 4 * MS, "no more than the rest of a burst is waited for"

    def _pressed(self) -> bool:
        """Whether hard work has filled nearly all of the device's time lately."""
        used = sum(seconds * math.exp((when - self.now) / 0.5) for when, seconds in self.books.hard)
        return used / 0.5 > self.policy.pressed_above

    def _check_settled(
        self, live: list[Job], goes_on: bool, prepares: bool, before: dict[int, tuple[float, str]], rows: int
    ) -> None:
        outcomes = {outcome.job.id: outcome for outcome in self._take()}
        packs = [job for job in live if job.rungs[job.rung].then and job.id not in self.books.packing and not goes_on]
        for job in packs:
            assert (job.lane, job.intermediate) == ("pack", f"answer {job.id}"), (
                "what is half done goes on in its second lane"
            )
            self.books.packing.add(job.id)
            self._note_waiting(job)
        live = [job for job in live if job not in packs]
        assert set(outcomes) == {job.id for job in live}, "each live row gets one output; masked rows none"
        for job in live:
            outcome = outcomes[job.id]
            if goes_on:
                assert outcome.ending is Ending.PARTIAL
                assert job.lane == (before[job.id][1] if prepares else "talk")
                self._check_deadline(job, before[job.id][0], prepares)
                self._note_evenness(job, rows)
                self._note_waiting(job)
            elif job.hard and self.now > self._must(job):
                assert outcome.ending is Ending.MISSED, "late is not answered as if on time"
                assert outcome.value is None, "a late frame carries no payload"
                assert abs(outcome.late_by - (self.now - self._must(job))) < 1e-9
            else:
                assert outcome.ending is Ending.ANSWERED
                assert outcome.value == f"answer {job.id}"

    def _check_deadline(self, job: Job, before: float, prepares: bool) -> None:
        if prepares:
            assert job.deadline == before, "what has said nothing is due when it was"
            return
        spoke = self.books.spoke.setdefault(job.id, [])
        spoke.append(self.now)
        gaps = sorted(later - earlier for earlier, later in itertools.pairwise(spoke))
        usual = gaps[len(gaps) // 2] if len(gaps) >= 4 else self.latency.mean(job.lane, self.books.caps[job.lane])
        due = self.now + min(job.pace, self.policy.stretch * usual)
        assert abs(job.deadline - due) < 1e-9, "a token is due a pace after the last, or a few usual gaps after it"

    def _note_evenness(self, job: Job, rows: int) -> None:
        """The next gap of a reply: no more than 2.4 of what most of its gaps reach, and no less than a full step takes
        through 2.8, nor than the longest through that while fewer than six of ten are.
        """
        spoke = self.books.spoke.get(job.id)
        if not job.soft or not self._has_budget(job) or spoke is None:
            return
        gaps = sorted(later - earlier for earlier, later in itertools.pairwise(spoke))
        full = self.latency.mean(job.lane, self.books.caps[job.lane])
        usual = gaps[int(0.4 * len(gaps))] if gaps else full
        step = self.latency.mean(job.lane, rows)
        self.books.falters[job.id] = spoke[-1] + 2.4 * usual - step
        wide = gaps[-1] / 2.8 if gaps else 0.0
        rushes = sum(gap >= 0.95 * wide for gap in gaps) <= 0.6 * len(gaps)
        least = min(job.pace, max(full / 2.8, wide if rushes else 0.0))
        self.books.rests[job.id] = spoke[-1] + least - self.latency.mean(job.lane, 1)

    def _has_budget(self, job: Job) -> bool:
        return self.books.budgets[job.id] < NEVER

    def _check_fault(self, flight: Flight, live: list[Job], fault: Fault, cap_before: int) -> None:
        lane = flight.lane
        del self.books.flights[lane]
        ended = {outcome.job.id: outcome for outcome in self._take()}
        again = [job for job in live if job.id not in ended]
        waiting = [self.books.jobs[i] for i in self.books.waiting if i not in self.books.packing]
        keys = {job.supersede_key for job in waiting} - {None}
        for outcome in ended.values():
            if outcome.ending is Ending.SUPERSEDED:
                assert outcome.job.supersede_key in keys, "only a newer job that waits replaces what was under way"
                continue
            assert outcome.ending is Ending.FAILED
            assert isinstance(outcome.value, ValueError)
            alone = flight.batch == 1
            assert outcome.job.id in self.books.runs_alone or (alone and fault is Fault.OUT_OF_MEMORY), (
                "tried once alone"
            )
        for job in again:
            assert job.id in self.books.packing or job.supersede_key not in keys, "what is replaced is not tried again"
            assert job.id not in self.books.runs_alone, "tried alone once, not for ever"
            if fault is Fault.ERROR:
                self.books.runs_alone.add(job.id)
            self._note_waiting(job)
        if fault is Fault.OUT_OF_MEMORY and flight.batch > 1:
            assert self.scheduler.lanes[lane].cap < flight.batch, "smaller batches after memory ran out"
            self.books.caps[lane] = flight.batch // 2
        else:
            assert self.scheduler.lanes[lane].cap == cap_before


def _identity(job: Job) -> str:
    return job.identity or job.client
