"""The memory that one session shares with its client, and the payloads that lie in it.

The layout, for clients in any language (offsets in bytes from the file's beginning, numbers little-endian):

    0             the key, 16 bytes: who finds another one there has opened another file
    offset - 8    the stamp of a payload, a 64-bit integer above 0
    offset        the payload

A client reads the stamp, copies the payload, and reads the stamp again: when either differs from what the frame says,
the place has been given back, and the frame is gone. Before a place is filled, and when it is given back, its stamp is
0. A client never writes.
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
    """`size` bytes, whose name goes after `grace` seconds if no stream has attached by then. Belongs to the event loop.

    OSError when there is no room for it. The memory is freed when the last stream that attached is over, or by `close`.
    """

    def __init__(self, size: int, grace: float) -> None:
        self._file = SharedFile(size)
        self._size = size
        self._places = Allocator(KEY_BYTES, size)
        self._stamp = secrets.randbits(60)  # so that the stamps of another memory never match
        self._streams = 0
        self._timer = asyncio.get_running_loop().call_later(grace, self._file.unlink)
        self.closed = False

    @property
    def payload_count(self) -> int:
        """How many payloads lie in it."""
        return len(self._places)

    def offer(self) -> bridge_pb2.SharedMemory:
        """What the client is told."""
        return bridge_pb2.SharedMemory(path=str(self._file.path), size_bytes=self._size, key=self._file.key)

    def attach(self) -> None:
        """A stream's client has mapped the file: nobody needs its name any more."""
        self._streams += 1
        self._timer.cancel()
        self._file.unlink()

    def detach(self) -> None:
        """A stream that had attached is over."""
        self._streams -= 1
        if not self._streams:
            self.close()

    def retire(self) -> None:
        """Stop new attachments; streams already attached keep the memory until they close."""
        if not self._streams:
            self.close()

    def put(self, payload: bytes | memoryview) -> avatar_pb2.SharedPayload | None:
        """Write a payload; None when it finds no place."""
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
        except OSError as error:  # the client has cut the file short, and the disk is full since
            log.warning("shared memory cannot be written, payloads go by the wire: %s", error)
            self._places.give_back(start)
            return None
        return avatar_pb2.SharedPayload(offset_bytes=offset, stamp=self._stamp)

    def give_back(self, place: avatar_pb2.SharedPayload) -> None:
        """Nobody needs this payload any more."""
        if not self.closed:
            start = place.offset_bytes - _STAMP.size
            self._places.give_back(start)
            with contextlib.suppress(OSError):
                self._file.write(_STAMP.pack(0), start)

    def close(self) -> None:
        """Free the memory. The client keeps what it has mapped until it unmaps it."""
        if not self.closed:
            self.closed = True
            self._timer.cancel()
            self._file.close()
