"""A subscription to one slot's frames: holds the newest frame, and dates frames by their evenly spaced ticks."""

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
    """Frames of one slot at a steady rate; only the newest is held."""

    message: avatar_pb2.AvatarSubscribe
    keep_late: bool = False
    has_shown: bool = False  # the first frame is delivered however late
    problem: str = ""  # why no frames come
    newest: Frame | BridgeError | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    starts: deque[float] = field(default_factory=deque)
    last: float = 0.0

    def put(self, item: Frame | BridgeError) -> None:
        self.newest = item
        self.arrived.set()

    def offer(self, frame: Frame) -> None:
        """Hold a frame, unless a newer one is already held."""
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
        """Seconds since the frame's tick: the server's time, the link, and the delay relative to other frames.

        Ticks are evenly spaced, so each frame gives an estimate of the first tick; the earliest of the last second is
        used. A gap of more than a second (a lost connection) resets the estimate; a shorter one must not, or frames
        delayed by a stall would look punctual.
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
