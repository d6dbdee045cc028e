"""Shared types of scheduler, engine, host and services: Job, Rung, Flight, Run, Outcome.

A *job* is one answer owed to a client. Its *rungs* are the ways to answer it, best first. Jobs of one lane form a
*flight* (a batch on its way through the device), which runs as *slices*; between slices more urgent work may go first.
Every job ends in exactly one final *outcome*.

Times are seconds on `time.perf_counter`'s clock. Knows neither torch, asyncio nor gRPC.
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
    """The key under which slice times are learned."""

    lane: str
    batch: int
    slice: int


class SecondLane(NamedTuple):
    """The second of two lanes, such as an encoder after a model. `row` turns the first lane's output into its input."""

    lane: str
    row: Callable[[Any], Any] = lambda output: output


class Rung(NamedTuple):
    """One way to answer a job: a row of `lane` fed with `input`, or, without a lane, an answer that needs no device.

    `then` is the lane that processes the first lane's output. `lag` is the time the payload takes on the client's link,
    in seconds. `make` makes the input when the rung is taken, in place of `input`; `prepare` makes it of the job's
    subject, so that jobs can share a rung.
    """

    name: str
    lane: str | None = None
    input: Any = None
    then: SecondLane | None = None
    lag: float = 0.0
    make: Callable[[], Any] | None = None
    prepare: Callable[[Any], Any] | None = None

    @property
    def lanes(self) -> tuple[str, ...]:
        """The lanes, in order."""
        if self.lane is None:
            return ()
        return (self.lane,) if self.then is None else (self.lane, self.then.lane)


class Stage(enum.StrEnum):
    """Where a job's time goes. A late or refused job names one.

    DECODE is preparing the input: decoding the client's picture. ENCODE is everything after the model: the device's
    texture encoders, NMS, and writing the answer. ENDPOINT is what a remote model's endpoint takes, the link included.
    """

    DECODE = "decode"
    QUEUE = "queue"
    BLOCKED = "blocked"
    BATCH_WAIT = "batch_wait"
    COMPUTE = "compute"
    ENCODE = "encode"
    TRANSPORT = "transport"
    ENDPOINT = "endpoint"


@dataclass(slots=True)
class Account:
    """Where a job's time went, in seconds. `queue` is the remainder."""

    batch_wait: float = 0.0
    blocked: float = 0.0
    compute: float = 0.0
    encode: float = 0.0
    queue: float = 0.0
    endpoint: float = 0.0  # in place of the device
    batch: int = 0
    slices: int = 0
    narrow: int = 0  # times it flew in a batch kept narrow for deadlines of other lanes
    blockers: dict[str, float] = field(default_factory=dict)  # model -> its share of `blocked`

    def block(self, model: str, seconds: float) -> None:
        """Record time spent waiting for a slice of another lane."""
        if seconds > 0:
            self.blocked += seconds
            self.blockers[model] = self.blockers.get(model, 0.0) + seconds

    @property
    def blocker(self) -> str:
        """The model that blocked the job longest; "" if none did."""
        blockers = dict(self.blockers)  # a copy: the device thread may add to it
        return max(blockers, key=lambda model: blockers[model], default="")

    def unnamed(self, total: float) -> float:
        """What is left of `total`, which the queue took."""
        return max(0.0, total - self.batch_wait - self.blocked - self.compute - self.encode)

    def largest(self, total: float) -> Stage:
        """The stage that took most of `total`."""
        parts = {
            Stage.QUEUE: self.unnamed(total),
            Stage.BLOCKED: self.blocked,
            Stage.BATCH_WAIT: self.batch_wait,
            Stage.COMPUTE: self.compute,
            Stage.ENCODE: self.encode,
        }
        return max(parts, key=lambda stage: parts[stage])


class Owner(NamedTuple):
    """A client and the identity behind it; fair share counts both."""

    identity: str
    client: str


