"""How the payloads of one avatar stream travel: through shared memory where the client has attached some, else on the
wire; and how long they take there.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from bridge.codecs.formats import TextureFormat, size_bytes
from bridge.services.avatar_slot import Picture
from bridge.services.bounds import Worth
from bridge.services.shared_memory import SharedMemory
from bridge.services.texture import frame_messages
from bridge.v1 import avatar_pb2, media_pb2
from bridge.work import Rung

WORTH_SHARING = 4096  # bytes; a smaller payload costs the wire no more
_FILE_SHARE = 0.5  # of the bytes of its pixels: more than PNG and WebP make of an avatar


class Carriage:
    """The payloads of one stream. A place in shared memory is free again once its frame is acknowledged."""

    def __init__(self, shared: SharedMemory | None, chunk_bytes: int) -> None:
        self._shared = shared
        self._chunk_bytes = chunk_bytes
        self._places: dict[int, deque[tuple[int, avatar_pb2.SharedPayload]]] = {}
        if shared is not None:
            shared.attach()

    def messages(self, header: avatar_pb2.TextureFrame, payload: bytes | memoryview) -> Sequence[bytes]:
        """A frame as serialised messages; `header` holds every field but those of the payload."""
        place = self._place(header.slot, header.frame_index, payload)
        if place is None:
            return frame_messages(header, payload, self._chunk_bytes)
        header.total_bytes = len(payload)
        header.shared.CopyFrom(place)
        return [avatar_pb2.StreamAvatarResponse(frame=header).SerializeToString()]

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
        """A slot is closed."""
        for _, place in self._places.pop(slot, ()):
            self._give_back(place)

    def _give_back(self, place: avatar_pb2.SharedPayload) -> None:
        assert self._shared is not None
        self._shared.give_back(place)

    def close(self) -> None:
        """The stream is over. Memory that no other stream uses is left as it is, for the client to read to the end."""
        if self._shared is not None:
            self._shared.detach()
            for slot in list(self._places):
                self.release(slot)
            self._shared = None

    # -- time on the link ----------------------------------------------------------------------------------------------

    def seconds(self, worth: Worth, payload_bytes: int) -> float:
        """How long a payload takes on the client's link; nothing where it does not travel."""
        return worth.carrying(payload_bytes) if self._shared is None else 0.0

    def lagged(
        self, rungs: Sequence[Rung], worth: Worth, format_: media_pb2.TextureFormat, picture: Picture | None
    ) -> list[Rung]:
        """The rungs, each with the time that its payload takes; `picture` is what the ones without a device repeat."""
        if not worth.rate:
            return list(rungs)
        return [replace(rung, lag=self.seconds(worth, _bytes_of(rung, format_, picture))) for rung in rungs]


def _bytes_of(rung: Rung, format_: media_pb2.TextureFormat, picture: Picture | None) -> int:
    side = rung.name.rpartition(".")[2]
    if rung.lane is not None and side.isdigit():
        return expected_bytes(format_, int(side), int(side))
    return 0 if picture is None else expected_bytes(format_, picture.shape[1], picture.shape[0])


def expected_bytes(format_: media_pb2.TextureFormat, width: int, height: int) -> int:
    """How many bytes a texture of a format and size has; of a file, about how many."""
    form = TextureFormat[media_pb2.TextureFormat.Name(format_).removeprefix("TEXTURE_FORMAT_")]
    if form.is_file:
        return round(_FILE_SHARE * size_bytes(TextureFormat.RGBA32, width, height))
    return size_bytes(form, width, height)
