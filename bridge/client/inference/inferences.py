"""The inference stream of a client, shared by all its models: sends tensors, receives outputs.

Results that are late by the client's clock are dropped here.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from bridge.client.answers import MICROS, Disposition, Timing, Unanswered, unanswered
from bridge.client.inference.asking import Asking
from bridge.client.inference.inferred import Answer, Inferred
from bridge.client.inference.opening import Opening
from bridge.client.inference.results import Results, Whole
from bridge.client.inference.signature import Signature, Signatures
from bridge.client.inference.slots import Slot, Slots
from bridge.client.inference.tensors import Bytes, joined, size_of, split
from bridge.client.inference.upload import UploadMemory
from bridge.client.link.connection import Connection
from bridge.client.link.payloads import Missing
from bridge.client.link.pending import Asked, Key, Pending, gone, late, on_time
from bridge.client.link.received import Received
from bridge.client.link.round_trip import Link
from bridge.client.models import Models
from bridge.errors import BridgeError, CallFailed, TooLarge
from bridge.v1 import error_pb2, inference_pb2, timing_pb2
from bridge.wire.bulk import Bulk

_HEAD_BYTES = 64 * 1024  # left for the fields of a message beside its tensors

AnswerFuture = asyncio.Future[Answer]


class Inferences:
    """The requests of a client's models, on one stream.

    `shares_memory`: tensors may go through memory shared with a server on the same host.
    """

    def __init__(self, connection: Connection, models: Models, *, shares_memory: bool) -> None:
        self._connection = connection
        self._signatures = Signatures(models)
        self._shares_memory = shares_memory
        self._stream = Opening(connection, self)
        self._link = Link(connection.link)
        self._results = Results()
        self._upload: UploadMemory | None = None
        self._slots = Slots(connection.limits.max_slots_per_stream)
        self._pending: Pending[Inferred] = Pending()
        self._owed: dict[int, Key] = {}  # by index: requests that the server has not answered; its limit bounds them
        self._late: Counter[int] = Counter()  # by number: results received after their budget, since the stream opened

    async def open(self) -> None:
        """Open the stream, unless it is open. VersionMismatch if the server is too old."""
        await self._stream.open()

    async def close(self) -> None:
        """End the stream: the client is closed."""
        await self._stream.close()

    def signature(self, model: str) -> Signature:
        """What the server tells of a model. UnknownModel if there is none that takes tensors."""
        self._stream.check_version()
        return self._signatures.find(model)

    @property
    def last_index(self) -> int:
        """The index of the last request."""
        return self._connection.last_index

    def ask(
        self, slot: Slot, given: Mapping[str, Any], *, budget: float, latest_only: bool, best_only: bool
    ) -> AnswerFuture:
        """Send a request; the future gets an Inferred or an Unanswered. Cancelling it withdraws the request."""
        signature = self.signature(slot.model)
        arrays = signature.arrays(given)
        size, most = size_of(arrays), self._connection.limits.max_tensor_bytes
        if size > most:
            raise TooLarge(f"the inputs have {size:,} bytes; send at most {most:,} (Limits.max_tensor_bytes)")
        connected = self._stream.connected
        asking = Asking(
            signature=signature,
            slot=slot,
            number=self._slots.number(slot),
            index=self._connection.next_index(),
            arrays=arrays,
            budget=budget,
            latest_only=latest_only,
            best_only=best_only,
        )
        if not connected:
            return self._pending.refuse(asking.key)
        future = self._pending.ask(asking.key, asking.allowed)
        self._owed[asking.index] = asking.key
        try:
            self._send(asking)
        except BridgeError:
            self._ended(asking.index)
            raise
        future.add_done_callback(partial(self._withdraw, asking.key, asking.number))
        return future

    def close_slot(self, slot: Slot) -> None:
        """Free the server's state of a slot; its open requests are cancelled."""
        number = self._slots.close(slot)
        if number is not None:
            del self._late[number]  # a Counter raises no KeyError
            message = inference_pb2.InferCloseSlot(slot=number)
            self._stream.tell(inference_pb2.InferRequest(close_slot=message))

    # -- sending -------------------------------------------------------------------------------------------------------

    def _send(self, asking: Asking) -> None:
        head = asking.head(self._measured(), self._late[asking.number])
        offset = self._upload.put(asking.index, asking.arrays) if self._upload is not None else None
        data = memoryview(b"")
        if offset is None:
            data = memoryview(joined(asking.arrays))
        else:
            head.upload.offset_bytes = offset
        most = self._most_bytes()
        key = asking.number if asking.latest_only and len(data) <= most else None
        first = Bulk(inference_pb2.InferRequest(request=head), data[:most])
        old = self._stream.send(first, key)
        if old is not None:
            self._supersede(old.message.request)
        for part in asking.parts(data, most):
            self._stream.send(part, always=True)  # one request's at most: the next is sent once they are

    def _most_bytes(self) -> int:
        """Bytes of tensors in one message."""
        limits = self._connection.limits
        return max(1, min(limits.max_infer_message_bytes, limits.max_message_bytes - _HEAD_BYTES))

    def _measured(self) -> timing_pb2.Budget:
        return timing_pb2.Budget(
            link_micros=self._link.micros, link_bytes_per_second=self._results.rate.bytes_per_second
        )

    def _withdraw(self, key: Key, number: int, future: AnswerFuture) -> None:
        """Tell the server that nobody waits for a request any more. Its memory is freed with the server's answer."""
        if future.cancelled() and self._pending.take(key) is not None:
            message = inference_pb2.InferCancel(slot=number, request_index=key.frame_index)
            self._stream.tell(inference_pb2.InferRequest(cancel=message))

    def _supersede(self, old: inference_pb2.InferenceRequest) -> None:
        """End a request that was replaced before it was sent."""
        now = time.perf_counter()
        asked = self._ended(old.request_index)
        if asked is not None:
            answer = Unanswered(
                Disposition.SUPERSEDED,
                "superseded",
                "replaced by a newer request before it was sent",
                slot=asked.key.slot,
                frame_index=asked.key.frame_index,
                kind=asked.key.kind,
                elapsed=now - asked.sent,
            )
            self._pending.answer(asked, answer)

    # -- stream events -------------------------------------------------------------------------------------------------

    def hello(self, session_id: str) -> Bulk:
        """The stream's first message."""
        self._results = Results(self._connection.shared, self._connection.limits.max_tensor_bytes)
        opening = inference_pb2.InferOpen(
            session_id=session_id,
            shared_memory_attached=self._results.attached,
            wants_upload_memory=self._shares_memory,
        )
        return Bulk(inference_pb2.InferRequest(open=opening), b"")

    def opened(self, message: Received) -> None:
        """Map the upload memory. There is nothing to restore: a model only needs its next request."""
        if message.kind == "opened" and message.body.HasField("upload_memory"):
            self._upload = UploadMemory.attach(message.body.upload_memory)

    def hear(self, message: Received) -> None:
        """Dispatch a result or a status."""
        match message.kind:
            case "result":
                whole = self._results.take(message.body, message.payload)
                if whole is not None:
                    self._hear_result(whole, time.perf_counter())
            case "status":
                self._hear_status(message.body, time.perf_counter())

    def lost(self, error: BridgeError) -> None:
        """End all pending requests: the stream is lost."""
        self._pending.drop(str(error))
        self._late.clear()
        self._owed.clear()
        self._results.close()
        if self._upload is not None:
            self._upload.close()
            self._upload = None

    def _ended(self, index: int) -> Asked[Inferred] | None:
        """A request that is over for the server, which no longer reads its memory. None if nobody waits for it."""
        if self._upload is not None:
            self._upload.free(index)
        key = self._owed.pop(index, None)
        return None if key is None else self._pending.take(key)

    def _hear_result(self, whole: Whole, now: float) -> None:
        header = whole.header
        if header.HasField("shared"):
            self._stream.release(header.shared.stamp)
        asked = self._ended(header.request_index)
        if asked is None:
            return
        self._measure(whole, now - asked.sent)
        if not on_time(asked, now):
            self._late[header.slot] += 1
            self._pending.answer(asked, late(asked, now))
        elif isinstance(whole.data, Missing):
            self._pending.answer(asked, gone(asked, now, whole.data.value))
        else:
            self._pending.answer(asked, _inferred(asked, header, whole.data, now))

    def _measure(self, whole: Whole, round_trip: float) -> None:
        """Measure the link by a result."""
        server = whole.header.timing.server_micros / MICROS
        size = whole.header.total_bytes if whole.chunks else 0
        if whole.chunks == 1:
            self._results.rate.hear_whole(size, round_trip - server - self._connection.link)
        self._link.measure(round_trip - self._results.rate.seconds(size), server)

    def _hear_status(self, status: inference_pb2.InferenceStatus, now: float) -> None:
        if status.outcome.disposition == error_pb2.DISPOSITION_REFUSED:
            self._results.rate.relax()
        asked = self._ended(status.request_index)
        if asked is None:
            return
        if status.outcome.timing.server_micros:
            self._link.measure(now - asked.sent, status.outcome.timing.server_micros / MICROS)
        key = asked.key
        answer = unanswered(
            status.outcome, slot=key.slot, frame_index=key.frame_index, kind=key.kind, elapsed=now - asked.sent
        )
        if isinstance(answer, CallFailed):
            self._pending.fail(asked, answer)
        else:
            self._pending.answer(asked, answer)


def _inferred(asked: Asked[Inferred], header: Any, data: Bytes, now: float) -> Inferred:
    key = asked.key
    return Inferred(
        model=key.kind,
        slot=key.slot,
        request_index=key.frame_index,
        outputs=split(header.outputs, data),
        elapsed=now - asked.sent,
        budget=asked.budget,
        timing=Timing.of(header.timing),
        repeated_from_index=header.repeated_from_index,
    )
