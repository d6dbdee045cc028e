"""The lanes of the test device, and the books that the oracle keeps."""

from dataclasses import dataclass, field

from bridge.policy.numbers import Policy
from bridge.policy.work import (
    Flight,
    Job,
    Outcome,
    Owner,
    Rung,
    SecondLane,
    Stage,
)

MS = 1e-3
POLICY = Policy(max_jobs=12, max_jobs_per_identity=10, max_jobs_per_client=7, probe_interval=1.0)


@dataclass(frozen=True)
class Kind:
    """A lane of the test device."""

    cap: int
    slices: int
    base: float  # seconds of a flight, and more for each row
    row: float
    holds: bool = True
    stage: Stage = Stage.COMPUTE

    def slice_cost(self, batch: int) -> float:
        return (self.base + self.row * batch) / self.slices


KINDS = {
    "frame": Kind(cap=4, slices=2, base=2 * MS, row=1 * MS),
    "small": Kind(cap=4, slices=1, base=0.5 * MS, row=0.5 * MS),
    "look": Kind(cap=2, slices=3, base=6 * MS, row=2 * MS),
    "pack": Kind(cap=4, slices=1, base=0.4 * MS, row=0.2 * MS, holds=False, stage=Stage.ENCODE),
    "prompt": Kind(cap=1, slices=2, base=7 * MS, row=1 * MS, holds=False),
    "talk": Kind(cap=4, slices=2, base=3 * MS, row=1 * MS, holds=False),
}


LAG = 0.8 * MS


def rung_of(lane: str | None) -> Rung:
    """A lane by its name; "frame+pack" goes on in the lane "pack", "frame/far" has a payload that takes LAG."""
    if lane is None:
        return Rung("repeat")
    name, _, then = lane.removesuffix("/far").partition("+")
    return Rung(lane, name, then=SecondLane(then) if then else None, lag=LAG if lane.endswith("/far") else 0.0)


@dataclass
class Books:
    """What the oracle knows, from what it was told and what came out."""

    jobs: dict[int, Job] = field(default_factory=dict)
    waiting: dict[int, tuple[str, float, float]] = field(default_factory=dict)  # id -> lane, due, since
    places: dict[int, float] = field(default_factory=dict)  # id -> when the oldest of those it replaced was due
    rungs: dict[int, int] = field(default_factory=dict)  # id -> the rung it waits on
    flights: dict[str, tuple[Flight, int]] = field(default_factory=dict)  # lane -> flight, slices done
    finals: dict[int, Outcome] = field(default_factory=dict)
    partials: dict[int, int] = field(default_factory=dict)
    charges: list[tuple[Owner, float, float]] = field(default_factory=list)  # whose, when, seconds
    hard: list[tuple[float, float]] = field(default_factory=list)  # when, seconds of flights with hard jobs
    caps: dict[str, int] = field(default_factory=lambda: {name: kind.cap for name, kind in KINDS.items()})
    arrivals: dict[str, list[float]] = field(default_factory=dict)
    runs_alone: set[int] = field(default_factory=set)
    ran: dict[tuple[int, Stage], float] = field(default_factory=dict)  # id, stage -> seconds of its slices
    packing: set[int] = field(default_factory=set)  # jobs that their rung's first lane is done with
    falls: dict[str, float] = field(default_factory=dict)  # slot -> when it was last on a cheaper rung
    soft: list[tuple[float, float]] = field(default_factory=list)  # when, seconds of flights of soft jobs alone
    spoke: dict[int, list[float]] = field(default_factory=dict)  # id -> when its outputs came
    budgets: dict[int, float] = field(default_factory=dict)  # id -> its deadline, when it came
    rests: dict[int, float] = field(default_factory=dict)  # id -> until when its next output is not wanted
    falters: dict[int, float] = field(default_factory=dict)  # id -> from when on it is wanted before late prompts
    landed: dict[str, float] = field(default_factory=dict)  # lane -> when its last flight did
    soft_first: bool = False  # at the last step


def identity_of(job: Job) -> str:
    return job.identity or job.client
