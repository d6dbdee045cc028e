"""The requests of one inference stream: collects their bytes, runs them, and sends the models' outputs."""

import asyncio
from collections.abc import Hashable
from typing import Any

from bridge.capabilities.inference.inference import Inference, LastResult
from bridge.capabilities.inference.results import Results
from bridge.capabilities.inference.tensors import Row, arrays, checked_outputs, declared, joined
from bridge.device.checks import failure_of, lane_of
from bridge.errors import BridgeError, InvalidRequest, ModelFailed, Overloaded
from bridge.pictures.byte_counts import ByteCounts
from bridge.policy.work import Cause, Ending, Outcome, Owner, Rung, Stage
from bridge.streams.answering import Answering
from bridge.streams.stream import Stream
from bridge.v1 import inference_pb2
from bridge.wire.bundles import PAYLOAD_BYTES
from bridge.wire.request import clock

LONGEST_REPEAT_SECONDS = 1.0  # after which a slot's last result is not sent again
_INCOMPLETE = "its tensors were not complete when it was due; send smaller ones, or raise the budget"


class Inferences(Answering[Inference]):
    """All requests of one stream."""

    def __init__(self, stream: Stream, results: Results, waiting: ByteCounts, owner: Owner) -> None:
        super().__init__(stream)
        self._results = results
        self._waiting = waiting
        self._owner = owner
        self._incomplete: dict[tuple[int, int], Inference] = {}

    # -- bytes ---------------------------------------------------------------------------------------------------------

    def ask(self, request: Inference, data: bytes | memoryview) -> None:
        """Accept a request with all its bytes, or the first of them."""
        limit, open_ = self._backend.limits.open_inferences, len(self._delivery.owed)
        self._delivery.owe(request)
        if open_ >= limit:
            request.size = 0
            why = f"{limit} requests are unanswered; wait for some (Limits.max_open_inferences)"
            self.reject(request, Overloaded(why))
            return
        passed = self._waiting.passed(self._owner, request.size)
        if passed:
            request.size = 0
            self.reject(
                request,
                Overloaded(
                    f"too many bytes of tensors wait for the device: the limit is {passed} "
                    "(Limits.max_waiting_tensor_bytes); send fewer at a time, or smaller ones"
                ),
            )
            return
        self._waiting.take(self._owner, request.size)
        if len(data) == request.size:
            self._complete(request, data)
            return
        request.upload, request.incomplete = bytearray(request.size), True
        self._incomplete[request.slot, request.index] = request
        left = max(0.0, request.due - clock())
        request.timer = asyncio.get_running_loop().call_later(left, self._expire, request)
        self._fill(request, 0, data)

    def add_part(self, slot: int, index: int, offset: int, data: bytes | memoryview) -> None:
        """More bytes of a request; ignored if it has been answered already."""
        request = self._incomplete.get((slot, index))
        if request is None:
            return
        if offset != request.filled or not data or offset + len(data) > request.size:
            self._forget(request)
            what = (
                f"a part of {len(data):,} bytes at {offset:,}, where {request.filled:,} of {request.size:,} have come"
            )
            self.reject(request, InvalidRequest(f"{what}; send parts in order, without gaps"))
            return
        self._fill(request, offset, data)

    def _fill(self, request: Inference, offset: int, data: bytes | memoryview) -> None:
        assert request.upload is not None
        request.upload[offset : offset + len(data)] = data
        request.filled += len(data)
        if request.filled == request.size:
            whole = request.upload
            self._forget(request)
            self._complete(request, whole)

    def _complete(self, request: Inference, data: bytes | bytearray | memoryview) -> None:
        request.before, request.incomplete = clock() - request.arrival, False
        request.row = arrays(request.layouts, data)
        self.submit(request)

    def _expire(self, request: Inference) -> None:
        self._forget(request)
        self.end(request, Ending.REFUSED, _INCOMPLETE, Cause.NO_RUNG_IN_TIME, Stage.TRANSPORT)
        self.lost(request)

    def _forget(self, request: Inference) -> None:
        """Expect no more bytes of a request."""
        if self._incomplete.pop((request.slot, request.index), None) is not None:
            request.upload = None
            assert request.timer is not None
            request.timer.cancel()

    def _free(self, request: Inference) -> None:
        self._waiting.give(self._owner, request.size)
        request.size, request.row = 0, None

    # -- the end of requests -------------------------------------------------------------------------------------------

    def cancel_one(self, slot: int, index: int) -> None:
        """The client no longer wants an answer."""
        self.withdraw([request for request in self._owed(slot) if request.index == index], "its client cancelled it")

    def close_slot(self, slot: int) -> None:
        """Cancel the outstanding requests of a slot."""
        self.withdraw(self._owed(slot), "its slot was closed")

    def _owed(self, slot: int) -> list[Inference]:
        return [request for request in self._delivery.owed if isinstance(request, Inference) and request.slot == slot]

    def cancel(self, request: Inference) -> None:
        self._forget(request)
        if request.job is None:
            self._free(request)
        super().cancel(request)

    def reject(self, request: Inference, error: BridgeError) -> None:
        if isinstance(error, ModelFailed):  # not the client's fault
            self.end(request, Ending.FAILED, str(error), Cause.FAULT)
            self.lost(request)
        else:
            super().reject(request, error)

    def lost(self, request: Inference) -> None:
        self._free(request)

    def settled(self, request: Inference, outcome: Outcome) -> Outcome:
        self._free(request)
        return self.stripped(request, outcome)

    # -- jobs ----------------------------------------------------------------------------------------------------------

    def key(self, request: Inference) -> Hashable:
        return (self._stream.id, request.slot) if request.latest_only else None

    def rungs(self, request: Inference) -> tuple[Rung, ...]:
        ladder = self._backend.roster.ladder(request.work)
        program = self._backend.roster.program(request.work)
        request.version = program.version
        row, request.row = request.row, None  # moved to the job
        assert row is not None
        lag = request.terms.payload_seconds(_largest(program))
        best = Rung(ladder[0].name, lane_of(program, row), row, lag=lag)
        if request.terms.best_only or self._repeatable(request) is None:
            return (best,)
        return (best, *(Rung(spec.name) for spec in ladder[1:]))

    def fail(self, request: Inference, outcome: Outcome) -> None:
        """A status with what the device has to say of the model."""
        self._delivery.unanswered(request, outcome, failure_of(outcome))

    def _repeatable(self, request: Inference) -> LastResult | None:
        """The slot's last result, if it may be sent again in answer to a request."""
        last = request.of.last if request.latest_only else None
        if (
            last is None
            or (last.model, last.version) != (request.work, request.version)
            or request.arrival - last.arrival > LONGEST_REPEAT_SECONDS
        ):
            return None
        return last

    # -- answers -------------------------------------------------------------------------------------------------------

    def take(self, request: Inference, outcome: Outcome) -> None:
        if not request.without_device:
            self._send_outputs(request, outcome)
            return
        last = self._repeatable(request)
        if last is None:  # it has changed meanwhile
            self.end(request, Ending.REFUSED, cause=Cause.NO_RUNG_IN_TIME)
            return
        request.repeated_from = last.index
        self._answer(request, outcome.at, last.outputs, last.size)

    def add(self, request: Inference, outcome: Outcome) -> None:
        """Nothing: what a program of one's own gives on the way to its answer is not sent."""

    def _send_outputs(self, request: Inference, outcome: Outcome) -> None:
        try:
            outputs = checked_outputs(request.work, outcome.value, self._backend.limits.tensor_bytes)
        except BridgeError as error:
            self.end(request, Ending.FAILED, str(error), Cause.FAULT)
            return
        size = sum(array.nbytes for array in outputs.values())
        slot = request.of
        if request.latest_only and (slot.last is None or slot.last.index < request.index):
            slot.last = LastResult(request.index, request.work, request.version, request.arrival, outputs, size)
        self._answer(request, outcome.at, outputs, size)

    def _answer(self, request: Inference, at: float, outputs: Row, size: int) -> None:
        key = None
        if request.latest_only:
            if self.is_stale(request, request.index, request.of.newest_sent):
                return
            request.of.newest_sent = request.index
            key = request.slot

        def pack(now: float) -> Any:
            header = inference_pb2.InferenceResult(
                slot=request.slot,
                request_index=request.index,
                outputs=declared(outputs),
                timing=request.timing(now),
                repeated_from_index=request.repeated_from,
            )
            return self._results.messages(header, joined(outputs))

        self._delivery.answer(request, at, pack, key, size=size, alone=size > PAYLOAD_BYTES)


def _largest(program: Any) -> int:
    """Bytes of a row's outputs at most, as far as the program says."""
    return sum(tensor.most_bytes for tensor in program.outputs.values())
