"""The bounded send queue of a stream, whose client may read slowly or never.

An answer is serialised only when the transport takes it; what is ready then goes as one message, where the client reads
bundles. A newer frame of a slot replaces an unsent older one; payloads that exceed the limits on unread bytes are
dropped; if that is not enough, the stream ends. Knows no particular message.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from functools import partial
from typing import Any, Protocol

from bridge.errors import BridgeError, Overloaded
from bridge.wire.bundles import MOST_BYTES, MOST_PARTS, PART_BYTES, Joiner
from bridge.wire.handlers import encode
from bridge.wire.unread import Holding

ENTRY_BYTES = 512  # overhead of an entry, on top of its payload
STATUS_BYTES = 2048  # estimated size of a status: pose, sentence, timing
_UNREAD = Overloaded("too many bytes of answers have not been read (limits apply per stream, session and address)")

Send = Callable[[], Sequence[Any]]


class Entry:
    """One queued answer, whose messages are built when the transport takes it.

    A newer entry with the same `key` makes an unsent one send `replaced()` instead. A `droppable` entry whose `size` in
    bytes does not fit the limits sends `dropped(why)`; any other must be delivered. One that is `alone` is too large
    for a bundle: it is not built, and judged, before those in front of it are written.
    """

    __slots__ = ("alone", "droppable", "instead", "key", "size")

    def __init__(self, key: Hashable | None = None, size: int = STATUS_BYTES, *, droppable: bool = False) -> None:
        self.key = key
        self.alone = False
        self.size = size
        self.droppable = droppable
        self.instead: Send | None = None  # builds the status sent in its place

    def send(self) -> Sequence[Any]:
        """Its messages."""
        raise NotImplementedError

    def replaced(self) -> Sequence[Any]:
        """What is sent in its place once a newer one has its key."""
        raise NotImplementedError

    def dropped(self, why: BridgeError) -> Sequence[Any]:
        """What is sent in its place if it is dropped."""
        raise NotImplementedError

    def free(self) -> None:
        """It will not be sent: free what only that needs."""


class Made(Entry):
    """An entry that must be delivered, made by a function."""

    __slots__ = ("_make",)

    def __init__(self, make: Send, size: int = STATUS_BYTES) -> None:
        super().__init__(size=size)
        self._make = make

    def send(self) -> Sequence[Any]:
        return self._make()


class Outlet(Protocol):
    """Where answers are put: a stream's outbox, or what stands for it in a call with one answer."""

    def put(self, entry: Entry) -> None:
        """Send an entry, now or later."""
        ...


class Outbox:
    """Entries waiting for the transport. `on_overflow` is called once, when a limit is exceeded."""

    def __init__(
        self,
        limit: int,
        hold: Callable[[Callable[[], bool]], Holding],
        on_overflow: Callable[[Overloaded], None],
        on_idle: Callable[[], None],
        joiner: Joiner | None = None,
    ) -> None:
        self._limit = limit
        self._on_overflow = on_overflow
        self._on_idle = on_idle
        self._joiner = joiner
        self._entries: deque[Entry] = deque()
        self._newest: dict[Hashable, Entry] = {}
        self._wake: asyncio.Future[None] | None = None
        self._writing = False
        self._closed = False
        self.holding = hold(self.drop_oldest)

    @property
    def empty(self) -> bool:
        """Whether everything has been written."""
        return not self._entries and not self._writing

    def put(self, entry: Entry) -> None:
        """Append an entry; ignored once the outbox is closed."""
        if self._closed:
            return
        if entry.key is not None:
            older = self._newest.get(entry.key)
            if older is not None and older.instead is None:
                self._drop(older, older.replaced)
            self._newest[entry.key] = entry
        try:
            self.holding.take(entry.size, droppable=entry.droppable)
        except Overloaded as error:
            if not self._hold_status(entry, error):
                return
        self._entries.append(entry)
        if len(self._entries) > self._limit:
            self._overflow(Overloaded(f"{self._limit} answers are queued unread; read the stream faster"))
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _hold_status(self, entry: Entry, error: Overloaded) -> bool:
        """Reserve the bytes of the status in place of an entry that does not fit. False if not even that does."""
        try:
            if not entry.droppable:
                raise error
            self.holding.take(STATUS_BYTES)
        except Overloaded as over:
            self._overflow(over)
            return False
        _shrink(entry, partial(entry.dropped, error))
        return True

    def _overflow(self, error: Overloaded) -> None:
        self.clear()
        self.close()
        self._on_overflow(error)

    def clear(self) -> None:
        """Drop all queued entries; the one being written stays accounted for."""
        for entry in self._entries:
            self.holding.give_back(entry.size, droppable=entry.droppable)
        self._entries.clear()

    def drop_oldest(self) -> bool:
        """Replace the oldest droppable payload by a status. False if there is none."""
        entry = next((entry for entry in self._entries if entry.droppable), None)
        if entry is None:
            return False
        self._drop(entry, partial(entry.dropped, _UNREAD))
        return True

    def _drop(self, entry: Entry, send: Send) -> None:
        """Make a queued entry send a status instead."""
        self.holding.give_back(entry.size - STATUS_BYTES)
        self.holding.droppable -= entry.size if entry.droppable else 0
        _shrink(entry, send)

    def close(self) -> None:
        """Take no more entries; queued ones are still written."""
        self._closed = True
        self._newest.clear()
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    async def run(self, write: Callable[[Any], Awaitable[None]]) -> None:
        """Write entries as they arrive, until the outbox is closed and empty. The first, `opened`, is in no bundle."""
        joiner = None
        while True:
            while self._entries:
                self._writing = True
                size, messages = self._take() if joiner is None else self._take_bundle(joiner)
                joiner = self._joiner
                for message in messages:
                    await write(message)
                self.holding.give_back(size)
                self._writing = False
            self._on_idle()
            if self._closed:
                return
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake

    def _take_bundle(self, joiner: Joiner) -> tuple[int, Sequence[Any]]:
        """Take what is ready, as one message; ends with the first answer that has to travel alone."""
        size, filled = 0, 0
        messages: list[bytes] = []
        while self._entries and filled < MOST_BYTES and len(messages) < MOST_PARTS:
            if messages and self._entries[0].alone:
                break
            held, taken = self._take()
            size += held
            for message in taken:
                data = message if isinstance(message, bytes) else encode(message)
                messages.append(data)
                filled += len(data)
            if messages and len(messages[-1]) > PART_BYTES:
                break
        return size, joiner.joined(messages)

    def _take(self) -> tuple[int, Sequence[Any]]:
        entry = self._entries.popleft()
        if entry.key is not None and self._newest.get(entry.key) is entry:
            del self._newest[entry.key]
        if entry.droppable:
            self.holding.droppable -= entry.size
        return entry.size, entry.send() if entry.instead is None else entry.instead()


def _shrink(entry: Entry, instead: Send) -> None:
    """Make an entry a status."""
    entry.free()
    entry.instead, entry.key, entry.droppable, entry.size = instead, None, False, STATUS_BYTES
