"""The client's side of shared memory with a server on the same host: maps it at the handshake, and only reads.

The layout is described in bridge/sessions/shared_memory.py.
"""

import contextlib
import mmap
import struct
from pathlib import Path
from typing import Self

from bridge.client.link.offered import mapped
from bridge.errors import ContractBroken
from bridge.v1 import avatar_pb2, bridge_pb2

_STAMP = struct.Struct("<q")


class SharedMemory:
    """A mapped file, reference-counted: unmapped when the last holder releases it."""

    def __init__(self, memory: mmap.mmap, header_bytes: int) -> None:
        self._memory = memory
        self._size = len(memory)
        self._header_bytes = header_bytes
        self._holders = 1

    @classmethod
    def attach(cls, offer: bridge_pb2.SharedMemory) -> Self | None:
        """Map the file that the server offers. None if that is not possible here: payloads then come over the wire.

        The file is unlinked, so that no crash can leave it behind.
        """
        memory = mapped(offer)
        if memory is None:
            return None
        with contextlib.suppress(OSError):
            Path(offer.path).unlink()
        return cls(memory, len(offer.key))

    def hold(self) -> Self:
        """Add a holder."""
        self._holders += 1
        return self

    def release(self) -> None:
        """Remove a holder."""
        self._holders -= 1
        if not self._holders:
            self._memory.close()

    def read(self, place: avatar_pb2.SharedPayload, total: int) -> bytes | None:
        """Copy a payload; None if its memory has been reused. ContractBroken if it lies outside the file."""
        begin = place.offset_bytes
        if not (self._header_bytes + _STAMP.size <= begin and 0 < total <= self._size - begin):
            raise ContractBroken(f"a payload of {total} bytes at {begin} of {self._size} bytes of shared memory")
        if not self._stamped(place):
            return None
        payload = self._memory[begin : begin + total]
        return payload if self._stamped(place) else None

    def _stamped(self, place: avatar_pb2.SharedPayload) -> bool:
        (stamp,) = _STAMP.unpack_from(self._memory, place.offset_bytes - _STAMP.size)
        return bool(stamp == place.stamp)
