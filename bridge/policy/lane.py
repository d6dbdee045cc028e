"""What the scheduler keeps of one lane: who waits, what is suspended, how it is cut into slices."""

from dataclasses import dataclass, field

from bridge.policy.learned.arrivals import Arrivals
from bridge.policy.work import NEVER, Flight, Job, Stage


@dataclass(slots=True, eq=False)
class Lane:
    """Jobs of one kind and shape. At most one flight of a lane is under way, so activations stay bounded."""

    name: str
    cap: int  # rows of a flight; lowered when memory runs out
    holds: bool  # whether a fuller batch may be waited for
    stage: Stage = Stage.COMPUTE  # what its slices are called in a job's account
    model: str = ""  # that owns it; lanes of one model are attributed together
    waiting: list[Job] = field(default_factory=list)
    resting: list[Job] = field(default_factory=list)  # replies whose next token would come too soon after the last
    flight: Flight | None = None
    landing: int = 0  # flights whose last slice is committed and not settled
    arrivals: Arrivals = field(default_factory=Arrivals)
    held_since: float = NEVER
    landed: float = -NEVER  # when its last flight did
    draining: bool = False
    ran_at: float = -NEVER  # the end of its last slice

    def ran_since(self, time: float) -> bool:
        """Whether it has had the device since then, or has it now."""
        return self.flight is not None or self.landing > 0 or self.ran_at > time

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is under way."""
        return self.flight is None and not self.waiting and not self.resting and not self.landing

    @property
    def wanting(self) -> list[Job]:
        """The jobs that want the device: those under way, and those that wait behind them."""
        return [*self.flight.live, *self.waiting] if self.flight else self.waiting

    def rouse(self, now: float) -> float:
        """Let those wait that have rested long enough; when the next of the others has."""
        for job in [job for job in self.resting if job.rests_until <= now]:
            self.resting.remove(job)
            self.waiting.append(job)
        return min((job.rests_until for job in self.resting), default=NEVER)
