"""The inference service: validates the messages of inference streams."""

from functools import partial

from bridge.capabilities.inference.capability import INFERENCE
from bridge.capabilities.inference.inference import Inference, Slot, status_of
from bridge.capabilities.inference.inferences import Inferences
from bridge.capabilities.inference.results import Results
from bridge.capabilities.inference.tensors import check_total, layouts
from bridge.capabilities.inference.upload_memory import UploadMemory
from bridge.device.own_models import misfit
from bridge.errors import BridgeError, InvalidRequest, UnknownModel
from bridge.pictures.byte_counts import ByteCounts
from bridge.policy.work import Owner
from bridge.streams.backend import Backend
from bridge.streams.late_counts import LateCounts
from bridge.streams.servicer import Servicer
from bridge.streams.stream import Stream, misplaced, serve_stream
from bridge.v1 import inference_pb2
from bridge.wire.bounds import check_rising, check_slot, terms_of, within
from bridge.wire.bulk import Bulk
from bridge.wire.bundles import Joiner
from bridge.wire.handlers import Context
from bridge.wire.peer import is_local
from bridge.wire.status import rejection

_JOINER = Joiner(inference_pb2.InferResponse)
_UPLOAD_STREAMS = 4  # of one session that may have upload memory


class InferenceService(Servicer):
    """The operator's own models."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(backend)
        limits = backend.limits
        self.waiting = ByteCounts(limits.waiting_tensor_bytes, limits.waiting_tensor_total_bytes)
        self.uploads = ByteCounts(_UPLOAD_STREAMS * limits.upload_memory_bytes, limits.upload_memory_total_bytes)

    async def Infer(self, context: Context) -> None:  # noqa: N802
        begin = partial(InferenceExchange, self, is_local(context.peer()))
        await serve_stream(context, self._backend, "inference", begin, _JOINER)


class InferenceExchange:
    """Handles the messages of one inference stream."""

    def __init__(self, service: InferenceService, local: bool, stream: Stream) -> None:
        self._stream = stream
        self._backend: Backend = stream.backend
        self._slots: dict[int, Slot] = {}
        self._late = LateCounts()
        session, limits = stream.session, self._backend.limits
        owner = Owner(session.identity or session.id, session.id)
        self._results = Results(session.shared if stream.opening.shared_memory_attached else None, limits.chunk_bytes)
        self._upload = None
        if local and stream.opening.wants_upload_memory:
            self._upload = UploadMemory.wanted(limits.upload_memory_bytes, service.uploads, owner)
        self._asked = Inferences(stream, self._results, service.waiting, owner)
        opened = inference_pb2.InferOpened(upload_memory=self._upload.offer() if self._upload is not None else None)
        stream.delivery.send(inference_pb2.InferResponse(opened=opened))

    def hear(self, message: Bulk, arrival: float) -> None:
        head: inference_pb2.InferRequest = message.message
        match head.WhichOneof("message"):
            case "request":
                self._hear_request(head.request, message.payload, arrival)
            case "part":
                part = head.part
                self._asked.add_part(part.slot, part.request_index, part.part_offset, message.payload)
            case "cancel":
                self._asked.cancel_one(head.cancel.slot, head.cancel.request_index)
            case "release":
                self._results.release(head.release.stamps)
            case "close_slot":
                self._slots.pop(head.close_slot.slot, None)
                self._asked.close_slot(head.close_slot.slot)
            case kind:
                raise misplaced(kind, "request, part, cancel, release, close_slot")

    def refuse(self, error: BridgeError) -> None:
        self._stream.delivery.send(status_of(0, 0, rejection(error)))

    def finish(self) -> None:
        """Nothing to do: outstanding requests are still answered."""

    def close(self) -> None:
        self._asked.close()
        self._results.close()
        if self._upload is not None:
            self._upload.close()

    def _hear_request(
        self, message: inference_pb2.InferenceRequest, payload: bytes | memoryview, arrival: float
    ) -> None:
        slot = self._slots.get(message.slot) or Slot()
        try:
            request = self._request(message, arrival, slot)
            data = self._bytes(message, payload)
        except BridgeError as error:
            self._stream.delivery.send(status_of(message.slot, message.request_index, rejection(error)))
            return
        self._slots[message.slot] = slot
        slot.last_index = message.request_index
        slot.works.add(request.work)
        self._hear_late(message, slot)
        self._asked.ask(request, data)

    def _hear_late(self, message: inference_pb2.InferenceRequest, slot: Slot) -> None:
        """Count late answers. Clients count per slot, not per model, so charge the most answered model first."""
        more = self._late.increase(message.slot, message.late_result_count)
        if not more:
            return
        counts = self._stream.session.counts
        for work in sorted(slot.works, key=lambda work: -counts.own(work).answers):
            more -= counts.late_at_client(work, more)

    def _request(self, message: inference_pb2.InferenceRequest, arrival: float, slot: Slot) -> Inference:
        """A validated request. Any invalid field raises a BridgeError."""
        backend, limits = self._backend, self._backend.limits
        check_slot(message.slot, limits)
        check_rising("request_index", message.request_index, slot.last_index)
        within("late_result_count", message.late_result_count, 0, message.request_index)
        entry = backend.roster.standing(message.model).entry
        if entry.capability != INFERENCE.name:
            raise UnknownModel(f"model {message.model!r} takes no tensors; use the {entry.capability} service for it")
        program = backend.roster.program(message.model)
        found = layouts(message.inputs)
        check_total(found, message.total_bytes, limits.tensor_bytes)
        if why := misfit(message.model, program.inputs, {one.name: (one.dtype, one.shape) for one in found}):
            raise InvalidRequest(why)
        return Inference(
            work=message.model,
            arrival=arrival,
            terms=self._results.terms(terms_of(message.budget, backend.budgets[message.model], limits)),
            stream_id=self._stream.id,
            decodes_apart=True,
            of=slot,
            slot=message.slot,
            index=message.request_index,
            latest_only=message.latest_only,
            layouts=found,
            size=message.total_bytes,
        )

    def _bytes(self, message: inference_pb2.InferenceRequest, payload: bytes | memoryview) -> bytes | memoryview:
        """The bytes that have come with a request."""
        if not message.HasField("upload"):
            if len(payload) > message.total_bytes:
                raise InvalidRequest(f"payload has {len(payload):,} bytes and total_bytes is {message.total_bytes:,}")
            return payload
        if self._upload is None:
            raise InvalidRequest("this stream has no upload memory (InferOpened.upload_memory); send tensors as bytes")
        if len(payload):
            raise InvalidRequest("a request has both `upload` and `payload`; send one of them")
        return self._upload.copy(message.upload.offset_bytes, message.total_bytes)
