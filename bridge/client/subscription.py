"""A subscription to one slot's frames: the newest one waits to be taken; the evenness of its ticks dates each."""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from bridge.client.answers import MICROS
from bridge.client.frames import Frame
from bridge.errors import BridgeError
from bridge.v1 import avatar_pb2

_SHORTEST_GAP = 1.0  # seconds


@dataclass(slots=True, eq=False)
class Subscription:
    """Frames of one slot at a steady rate; the newest one waits to be taken."""

    message: avatar_pb2.AvatarSubscribe
    keep_late: bool = False
    has_shown: bool = False  # the first frame is shown however late it comes
    problem: str = ""  # why nothing is to be seen
    newest: Frame | BridgeError | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    starts: deque[float] = field(default_factory=deque)
    last: float = 0.0

    def put(self, item: Frame | BridgeError) -> None:
        self.newest = item
        self.arrived.set()

    def offer(self, frame: Frame) -> None:
        """A frame has come; one newer than it may wait already."""
        self.has_shown, self.problem = True, ""
        if not (isinstance(self.newest, Frame) and self.newest.frame_index > frame.frame_index):
            self.put(frame)

    async def take(self) -> Frame:
        await self.arrived.wait()
        self.arrived.clear()
        item, self.newest = self.newest, None
        if isinstance(item, BridgeError):
            raise item
        assert item is not None
        return item

    def elapsed(self, chunk: avatar_pb2.TextureFrame, now: float, link: float) -> float:
        """Seconds since the frame's tick: the server's part, the link, and what this frame came later than others.

        Ticks are evenly spaced, so each frame tells when the first one was; the earliest of the last second is right.
        A gap of more than a second (a lost connection) starts the reckoning anew; a shorter one does not, or what comes
        late after a stall would pass for punctual.
        """
        rate = self.message.frames_per_second
        server = chunk.timing.server_micros / MICROS
        if now - self.last > max(_SHORTEST_GAP, 2.5 / rate):
            self.starts.clear()
        self.last = now
        start = now - server - chunk.frame_index / rate
        self.starts.append(start)
        while len(self.starts) > rate:
            self.starts.popleft()
        return server + link + start - min(self.starts)
