"""The vocabulary that scheduler, engine, host and services share.

A *job* is one answer that somebody waits for. Its *rungs* are the ways to answer it, from best to cheapest. Jobs of one
lane form a *flight* (a batch on its way through the device), which runs as *slices*; between slices anything more
urgent may go first. Every job ends in exactly one *outcome* that is final.

Times are seconds on `time.perf_counter`'s clock. This file knows neither torch, asyncio nor gRPC.
"""

import enum
import math
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

NEVER = math.inf
DEFAULT_PACE = 0.1


class CostKey(NamedTuple):
    """What the time of a slice is learned by."""

    lane: str
    batch: int
    slice: int


class SecondLane(NamedTuple):
    """The second lane of an answer that needs two, an encoder after a model: `row` makes its input from the output of
    the first.
    """

    lane: str
    row: Callable[[Any], Any] = lambda output: output


class Rung(NamedTuple):
    """One way to answer a job: rows of `lane` fed with `input`, or, without a lane, an answer that needs no device.

    `then` is where the lane's output goes on before it is the answer. `lag` is how many seconds the answer's payload
    takes on the client's link. `make` makes the input when the rung is taken, in place of `input`.
    """

    name: str
    lane: str | None = None
    input: Any = None
    then: SecondLane | None = None
    lag: float = 0.0
    make: Callable[[], Any] | None = None

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes, in order."""
        if self.lane is None:
            return ()
        return (self.lane,) if self.then is None else (self.lane, self.then.lane)


class Stage(enum.StrEnum):
    """A part of a job's way, named when the job is late or refused."""

    DECODE = "decode"
    QUEUE = "queue"
    BLOCKED = "blocked"
    BATCH_WAIT = "batch_wait"
    COMPUTE = "compute"
    ENCODE = "encode"
    TRANSPORT = "transport"


@dataclass(slots=True)
class Account:
    """Where a job's time went, in seconds. `queue` is what the named parts leave."""

    batch_wait: float = 0.0
    blocked: float = 0.0
    compute: float = 0.0
    encode: float = 0.0
    queue: float = 0.0
    batch: int = 0
    slices: int = 0
    narrow: int = 0  # flights that took fewer rows than wait, for the sake of what is due in other lanes
    blockers: dict[str, float] = field(default_factory=dict)  # model -> its part of `blocked`

    def block(self, model: str, seconds: float) -> None:
        """A slice of another lane, of this model, kept the job waiting."""
        if seconds > 0:
            self.blocked += seconds
            self.blockers[model] = self.blockers.get(model, 0.0) + seconds

    @property
    def blocker(self) -> str:
        """The model that kept the job waiting longest; "" when none did."""
        blockers = dict(self.blockers)  # a copy: the device thread may add to it
        return max(blockers, key=lambda model: blockers[model], default="")

    def close(self, total: float) -> None:
        """What the named parts leave of `total` was spent in the queue."""
        self.queue = self._unnamed(total)

    def _unnamed(self, total: float) -> float:
        return max(0.0, total - self.batch_wait - self.blocked - self.compute - self.encode)

    def largest(self, total: float) -> Stage:
        """The stage that took most of `total`."""
        parts = {
            Stage.QUEUE: self._unnamed(total),
            Stage.BLOCKED: self.blocked,
            Stage.BATCH_WAIT: self.batch_wait,
            Stage.COMPUTE: self.compute,
            Stage.ENCODE: self.encode,
        }
        return max(parts, key=lambda stage: parts[stage])


class Owner(NamedTuple):
    """A client, and who is behind it: fair shares go by both."""

    identity: str
    client: str


@dataclass(slots=True, eq=False)
class Job:
    """One answer that somebody waits for.

    `deadline` is when the answer must have left the device thread. A *soft* job is delivered late too; its deadline
    only orders it. `supersede_key` names the slot whose newest job replaces an older one that has not started. `pace`
    is how far apart the outputs of a job that goes on (a reply) may come at most. `submitted` is when it was handed to
    the engine: later than its arrival where its input had to be decoded, and before the device thread may see it. A
    *background* job, which has no deadline, runs while nothing else wants the device, and is in nobody's share.
    """

    id: int
    client: str
    work: str
    arrival: float
    rungs: tuple[Rung, ...]
    deadline: float = NEVER
    soft: bool = False
    supersede_key: Hashable | None = None
    pace: float = DEFAULT_PACE
    submitted: float = 0.0
    identity: str = ""  # who is behind the client; "" where clients stand for themselves
    background: bool = False

    # The scheduler's own notes.
    owner: Owner = field(init=False)  # whom its device time is charged to
    hard: bool = field(init=False)  # a late answer is worth nothing
    speaks: bool = field(init=False)  # a reply: somebody hears when its outputs come. A warm-up goes on too
    begins: int = 0  # the rung that its slot begins with
    rung: int = 0
    lane_index: int = 0  # into the rung's lanes: 0, or 1 once the first lane is done
    intermediate: Any = None  # output of the first lane, input of the second
    lane: str = ""
    due: float = NEVER
    due_inherited: float = NEVER  # queue position: the earliest due time among the jobs that it superseded
    runs_alone: bool = False  # its flight failed: it is tried once more without company
    probe: bool = False  # tried although it is predicted to be late
    ended: bool = False
    flight: "Flight | None" = None  # while it is under way
    queued_at: float = 0.0
    spoke_at: float = NEVER  # when its newest output came; NEVER before the first
    gaps: list[float] = field(default_factory=list)  # between its outputs, in order of size
    falters_at: float = NEVER  # when its next output must be begun, to come after no more than a few of its usual gaps
    rests_until: float = -NEVER  # its next output comes no sooner than a part of its longest gap after the last
    account: Account = field(default_factory=Account)

    def __post_init__(self) -> None:
        self.owner = Owner(self.identity or self.client, self.client)
        due = self.deadline < NEVER
        self.hard, self.speaks = due and not self.soft, due and self.soft

    def strip(self) -> None:
        """The job has ended: let go of its inputs and of what a first lane made, and keep the books."""
        self.rungs = tuple([Rung(rung.name, rung.lane, None, rung.then, rung.lag) for rung in self.rungs])
        self.intermediate = None

    @property
    def row(self) -> Any:
        """What its lane is fed with."""
        rung = self.rungs[self.rung]
        if self.lane_index and rung.then is not None:
            return rung.then.row(self.intermediate)
        return rung.input if rung.make is None else rung.make()

    @property
    def prompt(self) -> bool:
        """Whether it is a reply of which nothing has come yet."""
        return self.speaks and self.spoke_at == NEVER


