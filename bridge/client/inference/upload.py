"""Memory that the server maps too: tensors are written there, and bypass the connection.

A range belongs to a request until the server answers it, even if its caller no longer waits: until then the server may
read it. The layout is described in bridge/capabilities/inference/upload_memory.py.
"""

import mmap
from typing import Self

from bridge.client.inference.tensors import Arrays, flat, size_of
from bridge.client.link.offered import mapped
from bridge.v1 import bridge_pb2

WORTH_SHARING = 4096  # bytes; fewer are as fast on the wire
_KEY_BYTES = 16
_ALIGNMENT = 64  # bytes, a cache line


class UploadMemory:
    """The upload memory of one stream, allocated first-fit by request."""

    def __init__(self, memory: mmap.mmap, begin: int) -> None:
        self._memory = memory
        self._begin = _up(begin)
        self._taken: dict[int, tuple[int, int]] = {}  # by request index; no more than the server lets be open

    @classmethod
    def attach(cls, offer: bridge_pb2.SharedMemory) -> Self | None:
        """Map what the server offers. None if that is not possible here: tensors then go over the wire."""
        memory = mapped(offer, writable=True) if len(offer.key) >= _KEY_BYTES else None
        return None if memory is None else cls(memory, len(offer.key))

    def __len__(self) -> int:
        """Requests whose tensors lie here."""
        return len(self._taken)

    def put(self, index: int, arrays: Arrays) -> int | None:
        """Write the tensors of a request; returns their offset. None if there is no room, or they are small."""
        size = size_of(arrays)
        offset = self._gap(size) if size >= WORTH_SHARING else None
        if offset is None:
            return None
        self._taken[index] = offset, offset + size
        at = offset
        for array in arrays.values():
            self._memory[at : at + array.nbytes] = flat(array).data
            at += array.nbytes
        return offset

    def free(self, index: int) -> None:
        """Free the range of a request, if it has one: it is answered, or was never sent."""
        self._taken.pop(index, None)

    def close(self) -> None:
        """Unmap it: the stream is lost."""
        self._memory.close()

    def _gap(self, size: int) -> int | None:
        """The first gap of `size` bytes."""
        at = self._begin
        for begin, end in sorted(self._taken.values()):
            if at + size <= begin:
                break
            at = _up(end)
        return at if at + size <= len(self._memory) else None


def _up(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT
