"""Frame-budget policy: which slice runs next, and which jobs can no longer be on time.

Nothing here acts: `now` is an argument, torch, asyncio and gRPC are unknown. Which rung a job waits on is `intake.py`'s
affair, whether it can be on time `admission.py`'s, which is the most urgent `order.py`'s, how wide a batch may be
`batching.py`'s, and what becomes of a flight's jobs `landing.py`'s. The driver calls `step(now)`, runs the slice it
names, and reports it with `settle(now, took, outputs)`; what became of jobs is collected by `take_outcomes()`, flights
to abandon by `take_closed()`. For a device that takes work ahead it may call `step` again before it settles: slices
settle in the order they were committed in.

The rules: earliest deadline first over predicted completion; a batch grows while every admitted deadline still holds;
waiting for a fuller batch is bounded; a job that no rung can bring home in time is told so at once; one that replaces
another takes its place in the line; work without a deadline ages until it is urgent; nobody gets more than a fair share
while others want the device, nor a slot every turn while others get none; a slot that had to take a cheaper rung climbs
back after a while without a fall; what predictions refuse is tried all the same now and then.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from bridge.policy.admission import Admission
from bridge.policy.batching import Batching
from bridge.policy.forecast import Forecast
from bridge.policy.intake import Intake
from bridge.policy.landing import Landing, misfit
from bridge.policy.lane import Lane
from bridge.policy.learned.fair_share import Load, Shares
from bridge.policy.learned.ladder import Ladders
from bridge.policy.learned.latency import Latency
from bridge.policy.learned.probes import Probes
from bridge.policy.learned.turns import Turns
from bridge.policy.ledger import Ledger
from bridge.policy.numbers import Policy
from bridge.policy.order import Order
from bridge.policy.work import (
    NEVER,
    Cause,
    CostKey,
    Decision,
    Ending,
    Fault,
    Flight,
    Job,
    Outcome,
    Run,
    Stage,
    WaitUntil,
)

_TIDY_SECONDS = 10.0


class Scheduler:
    """Decides; see the module's docstring. Not thread-safe: one thread, or one simulation, owns it."""

    def __init__(self, latency: Latency, policy: Policy | None = None) -> None:
        self.latency = latency
        self.policy = policy or Policy()
        self.lanes: dict[str, Lane] = {}
        probes = Probes(self.policy.probe_interval, self.policy.longest_probe_interval)
        self._admission = Admission(latency, self.lanes, probes, self.policy)
        self._batching = Batching(latency, self.policy.margin)
        self._shares = Shares()
        self._load = Load()
        self._ladders = Ladders()
        self._ledger = Ledger()
        self._turns = Turns(self._shares)
        self._order = Order(self.lanes, latency, self._shares, self._ledger, self.policy)
        self._intake = Intake(self.lanes, self._admission, self._ladders, self._ledger, self._turns, self.policy)
        self._landing = Landing(self._intake, self._ledger, self.latency, self.policy)
        self._committed: deque[Run] = deque()  # named by `step` and not settled
        self._last_slice = ("", "", 0.0, 0.0)  # lane, model, start, end
        self._flights = 0
        self._closed: list[Flight] = []
        self._abandoned: list[Flight] = []  # to be closed once their committed slices are settled
        self._tidied = 0.0

    @property
    def open_jobs(self) -> int:
        """Jobs that have not ended."""
        return self._ledger.open_jobs

    # -- lanes ---------------------------------------------------------------------------------------------------------

    def add_lane(
        self, name: str, cap: int, *, holds: bool = True, stage: Stage = Stage.COMPUTE, model: str = ""
    ) -> None:
        """Open a lane whose batches of 1 to `cap` rows `latency` has been warmed for. `model` owns it; by default it
        stands for itself.
        """
        assert name not in self.lanes, f"lane {name} is there already: its flights would be lost"
        self.lanes[name] = Lane(name, cap, holds, stage, model or name)

    def drain_lane(self, name: str) -> None:
        """Take no new jobs for a lane; those it has are finished."""
        self.lanes[name].draining = True

    def remove_lane(self, name: str) -> None:
        """Forget a drained lane."""
        assert self.lanes[name].idle
        del self.lanes[name]
        self.latency.forget(name)

    def forecast(self, prompts: str, steps: str, now: float) -> Forecast | None:
        """What replies cost that go through these two lanes; None while they are not there."""
        if prompts not in self.lanes or steps not in self.lanes:
            return None
        rows = range(1, self.lanes[steps].cap + 1)
        per_step = tuple(self.latency.mean(steps, batch) for batch in rows)
        return Forecast(self.latency.mean(prompts, 1), per_step, self._load.share(now), now)

    # -- what arrives --------------------------------------------------------------------------------------------------

    def submit(self, job: Job, now: float) -> None:
        """Accept a job, or refuse it at once. It replaces an older one of its supersede key that has not started."""
        self._tidy(now)
        if not self._intake.open(job, now):
            return
        self._note_blocked(job, job.rungs[job.rung + 1].lane)
        self._intake.descend(job, now, Cause.NO_LANE)
        lane = self.lanes.get(job.lane)  # count the arrival even if the job was refused
        if lane is not None and lane.holds:
            lane.arrivals.note(job.client, job.submitted or now, self.latency.mean(lane.name, 1))

    def cancel(self, job: Job, now: float) -> None:
        """Withdraw a job. One that is under way is masked, and leaves at the next boundary."""
        if not job.ended:
            self._intake.withdraw(job)
            self._ledger.end(job, Ending.CANCELLED, now)

    def _note_blocked(self, job: Job, best: str | None) -> None:
        """Another lane's last slice may have kept a job from being seen at all, maybe until it was too late."""
        lane, model, start, end = self._last_slice
        if lane != best:
            job.account.block(model, end - max(start, job.arrival))

    def _tidy(self, now: float) -> None:
        if now - self._tidied > _TIDY_SECONDS:
            self._tidied = now
            self._shares.tidy(now)
            self._ladders.tidy(now)
            self._turns.tidy(now)

    # -- what runs next ------------------------------------------------------------------------------------------------

    def step(self, now: float) -> Decision:
        """Name the slice to run next, or until when there is none."""
        at = max(now, self._admission.busy_until)  # it cannot start before
        wake = NEVER
        for lane in self.lanes.values():
            if lane.resting:
                wake = min(wake, lane.rouse(at))
        busy = self._busy()
        if self.open_jobs > 1:
            self._order.weigh_soft(busy, now)
        else:
            self._order.ignore_soft()
        if self._drop_hopeless(busy, at, now):
            busy = self._busy()
        if self._shed(busy, at, now):
            busy = self._busy()
        if not busy:
            return WaitUntil(wake)
        latest_start = NEVER
        held: tuple[Lane, list[Job]] | None = None  # the most urgent batch that is held back
        for lane in self._order.by_urgency(busy, now):
            batch = [] if lane.flight else self._choose(lane, at)
            if batch and lane.holds:
                pressed = self._load.share(now) > self.policy.pressed_above
                hold, start = self._batching.hold(lane, batch, at, pressed=pressed)
                if hold > at:
                    lane.held_since = min(lane.held_since, now)
                    wake, latest_start, held = min(wake, hold), min(latest_start, start), held or (lane, batch)
                    continue
            if held and at + self._next_slice_bound(lane, batch) > latest_start:
                if all(job.background for job in lane.wanting):
                    break  # it is the last in the order, and can wait
                lane, batch = held  # the device shall not idle: what cannot go in between would have to wait
            return self._commit(lane, lane.flight or self._depart(lane, batch, now), at)
        return WaitUntil(wake)

    def _next_slice_bound(self, lane: Lane, batch: Sequence[Job]) -> float:
        if lane.flight is not None:
            return self.latency.slice_bound(Run(lane.flight, lane.flight.next_slice).key)
        return self.latency.slice_bound(CostKey(lane.name, len(batch), 0))

    def _commit(self, lane: Lane, flight: Flight, at: float) -> Run:
        run = Run(flight, flight.next_slice)
        flight.next_slice += 1
        if run.last:
            lane.flight = None
            lane.landing += 1
        self._committed.append(run)
        self._admission.busy_until = at + self.latency.slice_mean(run.key)
        return run

    @property
    def free_at(self) -> float:
        """When the device should be through all that is committed."""
        return self._admission.busy_until

    def _busy(self) -> list[Lane]:
        """Lanes with something to run."""
        return [lane for lane in self.lanes.values() if lane.flight is not None or lane.waiting]

    def _choose(self, lane: Lane, now: float) -> list[Job]:
        """The batch to start."""
        if len(lane.waiting) == 1:
            return list(lane.waiting)
        return self._batching.grow(lane, self._order.queue(lane, now), self._others(lane), now)

    def _others(self, lane: Lane) -> list[Lane]:
        return [other for other in self.lanes.values() if other is not lane]

    def _depart(self, lane: Lane, batch: Sequence[Job], now: float) -> Flight:
        narrow = len(batch) < min(lane.cap, len(lane.waiting))
        doubtful = self.latency.is_doubtful(lane.name, len(batch))
        for job in batch:
            self._intake.unqueue(job)
            job.probe |= doubtful
            if job.lane_index == 0:
                self._turns.serve(job, now)
                job.account.batch = len(batch)
                job.account.narrow += narrow
            if lane.held_since < NEVER:
                job.account.batch_wait += now - max(job.queued_at, lane.held_since)
        lane.held_since = NEVER
        self._flights += 1
        slices = self.latency.slices(lane.name, len(batch))
        lane.flight = Flight(self._flights, lane.name, tuple(batch), slices, lane.stage, lane.model)
        self._ledger.board(lane.flight)
        return lane.flight

    # -- what cannot be on time ----------------------------------------------------------------------------------------

    def _drop_hopeless(self, lanes: Iterable[Lane], at: float, now: float) -> bool:
        """Whether anything was dropped, or went down a rung, since nothing more can start before `at`."""
        dropped = False
        for lane in lanes:
            if lane.flight is not None:
                dropped |= self._drop_flight(lane, lane.flight, at, now)
            if lane.waiting:
                dropped |= self._drop_waiting(lane, now)
        return dropped

    def _shed(self, lanes: Iterable[Lane], at: float, now: float) -> bool:
        """Drop heads that cost others more than themselves; before anything is chosen, as it changes what is urgent."""
        dropped = False
        for lane in lanes:
            if lane.flight is not None or len(lane.waiting) < 3:
                continue
            queue, others = self._order.queue(lane, now), self._others(lane)
            while self._batching.sheds(lane, queue, others, at):
                head = queue.pop(0)
                self._intake.withdraw(head)
                self._intake.descend(head, now, Cause.NO_RUNG_IN_TIME)
                dropped = True
        return dropped

    def _drop_flight(self, lane: Lane, flight: Flight, at: float, now: float) -> bool:
        """Let go of rows that will be late, and abandon a flight that nobody waits for any more."""
        done = at + self.latency.mean(lane.name, flight.batch, flight.next_slice)
        if done <= flight.earliest and flight.left < flight.batch:
            return False
        live = flight.live
        late = [job for job in live if job.hard and (at if job.probe else done) > job.due]
        for job in late:
            self._let_go(job, done, now)
        if len(late) < len(live):
            return bool(late)
        lane.flight = None
        self._abandon(flight)
        return True

    def _let_go(self, job: Job, done: float, now: float) -> None:
        """A job under way will be late: the answer that needs no device, while it is in time, or a miss."""
        for index, rung in enumerate(job.rungs):
            if index > job.rung and rung.lane is None:
                job.rung = index
                self._ledger.end(job, Ending.ANSWERED, now)
                return
        self._ledger.end(job, Ending.MISSED, now, late_by=done - job.due)

    def _drop_waiting(self, lane: Lane, now: float) -> bool:
        hard = [job for job in lane.waiting if job.hard]
        if not hard:
            return False
        alone, soonest = self._admission.alone(lane, now), self._admission.soonest(now)
        hopeless = [job for job in hard if (soonest if job.probe else alone) > job.due]
        for job in hopeless:
            self._intake.withdraw(job)
            self._intake.descend(job, now, Cause.NO_RUNG_IN_TIME)
        return bool(hopeless)

    # -- what has run --------------------------------------------------------------------------------------------------

    def settle(self, now: float, took: float, outputs: Sequence[Any] | None = None, fault: Fault | None = None) -> None:
        """Report the slice that `step` named: the device held for `took` seconds, and what came out.

        `outputs` is one per job after the last slice, else None; anything else is a fault. A fault ends the flight.
        """
        run = self._committed.popleft()
        flight = run.flight
        self._last_slice = (flight.lane, flight.model, now - took, now)
        self._admission.busy_until = now + sum(self.latency.slice_mean(ahead.key) for ahead in self._committed)
        lane = self.lanes[flight.lane]
        lane.landing -= run.last
        lane.ran_at = now
        lane.landed = now if run.last else lane.landed
        self._book(lane, flight, now, took)
        if flight.failed:
            return  # this slice was committed before that was known
        wrong = misfit(run, outputs) if fault is None else None
        if wrong is not None:  # or its jobs would be in no lane, and wait for ever
            fault, outputs = Fault.ERROR, [wrong] * flight.batch
        if fault is not None:
            flight.failed = True
            if lane.flight is flight:
                lane.flight = None
            self._landing.recover(lane, flight, fault, now, outputs)
            self._close_if_abandoned(flight)
            return
        self.latency.observe(run.key, took)
        if outputs is None:
            self._close_if_abandoned(flight)
            return
        self._landing.land(flight, outputs, now)

    def _book(self, lane: Lane, flight: Flight, now: float, took: float) -> None:
        """Charge a slice to the clients it served and to the jobs it kept waiting."""
        if not all(job.background for job in flight.jobs):  # who is read ahead for is not put back for it
            for owner, share in flight.shares.items():
                self._shares.charge(owner, took * share, now)
        if flight.earliest < NEVER:
            self._load.add(took, now)
        elif flight.jobs[0].soft:
            self._order.book_soft(took, now)
        flight.seconds += took
        flight.ran += 1
        if self.open_jobs == flight.batch - flight.left:
            return  # nothing else waits
        for other in self._busy():
            if other is not lane:
                self._ledger.hold_up(other.wanting, lane.model, took, now)

    # -- endings -------------------------------------------------------------------------------------------------------

    def fail_all(self, now: float, cause: Cause) -> None:
        """End every job, waiting or under way: the device is lost, or the server stops."""
        for lane in self.lanes.values():
            if lane.flight is not None:
                self._abandon(lane.flight)
            for job in [*lane.wanting, *lane.resting]:
                self._intake.unqueue(job)
                self._ledger.end(job, Ending.FAILED, now, cause=cause)
            lane.flight = None
        for run in self._committed:
            for job in run.flight.live:
                self._ledger.end(job, Ending.FAILED, now, cause=cause)

    def _abandon(self, flight: Flight) -> None:
        """Close a flight, once none of its slices is on the device."""
        if any(run.flight is flight for run in self._committed):
            self._abandoned.append(flight)
        else:
            self._closed.append(flight)

    def _close_if_abandoned(self, flight: Flight) -> None:
        if flight in self._abandoned and all(run.flight is not flight for run in self._committed):
            self._abandoned.remove(flight)
            self._closed.append(flight)

    def take_outcomes(self) -> list[Outcome]:
        """What has become of jobs since the last call, in order."""
        return self._ledger.take()

    def take_closed(self) -> list[Flight]:
        """Flights that are to be abandoned."""
        taken, self._closed = self._closed, []
        return taken
