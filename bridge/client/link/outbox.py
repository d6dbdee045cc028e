"""The send queue of a stream, in which a newer picture of a camera replaces an older one.

Bounded in messages and bytes, because whatever waits here goes stale.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from bridge.errors import Overloaded

MAX_MESSAGES = 256

T = TypeVar("T")


class Outbox(Generic[T]):
    """Messages waiting for the transport, oldest first."""

    def __init__(self, max_bytes: int, max_messages: int = MAX_MESSAGES) -> None:
        self._max_bytes = max_bytes
        self._max_messages = max_messages
        self._waiting: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._bytes = 0
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, message: T, size: int = 0, key: Hashable = None, *, always: bool = False) -> T | None:
        """Append a message; returns the one with the same key that it replaced. Overloaded if the queue is full, unless
        `always`, which is for small messages with a key, of which there are few.
        """
        replaced = None if key is None else self._waiting.pop(key, None)
        if replaced is not None:
            self._bytes -= replaced[1]
        full = len(self._waiting) >= self._max_messages or (self._waiting and self._bytes + size > self._max_bytes)
        if full and not always:
            raise Overloaded("the link to the server is backed up; send less, or wait for answers before sending more")
        self._waiting[object() if key is None else key] = (message, size)
        self._bytes += size
        self._filled.set()
        return None if replaced is None else replaced[0]

    async def get(self) -> T:
        """Wait for the oldest message and remove it."""
        while not self._waiting:
            self._filled.clear()
            await self._filled.wait()
        _, (message, size) = self._waiting.popitem(last=False)
        self._bytes -= size
        return message

    def clear(self) -> None:
        """Drop all messages."""
        self._waiting.clear()
        self._bytes = 0
