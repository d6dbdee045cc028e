"""Shared memory of one session: payloads are written here and read by the client on the same host.

The layout, for clients in any language (offsets in bytes from the start of the file, numbers little-endian):

    0             the key, 16 bytes; a different key means a different file
    offset - 8    the stamp of a payload, a 64-bit integer above 0
    offset        the payload

A client reads the stamp, copies the payload, and reads the stamp again. If either differs from the frame's, the payload
has been freed and the frame is lost. The stamp is 0 while a payload is being written and after it is freed. Clients
never write.
"""

import asyncio
import contextlib
import logging
import secrets
import struct

from bridge.sessions.allocator import Allocator
from bridge.sessions.shared_file import KEY_BYTES, SharedFile
from bridge.v1 import avatar_pb2, bridge_pb2

log = logging.getLogger("framebridge.shared")

_STAMP = struct.Struct("<q")


class SharedMemory:
    """`size` bytes, unlinked after `grace` seconds if no stream has attached by then. Belongs to the event loop.

    OSError if there is no space for it. The memory is freed when the last attached stream closes, or by `close`.
    """

    def __init__(self, size: int, grace: float) -> None:
        self._file = SharedFile(size)
        self._size = size
        self._places = Allocator(KEY_BYTES, size)
        self._stamp = secrets.randbits(60)  # random, so that stamps of different memories never match
        self._streams = 0
        self._timer = asyncio.get_running_loop().call_later(grace, self._file.unlink)
        self.closed = False

    @property
    def payload_count(self) -> int:
        """Payloads held now."""
        return len(self._places)

    def offer(self) -> bridge_pb2.SharedMemory:
        """The offer sent in the handshake."""
        return bridge_pb2.SharedMemory(path=str(self._file.path), size_bytes=self._size, key=self._file.key)

    def attach(self) -> None:
        """Count a stream whose client has mapped the file, which no longer needs its name."""
        self._streams += 1
        self._timer.cancel()
        self._file.unlink()

    def detach(self) -> None:
        """Count off an attached stream that has closed."""
        self._streams -= 1
        if not self._streams:
            self.close()

    def retire(self) -> None:
        """Stop new attachments; streams already attached keep the memory until they close."""
        if not self._streams:
            self.close()

    def put(self, payload: bytes | memoryview) -> avatar_pb2.SharedPayload | None:
        """Write a payload; None if there is no room for it."""
        size = _STAMP.size + len(payload)
        start = None if self.closed else self._places.take(size)
        if start is None:
            return None
        self._stamp += 1
        offset = start + _STAMP.size
        try:
            self._file.write(_STAMP.pack(0), start)
            self._file.write(payload, offset)
            self._file.write(_STAMP.pack(self._stamp), start)
        except OSError as error:  # the client truncated the file, and the disk has filled up since
            log.warning("cannot write to shared memory, so payloads go over the wire: %s", error)
            self._places.give_back(start)
            return None
        return avatar_pb2.SharedPayload(offset_bytes=offset, stamp=self._stamp)

    def give_back(self, place: avatar_pb2.SharedPayload) -> None:
        """Free a payload."""
        if not self.closed:
            start = place.offset_bytes - _STAMP.size
            self._places.give_back(start)
            with contextlib.suppress(OSError):
                self._file.write(_STAMP.pack(0), start)

    def close(self) -> None:
        """Free the memory. The client keeps its mapping until it unmaps it."""
        if not self.closed:
            self.closed = True
            self._timer.cancel()
            self._file.close()
