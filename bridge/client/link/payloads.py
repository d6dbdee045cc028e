"""Receives a stream's payloads, from chunks or from shared memory, and measures their rate.

Knows nothing of requests and subscriptions.
"""

import enum
import time
from typing import Literal

from bridge.client.frames import Assembly
from bridge.client.link.rate import Rate
from bridge.client.link.shared import SharedMemory
from bridge.errors import ContractBroken
from bridge.v1 import avatar_pb2


class Missing(enum.Enum):
    """Why there is no payload."""

    GONE = "its shared memory was reused before it was read"


Payload = bytes | Literal[Missing.GONE]


class Payloads:
    """Payloads of one stream, from its opening until it is lost."""

    def __init__(self, shared: SharedMemory | None = None) -> None:
        self._shared = shared.hold() if shared is not None else None
        self._assemblies: dict[int, Assembly] = {}
        self.rate = Rate()

    @property
    def attached(self) -> bool:
        """Whether payloads may come through shared memory."""
        return self._shared is not None

    def take(self, chunk: avatar_pb2.TextureFrame, part: bytes | memoryview) -> Payload | None:
        """Take a chunk; returns the whole payload once it is complete. ContractBroken if the chunk does not fit."""
        if chunk.HasField("shared"):
            return self._copy(chunk)
        self.rate.hear(chunk, len(part), time.perf_counter())
        return self._assemblies.setdefault(chunk.slot, Assembly()).add(chunk, part)

    def _copy(self, chunk: avatar_pb2.TextureFrame) -> Payload:
        if self._shared is None:
            raise ContractBroken("a payload in shared memory, which this client has not attached")
        payload = self._shared.read(chunk.shared, chunk.total_bytes)
        return Missing.GONE if payload is None else payload

    def close(self) -> None:
        """Release the shared memory: the stream is lost."""
        if self._shared is not None:
            self._shared.release()
            self._shared = None