class Ending(enum.StrEnum):
    """What became of a job. PARTIAL alone is not final."""

    PARTIAL = "partial"
    ANSWERED = "answered"
    REFUSED = "refused"
    MISSED = "missed"
    SUPERSEDED = "superseded"
    UNCHANGED = "unchanged"  # only of services: nothing new to show
    CANCELLED = "cancelled"
    FAILED = "failed"


class Cause(enum.StrEnum):
    """Why a job was refused or failed."""

    NONE = "none"
    QUEUE_FULL = "queue_full"
    NO_RUNG_IN_TIME = "no_rung_in_time"
    NO_LANE = "no_lane"
    FAULT = "fault"
    DEVICE_LOST = "device_lost"
    STOPPING = "stopping"


class Outcome(NamedTuple):
    """What became of a job at time `at`. `late_by` is positive when the deadline was or would have been passed."""

    job: Job
    ending: Ending
    at: float
    value: Any = None
    cause: Cause = Cause.NONE
    late_by: float = 0.0
    stage: Stage | None = None
    blocked_by: str = ""  # for Stage.BLOCKED: the model whose slices took the time


@dataclass(slots=True, eq=False)
class Flight:
    """A batch on its way: membership is fixed from its first slice to its last."""

    id: int
    lane: str
    jobs: tuple[Job, ...]
    slices: int
    stage: Stage = Stage.COMPUTE  # what its time is called in its jobs' accounts
    model: str = ""  # whose lane it is
    next_slice: int = 0  # the first that is not committed
    failed: bool = False
    seconds: float = 0.0  # that its slices have taken so far
    ran: int = 0  # slices so far
    left: int = 0  # jobs that ended under way
    batch: int = field(init=False)
    shares: Mapping[Owner, float] = field(init=False)  # client -> its part of the rows
    earliest: float = field(init=False)  # when the first of the rows that must not be late is due; NEVER without one

    def __post_init__(self) -> None:
        self.batch = len(self.jobs)
        if self.batch == 1:  # mostly
            job = self.jobs[0]
            self.shares, self.earliest = {job.owner: 1.0}, job.due if job.hard else NEVER
            return
        rows = Counter([job.owner for job in self.jobs])
        self.shares = {owner: count / self.batch for owner, count in rows.items()}
        self.earliest = min([job.due for job in self.jobs if job.hard], default=NEVER)

    @property
    def live(self) -> list[Job]:
        """The jobs that still wait for this flight."""
        return [job for job in self.jobs if not job.ended]


@dataclass(frozen=True, slots=True)
class Run:
    """Decision: run this slice of this flight."""

    flight: Flight
    slice: int
    key: CostKey = field(init=False, compare=False)
    last: bool = field(init=False, compare=False)  # of its flight

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", CostKey(self.flight.lane, self.flight.batch, self.slice))
        object.__setattr__(self, "last", self.slice == self.flight.slices - 1)


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Decision: nothing to run before `time`, unless something arrives."""

    time: float


Decision = Run | WaitUntil


class Fault(enum.Enum):
    """How a slice failed."""

    ERROR = "error"
    OUT_OF_MEMORY = "out_of_memory"


@dataclass(frozen=True, slots=True)
class Continues:
    """A row's output when the job goes on in `lane`: `value` is delivered now. One that `prepares` has said nothing
    yet: its first output is still due when it was.
    """

    value: Any
    lane: str
    prepares: bool = False


class Execution(Protocol):
    """A flight on a device, real or simulated."""

    def launch(self) -> None:
        """Put the next slice on the device. A device that takes work ahead returns before it is done."""
        ...

    def finish(self) -> Sequence[Any] | None:
        """Wait until the slice launched first is done. None while slices are left, then one output per job, in order.

        An output may be a value, `Continues`, or an Exception that fails its own job only.
        """
        ...

    def close(self) -> None:
        """Abandon the flight; leaves the model as if it had never started."""
        ...


class Device(Protocol):
    """Where flights run: the host with its models, or a simulated device."""

    depth: int  # slices that may be launched before the first of them is done: 1, or 2 for one that takes work ahead

    def entered(self) -> AbstractContextManager[object]:
        """What the device thread holds while it works (torch's inference mode, say)."""
        ...

    def begin(self, flight: Flight) -> Execution:
        """Start a flight; its rows are `job.row`."""
        ...
