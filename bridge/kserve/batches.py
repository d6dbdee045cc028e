"""The requests of one call: each is a batch, whose rows are jobs of their own, submitted and answered together.

Counts, attribution and lateness are those of every other request: a `Delivery` answers it, once.
"""

import asyncio
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from bridge.capabilities.inference.tensors import checked_outputs
from bridge.device.checks import failure_of, lane_of
from bridge.errors import BridgeError, Overloaded
from bridge.kserve import outputs
from bridge.kserve.asked import Asked
from bridge.kserve.inputs import Row, rows_of
from bridge.kserve.parameters import budget_of, outputs_of
from bridge.kserve.repository import Repository, most_rows
from bridge.kserve.statistics import Ledger, Statistics
from bridge.observe.counters import device_seconds
from bridge.observe.stats import ClientCounts
from bridge.pictures.byte_counts import ByteCounts
from bridge.policy.work import Cause, Ending, Job, Outcome, Owner, Rung
from bridge.streams.backend import Backend
from bridge.streams.delivery import Delivery
from bridge.v1 import error_pb2
from bridge.wire.bounds import Terms
from bridge.wire.handlers import Wire
from bridge.wire.request import Request, clock

Status = Callable[[Any, error_pb2.Outcome], Wire]  # of a request's message, and how it ended
Pack = Callable[[Any, str, list[outputs.Output]], Wire]  # of its message, the model's version, and the outputs

_MOST_ID = 64  # characters of a request's id in the log
_TOO_SHORT = (
    "model {!r} cannot answer within {:g} ms now; raise `timeout` (in microseconds) or the call's deadline, or ask "
    "less often"
)
_TOO_MUCH = "the outputs of model {!r} have more than {:,} bytes; ask for fewer rows, or fewer outputs, at a time"


