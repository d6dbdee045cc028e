"""The answers of one stream on their way to a client that may read slowly, or never.

Bounded: an answer is turned into bytes only when the transport takes it, the newest frame of a slot replaces an unsent
older one, and past the limit the stream ends. Knows no message in particular.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

Send = Callable[[], Sequence[Any]]


@dataclass(slots=True, eq=False)
class Letter:
    """One answer. `send` gives its messages at the moment when the transport takes it.

    Of two unsent letters of one `key` the newer stays whole, and the older one sends what `replaced` gives instead.
    """

    send: Send
    key: Hashable | None = None
    replaced: Send | None = None


class Outbox:
    """What waits to be written. `on_overflow` is called once, when the limit is passed."""

    def __init__(self, limit: int, on_overflow: Callable[[], None], on_quiet: Callable[[], None]) -> None:
        self._limit = limit
        self._on_overflow = on_overflow
        self._on_quiet = on_quiet
        self._letters: deque[Letter] = deque()
        self._newest: dict[Hashable, Letter] = {}
        self._wake: asyncio.Future[None] | None = None
        self._writing = False
        self._closed = False

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
        self._letters.append(letter)
        if len(self._letters) > self._limit:
            self._letters.clear()
            self.close()
            self._on_overflow()
        self._rouse()

    def _replace(self, letter: Letter) -> None:
        older = self._newest.get(letter.key)
        if older is not None and older.replaced is not None:
            older.send, older.key = older.replaced, None
        self._newest[letter.key] = letter

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
                for message in self._take().send():
                    await write(message)
                self._writing = False
            self._on_quiet()
            if self._closed:
                return
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake

    def _take(self) -> Letter:
        letter = self._letters.popleft()
        if letter.key is not None and self._newest.get(letter.key) is letter:
            del self._newest[letter.key]
        return letter
