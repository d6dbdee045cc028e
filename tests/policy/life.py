"""Sees each move that jobs make in a scheduler, and holds it against the table of them (`bridge/policy/life.py`)."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from bridge.policy.life import LIFE, State
from bridge.policy.scheduler import Scheduler
from bridge.policy.work import Ending, Flight, Job

Way = tuple[State, State | Ending]
DECLARED: frozenset[Way] = frozenset((move.source, move.target) for move in LIFE)


class Watch:
    """Looks at a scheduler's books and queues whenever it touches them. `moves` counts what was seen."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.moves: Counter[Way] = Counter()
        self._lanes = scheduler.lanes
        self._at: dict[Job, State | Ending] = {}
        ledger, intake = scheduler._ledger, scheduler._intake
        _before(ledger, "open", lambda job: self._at.update({job: State.NEW}))
        _before(ledger, "board", self._board)
        _before(ledger, "end", self._end)
        _before(intake, "unqueue", self._look)
        _after(intake, "enqueue", self._enqueued)

    def _board(self, flight: Flight) -> None:
        for job in flight.jobs:
            self._move(job, State.IN_FLIGHT)

    def _end(self, job: Job, ending: Ending, *_: Any, **__: Any) -> None:
        self._look(job)
        self._move(job, ending)

    def _enqueued(self, job: Job, *_: Any) -> None:
        if not job.ended:
            waits = State.SECOND_LANE if job.lane_index else State.WAITING
            self._move(job, waits if job in self._lanes[job.lane].waiting else State.RESTING)

    def _look(self, job: Job) -> None:
        """Nothing tells when who rests is let wait again: it is in the other queue."""
        lane = self._lanes.get(job.lane)
        if self._at[job] is State.RESTING and lane is not None and job in lane.waiting:
            self._move(job, State.WAITING)

    def _move(self, job: Job, target: State | Ending) -> None:
        source = self._at[job]
        assert isinstance(source, State), f"a job that was {source} is {target}"
        assert (source, target) in DECLARED, f"a job moves from {source} to {target}, which the table does not have"
        self.moves[source, target] += 1
        self._at[job] = target


def _before(owner: Any, name: str, look: Callable[..., object]) -> None:
    true = getattr(owner, name)

    def watched(*arguments: Any, **options: Any) -> Any:
        look(*arguments, **options)
        return true(*arguments, **options)

    setattr(owner, name, watched)


def _after(owner: Any, name: str, look: Callable[..., object]) -> None:
    true = getattr(owner, name)

    def watched(*arguments: Any) -> None:
        true(*arguments)
        look(*arguments)

    setattr(owner, name, watched)
