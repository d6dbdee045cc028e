"""Back-pressure for one slot of a stream: limits the frames in flight, which the client has not acknowledged yet.

HTTP/2's buffers would hide staleness: a client behind a slow link would see every frame, each a second old. So at most
`limit` frames are in flight. Beyond that the newest request is held, and supersedes the one held before. A frame that
is finished while too many are unacknowledged is held as well.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Frame(Protocol):
    """A request for one frame."""

    index: int

    @property
    def due(self) -> float: ...

    @property
    def started(self) -> bool:
        """Whether the device has started it, so that a newer request can no longer supersede it."""
        ...


F = TypeVar("F", bound=Frame)


class FrameFlow(Generic[F]):
    """`submit` generates a frame, `deliver` sends one that is finished; `supersede` and `refuse` answer a request that
    gets none.
    """

    def __init__(
        self,
        limit: int,
        clock: Callable[[], float],
        submit: Callable[[F], None],
        deliver: Callable[[F], None],
        supersede: Callable[[F], None],
        refuse: Callable[[F], None],
    ) -> None:
        self._limit = limit
        self._clock = clock
        self._submit = submit
        self._deliver = deliver
        self._supersede = supersede
        self._refuse = refuse
        self._generating: dict[int, F] = {}
        self._unacknowledged: deque[int] = deque()  # indices of frames sent, which only rise
        self._held: F | None = None
        self._held_is_finished = False
        self._timer: asyncio.TimerHandle | None = None
        self.newest_sent = 0

    @property
    def blocked(self) -> bool:
        """Whether the limit is reached. Frames that have not started count as one: a new request supersedes them."""
        if not self._generating:
            return len(self._unacknowledged) >= self._limit
        started = sum([frame.started for frame in self._generating.values()])
        return len(self._unacknowledged) + max(started, min(1, len(self._generating))) >= self._limit

    def ask(self, frame: F) -> None:
        """Generate a frame, now or once the client has caught up."""
        idle = not self._generating and len(self._unacknowledged) < self._limit
        if idle or not self.blocked:
            self._generating[frame.index] = frame
            self._submit(frame)
            return
        if self._held is not None:
            self._supersede(self._held)
        self._hold(frame)

    def send(self, frame: F) -> None:
        """Send a finished frame, now or once the client has caught up."""
        self._generating.pop(frame.index, None)
        if len(self._unacknowledged) < self._limit:
            self._unacknowledged.append(frame.index)
            self.newest_sent = frame.index
            self._deliver(frame)
        elif self._held is not None and self._held.index > frame.index:
            self._supersede(frame)
        else:
            if self._held is not None:
                self._supersede(self._held)
            self._hold(frame, finished=True)

    def _hold(self, frame: F, *, finished: bool = False) -> None:
        self.drop_held()
        self._held, self._held_is_finished = frame, finished
        self._timer = asyncio.get_running_loop().call_later(max(0.0, frame.due - self._clock()), self._expire)

    def _expire(self) -> None:
        held = self.drop_held()
        if held is not None:
            self._refuse(held)

    def drop_held(self) -> F | None:
        """Stop holding a request, and return it."""
        held, self._held, self._held_is_finished = self._held, None, False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        return held

    def lost(self, index: int) -> None:
        """Forget a request that got no frame."""
        self._generating.pop(index, None)
        if index in self._unacknowledged:
            self._unacknowledged.remove(index)
        self._next()

    def acknowledge(self, index: int) -> None:
        """The client has received all frames up to `index`."""
        sent = self._unacknowledged
        while sent and sent[0] <= index:
            sent.popleft()
        if self._held is not None:
            self._next()

    def _next(self) -> None:
        held = self._held
        if held is None:
            return
        if self._held_is_finished:
            if len(self._unacknowledged) < self._limit:
                self.drop_held()
                self.send(held)
        elif not self.blocked:
            self.drop_held()
            self._generating[held.index] = held
            self._submit(held)
