"""The scheduler: which slice runs next, and which jobs can no longer be on time.

Nothing here acts: `now` is an argument; torch, asyncio and gRPC are unknown. `intake.py` chooses a job's rung,
`admission.py` predicts whether it can be on time, `order.py` ranks jobs, `batching.py` sizes batches, and `landing.py`
handles their outputs. The driver calls `step(now)`, runs the slice it names, and reports it with `settle(now, took,
outputs)`; it collects outcomes with `take_outcomes()` and flights to abandon with `take_closed()`. For a device that
takes work ahead it may call `step` again before `settle`; slices settle in the order they were committed.

The rules: earliest deadline first over predicted completion; a batch grows while every admitted deadline still holds;
waiting for a larger batch is bounded; a job that no rung can deliver in time is refused at once; a superseding job
inherits the queue position; work without a deadline ages until it is urgent; nobody gets more than a fair share while
others want the device, nor does one slot win every turn while others get none; a slot pushed to a cheaper rung climbs
back after a while without a fall; refused work is probed now and then, in case predictions are wrong.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Any

from bridge.policy.admission import Admission
from bridge.policy.batching import Batching
from bridge.policy.forecast import Forecast
from bridge.policy.intake import Intake
from bridge.policy.landing import Landing, output_error
from bridge.policy.lane import LaneState
from bridge.policy.learned.fair_share import Load, Shares
from bridge.policy.learned.interruptions import Interruptions
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
    """See the module's docstring. Not thread-safe: one thread, or one simulation, owns it."""

    def __init__(self, latency: Latency, policy: Policy | None = None) -> None:
        self.latency = latency
        self.policy = policy or Policy()
        self.lanes: dict[str, LaneState] = {}
        probes = Probes(self.policy.probe_interval, self.policy.longest_probe_interval)
        self.interruptions = Interruptions()
        self._admission = Admission(latency, self.interruptions, self.lanes, probes, self.policy)
        self._batching = Batching(latency, self.policy.margin)
        self._shares = Shares()
        self._load = Load()
        self._ladders = Ladders()
        self._ledger = Ledger()
        self._turns = Turns(self._shares)
        self._order = Order(self.lanes, latency, self._shares, self._ledger, self.policy)
        self._intake = Intake(self.lanes, self._admission, self._ladders, self._ledger, self._turns, self.policy)
        self._landing = Landing(self._intake, self._ledger, self.latency, self.policy)
        self._committed: deque[Run] = deque()  # named by `step`, not settled
        self._last_slice = ("", "", 0.0, 0.0)  # lane, model, start, end
        self._flights = 0
        self._closed: list[Flight] = []
        self._abandoned: list[Flight] = []  # close once their committed slices are settled
        self._tidied = 0.0

    @property
    def open_jobs(self) -> int:
        """Jobs that have not ended."""
        return self._ledger.open_jobs

    # -- lanes ---------------------------------------------------------------------------------------------------------

    def add_lane(
        self, name: str, cap: int, *, holds: bool = True, stage: Stage = Stage.COMPUTE, model: str = ""
    ) -> None:
        """Open a lane; `latency` must be warm for batches of 1 to `cap`. `model` owns it; by default, itself."""
        assert name not in self.lanes, f"lane {name} is already open: its flights would be lost"
        self.lanes[name] = LaneState(name, cap, holds, stage, model or name)

    def drain_lane(self, name: str) -> None:
        """Take no new jobs for a lane; finish those it has."""
        self.lanes[name].draining = True

    def remove_lane(self, name: str) -> None:
        """Remove a drained lane."""
        assert self.lanes[name].idle
        del self.lanes[name]
        self.latency.forget(name)

    def forecast(self, prompts: str, steps: str, now: float) -> Forecast | None:
        """The cost of replies in these two lanes; None until both are open."""
        if prompts not in self.lanes or steps not in self.lanes:
            return None
        rows = range(1, self.lanes[steps].cap + 1)
        per_step = tuple(self.latency.mean(steps, batch) for batch in rows)
        return Forecast(self.latency.mean(prompts, 1), per_step, self._load.share(now), now)

    # -- what arrives --------------------------------------------------------------------------------------------------

    def submit(self, job: Job, now: float) -> None:
        """Accept or refuse a job. A newer job with the same supersede key replaces one that has not started."""
        if now - self._tidied > _TIDY_SECONDS:
            self._tidy(now)
        if not self._intake.open(job, now):
            return
        if self._last_slice[3] > job.arrival:
            self._note_blocked(job, job.rungs[job.rung + 1].lane)
        self._intake.descend(job, now, Cause.NO_LANE)
        lane = self.lanes.get(job.lane)  # count the arrival even if the job was refused
        if lane is not None and lane.holds:
            lane.arrivals.note(job.client, job.submitted or now, self.latency.mean(lane.name, 1))

    def cancel(self, job: Job, now: float) -> None:
        """Cancel a job. In flight it is masked, and leaves at the next slice boundary."""
        if not job.ended:
            self._intake.withdraw(job)
            self._ledger.end(job, Ending.CANCELLED, now)

    def _note_blocked(self, job: Job, best: str | None) -> None:
        """Another lane's slice may have been running when the job arrived, delaying even its admission."""
        lane, model, start, end = self._last_slice
        if lane != best:
            job.account.block(model, end - max(start, job.arrival))

    def _tidy(self, now: float) -> None:
        self._tidied = now
        self._shares.tidy(now)
        self._ladders.tidy(now)
        self._turns.tidy(now)

    # -- what runs next ------------------------------------------------------------------------------------------------

    def step(self, now: float) -> Decision:
        """Decide what to run next, or until when to stay idle."""
        at = max(now, self._admission.busy_until)  # earliest possible start
        wake = NEVER
        for lane in self.lanes.values():
            if lane.paused:
                wake = min(wake, lane.unpause(at))
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
        held: tuple[LaneState, list[Job]] | None = None  # most urgent batch held back
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
                if all(job.background for job in lane.pending):
                    break  # background work sorts last, and can wait
                lane, batch = held  # never idle: what does not fit in between waits instead
            return self._commit(lane, lane.flight or self._depart(lane, batch, now), at)
        return WaitUntil(wake)

    def _next_slice_bound(self, lane: LaneState, batch: Sequence[Job]) -> float:
        if lane.flight is not None:
            return self.latency.slice_bound(Run(lane.flight, lane.flight.next_slice).key)
        return self.latency.slice_bound(CostKey(lane.name, len(batch), 0))

    def _commit(self, lane: LaneState, flight: Flight, at: float) -> Run:
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
        """When the device should have completed all committed slices."""
        return self._admission.busy_until

    def _busy(self) -> list[LaneState]:
        """Lanes with something to run."""
        return [lane for lane in self.lanes.values() if lane.flight is not None or lane.waiting]

    def _choose(self, lane: LaneState, now: float) -> list[Job]:
        """The batch to start."""
        if len(lane.waiting) == 1:
            return list(lane.waiting)
        return self._batching.grow(lane, self._order.queue(lane, now), self._others(lane), now)

    def _others(self, lane: LaneState) -> list[LaneState]:
        return [other for other in self.lanes.values() if other is not lane]

    def _depart(self, lane: LaneState, batch: Sequence[Job], now: float) -> Flight:
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

    def _drop_hopeless(self, lanes: Iterable[LaneState], at: float, now: float) -> bool:
        """Drop jobs that cannot be on time, since nothing can start before `at`, or move them down a rung. True if
        there were any.
        """
        dropped = False
        for lane in lanes:
            if lane.flight is not None:
                dropped |= self._drop_flight(lane, lane.flight, at, now)
            if lane.waiting:
                dropped |= self._drop_waiting(lane, now)
        return dropped

    def _shed(self, lanes: Iterable[LaneState], at: float, now: float) -> bool:
        """Drop heads that cost others more than themselves. Runs before any choice, since it changes what is urgent."""
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

    def _drop_flight(self, lane: LaneState, flight: Flight, at: float, now: float) -> bool:
        """Drop rows that will be late, and abandon a flight with none left."""
        done = at + self.latency.mean(lane.name, flight.batch, flight.next_slice)
        if done <= flight.earliest and flight.left < flight.batch:
            return False
        live = flight.live
        late = [job for job in live if job.hard and (at if job.probe else done) > job.due]
        for job in late:
            self._drop_late(job, done, now)
        if len(late) < len(live):
            return bool(late)
        lane.flight = None
        self._abandon(flight)
        return True

    def _drop_late(self, job: Job, done: float, now: float) -> None:
        """A job in flight will be late: answer without the device if the job has such a rung, else a miss."""
        for index, rung in enumerate(job.rungs):
            if index > job.rung and rung.lane is None:
                job.rung = index
                self._ledger.end(job, Ending.ANSWERED, now)
                return
        self._ledger.end(job, Ending.MISSED, now, late_by=done - job.due)

    def _drop_waiting(self, lane: LaneState, now: float) -> bool:
        hopeless = self._admission.hopeless(lane, lambda: self._order.queue(lane, now), now)
        if not hopeless:
            return False
        for job in [job for job in lane.waiting if job in hopeless]:
            self._intake.withdraw(job)
            self._intake.descend(job, now, Cause.NO_RUNG_IN_TIME)
        return True

    # -- what has run --------------------------------------------------------------------------------------------------

    def settle(self, now: float, took: float, outputs: Sequence[Any] | None = None, fault: Fault | None = None) -> None:
        """Report the slice that `step` named: it held the device for `took` seconds and gave `outputs`.

        One output per job after the last slice, else None; anything else is a fault. A fault ends the flight.
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
            return  # committed before the failure was known
        wrong = output_error(run, outputs) if fault is None else None
        if wrong is not None:  # otherwise its jobs would wait for ever, in no lane
            fault, outputs = Fault.ERROR, [wrong] * flight.batch
        if fault is not None:
            flight.failed = True
            if lane.flight is flight:
                lane.flight = None
            self._landing.recover(lane, flight, fault, now, outputs)
            self._close_if_abandoned(flight)
            return
        usual = self.latency.slice_mean(run.key)
        if flight.earliest < NEVER:
            lane.load.add(min(took, usual), now)
        self.interruptions.observe(usual, took, now)
        self.latency.observe(run.key, took)
        if outputs is None:
            self._close_if_abandoned(flight)
            return
        self._landing.land(flight, outputs, now)

    def _book(self, lane: LaneState, flight: Flight, now: float, took: float) -> None:
        """Charge a slice to the clients it served, and to the jobs it blocked."""
        if not flight.background:  # reading ahead is free of charge
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
                self._ledger.block(other.pending, lane.model, took, now)

    # -- endings -------------------------------------------------------------------------------------------------------

    def fail_all(self, now: float, cause: Cause) -> None:
        """Fail every open job: the device is lost, or the server stops."""
        for lane in self.lanes.values():
            if lane.flight is not None:
                self._abandon(lane.flight)
            for job in [*lane.pending, *lane.paused]:
                self._intake.unqueue(job)
                self._ledger.end(job, Ending.FAILED, now, cause=cause)
            lane.flight = None
        for run in self._committed:
            for job in run.flight.live:
                self._ledger.end(job, Ending.FAILED, now, cause=cause)

    def _abandon(self, flight: Flight) -> None:
        """Close a flight once none of its slices is on the device."""
        if any(run.flight is flight for run in self._committed):
            self._abandoned.append(flight)
        else:
            self._closed.append(flight)

    def _close_if_abandoned(self, flight: Flight) -> None:
        if flight in self._abandoned and all(run.flight is not flight for run in self._committed):
            self._abandoned.remove(flight)
            self._closed.append(flight)

    def take_outcomes(self) -> list[Outcome]:
        """Outcomes since the last call, in order."""
        return self._ledger.take()

    def take_closed(self) -> list[Flight]:
        """Flights for the driver to abandon."""
        taken, self._closed = self._closed, []
        return taken
