"""The scheduler's state of one lane: its queue, its flight, its arrivals."""

from dataclasses import dataclass, field

from bridge.policy.learned.arrivals import Arrivals
from bridge.policy.learned.fair_share import Load
from bridge.policy.work import NEVER, Flight, Job, Stage

_WEIGHT = 0.1
FORGOTTEN = 5.0  # seconds: nothing is left of its load by then


@dataclass(slots=True, eq=False)
class LaneState:
    """State of one lane: jobs of one kind and shape. At most one flight per lane is in flight, which bounds activation
    memory.
    """

    name: str
    cap: int  # largest batch; lowered when memory runs out
    holds: bool  # whether a batch may be held back to grow
    stage: Stage = Stage.COMPUTE  # the stage its slices are accounted to
    model: str = ""  # that owns it; lanes of one model are attributed together
    waiting: list[Job] = field(default_factory=list)
    paused: list[Job] = field(default_factory=list)  # replies whose next token would come too early
    flight: Flight | None = None
    landing: int = 0  # flights whose last slice is committed but not settled
    arrivals: Arrivals = field(default_factory=Arrivals)
    held_since: float = NEVER
    landed: float = -NEVER  # when its last flight landed
    draining: bool = False
    ran_at: float = -NEVER  # end of its last slice
    load: Load = field(default_factory=Load)  # of its hard jobs
    usual_left: float = NEVER  # seconds that its hard jobs usually have when they are queued
    asked_at: float = -NEVER  # when the last of these was

    def note_left(self, seconds: float, now: float) -> None:
        """Record how long a hard job that is queued has left."""
        self.asked_at = now
        self.usual_left = (
            seconds if self.usual_left == NEVER else self.usual_left + _WEIGHT * (seconds - self.usual_left)
        )

    def ran_since(self, time: float) -> bool:
        """Whether it has used the device since `time`, or is using it now."""
        return self.flight is not None or self.landing > 0 or self.ran_at > time

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is in flight."""
        return self.flight is None and not self.waiting and not self.paused and not self.landing

    @property
    def pending(self) -> list[Job]:
        """Jobs that want the device: in flight, or waiting behind the flight."""
        return [*self.flight.live, *self.waiting] if self.flight else self.waiting

    def unpause(self, now: float) -> float:
        """Move paused replies back to the queue once it is time; returns when the next one follows."""
        for job in [job for job in self.paused if job.not_before <= now]:
            self.paused.remove(job)
            self.waiting.append(job)
        return min((job.not_before for job in self.paused), default=NEVER)
