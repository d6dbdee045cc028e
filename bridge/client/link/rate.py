"""How fast bulk bytes come down: the upper quartile of what recent large frames showed.

Of a frame in chunks, what came after the first chunk is timed from there. Of one in a single message, all of it is
timed by what its way took longer than an empty one. Both read too low when other frames share the link, and far too
high when the loop was stalled and found several chunks waiting: hence neither the mean nor the greatest.
"""

from collections import deque

from bridge.v1 import avatar_pb2

_RECENT = 16
_QUANTILE = 0.75
_LARGE_BYTES = 64 * 1024  # below, the time is the link's, not the bytes'
_SHORTEST_SECONDS = 20e-6  # below, the clock tells nothing


class Rate:
    """Bytes a second of one stream's link."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._begun: dict[int, tuple[float, int]] = {}  # slot -> when its first chunk came, and that chunk's bytes

    def hear(self, chunk: avatar_pb2.TextureFrame, size: int, now: float) -> None:
        """A chunk of `size` bytes has come."""
        if size == chunk.total_bytes:
            return
        if chunk.chunk_offset == 0:
            self._begun[chunk.slot] = now, size
        elif chunk.chunk_offset + size == chunk.total_bytes and chunk.slot in self._begun:
            began, first = self._begun.pop(chunk.slot)
            self._note(chunk.total_bytes - first, now - began)

    def hear_whole(self, size: int, seconds: float) -> None:
        """A frame of `size` bytes in one message took this much longer than an empty answer."""
        if size >= _LARGE_BYTES:
            self._note(size, seconds)

    def relax(self) -> None:
        """A frame was refused, perhaps for the link's sake: believe less, until it is measured anew."""
        if self._recent:
            self._recent.popleft()

    def _note(self, size: int, seconds: float) -> None:
        if seconds >= _SHORTEST_SECONDS:
            self._recent.append(size / seconds)

    @property
    def bytes_per_second(self) -> int:
        """As the contract wants it; 0 when not known yet."""
        if not self._recent:
            return 0
        ordered = sorted(self._recent)
        return int(ordered[int(_QUANTILE * (len(ordered) - 1))])

    def seconds(self, size: int) -> float:
        """What the link takes for this many bytes, as far as is known."""
        rate = self.bytes_per_second
        return size / rate if rate else 0.0
