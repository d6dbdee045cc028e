"""Back-pressure of one slot on one stream: frames under way are bounded by what the client has acknowledged.

HTTP/2's buffers would hide staleness: a client behind a slow link would see every frame, each a second old. So at most
`limit` frames are under way; meanwhile the newest request waits, and replaces the one that waited before.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol


class Frame(Protocol):
    """A request for one frame."""

    index: int

    @property
    def due(self) -> float: ...


Act = Callable[[Frame], None]


class FrameFlow:
    """`submit` makes a frame, `supersede` and `give_up` answer a request that gets none."""

    def __init__(self, limit: int, clock: Callable[[], float], submit: Act, supersede: Act, give_up: Act) -> None:
        self._limit = limit
        self._clock = clock
        self._submit = submit
        self._supersede = supersede
        self._give_up = give_up
        self._making: set[int] = set()
        self._unacknowledged: set[int] = set()
        self._held: Frame | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.newest_sent = 0

    @property
    def blocked(self) -> bool:
        """Whether another frame would be one too many. Of those being made, one at most has started: the newest
        request replaces all others."""
        return len(self._unacknowledged) + min(1, len(self._making)) >= self._limit

    def ask(self, frame: Frame) -> None:
        """Make a frame, now or as soon as the client has caught up."""
        if not self.blocked:
            self._make(frame)
            return
        if self._held is not None:
            self._supersede(self._held)
        self._hold(frame)

    def _make(self, frame: Frame) -> None:
        self._making.add(frame.index)
        self._submit(frame)

    def _hold(self, frame: Frame) -> None:
        self.let_go()
        self._held = frame
        self._timer = asyncio.get_running_loop().call_later(max(0.0, frame.due - self._clock()), self._expire)

    def _expire(self) -> None:
        held = self.let_go()
        if held is not None:
            self._give_up(held)

    def let_go(self) -> Frame | None:
        """Stop holding a request back, and forget it."""
        held, self._held = self._held, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return held

    def sent(self, index: int) -> None:
        """A frame was handed to the stream."""
        self._making.discard(index)
        self._unacknowledged.add(index)
        self.newest_sent = max(self.newest_sent, index)

    def lost(self, index: int) -> None:
        """A request got no frame after all."""
        self._making.discard(index)
        self._unacknowledged.discard(index)
        self._next()

    def acknowledge(self, index: int) -> None:
        """The client has received all frames up to `index`."""
        self._unacknowledged = {sent for sent in self._unacknowledged if sent > index}
        self._next()

    def _next(self) -> None:
        if self._held is not None and not self.blocked:
            held = self.let_go()
            assert held is not None
            self._make(held)
