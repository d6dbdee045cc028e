"""The bounded send queue of a stream, whose client may read slowly or never.

An answer is serialised only when the transport takes it. A newer frame of a slot replaces an unsent older one; payloads
that exceed the limits on unread bytes are dropped; if that is not enough, the stream ends. Knows no particular message.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
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


@dataclass(slots=True, eq=False)
class Entry:
    """One queued answer. `send` builds its messages when the transport takes it.

    A newer entry with the same `key` makes an unsent one send `replaced()` instead. An entry whose `size` in bytes does
    not fit the limits sends `dropped(why)`; one without `dropped` must be delivered.
    """

    send: Send
    key: Hashable | None = None
    replaced: Send | None = None
    dropped: Callable[[BridgeError], Sequence[Any]] | None = None
    size: int = STATUS_BYTES


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
            self._replace(entry)
        try:
            self._hold(entry)
        except Overloaded as error:
            self._overflow(error)
            return
        self._entries.append(entry)
        if len(self._entries) > self._limit:
            self._overflow(Overloaded(f"{self._limit} answers are queued unread; read the stream faster"))
        self._wake_writer()

    def _hold(self, entry: Entry) -> None:
        """Reserve the bytes of an entry, or of the status in its place. Overloaded if not even that fits."""
        try:
            self.holding.take(entry.size, droppable=entry.dropped is not None)
        except Overloaded as error:
            if entry.dropped is None:
                raise
            self.holding.take(STATUS_BYTES)
            _shrink(entry, partial(entry.dropped, error))

    def _overflow(self, error: Overloaded) -> None:
        self.clear()
        self.close()
        self._on_overflow(error)

    def clear(self) -> None:
        """Drop all queued entries; the one being written stays accounted for."""
        for entry in self._entries:
            self.holding.give_back(entry.size, droppable=entry.dropped is not None)
        self._entries.clear()

    def _replace(self, entry: Entry) -> None:
        older = self._newest.get(entry.key)
        if older is not None and older.replaced is not None:
            self._drop(older, older.replaced)
        self._newest[entry.key] = entry

    def drop_oldest(self) -> bool:
        """Replace the oldest droppable payload by a status. False if there is none."""
        entry = next((entry for entry in self._entries if entry.dropped is not None), None)
        if entry is None or entry.dropped is None:
            return False
        self._drop(entry, partial(entry.dropped, _UNREAD))
        return True

    def _drop(self, entry: Entry, send: Send) -> None:
        """Make a queued entry send a status instead."""
        self.holding.give_back(entry.size - STATUS_BYTES)
        self.holding.droppable -= entry.size if entry.dropped is not None else 0
        _shrink(entry, send)

    def _wake_writer(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def close(self) -> None:
        """Take no more entries; queued ones are still written."""
        self._closed = True
        self._newest.clear()
        self._wake_writer()

    async def run(self, write: Callable[[Any], Awaitable[None]]) -> None:
        """Write entries as they arrive, until the outbox is closed and empty."""
        while True:
            while self._entries:
                self._writing = True
                size, messages = self._take() if self._joiner is None else self._take_bundle(self._joiner)
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
            held, taken = self._take()
            size += held
            for message in taken:
                messages.append(encode(message))
                filled += len(messages[-1])
            if messages and len(messages[-1]) > PART_BYTES:
                break
        return size, joiner.joined(messages)

    def _take(self) -> tuple[int, Sequence[Any]]:
        entry = self._entries.popleft()
        if entry.key is not None and self._newest.get(entry.key) is entry:
            del self._newest[entry.key]
        if entry.dropped is not None:
            self.holding.droppable -= entry.size
        return entry.size, entry.send()


def _shrink(entry: Entry, send: Send) -> None:
    entry.send, entry.key, entry.replaced, entry.dropped, entry.size = send, None, None, None, STATUS_BYTES
