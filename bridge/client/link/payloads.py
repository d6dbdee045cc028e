"""The payloads of one stream: put together from chunks, or copied out of shared memory; and how fast they come.

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

    GONE = "its place in shared memory was used again before it was read"


Payload = bytes | Literal[Missing.GONE]


class Payloads:
    """From the opening of a stream to its loss."""

    def __init__(self, shared: SharedMemory | None = None) -> None:
        self._shared = shared.hold() if shared is not None else None
        self._assemblies: dict[int, Assembly] = {}
        self.rate = Rate()

    @property
    def attached(self) -> bool:
        """Whether payloads may come through shared memory."""
        return self._shared is not None

    def take(self, chunk: avatar_pb2.TextureFrame, part: bytes | memoryview) -> Payload | None:
        """The whole payload of a frame once `chunk` completes it. ContractBroken when it does not fit."""
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
        """The stream is lost."""
        if self._shared is not None:
            self._shared.release()
            self._shared = None
