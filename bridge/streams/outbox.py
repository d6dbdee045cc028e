"""The answers of one stream on their way to a client that may read slowly, or never.

Bounded: an answer is turned into bytes only when the transport takes it, the newest frame of a slot replaces an unsent
older one, payloads that find no room among the unread bytes are dropped, and past the limits of what cannot be dropped
the stream ends. Knows no message in particular.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bridge.errors import BridgeError, Overloaded
from bridge.wire.unread import Holding

LETTER_BYTES = 512  # what a letter takes besides its message
STATUS_BYTES = 2048  # what is reckoned for a status: a pose, a sentence, its times
_UNREAD = Overloaded("too many bytes of answers have not been read (a stream, a session and an address have limits)")

Send = Callable[[], Sequence[Any]]


@dataclass(slots=True, eq=False)
class Letter:
    """One answer. `send` gives its messages at the moment when the transport takes it.

    Of two unsent letters of one `key` the newer stays whole, and the older one sends what `replaced` gives instead. One
    of `size` bytes that find no room sends what `dropped` gives, which is told why; a letter without it is needed.
    """

    send: Send
    key: Hashable | None = None
    replaced: Send | None = None
    dropped: Callable[[BridgeError], Sequence[Any]] | None = None
    size: int = STATUS_BYTES


class Outbox:
    """What waits to be written. `on_overflow` is called once, when a limit is passed."""

    def __init__(
        self,
        limit: int,
        hold: Callable[[Callable[[], bool]], Holding],
        on_overflow: Callable[[Overloaded], None],
        on_quiet: Callable[[], None],
    ) -> None:
        self._limit = limit
        self._on_overflow = on_overflow
        self._on_quiet = on_quiet
        self._letters: deque[Letter] = deque()
        self._newest: dict[Hashable, Letter] = {}
        self._wake: asyncio.Future[None] | None = None
        self._writing = False
        self._closed = False
        self.holding = hold(self.drop_oldest)

    @property
    def empty(self) -> bool:
        """Whether all has been written."""
        return not self._letters and not self._writing

    def put(self, letter: Letter) -> None:
        """Queue a letter; after an overflow or the end it is dropped."""
        if self._closed:
            return
        if letter.key is not None:
            self._replace(letter)
        try:
            self._hold(letter)
        except Overloaded as error:
            self._overflow(error)
            return
        self._letters.append(letter)
        if len(self._letters) > self._limit:
            self._overflow(Overloaded(f"{self._limit} answers wait to be read; read the stream faster"))
        self._rouse()

    def _hold(self, letter: Letter) -> None:
        """Find room for a letter, or for the status in its place. Overloaded when there is none even for that."""
        try:
            self.holding.take(letter.size, droppable=letter.dropped is not None)
        except Overloaded as error:
            if letter.dropped is None:
                raise
            self.holding.take(STATUS_BYTES)
            _shrink(letter, partial(letter.dropped, error))

    def _overflow(self, error: Overloaded) -> None:
        self.clear()
        self.close()
        self._on_overflow(error)

    def clear(self) -> None:
        """Drop all that waits, and keep the books of what is being written."""
        for letter in self._letters:
            self.holding.give_back(letter.size, droppable=letter.dropped is not None)
        self._letters.clear()

    def _replace(self, letter: Letter) -> None:
        older = self._newest.get(letter.key)
        if older is not None and older.replaced is not None:
            self._drop(older, older.replaced)
        self._newest[letter.key] = letter

    def drop_oldest(self) -> bool:
        """Send a status in place of the payload that has waited longest; False when there is none."""
        letter = next((letter for letter in self._letters if letter.dropped is not None), None)
        if letter is None or letter.dropped is None:
            return False
        self._drop(letter, partial(letter.dropped, _UNREAD))
        return True

    def _drop(self, letter: Letter, send: Send) -> None:
        """Send something small in place of a letter that waits."""
        self.holding.give_back(letter.size - STATUS_BYTES)
        self.holding.droppable -= letter.size if letter.dropped is not None else 0
        _shrink(letter, send)

    def _rouse(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def close(self) -> None:
        """Take no more letters. What waits is still written."""
        self._closed = True
        self._newest.clear()
        self._rouse()

    async def drain(self, write: Callable[[Any], Awaitable[None]]) -> None:
        """Write letters as they come, until the outbox is closed."""
        while True:
            while self._letters:
                self._writing = True
                size, messages = self._take()
                for message in messages:
                    await write(message)
                self.holding.give_back(size)
                self._writing = False
            self._on_quiet()
            if self._closed:
                return
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake

    def _take(self) -> tuple[int, Sequence[Any]]:
        letter = self._letters.popleft()
        if letter.key is not None and self._newest.get(letter.key) is letter:
            del self._newest[letter.key]
        if letter.dropped is not None:
            self.holding.droppable -= letter.size
        return letter.size, letter.send()


def _shrink(letter: Letter, send: Send) -> None:
    letter.send, letter.key, letter.replaced, letter.dropped, letter.size = send, None, None, None, STATUS_BYTES
