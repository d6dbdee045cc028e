"""Receives a stream's results, from chunks or from shared memory, and measures their rate."""

import time
from typing import Any, NamedTuple

import numpy as np

from bridge.client.inference.tensors import Bytes
from bridge.client.link.payloads import Missing
from bridge.client.link.rate import Rate
from bridge.client.link.shared import SharedMemory
from bridge.errors import ContractBroken


class Whole(NamedTuple):
    """A result: its first chunk's header, which has the outputs, and all bytes. Without chunks it came through shared
    memory.
    """

    header: Any
    data: Bytes | Missing
    chunks: int


class Results:
    """Results of one stream, from its opening until it is lost. None has more than `most` bytes."""

    def __init__(self, shared: SharedMemory | None = None, most: int = 0) -> None:
        self._shared = shared.hold() if shared is not None else None
        self._most = most
        self._header: Any = None
        self._data: Bytes = np.empty(0, np.uint8)
        self._filled = self._chunks = 0
        self.rate = Rate()

    @property
    def attached(self) -> bool:
        """Whether results may come through shared memory."""
        return self._shared is not None

    def take(self, chunk: Any, part: bytes | memoryview) -> Whole | None:
        """Take an InferenceResult; returns the whole result once it is complete. ContractBroken if it does not fit.

        Chunks of a result come without those of others in between.
        """
        if not 0 <= chunk.total_bytes <= self._most:
            raise ContractBroken(f"a result of {chunk.total_bytes} bytes; the server's limit is {self._most}")
        if chunk.HasField("shared"):
            return Whole(chunk, self._copied(chunk), 0)
        self.rate.hear(chunk, len(part), time.perf_counter())
        return self._add(chunk, part)

    def _copied(self, chunk: Any) -> Bytes | Missing:
        if self._shared is None:
            raise ContractBroken("a result in shared memory, which this client has not attached")
        payload = self._shared.read(chunk.shared, chunk.total_bytes)
        return Missing.GONE if payload is None else np.frombuffer(payload, np.uint8).copy()

    def _add(self, chunk: Any, part: bytes | memoryview) -> Whole | None:
        if chunk.chunk_offset == 0:
            self._begin(chunk)
        header, offset, end = self._header, chunk.chunk_offset, chunk.chunk_offset + len(part)
        if header is None or offset != self._filled or _name(chunk) != _name(header):
            raise ContractBroken(f"a chunk at {offset} of result {chunk.request_index}, {self._filled} was due")
        if end > len(self._data) or (not part and len(self._data)):
            raise ContractBroken(f"a chunk of {len(part)} bytes at {offset} of a result of {len(self._data)}")
        self._data[offset:end] = np.frombuffer(part, np.uint8)
        self._filled, self._chunks = end, self._chunks + 1
        if end < len(self._data):
            return None
        whole = Whole(header, self._data, self._chunks)
        self._begin(None)
        return whole

    def _begin(self, header: Any) -> None:
        self._header, self._filled, self._chunks = header, 0, 0
        self._data = np.empty(0 if header is None else header.total_bytes, np.uint8)

    def close(self) -> None:
        """Release the shared memory: the stream is lost."""
        if self._shared is not None:
            self._shared.release()
            self._shared = None


def _name(chunk: Any) -> tuple[int, int, int]:
    return chunk.slot, chunk.request_index, chunk.total_bytes
