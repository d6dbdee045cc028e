"""Back-pressure for one slot of a stream: limits the frames in flight, which the client has not acknowledged yet.

HTTP/2's buffers would hide staleness: a client behind a slow link would see every frame, each a second old. So at most
`limit` frames are in flight. Beyond that the newest request is held, and supersedes the one held before. A frame that
is finished while too many are unacknowledged is held as well.
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
        """Whether the device has started it, so that a newer request can no longer supersede it."""
        ...


Action = Callable[[Frame], None]
Deliver = Callable[[], None]


class FrameFlow:
    """`submit` generates a frame; `supersede` and `refuse` answer a request that gets none."""

    def __init__(
        self, limit: int, clock: Callable[[], float], submit: Action, supersede: Action, refuse: Action
    ) -> None:
        self._limit = limit
        self._clock = clock
        self._submit = submit
        self._supersede = supersede
        self._refuse = refuse
        self._generating: dict[int, Frame] = {}
        self._unacknowledged: set[int] = set()
        self._held: Frame | None = None
        self._deliver_held: Deliver | None = None  # sends the held frame; None if it is not generated yet
        self._timer: asyncio.TimerHandle | None = None
        self.newest_sent = 0

    @property
    def blocked(self) -> bool:
        """Whether the limit is reached. Frames that have not started count as one: a new request supersedes them."""
        started = sum(frame.started for frame in self._generating.values())
        return len(self._unacknowledged) + max(started, min(1, len(self._generating))) >= self._limit

    def ask(self, frame: Frame) -> None:
        """Generate a frame, now or once the client has caught up."""
        if not self.blocked:
            self._generate(frame)
            return
        if self._held is not None:
            self._supersede(self._held)
        self._hold(frame)

    def _generate(self, frame: Frame) -> None:
        self._generating[frame.index] = frame
        self._submit(frame)

    def send(self, frame: Frame, deliver: Deliver) -> None:
        """Send a finished frame, now or once the client has caught up."""
        self._generating.pop(frame.index, None)
        if len(self._unacknowledged) < self._limit:
            self._send(frame, deliver)
        elif self._held is not None and self._held.index > frame.index:
            self._supersede(frame)
        else:
            if self._held is not None:
                self._supersede(self._held)
            self._hold(frame, deliver)

    def _send(self, frame: Frame, deliver: Deliver) -> None:
        self._unacknowledged.add(frame.index)
        self.newest_sent = max(self.newest_sent, frame.index)
        deliver()

    def _hold(self, frame: Frame, deliver: Deliver | None = None) -> None:
        self.drop_held()
        self._held, self._deliver_held = frame, deliver
        self._timer = asyncio.get_running_loop().call_later(max(0.0, frame.due - self._clock()), self._expire)

    def _expire(self) -> None:
        held = self.drop_held()
        if held is not None:
            self._refuse(held)

    def drop_held(self) -> Frame | None:
        """Stop holding a request, and return it."""
        held, self._held, self._deliver_held = self._held, None, None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return held

    def lost(self, index: int) -> None:
        """Forget a request that got no frame."""
        self._generating.pop(index, None)
        self._unacknowledged.discard(index)
        self._next()

    def acknowledge(self, index: int) -> None:
        """The client has received all frames up to `index`."""
        self._unacknowledged = {sent for sent in self._unacknowledged if sent > index}
        self._next()

    def _next(self) -> None:
        held, deliver = self._held, self._deliver_held
        if held is None:
            return
        if deliver is not None and len(self._unacknowledged) < self._limit:
            self.drop_held()
            self._send(held, deliver)
        elif deliver is None and not self.blocked:
            self.drop_held()
            self._generate(held)