@dataclass(slots=True, eq=False)
class Job:
    """One answer owed to a client.

    `deadline` is when the answer must leave the device thread if it is the first of its flight to be delivered; one
    more answer in that flight delays it by `delivery_each`. A *soft* job is delivered even if late; its deadline only
    orders it. A newer job with the same `supersede_key` replaces one that has not started. `pace` is the longest gap
    allowed between the outputs of a streaming job (a reply). `submitted` is when the engine received the job: after
    `arrival` if its input had to be decoded first. A *background* job has no deadline, runs only on an otherwise idle
    device, and is not charged to anybody's fair share.
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
    identity: str = ""  # "" where the client is its own identity
    background: bool = False
    subject: Any = None  # what its rungs prepare their inputs of
    delivery_each: float = 0.0

    # Internal to the scheduler.
    owner: Owner = field(init=False)  # charged for its device time
    hard: bool = field(init=False)  # a late answer is worthless
    is_reply: bool = field(init=False)  # streams outputs to a client, unlike a warm-up, which continues too
    first_rung: int = 0  # the rung its slot starts at
    rung: int = 0
    lane_index: int = 0  # index into the rung's lanes: 0, or 1 after the first lane
    intermediate: Any = None  # output of the first lane
    lane: str = ""
    due: float = NEVER
    due_inherited: float = NEVER  # queue position: the earliest due time among the jobs it superseded
    runs_alone: bool = False  # its flight failed: retried once, in a batch of one
    probe: bool = False  # admitted although predicted to be late
    ended: bool = False
    flight: "Flight | None" = None  # while in flight
    queued_at: float = 0.0
    last_output_at: float = NEVER  # NEVER before the first output
    gaps: list[float] = field(default_factory=list)  # between its outputs, sorted
    urgent_at: float = NEVER  # start the next output by then, or its gap exceeds a few usual ones
    not_before: float = -NEVER  # hold the next output back until then, to keep gaps even
    account: Account = field(default_factory=Account)

    def __post_init__(self) -> None:
        self.owner = Owner(self.identity or self.client, self.client)
        due = self.deadline < NEVER
        self.hard, self.is_reply = due and not self.soft, due and self.soft

    def strip(self) -> None:
        """Free the inputs and intermediate output of an ended job; keep its accounts."""
        self.subject = self.intermediate = None
        if self.rungs and self.rungs[0].prepare is None:  # else they are shared, and hold nothing of this job
            self.rungs = tuple([rung._replace(input=None, make=None) for rung in self.rungs])

    @property
    def row(self) -> Any:
        """The input for its current lane."""
        rung = self.rungs[self.rung]
        if self.lane_index and rung.then is not None:
            return rung.then.row(self.intermediate)
        if rung.prepare is not None:
            return rung.prepare(self.subject)
        return rung.input if rung.make is None else rung.make()

    @property
    def prompt(self) -> bool:
        """Whether it is a reply that has produced nothing yet."""
        return self.is_reply and self.last_output_at == NEVER


class Ending(enum.StrEnum):
    """How a job ended. Only PARTIAL is not final."""

    PARTIAL = "partial"
    ANSWERED = "answered"
    REFUSED = "refused"
    MISSED = "missed"
    SUPERSEDED = "superseded"
    UNCHANGED = "unchanged"  # set by services only: nothing new to show
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
    """How a job ended, at time `at`. `late_by` is positive if the deadline was, or would have been, missed."""

    job: Job
    ending: Ending
    at: float
    value: Any = None
    cause: Cause = Cause.NONE
    late_by: float = 0.0
    stage: Stage | None = None
    blocked_by: str = ""  # for Stage.BLOCKED: the model that blocked it longest
    compute: float = 0.0  # for Ending.PARTIAL: seconds that its job has had on the device


@dataclass(slots=True, eq=False)
class Flight:
    """A batch in flight. Its jobs are fixed from its first slice to its last."""

    id: int
    lane: str
    jobs: tuple[Job, ...]
    slices: int
    stage: Stage = Stage.COMPUTE  # the stage its time is accounted to
    model: str = ""  # that owns the lane
    next_slice: int = 0  # the first slice not yet committed
    failed: bool = False
    seconds: float = 0.0  # device time so far
    ran: int = 0  # slices so far
    left: int = 0  # jobs that ended in flight
    batch: int = field(init=False)
    shares: Mapping[Owner, float] = field(init=False)  # client -> its share of the rows
    earliest: float = field(init=False)  # earliest due time of its hard jobs; NEVER without one
    background: bool = field(init=False)  # all of its jobs are

    def __post_init__(self) -> None:
        self.batch = len(self.jobs)
        if self.batch == 1:  # the common case
            job = self.jobs[0]
            self.background = job.background
            self.shares, self.earliest = {job.owner: 1.0}, job.due if job.hard else NEVER
            return
        self.background = self.jobs[0].background and all(job.background for job in self.jobs)
        rows = Counter([job.owner for job in self.jobs])
        self.shares = {owner: count / self.batch for owner, count in rows.items()}
        self.earliest = min([job.due for job in self.jobs if job.hard], default=NEVER)

    @property
    def live(self) -> list[Job]:
        """The jobs that have not ended."""
        return [job for job in self.jobs if not job.ended]


@dataclass(frozen=True, slots=True)
class Run:
    """Decision: run this slice of this flight."""

    flight: Flight
    slice: int
    key: CostKey = field(init=False, compare=False)
    last: bool = field(init=False, compare=False)  # the flight's last slice

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", CostKey(self.flight.lane, self.flight.batch, self.slice))
        object.__setattr__(self, "last", self.slice == self.flight.slices - 1)


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Decision: stay idle until `time`, unless something arrives."""

    time: float


Decision = Run | WaitUntil


class Fault(enum.Enum):
    """How a slice failed."""

    ERROR = "error"
    OUT_OF_MEMORY = "out_of_memory"


@dataclass(frozen=True, slots=True)
class Continues:
    """An output of a job that continues in `lane`; `value` is delivered now. `prepares` marks a step before the first
    output, such as a chunk of a prompt: that output's due time does not move.
    """

    value: Any
    lane: str
    prepares: bool = False


class Execution(Protocol):
    """A flight on a device, real or simulated."""

    def launch(self) -> None:
        """Launch the next slice. A device that takes work ahead returns before the slice is done."""
        ...

    def finish(self) -> Sequence[Any] | None:
        """Wait for the oldest launched slice. None while slices remain, then one output per job, in order.

        An output is a value, `Continues`, or an Exception that fails only its own job.
        """
        ...

    def close(self) -> None:
        """Abandon the flight and leave the model as if it had never started."""
        ...


class Device(Protocol):
    """Where flights run: the host with its models, or a simulated device."""

    depth: int  # slices in flight at once: 1, or 2 on a device that takes work ahead

    def entered(self) -> AbstractContextManager[object]:
        """Context held by the device thread while it works, such as torch's inference mode."""
        ...

    def begin(self, flight: Flight) -> Execution:
        """Start a flight; its inputs are `job.row`."""
        ...
