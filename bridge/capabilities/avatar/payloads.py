"""Transport for the payloads of one avatar stream: shared memory if the client has attached it, else the wire."""

from collections import deque
from collections.abc import Sequence

from bridge.capabilities.avatar.texture import frame_messages
from bridge.sessions.shared_memory import SharedMemory
from bridge.v1 import avatar_pb2
from bridge.wire.bounds import Terms

WORTH_SHARING = 4096  # bytes; a smaller payload is as fast on the wire


class Payloads:
    """The payloads of one stream. Shared memory of a frame is freed once the frame is acknowledged."""

    def __init__(self, shared: SharedMemory | None, chunk_bytes: int) -> None:
        self._shared = shared
        self.is_shared = shared is not None  # payloads go through shared memory
        self._chunk_bytes = chunk_bytes
        self._places: dict[int, deque[tuple[int, avatar_pb2.SharedPayload]]] = {}
        if shared is not None:
            shared.attach()

    def terms(self, terms: Terms) -> Terms:
        """Terms over this transport: a payload in shared memory takes no time on the link."""
        return terms if self._shared is None else terms._replace(rate=0.0)

    def messages(self, response: avatar_pb2.StreamAvatarResponse, payload: bytes | memoryview) -> Sequence[bytes]:
        """A frame as serialised messages; the response's frame holds every field but those of the payload, which are
        written over.
        """
        header = response.frame
        place = self._place(header.slot, header.frame_index, payload) if self._shared is not None else None
        if place is None:
            header.ClearField("shared")
            return frame_messages(header, payload, self._chunk_bytes)
        header.total_bytes, header.chunk_offset = len(payload), 0
        header.shared.CopyFrom(place)
        return [response.SerializeToString()]

    def _place(self, slot: int, index: int, payload: bytes | memoryview) -> avatar_pb2.SharedPayload | None:
        if self._shared is None or len(payload) < WORTH_SHARING:
            return None
        place = self._shared.put(payload)
        if place is not None:
            self._places.setdefault(slot, deque()).append((index, place))
        return place

    def acknowledge(self, slot: int, index: int) -> None:
        """The client has received all frames of a slot up to `index`."""
        places = self._places.get(slot, ())
        while places and places[0][0] <= index:
            self._give_back(places.popleft()[1])

    def release(self, slot: int) -> None:
        """Free the memory of a slot that is closed."""
        for _, place in self._places.pop(slot, ()):
            self._give_back(place)

    def _give_back(self, place: avatar_pb2.SharedPayload) -> None:
        assert self._shared is not None
        self._shared.give_back(place)

    def close(self) -> None:
        """Detach: the stream has ended. Memory that no other stream uses stays readable for the client."""
        if self._shared is not None:
            self._shared.detach()
            for slot in list(self._places):
                self.release(slot)
            self._shared, self.is_shared = None, False
