"""The rules of the blueprint, checked after each step of a scheduler."""

import itertools

from bridge.policy.work import (
    NEVER,
    Cause,
    CostKey,
    Ending,
    Fault,
    Flight,
    Job,
    Outcome,
    Run,
    Stage,
    WaitUntil,
)
from tests.policy.oracle.books import KINDS, MS
from tests.policy.oracle.urgency import Urgency


class Rules(Urgency):
    """Checks what a scheduler did, and enters it in the books."""

    _alone_before: dict[str, float]
    _pack_before: float

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
                self._check_ran(outcome.job)
                self.books.finals[outcome.job.id] = outcome
        return outcomes

    def _note_ran(self, jobs: list[Job], lane: str, took: float) -> None:
        for job in jobs:
            part = job.id, KINDS[lane].stage
            self.books.ran[part] = self.books.ran.get(part, 0.0) + took

    def _check_ran(self, job: Job) -> None:
        """Its account has what its slices took, the model's and the encoder's each by itself."""
        for stage, booked in ((Stage.COMPUTE, job.account.compute), (Stage.ENCODE, job.account.encode)):
            assert abs(booked - self.books.ran.get((job.id, stage), 0.0)) < 1e-9, f"{stage} is what its slices took"

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

    def _check_given_up(self, job: Job) -> None:
        """What its first lane has made would be made anew, on another rung, while a newer job of its slot waits."""
        waiting = [self.books.jobs[i] for i in self.books.waiting if i not in self.books.packing]
        assert job.supersede_key is not None
        assert job.id in self.books.packing, "only what went through its first lane is superseded in between"
        assert any(other.supersede_key == job.supersede_key for other in waiting), "by a newer job that waits"

    def _note_fall(self, job: Job) -> None:
        """It went down a rung; what its first lane has made is kept where the next rung begins with the same."""
        if job.lane_index == 0:
            self.books.packing.discard(job.id)
        else:
            assert job.id in self.books.packing, "only what was made is gone on with"
        self._note_waiting(job)
        if job.supersede_key is not None:
            self.books.falls[job.supersede_key] = self.now

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

    def _check_rung(self, job: Job) -> None:
        """A slot that has not fallen lately begins with the best rung; the books note when one falls."""
        slot, best = job.supersede_key, job.rungs[0]
        if job.id not in self.books.waiting or slot is None:
            return
        if job.rung > 0:
            self.books.falls[slot] = self.now
        alone = self._alone(best.lane) - self.now + (self.latency.bound(best.then.lane, 1) if best.then else 0.0)
        ready = self.now + self._at_most(best.lane, alone) + best.lag
        if slot not in self.books.falls and ready <= job.deadline:
            assert job.rung == 0, "a slot that has not fallen begins with the best rung"

    def _check_dropped(self, outcomes: list[Outcome]) -> None:
        """Jobs leave during a step only because no lane of theirs can make it."""
        for job in self.books.jobs.values():
            if job.id in self.books.waiting and job.rung != self.books.rungs[job.id]:
                self._note_fall(job)
        for outcome in outcomes:
            job = outcome.job
            assert job.hard, "a soft job is never dropped"
            if outcome.ending is Ending.SUPERSEDED:
                self._check_given_up(job)
                continue
            if outcome.ending is Ending.ANSWERED:
                assert job.rungs[job.rung].lane is None, "without a slice there is only an answer without a lane"
                assert outcome.value is None
            else:
                assert outcome.ending in (Ending.REFUSED, Ending.MISSED)
                assert all(rung.lane is not None for rung in job.rungs[job.rung + 1 :]), "the cheapest answer was left"
            if outcome.ending is Ending.REFUSED:
                assert outcome.cause is Cause.NO_RUNG_IN_TIME
                alone = max(self._alone_before.get(job.lane, 0.0), self._alone(job.lane))
                possible = alone + self._before(job) + self._rest(job) <= job.deadline
                excused = self._overloaded(job) or self._may_yield(job)
                assert not possible or excused, "refused although it could be on time"
            if outcome.ending is Ending.MISSED:
                assert outcome.late_by > 0

    def _may_yield(self, job: Job) -> bool:
        """Whether another slot went without the device lately, so that this one may have had to give up its turn."""
        return job.supersede_key is not None and any(
            outcome.job.supersede_key not in (None, job.supersede_key)
            and outcome.ending in (Ending.REFUSED, Ending.ANSWERED)
            and outcome.value is None
            and self.now - outcome.at <= 1.0
            for outcome in self.books.finals.values()
        )

    def _is_settled(self, lane: str) -> bool:
        """Whether nobody has come into a lane at this instant: perhaps from another, after those here were judged."""
        return all(since < self.now for at, _, since in self.books.waiting.values() if at == lane)

    def _check_nobody_hopeless(self) -> None:
        for number, (lane, due, _) in self.books.waiting.items():
            job = self.books.jobs[number]
            before = self._before(job) if self._is_settled(lane) else 0.0
            if job.hard and not job.probe and lane in KINDS:
                assert self._alone(lane) + before <= due, "a job that cannot be on time is told so at once"
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

    def _check_held(self, lane: str, instead: CostKey | None) -> float:
        """Something more urgent was passed over: only a batch held back for an expected arrival may be."""
        assert lane not in self.books.flights, "a more urgent flight was passed over"
        queue = self._in_lane(lane)
        assert KINDS[lane].holds, "this lane never waits"
        assert all(job.hard for job in queue), "only frames are held back"
        assert len(queue) < self.books.caps[lane], "a full batch does not wait"
        wider = len(queue) + 1
        wider -= self.latency.is_doubtful(lane, wider)
        dearest = max(job.delivery_each for job in queue)
        start = min(self._must(job) for job in queue) - self.latency.bound(lane, wider) - (wider - 1) * dearest
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
