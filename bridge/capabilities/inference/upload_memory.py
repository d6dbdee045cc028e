"""Memory that a client on the same host writes its tensors to, so that they bypass the connection.

The layout: the file's key in its first 16 bytes, the client's to use from there. The server copies a range before it
answers the request that names it; until then the client leaves it alone. Nothing that a client writes there can harm
more than its own request: the server reads through a descriptor, and validates what it has copied.
"""

import logging

from bridge.errors import InvalidRequest, OutOfRange
from bridge.pictures.byte_counts import ByteCounts
from bridge.policy.work import Owner
from bridge.sessions.shared_file import KEY_BYTES, SharedFile
from bridge.v1 import bridge_pb2

log = logging.getLogger("framebridge.shared")


class UploadMemory:
    """`size` bytes for one stream. OSError if there is no space for it."""

    def __init__(self, size: int, counts: ByteCounts, owner: Owner) -> None:
        self._file = SharedFile(size)
        self._size, self._counts, self._owner = size, counts, owner
        counts.take(owner, size)
        self._used = False

    @classmethod
    def wanted(cls, size: int, counts: ByteCounts, owner: Owner) -> "UploadMemory | None":
        """Memory for a client that wants some; None if there is no room, and its tensors come over the wire."""
        if not size or counts.passed(owner, size):
            return None
        try:
            return cls(size, counts, owner)
        except OSError as error:
            log.warning("no memory for tensors, so they come over the wire: %s", error)
            return None

    def offer(self) -> bridge_pb2.SharedMemory:
        """The offer sent as the stream opens."""
        return bridge_pb2.SharedMemory(path=str(self._file.path), size_bytes=self._size, key=self._file.key)

    def copy(self, offset: int, size: int) -> bytes:
        """A copy of a range. OutOfRange if it lies outside the file, InvalidRequest if the client truncated that."""
        if not self._used:
            self._used = True
            self._file.unlink()  # the client has mapped it
        if not KEY_BYTES <= offset <= self._size - size:
            raise OutOfRange(
                f"offset_bytes is {offset}; {size:,} bytes of the upload memory may lie from {KEY_BYTES} to "
                f"{self._size - size}"
            )
        data = self._file.read(size, offset)
        if len(data) < size:
            raise InvalidRequest("the upload memory has been truncated; leave its size alone, or send tensors as bytes")
        return data

    def close(self) -> None:
        """Free it: the stream has ended."""
        self._file.close()
        self._counts.give(self._owner, self._size)