@dataclass(slots=True, eq=False, kw_only=True)
class Batch(Request):
    """One request. `job` is that of its last row, or of the first that gets no answer."""

    asked: Any  # its message
    outputs: list[str]  # names of those wanted
    size: int  # bytes of its inputs, counted while it may hold them
    statistics: Statistics
    reading: float  # seconds that its inputs took to read
    jobs: list[Job] = field(default_factory=list)
    rows: list[Row | None] = field(default_factory=list)  # outputs, as they come
    missing: int = 0  # of these
    answer_size: int = 0  # bytes of these
    told: Status  # the message for an outcome without outputs

    @property
    def id(self) -> str:
        return f"kserve/{self.asked.id[:_MOST_ID]}.{self.work}"

    def status(self, outcome: error_pb2.Outcome) -> Wire:
        return self.told(self.asked, outcome)


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose calls are answered and how: one connection."""

    backend: Backend
    repository: Repository
    ledger: Ledger
    waiting: ByteCounts  # tensors waiting for the device, over all clients
    owner: Owner
    counts: ClientCounts


class Batches:
    """The requests of one call. Belongs to the event loop."""

    def __init__(self, caller: Caller, delivery: Delivery, status: Status, pack: Pack) -> None:
        self._caller = caller
        self._backend = caller.backend
        self._delivery = delivery
        self._status = status
        self._pack = pack

    # -- asking --------------------------------------------------------------------------------------------------------

    def ask(self, asked: Asked, usual: float | None, time_left: float | None) -> None:
        """Submit a request. `usual` is its budget in seconds where it sets none, else the model's default.

        Any BridgeError refuses it: it is answered by nobody then.
        """
        arrival, message = clock(), asked.message
        self._backend.check_open()
        self._check_open_requests()
        model = message.model_name
        program = self._caller.repository.program(model, message.model_version)
        usual = usual if usual is not None else self._backend.budgets[model]
        budget = budget_of(message.parameters, usual, time_left, self._backend.limits)
        names = outputs_of(message, model, program.outputs)
        rows = rows_of(asked, model, program.inputs, most_rows(program))
        lanes = [lane_of(program, row) for row in rows]
        size = sum(array.nbytes for row in rows for array in row.values())
        self._check_room(size)
        batch = Batch(
            work=model,
            arrival=arrival,
            terms=Terms(budget),
            told=self._status,
            version=program.version,
            asked=message,
            outputs=names,
            size=size,
            statistics=self._caller.ledger.of(model),
            reading=clock() - arrival,
        )
        self._submit(batch, [Rung(model, lane, row) for lane, row in zip(lanes, rows, strict=True)])

    def _check_open_requests(self) -> None:
        most = self._backend.limits.open_inferences
        if len(self._delivery.owed) >= most:
            raise Overloaded(f"{most} requests of this stream are unanswered; wait for some before you send more")

    def _check_room(self, size: int) -> None:
        if passed := self._caller.waiting.passed(self._caller.owner, size):
            raise Overloaded(
                f"too many bytes of tensors wait for the device: the limit is {passed}; send fewer at a time, or "
                "smaller ones"
            )

    def _submit(self, batch: Batch, rungs: list[Rung]) -> None:
        self._caller.waiting.take(self._caller.owner, batch.size)
        self._delivery.owe(batch)
        batch.statistics.asked()
        batch.missing, batch.rows = len(rungs), [None] * len(rungs)
        batch.jobs = [self._job(batch, rung) for rung in rungs]
        batch.job = batch.jobs[0]
        for row, job in enumerate(batch.jobs):
            self._backend.engine.submit(job, partial(self._heard, batch, row))

    def _job(self, batch: Batch, rung: Rung) -> Job:
        owner, delivery_time = self._caller.owner, self._backend.delivery_times[batch.work]
        return Job(
            id=self._backend.engine.next_id(),
            client=owner.client,
            identity=owner.identity,
            work=batch.work,
            arrival=batch.arrival,
            rungs=(rung,),
            deadline=batch.due - delivery_time.seconds,
        )

    # -- hearing -------------------------------------------------------------------------------------------------------

    def _heard(self, batch: Batch, row: int, outcome: Outcome) -> None:
        if outcome.ending is Ending.PARTIAL:
            return  # what a program of one's own gives on the way to its answer is not sent
        account = outcome.job.account
        self._caller.counts.ran(batch.work, account.batch, device_seconds(account))
        batch.statistics.ran(account)
        if batch.answered:
            return
        if outcome.ending is not Ending.ANSWERED:
            self._lose(batch, row, outcome)
            return
        outcome.job.strip()
        self._take(batch, row, outcome)

    def _take(self, batch: Batch, row: int, outcome: Outcome) -> None:
        most = self._backend.limits.tensor_bytes
        try:
            found = checked_outputs(batch.work, outcome.value, most)
        except BridgeError as error:
            self._fail(batch, str(error))
            return
        wanted = {name: found[name] for name in batch.outputs if name in found}
        batch.answer_size += sum(array.nbytes for array in wanted.values())
        if batch.answer_size > most:
            self._fail(batch, _TOO_MUCH.format(batch.work, most))
            return
        batch.rows[row], batch.job = wanted, outcome.job
        batch.missing -= 1
        if not batch.missing:
            self._answer(batch, outcome.at)

    def _answer(self, batch: Batch, at: float) -> None:
        try:
            tensors = outputs.joined(batch.work, batch.outputs, [row for row in batch.rows if row is not None])
        except BridgeError as error:
            self._fail(batch, str(error))
            return
        self._end(batch)

        def pack(began: float) -> list[Wire]:
            packed = self._pack(batch.asked, batch.version, tensors)
            now = clock()
            batch.statistics.succeeded(now - batch.arrival, batch.account, batch.reading, now - began)
            return [packed]

        unsent = partial(self._count_failure, batch)
        self._delivery.answer(batch, at, pack, unsent=unsent, size=batch.answer_size)

    # -- ends without an answer ----------------------------------------------------------------------------------------

    def _lose(self, batch: Batch, row: int, outcome: Outcome) -> None:
        """A row gets no answer, and so the batch gets none."""
        batch.job = copy(outcome.job)  # the job itself may still be in flight
        batch.job.strip()
        batch.job.flight = None
        if outcome.cause is Cause.NO_RUNG_IN_TIME:
            sentence = _TOO_SHORT.format(batch.work, batch.terms.budget * 1e3)
        else:
            sentence = failure_of(outcome)
        if sentence and len(batch.rows) > 1:
            sentence = f"row {row} of {len(batch.rows)}: {sentence}"
        self._count_failure(batch)
        self._delivery.unanswered(batch, outcome._replace(job=batch.job), sentence)
        self._cancel_soon(batch)

    def _fail(self, batch: Batch, sentence: str) -> None:
        self._count_failure(batch)
        self._delivery.end(batch, Ending.FAILED, sentence, Cause.FAULT, None)
        self._cancel_soon(batch)

    def _count_failure(self, batch: Batch) -> None:
        batch.statistics.fail.add(clock() - batch.arrival)

    def _cancel_soon(self, batch: Batch) -> None:
        """Cancel the other rows, once all of them have been submitted: a full queue refuses the first at once."""
        asyncio.get_running_loop().call_soon(self._cancel, batch)

    def _cancel(self, batch: Batch) -> None:
        for job in batch.jobs:
            self._backend.engine.cancel(job)
        self._end(batch)

    def _end(self, batch: Batch) -> None:
        """Free what only its jobs needed."""
        self._caller.waiting.give(self._caller.owner, batch.size)
        batch.size, batch.jobs, batch.rows = 0, [], []

    def close(self) -> None:
        """Cancel what is unanswered: the call has ended."""
        for request in self._delivery.drop_all():
            assert isinstance(request, Batch)
            self._count_failure(request)
            self._cancel(request)
