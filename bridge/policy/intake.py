"""Where jobs are queued, sent down a rung, superseded or refused, from arrival to flight.

Pure: times are arguments.
"""

from collections.abc import Mapping
from typing import Any

from bridge.errors import ModelFailed
from bridge.policy.admission import Admission, Odds
from bridge.policy.lane import LaneState
from bridge.policy.learned.ladder import Ladders
from bridge.policy.learned.turns import Turns
from bridge.policy.ledger import Ledger
from bridge.policy.numbers import Policy
from bridge.policy.work import Cause, Ending, Job, Rung, Stage


class Intake:
    """Puts jobs on rungs and into lane queues, or refuses them."""

    def __init__(
        self,
        lanes: Mapping[str, LaneState],
        admission: Admission,
        ladders: Ladders,
        ledger: Ledger,
        turns: Turns,
        policy: Policy,
    ) -> None:
        self.lanes = lanes
        self._admission = admission
        self._ladders = ladders
        self._ledger = ledger
        self._turns = turns
        self._policy = policy
        self._newest: dict[Any, Job] = {}  # supersede key -> the waiting job

    def open(self, job: Job, now: float) -> bool:
        """Open a job, superseding an older one with its key that has not started. False if refused because too many are
        open.
        """
        if not job.rungs:
            self._ledger.open(job)
            self._ledger.end(job, Ending.FAILED, now, cause=Cause.FAULT)
            return False
        if job.supersede_key is not None and job.supersede_key in self._newest:
            self._supersede(job, now)
        full = self._ledger.open_jobs >= self._policy.max_jobs
        ours, mine = self._ledger.open(job)
        greedy = ours > self._policy.max_jobs_per_identity or mine > self._policy.max_jobs_per_client
        if full or greedy:
            self._ledger.end(job, Ending.REFUSED, now, cause=Cause.QUEUE_FULL, stage=Stage.QUEUE)
            return False
        job.first_rung = self._first_rung(job, now)
        job.rung = job.first_rung - 1
        return True

    def _supersede(self, job: Job, now: float) -> None:
        older = self._newest[job.supersede_key]
        self.withdraw(older)
        # Without it, a slot asked faster than it is served would never be.
        job.due_inherited = min(older.due_inherited, older.due)
        self._ledger.end(older, Ending.SUPERSEDED, now)

    def _first_rung(self, job: Job, now: float) -> int:
        """The starting rung of the job's slot, limited to the job's rungs that need the device."""
        if job.supersede_key is None:
            return 0
        if not self._ladders.slots:
            return 0
        level = self._ladders.starting_rung(job.supersede_key, now)
        return max((i for i, rung in enumerate(job.rungs[: level + 1]) if rung.lane is not None), default=0)

    def descend(self, job: Job, now: float, cause: Cause) -> bool:
        """Move a job to its next rung. True if it now waits for a lane; False if it was answered or refused."""
        tried = (job.rungs[job.rung], job.lane_index) if job.lane else None
        for index in range(job.rung + 1, len(job.rungs)):
            rung = job.rungs[index]
            if rung.lane is None:
                self._answer_without_device(job, index, now)
                return False
            lane_index = self._lane_index(job, rung) if job.lane_index else 0
            if not self._admission.is_open(rung, lane_index):
                continue
            job.probe = False
            on_time = self._admission.admits(rung, lane_index, job, now)
            if on_time or self._admission.may_try(rung, lane_index, job, now):
                if self._turns.claims and lane_index == 0 and not job.probe and self._turns.yields(job, now):
                    self._yield_turn(job, index, now)
                    return False
                return self._take_rung(job, self._prudent(job, index, now) if on_time else index, now)
            cause = Cause.NO_RUNG_IN_TIME
            job.lane, tried = rung.lanes[lane_index], (rung, lane_index)
        over = self._admission.lateness(*tried, job, now) if tried else 0.0
        self._turn_away(job, now)
        self._ledger.end(job, Ending.REFUSED, now, cause=cause, late_by=over, stage=self._admission.stage_of(job, now))
        return False

    def _answer_without_device(self, job: Job, index: int, now: float) -> None:
        self._turn_away(job, now)
        job.rung = index
        self._ledger.end(job, Ending.ANSWERED, now)

    def _lane_index(self, job: Job, rung: Rung) -> int:
        """The lane at which a job continues on a rung: the second if it has been through the first."""
        return int(bool(job.lane_index and rung.then and rung.lane == job.rungs[job.rung].lane))

    def _prudent(self, job: Job, index: int, now: float) -> int:
        """The rung to take of those from `index` on, which would be on time if nothing came between: the first whose
        odds are safe, else the cheapest whose odds are even. Without such, the answer that needs no device, or else the
        cheapest: a risk is better than a refusal.
        """
        if index + 1 == len(job.rungs) or (
            not job.lane_index and self._admission.is_undisturbed(job.rungs[index], now)
        ):
            return index
        even, cheapest = None, index
        identities, clients = self._ledger.census(job.owner)
        for later in range(index, len(job.rungs)):
            rung = job.rungs[later]
            if rung.lane is None:
                return later if even is None else even
            lane_index = self._lane_index(job, rung) if job.lane_index else 0
            if later > index and not (
                self._admission.is_open(rung, lane_index) and self._admission.admits(rung, lane_index, job, now)
            ):
                continue
            odds = self._admission.odds(rung, lane_index, job, now, identities * clients)
            if odds is Odds.SAFE:
                return later
            self._admission.relax(rung, lane_index)
            cheapest = later
            if odds is Odds.EVEN:
                even = later
        return cheapest if even is None else even

    def _turn_away(self, job: Job, now: float) -> None:
        """A job goes without the device. If its lanes served others meanwhile, its slot claims a turn."""
        if job.supersede_key is None or not job.hard:
            return
        for rung in job.rungs:
            lane = self.lanes.get(rung.lane) if rung.lane is not None else None
            if lane is not None and lane.ran_since(job.arrival) and self._admission.fits(rung, job):
                self._turns.claim(job, now)
                return

    def _yield_turn(self, job: Job, index: int, now: float) -> None:
        """Yield to a slot that was served less: answer without the device, or refuse."""
        for later in range(index + 1, len(job.rungs)):
            if job.rungs[later].lane is None:
                job.rung = later
                self._ledger.end(job, Ending.ANSWERED, now)
                return
        job.lane = job.rungs[index].lanes[0]
        self._ledger.end(job, Ending.REFUSED, now, cause=Cause.NO_RUNG_IN_TIME, stage=Stage.QUEUE)

    def _take_rung(self, job: Job, index: int, now: float) -> bool:
        """Queue a job on a rung, or answer it if that needs no device. True if it waits for a lane."""
        rung = job.rungs[index]
        if rung.lane is None:
            self._answer_without_device(job, index, now)
            return False
        lane_index = self._lane_index(job, rung) if job.lane_index else 0
        if job.supersede_key is not None and index > job.first_rung:
            self._ladders.fell(job.supersede_key, index, now)
        job.rung, job.lane_index = index, lane_index
        self.enqueue(job, rung.lanes[1] if lane_index else rung.lane, now)
        return True

    def enqueue(self, job: Job, lane: str, now: float) -> None:
        """Queue a job in a lane: a new job, or one that moves to another rung or lane, or is retried."""
        if job.supersede_key is not None and job.lane_index == 0:
            if job.supersede_key in self._newest:  # a newer one arrived while this was in flight
                self._ledger.end(job, Ending.SUPERSEDED, now)
                return
            self._newest[job.supersede_key] = job
        waiting = self.lanes.get(lane)
        if waiting is None:  # a model continued in an unknown lane
            self._drop_newest(job)
            unknown = ModelFailed(f"{job.lane} continues in the lane {lane!r}, which is not open; name one that is")
            self._ledger.end(job, Ending.FAILED, now, value=unknown, cause=Cause.FAULT)
            return
        job.lane = lane
        job.due = self._admission.due(job, now)
        if job.hard:
            waiting.note_left(job.due - now, now)
        job.queued_at = now
        queue = waiting.waiting if job.not_before <= now else waiting.paused
        queue.append(job)

    def unqueue(self, job: Job) -> None:
        """Remove a job from its lane's queue, if it is there."""
        lane = self.lanes.get(job.lane)
        if lane is None:
            return
        for queue in (lane.waiting, lane.paused):
            if job in queue:
                queue.remove(job)
                if self._newest.get(job.supersede_key) is job:
                    del self._newest[job.supersede_key]
                return

    def withdraw(self, job: Job) -> None:
        """Remove a job that has not started from its lane's queue."""
        self.unqueue(job)
        self._admission.withdraw(job)

    def _drop_newest(self, job: Job) -> None:
        if self._newest.get(job.supersede_key) is job:
            del self._newest[job.supersede_key]
