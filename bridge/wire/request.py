"""A request in progress: its terms, when it is due, and where its time goes."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from bridge.policy.work import Account, Job, Stage
from bridge.v1 import error_pb2, timing_pb2
from bridge.wire.bounds import MICROS, Terms
from bridge.wire.handlers import Wire

clock = time.perf_counter
Status = Callable[[error_pb2.Outcome], Wire]


_NO_JOB = Account()


class Fallback(NamedTuple):
    """How a request is answered without one of its job's rungs: the name, and how many ways are better."""

    name: str
    better: int


@dataclass(slots=True, eq=False)
class Request:
    """A request that is owed one answer. `status` builds the message sent in place of a payload."""

    id: str
    work: str
    arrival: float
    terms: Terms
    status: Status
    job: Job | None = None
    version: str = ""
    before: float = 0.0  # seconds before the engine, until its picture was decoded
    decoding: float = 0.0  # of these, in the decoder
    behind: float = 0.0  # of these, waiting while other clients' pictures were decoded
    after: float = 0.0  # seconds of encoding after the engine
    counted: float = 0.0  # seconds of device time counted so far
    answered: bool = False
    decodes_apart: bool = False  # the client knows the decode stage; minor 0 counts it as encode
    fallback: Fallback | None = None  # in place of a rung of its job, if it has one
    tag: str = ""  # the service's own key for it
    due: float = field(init=False)  # when the answer must be handed to the transport
    incomplete: bool = False  # some of its bytes have not come
    best_effort: bool = False  # send it even if late; a late answer does not count as in budget

    @property
    def repeats(self) -> bool:
        """Whether the answer repeats an earlier one, and so does not count as in budget."""
        return False

    def __post_init__(self) -> None:
        self.due = self.arrival + self.terms.server_budget

    def late_by(self, now: float) -> float:
        """Seconds past due; negative before that."""
        return now - self.due

    @property
    def account(self) -> Account:
        """Where its job's time went."""
        return self.job.account if self.job is not None else _NO_JOB

    @property
    def rung_index(self) -> int:
        """How many rungs are better than the one taken."""
        if self.fallback is not None:
            return self.fallback.better
        return max(0, self.job.rung) if self.job is not None else 0

    @property
    def rung(self) -> str:
        """The name of the rung taken; "" before there is one."""
        if self.fallback is not None:
            return self.fallback.name
        return self.job.rungs[max(0, self.job.rung)].name if self.job is not None else ""

    @property
    def without_device(self) -> bool:
        """Whether the rung taken needed no device."""
        if self.job is None:
            return self.fallback is not None
        return self.job.rungs[max(0, self.job.rung)].lane is None

    def stage_for_client(self, stage: Stage) -> Stage:
        """A stage as the client's version of the contract names it."""
        return Stage.ENCODE if stage is Stage.DECODE and not self.decodes_apart else stage

    def timing(self, now: float) -> timing_pb2.Timing:
        """Where the time went, for an answer handed over now."""
        server = round((now - self.arrival) * MICROS)
        if self.job is None:
            decode, encode = self._codec_micros(0.0)
            return timing_pb2.Timing(
                queue_micros=server - decode - encode,
                decode_micros=decode,
                encode_micros=encode,
                server_micros=server,
                rung=self.rung,
                rung_index=self.rung_index,
                model_version=self.version,
            )
        account = self.job.account
        on_device = not self.without_device
        decode, encode = self._codec_micros(account.encode)
        return timing_pb2.Timing(
            queue_micros=round(max(0.0, account.queue - self.before) * MICROS),
            batch_wait_micros=round(account.batch_wait * MICROS),
            blocked_micros=round(account.blocked * MICROS),
            compute_micros=round(account.compute * MICROS),
            decode_micros=decode,
            encode_micros=encode,
            server_micros=server,
            batch_size=account.batch if on_device else 0,
            slice_count=account.slices if on_device else 0,
            rung=self.rung,
            rung_index=self.rung_index,
            model_version=self.version,
        )

    def _codec_micros(self, on_device: float) -> tuple[int, int]:
        """Decode and encode time, split as the client's version of the contract does."""
        apart = self.before if self.decodes_apart else 0.0
        return round(apart * MICROS), round((self.before - apart + self.after + on_device) * MICROS)
