"""The send queue of a stream, in which a newer picture of a camera replaces an older one.

Bounded in messages and bytes, because whatever waits here goes stale. What waits when the transport is ready leaves as
one message, a bundle, as far as its limits allow.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from bridge.errors import Overloaded
from bridge.wire.bundles import MOST_BYTES, MOST_PARTS, PART_BYTES, Joiner

MAX_MESSAGES = 256
_MOST_PAYLOAD_BYTES = 4096  # of one part
_MOST_HEAD_BYTES = 8 * 1024  # of all parts, without payloads: too few for more fields than they may have

T = TypeVar("T")


class _Entry(Generic[T]):
    """A message, and how many bytes of it are payload: a picture, a text or tensors."""

    __slots__ = ("data", "message", "size")

    def __init__(self, message: T, size: int) -> None:
        self.message = message
        self.size = size
        self.data: bytes | None = None  # serialised, once it could have been its turn


class Outbox(Generic[T]):
    """Messages waiting for the transport, oldest first; `write` serialises one."""

    def __init__(self, write: Callable[[T], bytes], max_bytes: int, max_messages: int = MAX_MESSAGES) -> None:
        self._write = write
        self._max_bytes = max_bytes
        self._max_messages = max_messages
        self._waiting: OrderedDict[Hashable, _Entry[T]] = OrderedDict()
        self._bytes = 0
        self._wake: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: T, size: int = 0, key: Hashable = None, *, always: bool = False) -> T | None:
        """Append a message; returns the one with the same key that it replaced. Overloaded if the queue is full, unless
        `always`, which is for small messages with a key, of which there are few.
        """
        replaced = None if key is None else self._waiting.pop(key, None)
        if replaced is not None:
            self._bytes -= replaced.size
        full = len(self._waiting) >= self._max_messages or (self._waiting and self._bytes + size > self._max_bytes)
        if full and not always:
            raise Overloaded("the link to the server is backed up; send less, or wait for answers before sending more")
        self._waiting[object() if key is None else key] = _Entry(message, size)
        self._bytes += size
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)
        return None if replaced is None else replaced.message

    async def get(self, joiner: Joiner | None = None) -> bytes:
        """Wait for messages; removes the oldest, serialised. With a `joiner` it takes along those that fit into one
        bundle.
        """
        while not self._waiting:
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        self._wake = None
        return self._take(1)[0] if joiner is None else joiner.join(self._take(MOST_PARTS))

    def _take(self, most: int) -> list[bytes]:
        """The oldest message, and those after it that fit into a bundle of `most` parts with it."""
        taken: list[bytes] = []
        filled = heads = 0
        while self._waiting and len(taken) < most:
            key, entry = next(iter(self._waiting.items()))
            alone = entry.size > _MOST_PAYLOAD_BYTES
            if taken and alone:
                break
            data = entry.data = entry.data or self._write(entry.message)
            filled += len(data)
            heads += len(data) - entry.size
            fits = not alone and len(data) <= PART_BYTES and filled <= MOST_BYTES and heads <= _MOST_HEAD_BYTES
            if taken and not fits:
                break
            del self._waiting[key]
            self._bytes -= entry.size
            taken.append(data)
            if not fits:
                break
        return taken

    def clear(self) -> None:
        """Drop all messages."""
        self._waiting.clear()
        self._bytes = 0
