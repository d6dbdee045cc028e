"""Back-pressure of one slot on one stream: frames under way are bounded by what the client has acknowledged.

HTTP/2's buffers would hide staleness: a client behind a slow link would see every frame, each a second old. So at most
`limit` frames are under way; meanwhile the newest request waits, and replaces the one that waited before. A frame that
was begun before the others had been sent waits too once it is made.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol


class Frame(Protocol):
    """A request for one frame."""

    index: int

    @property
    def due(self) -> float: ...

    @property
    def started(self) -> bool:
        """Whether the device has begun it: a newer request does not replace it any more."""
        ...


Act = Callable[[Frame], None]
HandOver = Callable[[], None]


class FrameFlow:
    """`submit` makes a frame, `supersede` and `give_up` answer a request that gets none."""

    def __init__(self, limit: int, clock: Callable[[], float], submit: Act, supersede: Act, give_up: Act) -> None:
        self._limit = limit
        self._clock = clock
        self._submit = submit
        self._supersede = supersede
        self._give_up = give_up
        self._making: dict[int, Frame] = {}
        self._unacknowledged: set[int] = set()
        self._held: Frame | None = None
        self._made: HandOver | None = None  # hands the held frame over, where it is made already
        self._timer: asyncio.TimerHandle | None = None
        self.newest_sent = 0

    @property
    def blocked(self) -> bool:
        """Whether another frame would be one too many. It replaces those being made that have not started."""
        started = sum(frame.started for frame in self._making.values())
        return len(self._unacknowledged) + max(started, min(1, len(self._making))) >= self._limit

    def ask(self, frame: Frame) -> None:
        """Make a frame, now or as soon as the client has caught up."""
        if not self.blocked:
            self._make(frame)
            return
        if self._held is not None:
            self._supersede(self._held)
        self._hold(frame)

    def _make(self, frame: Frame) -> None:
        self._making[frame.index] = frame
        self._submit(frame)

    def send(self, frame: Frame, hand_over: HandOver) -> None:
        """A frame is made: hand it over, now or as soon as the client has caught up."""
        self._making.pop(frame.index, None)
        if len(self._unacknowledged) < self._limit:
            self._send(frame, hand_over)
        elif self._held is not None and self._held.index > frame.index:
            self._supersede(frame)
        else:
            if self._held is not None:
                self._supersede(self._held)
            self._hold(frame, hand_over)

    def _send(self, frame: Frame, hand_over: HandOver) -> None:
        self._unacknowledged.add(frame.index)
        self.newest_sent = max(self.newest_sent, frame.index)
        hand_over()

    def _hold(self, frame: Frame, made: HandOver | None = None) -> None:
        self.let_go()
        self._held, self._made = frame, made
        self._timer = asyncio.get_running_loop().call_later(max(0.0, frame.due - self._clock()), self._expire)

    def _expire(self) -> None:
        held = self.let_go()
        if held is not None:
            self._give_up(held)

    def let_go(self) -> Frame | None:
        """Stop holding a request back, and forget it."""
        held, self._held, self._made = self._held, None, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return held

    def lost(self, index: int) -> None:
        """A request got no frame after all."""
        self._making.pop(index, None)
        self._unacknowledged.discard(index)
        self._next()

    def acknowledge(self, index: int) -> None:
        """The client has received all frames up to `index`."""
        self._unacknowledged = {sent for sent in self._unacknowledged if sent > index}
        self._next()

    def _next(self) -> None:
        held, made = self._held, self._made
        if held is None:
            return
        if made is not None and len(self._unacknowledged) < self._limit:
            self.let_go()
            self._send(held, made)
        elif made is None and not self.blocked:
            self.let_go()
            self._make(held)
