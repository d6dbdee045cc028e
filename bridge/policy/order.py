"""In which order jobs are served: fair share first, then deadline, then age. Pure: times are arguments."""

from collections.abc import Iterable, Mapping

from bridge.policy.lane import Lane
from bridge.policy.learned.fair_share import Load, Shares
from bridge.policy.learned.latency import Latency
from bridge.policy.ledger import Ledger
from bridge.policy.numbers import Policy
from bridge.policy.work import NEVER, Job

Urgency = tuple[int, float, int, float, int]
_LAST = 3  # behind all ranks of the fair share


class Order:
    """Compares jobs, and lanes by the most urgent of their jobs."""

    def __init__(
        self, lanes: Mapping[str, Lane], latency: Latency, shares: Shares, ledger: Ledger, policy: Policy
    ) -> None:
        self._lanes = lanes
        self._latency = latency
        self._shares = shares
        self._ledger = ledger
        self._policy = policy
        self._soft_load = Load()
        self._soft_first = False  # soft work is behind, and has had less than its share

    def by_urgency(self, lanes: list[Lane], now: float) -> list[Lane]:
        """The most urgent first. A flight inherits the urgency of what waits behind it."""
        if len(lanes) == 1:
            return lanes
        return sorted(lanes, key=lambda lane: min([self._urgency(job, now) for job in lane.wanting]))

    def queue(self, lane: Lane, now: float) -> list[Job]:
        """The jobs that wait for a lane, the most urgent first."""
        return sorted(lane.waiting, key=lambda job: self._urgency(job, now))

    def _urgency(self, job: Job, now: float) -> Urgency:
        """What jobs are ordered by: fair share first, then deadline or the place taken over, then age."""
        if job.background:
            return _LAST, job.queued_at, 0, job.due, job.id
        starving = now > job.queued_at + 2 * self._policy.ageing
        rank = 0 if starving else self._shares.rank(job.owner, now, *self._ledger.census(job.owner))
        if job.soft:
            wanted = job.prompt or job.falters_at <= now or job.due <= now + self._policy.patience
            return 0 if wanted else rank, *self._soft_place(job, now), job.deadline, job.id
        return rank, min(job.due, job.due_inherited), 0, job.due, job.id

    def _soft_place(self, job: Job, now: float) -> tuple[float, int]:
        """Where a soft job stands among deadlines, and among soft jobs of the same standing.

        Fair share decides who may speak (`replies.py`); who was let in speaks at its pace. What is behind yields to
        frames due within the patience, however late it is, unless soft work has had less than its share. A prompt is
        wanted at once: it goes before replies that are ahead of their pace. Replies whose next token is due go before
        prompts, however late those are; but for one flight now and then, which gives way to replies about to falter.
        """
        behind = now + self._policy.patience
        place = -NEVER if self._soft_first else behind
        if job.falters_at <= now:
            return place, -1
        if job.due > behind and not job.prompt:
            return job.due, 0
        if not job.prompt:
            return place, 1
        waited = now - max(job.queued_at, self._lanes[job.lane].landed)
        most = max(self._policy.prompt_wait, self._policy.prompt_runs * self._latency.mean(job.lane, 1))
        return place, 0 if waited > most else 2

    def weigh_soft(self, lanes: Iterable[Lane], now: float) -> None:
        """Soft work goes first while it has been behind for longer than its patience and had less than its share."""
        self._soft_first = self._soft_load.share(now) < self._policy.soft_share and self._is_behind(lanes, now)

    def _is_behind(self, lanes: Iterable[Lane], now: float) -> bool:
        patience = self._policy.patience
        jobs = [job for lane in lanes for job in lane.wanting if job.soft]
        return any((job.arrival + patience if job.prompt else job.due) <= now for job in jobs)

    def ignore_soft(self) -> None:
        """Nobody else waits: there is nothing to go first of."""
        self._soft_first = False

    def book_soft(self, took: float, now: float) -> None:
        """A slice of soft work has held the device for `took` seconds."""
        self._soft_load.add(took, now)
