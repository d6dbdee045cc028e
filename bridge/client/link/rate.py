"""Estimates the downlink rate: the upper quartile over recent large frames.

A chunked frame is timed from its first chunk, not counting that chunk's bytes. A frame in one message is timed by how
much longer it took than an empty answer. Both read low when frames share the link, and far too high after a stall of
the event loop, when several chunks are already there; hence neither the mean nor the maximum.
"""

from collections import deque

from bridge.v1 import avatar_pb2

_RECENT = 16
_QUANTILE = 0.75
_LARGE_BYTES = 64 * 1024  # below this latency dominates
_SHORTEST_SECONDS = 20e-6  # below this the clock is too coarse


class Rate:
    """The downlink rate of one stream, in bytes per second."""

    def __init__(self) -> None:
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._begun: dict[int, tuple[float, int]] = {}  # slot -> (arrival of its first chunk, bytes of that chunk)
        self.bytes_per_second = 0  # for the wire; 0 if unknown

    def hear(self, chunk: avatar_pb2.TextureFrame, size: int, now: float) -> None:
        """Measure a chunk of `size` bytes."""
        if size == chunk.total_bytes:
            return
        if chunk.chunk_offset == 0:
            self._begun[chunk.slot] = now, size
        elif chunk.chunk_offset + size == chunk.total_bytes and chunk.slot in self._begun:
            began, first = self._begun.pop(chunk.slot)
            self._note(chunk.total_bytes - first, now - began)

    def hear_whole(self, size: int, seconds: float) -> None:
        """Measure a frame of `size` bytes in one message, which took `seconds` longer than an empty answer."""
        if size >= _LARGE_BYTES:
            self._note(size, seconds)

    def relax(self) -> None:
        """Forget the oldest measurement: a frame was refused, perhaps because of this estimate."""
        if self._recent:
            self._recent.popleft()
            self._estimate()

    def _note(self, size: int, seconds: float) -> None:
        if seconds >= _SHORTEST_SECONDS:
            self._recent.append(size / seconds)
            self._estimate()

    def _estimate(self) -> None:
        ordered = sorted(self._recent)
        self.bytes_per_second = int(ordered[int(_QUANTILE * (len(ordered) - 1))]) if ordered else 0

    def seconds(self, size: int) -> float:
        """The estimated transfer time of `size` bytes; 0 if unknown."""
        rate = self.bytes_per_second
        return size / rate if rate else 0.0
