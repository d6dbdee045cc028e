"""Who hears of each open job. Bounded, of all jobs and of one identity's: the scheduler counts them again, but only
after a slice.
"""

from collections import Counter
from collections.abc import Callable, Iterator

from bridge.policy.numbers import Policy
from bridge.policy.work import Job, Outcome

Listener = Callable[[Outcome], None]


class Listeners:
    """Open jobs and their listeners. Belongs to the event loop."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._entries: dict[int, tuple[Job, Listener]] = {}
        self._of_identity: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, job: Job) -> bool:
        return job.id in self._entries

    def __iter__(self) -> Iterator[Job]:
        return iter([job for job, _ in self._entries.values()])

    def add(self, job: Job, listener: Listener) -> bool:
        """Add a job. False if no more fit."""
        identity, policy = job.owner.identity, self._policy
        mine = self._of_identity[identity]
        if len(self._entries) >= policy.max_jobs or mine >= policy.max_jobs_per_identity:
            return False
        self._entries[job.id] = (job, listener)
        self._of_identity[identity] = mine + 1
        return True

    def of(self, job: Job) -> Listener | None:
        """Who hears of a job that goes on; None once it has ended."""
        entry = self._entries.get(job.id)
        return entry[1] if entry is not None else None

    def take(self, job: Job) -> Listener | None:
        """Who hears of the end of a job; None if that has been heard already."""
        entry = self._entries.pop(job.id, None)
        if entry is None:
            return None
        identity = job.owner.identity
        self._of_identity[identity] -= 1
        if not self._of_identity[identity]:
            del self._of_identity[identity]
        return entry[1]
