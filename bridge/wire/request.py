"""A request in progress: its terms, when it is due, and where its time goes."""

import time
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bridge.policy.work import Account, Job, Stage
from bridge.v1 import error_pb2, timing_pb2
from bridge.wire.bounds import MICROS, Terms
from bridge.wire.handlers import Wire

clock = time.perf_counter
_NO_JOB = Account()


class Taken(NamedTuple):
    """The way that a request is answered: its name, how many are better, and whether it needs the device."""

    name: str
    place: int
    on_device: bool


_NOTHING = Taken("", 0, True)  # before there is one


class Fallback(NamedTuple):
    """How a request is answered without one of its job's rungs: the name, and how many ways are better."""

    name: str
    better: int


@dataclass(slots=True, eq=False)
class Request:
    """A request that is owed one answer. A capability derives its own, with `id` and `status`."""

    work: str
    arrival: float
    terms: Terms
    job: Job | None = None
    subject: Any = None  # what the rungs of its job prepare their inputs of
    version: str = ""
    before: float = 0.0  # seconds before the engine, until its picture was decoded
    decoding: float = 0.0  # of these, in the decoder
    behind: float = 0.0  # of these, waiting while other clients' pictures were decoded
    after: float = 0.0  # seconds of encoding after the engine
    counted: float = 0.0  # seconds of device time counted so far
    answered: bool = False
    decodes_apart: bool = False  # the client knows the decode stage; minor 0 counts it as encode
    without_job: Taken = _NOTHING  # how it is answered if it has no job
    fallback: Fallback | None = None  # in place of a rung of its job, if it has one
    tag: str = ""  # the service's own key for it
    due: float = field(init=False)  # when the answer must be handed to the transport
    incomplete: bool = False  # some of its bytes have not come
    best_effort: bool = False  # send it even if late; a late answer does not count as in budget

    @property
    def id(self) -> str:
        """Its name in the logs."""
        raise NotImplementedError

    def status(self, outcome: error_pb2.Outcome) -> Wire:
        """The message sent in place of a payload."""
        raise NotImplementedError

    def free(self) -> None:
        """Free its payload: it will not be sent."""

    @property
    def repeats(self) -> bool:
        """Whether the answer repeats an earlier one, and so does not count as in budget."""
        return False

    def __post_init__(self) -> None:
        terms = self.terms
        self.due = self.arrival + terms.budget - terms.link

    def late_by(self, now: float) -> float:
        """Seconds past due; negative before that."""
        return now - self.due

    @property
    def account(self) -> Account:
        """Where its job's time went."""
        return self.job.account if self.job is not None else _NO_JOB

    @property
    def taken(self) -> Taken:
        """The way that it is answered."""
        job, fallback = self.job, self.fallback
        if job is None:
            return self.without_job if fallback is None else Taken(fallback.name, fallback.better, on_device=False)
        place = max(0, job.rung)
        rung = job.rungs[place]
        if fallback is not None:
            return Taken(fallback.name, fallback.better, rung.lane is not None)
        return Taken(rung.name, place, rung.lane is not None)

    @property
    def rung(self) -> str:
        """The name of the rung taken; "" before there is one."""
        return self.taken.name

    @property
    def without_device(self) -> bool:
        """Whether the rung taken needed no device."""
        return not self.taken.on_device

    def stage_for_client(self, stage: Stage) -> Stage:
        """A stage as the client's version of the contract names it."""
        return Stage.ENCODE if stage is Stage.DECODE and not self.decodes_apart else stage

    def timing(self, now: float) -> timing_pb2.Timing:
        """Where the time went, for an answer handed over now."""
        timing = timing_pb2.Timing()
        self.tell_timing(timing, now)
        return timing

    def tell_timing(self, timing: timing_pb2.Timing, now: float) -> None:
        """Write where the time went into a message, over what it holds."""
        job, (name, place, on_device) = self.job, self.taken
        account = job.account if job is not None else _NO_JOB
        server = round((now - self.arrival) * MICROS)
        apart = self.before if self.decodes_apart else 0.0
        decode = round(apart * MICROS)
        encode = round((self.before - apart + self.after + account.encode) * MICROS)
        timing.server_micros, timing.decode_micros, timing.encode_micros = server, decode, encode
        timing.rung, timing.rung_index, timing.model_version = name, place, self.version
        if job is None:
            timing.queue_micros = server - decode - encode
            return
        timing.queue_micros = round(max(0.0, account.queue - self.before) * MICROS)
        timing.batch_wait_micros = round(account.batch_wait * MICROS)
        timing.blocked_micros = round(account.blocked * MICROS)
        timing.compute_micros = round((account.compute + account.endpoint) * MICROS)
        timing.batch_size = account.batch if on_device else 0
        timing.slice_count = account.slices if on_device else 0
