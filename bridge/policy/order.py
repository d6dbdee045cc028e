"""The order in which jobs are served: fair share, then deadline, then age. Pure: times are arguments."""

from collections.abc import Iterable, Mapping

from bridge.policy.lane import LaneState
from bridge.policy.learned.fair_share import Load, Shares
from bridge.policy.learned.latency import Latency
from bridge.policy.ledger import Ledger
from bridge.policy.numbers import Policy
from bridge.policy.work import NEVER, Job

Urgency = tuple[int, float, int, float, int]
_LAST = 3  # behind every fair-share rank


class Order:
    """Orders jobs, and lanes by their most urgent job."""

    def __init__(
        self, lanes: Mapping[str, LaneState], latency: Latency, shares: Shares, ledger: Ledger, policy: Policy
    ) -> None:
        self._lanes = lanes
        self._latency = latency
        self._shares = shares
        self._ledger = ledger
        self._policy = policy
        self._soft_load = Load()
        self._soft_first = False  # soft work is behind and below its share
        self.soft_claim = 0.0  # share of the device that soft work has a claim to now

    def by_urgency(self, lanes: list[LaneState], now: float) -> list[LaneState]:
        """Most urgent first. A flight inherits the urgency of the jobs queued behind it."""
        if len(lanes) == 1:
            return lanes
        contended = self._ledger.is_contended
        return sorted(lanes, key=lambda lane: min([self._urgency(job, now, contended) for job in lane.pending]))

    def queue(self, lane: LaneState, now: float) -> list[Job]:
        """A lane's waiting jobs, most urgent first."""
        if len(lane.waiting) == 1:
            return list(lane.waiting)
        contended = self._ledger.is_contended
        keyed = [(self._urgency(job, now, contended), job) for job in lane.waiting]
        keyed.sort()  # no two jobs have the same key
        return [job for _, job in keyed]

    def _urgency(self, job: Job, now: float, contended: bool) -> Urgency:
        """The sort key: fair share, then deadline or inherited queue position, then age. Shares count only where the
        device is `contended`: wanted by more than one client.
        """
        if job.background:
            return _LAST, job.queued_at, 0, job.due, job.id
        rank = 0
        if contended and now <= job.queued_at + 2 * self._policy.ageing:  # else it starves
            rank = self._shares.rank(job.owner, now, *self._ledger.census(job.owner))
        if job.soft:
            wanted = job.prompt or job.urgent_at <= now or job.due <= now + self._policy.patience
            return 0 if wanted else rank, *self._soft_position(job, now), job.deadline, job.id
        return rank, min(job.due, job.due_inherited), 0, job.due, job.id

    def _soft_position(self, job: Job, now: float) -> tuple[float, int]:
        """A soft job's position among deadlines, and its class among soft jobs at the same position.

        Fair share decides which replies are admitted (`replies.py`); once admitted they run at their pace. Soft work
        that is behind yields to frames due within the patience, however late it is, unless it is below its share. A
        prompt is urgent at once: it goes before replies that are ahead of their pace. Replies whose next token is due
        go before prompts, however late, except for one flight now and then; and replies about to break their rhythm go
        before that one too.
        """
        behind = now + self._policy.patience
        place = -NEVER if self._soft_first else behind
        if job.urgent_at <= now:
            return place, -1
        if job.due > behind and not job.prompt:
            return job.due, 0
        if not job.prompt:
            return place, 1
        waited = now - max(job.queued_at, self._lanes[job.lane].landed)
        most = max(self._policy.prompt_wait, self._policy.prompt_runs * self._latency.mean(job.lane, 1))
        return place, 0 if waited > most else 2

    def weigh_soft(self, lanes: Iterable[LaneState], now: float) -> None:
        """Let soft work go first while it is behind by more than its patience and below its share: more than usual for
        a prompt that needs more to keep what was promised.
        """
        self.soft_claim = max((self._claim(lane, now) for lane in lanes), default=0.0)
        self._soft_first = self._soft_load.share(now) < self.soft_claim

    def _claim(self, lane: LaneState, now: float) -> float:
        """The share of the device that the soft work of a lane has a claim to; 0 while it is not behind."""
        claim = 0.0
        for job in lane.pending:
            if not job.soft or (job.arrival + self._policy.patience if job.prompt else job.due) > now:
                continue
            claim = max(claim, self._policy.soft_share)
            if job.prompt and now < job.deadline:
                needed = self._policy.soft_spare * self._run_left(lane, job) / (job.deadline - now)
                claim = max(claim, min(self._policy.soft_most, needed))
        return claim

    def _run_left(self, lane: LaneState, job: Job) -> float:
        """Device time that a prompt still takes."""
        flight = lane.flight
        if flight is not None and job.flight is flight:
            return self._latency.mean(lane.name, flight.batch, flight.next_slice)
        return self._latency.mean(lane.name, 1)

    def ignore_soft(self) -> None:
        """Nothing else waits, so there is nothing to go before."""
        self._soft_first, self.soft_claim = False, 0.0

    def book_soft(self, took: float, now: float) -> None:
        """Charge a slice of soft work, which held the device for `took` seconds."""
        self._soft_load.add(took, now)
