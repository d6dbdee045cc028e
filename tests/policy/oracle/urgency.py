"""What the oracle works out from its books: when jobs are due, which is the most urgent, which batch fits."""

import math
from collections.abc import Callable
from typing import Any

from bridge.policy.learned.latency import Latency
from bridge.policy.numbers import Policy
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import (
    NEVER,
    Flight,
    Job,
    Owner,
)
from tests.policy.oracle.books import KINDS, Books, identity_of


class Urgency:
    """Questions to the books. Predictions of slice times are `Latency`'s, everything else is worked out here."""

    now: float
    books: Books
    latency: Latency
    policy: Policy
    scheduler: Scheduler
    _counted: dict[str, tuple[object, Any]]

    def _rest(self, job: Job, pack: float | None = None) -> float:
        """What comes after a job's present lane, worked out from its rung."""
        rung = job.rungs[job.rung]
        if rung.then is None or job.id in self.books.packing:
            return rung.lag
        return rung.lag + (self.latency.bound(rung.then.lane, 1) if pack is None else pack)

    def _must(self, job: Job) -> float:
        """When a hard job must be through its present lane."""
        return self.books.waiting[job.id][1] if job.id in self.books.waiting else job.deadline - self._rest(job)

    def _alone(self, lane: str) -> float:
        ahead = 0.0
        if lane in self.books.flights:
            flight, done = self.books.flights[lane]
            ahead = self.latency.mean(lane, flight.batch, done)
        return self.now + ahead + self.latency.bound(lane, 1)

    def _at_most(self, lane: str, alone: float) -> float:
        """How long a run may take at most that takes `alone` seconds by itself: beside hard work of other lanes, and
        other processes.
        """
        waiting = 0.0
        for other in KINDS:
            if other == lane:
                continue
            rows = min(self.books.caps[other], sum(job.hard for job in self._in_lane(other)))
            waiting += self.latency.bound(other, rows) if rows else 0.0
            if other in self.books.flights:
                flight, done = self.books.flights[other]
                waiting += self.latency.bound(other, flight.batch, done)
        used = sum(seconds * math.exp((when - self.now) / 0.5) for when, seconds in self.books.hard) / 0.5
        run = (alone + waiting) * (5.0 if used > 0.005 else 1.0)  # it counts on a fifth of the device
        return run + self.scheduler.interruptions.reserve(run, self.now)

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
        """Soft work has waited for longer than its patience, and has had less of the device than its share: more than
        usual for a prompt that would be late with that.
        """
        used = sum(seconds * math.exp((when - self.now) / 0.5) for when, seconds in self.books.soft) / 0.5
        open_jobs = [job for job in self.books.jobs.values() if job.soft and job.id not in self.books.finals]
        open_jobs = [job for job in open_jobs if job.id not in self.books.waiting or not self._rests(job)]
        dues = {job: job.arrival + self.policy.patience if self._is_prompt(job) else job.due for job in open_jobs}
        return used < max((self._share(job) for job, due in dues.items() if due <= self.now), default=0.0)

    def _share(self, job: Job) -> float:
        """Of the device, for a soft job that is behind."""
        if not self._is_prompt(job) or self.now >= job.deadline:
            return self.policy.soft_share
        flight, done = self.books.flights.get(job.lane, (None, 0))
        flies = flight is not None and job in flight.jobs
        left = self.latency.mean(job.lane, flight.batch, done) if flies else self.latency.mean(job.lane, 1)
        return min(0.5, max(0.25, 1.2 * left / (job.deadline - self.now)))

    def _rank(self, job: Job) -> int:
        """2 for an identity over its equal share, 1 for a client over its equal share of its identity's, else 0."""
        clients, used = self._clients(), self._used()
        ours = sum(seconds for owner, seconds in used.items() if owner.identity == identity_of(job))
        mine = used.get(job.owner, 0.0)
        if len(clients) > 1 and ours > 1.0 / len(clients) + 0.05:
            return 2
        siblings = clients.get(identity_of(job), set())
        return int(len(siblings) > 1 and mine > 1.0 / (len(clients) * len(siblings)) + 0.05)

    def _clients(self) -> dict[str, set[str]]:
        """Those with open jobs, by identity."""

        def count() -> dict[str, set[str]]:
            found: dict[str, set[str]] = {}
            for job in self.books.jobs.values():
                if job.id not in self.books.finals:
                    found.setdefault(identity_of(job), set()).add(job.client)
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

    def _overloaded(self, job: Job) -> bool:
        """Early drop is for queues of three and more that cannot be on time as they are."""
        waiting = self._in_lane(job.lane)
        return len(waiting) >= 2 and self._best_batch(job.lane, [job, *waiting]) + 1 < self._best_batch(
            job.lane, waiting
        )

    def _best_batch(self, lane: str, queue: list[Job]) -> int:
        """The largest batch that starts with the head of a queue, as far as its own rows' deadlines go."""
        for rows in range(min(self.books.caps[lane], len(queue)), 1, -1):
            end = self.now + self.latency.bound(lane, rows) + self._delivery(queue[:rows])
            if all(not job.hard or end <= self._must(job) for job in queue[:rows]):
                return rows
        return 1

    def _delivery(self, rows: list[Job]) -> float:
        """From the first of these answers to the last, which go one by one: each takes as long as the dearest."""
        return max(0, len(rows) - 1) * max((job.delivery_each for job in rows), default=0.0)

    def _before(self, job: Job) -> float:
        """The delivery of the answers of those that go before a job in its lane."""
        others = [self.books.jobs[i] for i, entry in self.books.waiting.items() if entry[0] == job.lane]
        dear = [other for other in others if other.delivery_each and not self._rests(other)]
        mine = self._key(job) if dear else ()
        return sum(other.delivery_each for other in dear if self._key(other) < mine)

    def _fits(self, lane: str, rows: list[Job]) -> bool:
        end = self.now + self.latency.bound(lane, len(rows))
        before = self.now + self.latency.bound(lane, len(rows) - 1)
        delivery = self._delivery(rows)
        if any(job.hard and end + delivery > self._must(job) for job in rows):
            return False
        demand = []
        for other in KINDS:
            if other == lane:
                continue
            if other in self.books.flights:
                flight, done = self.books.flights[other]
                live = self._live(flight)
                due = min((job.due for job in live if job.hard), default=NEVER) - self._delivery(live)
                demand.append((due, self.latency.bound(other, flight.batch, done)))
            waiting = self._in_lane(other)
            hard = [self._must(job) for job in waiting if job.hard]
            if hard:
                count = min(self.books.caps[other], len(waiting))
                dearest = max(job.delivery_each for job in waiting)
                demand.append((min(hard) - (count - 1) * dearest, self.latency.bound(other, count)))
        for due, cost in sorted(pair for pair in demand if pair[0] < NEVER):
            end, before = end + cost, before + cost
            last = self._must(rows[-1]) - delivery if rows[-1].hard else NEVER
            if due < last and end > due >= before:
                return False
        return True

    def _pressed(self) -> bool:
        """Whether hard work has filled nearly all of the device's time lately."""
        used = sum(seconds * math.exp((when - self.now) / 0.5) for when, seconds in self.books.hard)
        return used / 0.5 > self.policy.pressed_above

    def _has_budget(self, job: Job) -> bool:
        return self.books.budgets[job.id] < NEVER
