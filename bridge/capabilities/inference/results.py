"""Results on the wire: in one message, in chunks, or through the session's shared memory."""

from collections.abc import Iterable, Sequence

from bridge.sessions.shared_memory import SharedMemory
from bridge.v1 import avatar_pb2, inference_pb2
from bridge.wire.bounds import Terms
from bridge.wire.bulk import prefix

WORTH_SHARING = 4096  # bytes; a smaller payload is as fast on the wire

_RESULT = inference_pb2.InferResponse.RESULT_FIELD_NUMBER
_PAYLOAD = inference_pb2.InferenceResult.PAYLOAD_FIELD_NUMBER


class Results:
    """The results of one stream. Shared memory of one is freed once the client releases it."""

    def __init__(self, shared: SharedMemory | None, chunk_bytes: int) -> None:
        self._shared = shared
        self._chunk_bytes = chunk_bytes
        self._places: dict[int, avatar_pb2.SharedPayload] = {}  # by stamp
        if shared is not None:
            shared.attach()

    def terms(self, terms: Terms) -> Terms:
        """Terms over this transport: a payload in shared memory takes no time on the link."""
        return terms if self._shared is None else terms._replace(rate=0.0)

    def messages(self, header: inference_pb2.InferenceResult, payload: bytes | memoryview) -> Sequence[bytes]:
        """A result as serialised messages; `header` holds every field but those of the payload."""
        header.total_bytes = len(payload)
        place = self._place(payload)
        if place is not None:
            header.shared.CopyFrom(place)
            return [inference_pb2.InferResponse(result=header).SerializeToString()]
        chunks = []
        for offset in range(0, max(1, len(payload)), self._chunk_bytes):  # a result without bytes is one too
            header.chunk_offset = offset
            chunks.append(_message(header, payload[offset : offset + self._chunk_bytes]))
            header.ClearField("outputs")  # they come with the first
        return chunks

    def _place(self, payload: bytes | memoryview) -> avatar_pb2.SharedPayload | None:
        if self._shared is None or len(payload) < WORTH_SHARING:
            return None
        place = self._shared.put(payload)
        if place is not None:
            self._places[place.stamp] = place
        return place

    def release(self, stamps: Iterable[int]) -> None:
        """The client has copied these; unknown ones are ignored."""
        for stamp in stamps:
            place = self._places.pop(stamp, None)
            if place is not None and self._shared is not None:
                self._shared.give_back(place)

    def close(self) -> None:
        """Detach: the stream has ended. Memory that no other stream uses stays readable for the client."""
        if self._shared is not None:
            self._shared.detach()
            self.release(list(self._places))
            self._shared = None


def _message(header: inference_pb2.InferenceResult, part: bytes | memoryview) -> bytes:
    head = header.SerializeToString() + prefix(_PAYLOAD, len(part))
    return b"".join((prefix(_RESULT, len(head) + len(part)), head, part))
