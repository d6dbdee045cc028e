"""The state of one avatar in a session: its look, which may be morphing, its last texture and its subscription.

It survives a reconnection, and knows neither streams nor jobs.
"""

from collections.abc import Callable
from dataclasses import dataclass

from bridge.capabilities.avatar.looks import Conditions
from bridge.device.encoding import Texture
from bridge.v1 import avatar_pb2


@dataclass(slots=True, eq=False)
class AvatarSlot:
    """One avatar. Times are seconds of the services' clock."""

    start: Conditions
    end: Conditions
    blend: Callable[[Conditions, Conditions, float], Conditions]  # of two looks and a progress, 0 to 1
    began: float = 0.0  # when the morph from `start` to `end` started
    takes: float = 0.0
    last_index: int = 0  # the newest frame requested
    texture: Texture | None = None  # the last one
    format: int = 0  # its format, by wire number
    bottom_up: bool = False  # its row order
    textured_look: Conditions | None = None
    textured_index: int = 0
    subscription: avatar_pb2.AvatarSubscribe | None = None
    subscribed_at: int = 0  # the session's count of resumptions when it started or was resumed
    live: bool = False  # a stream is sending the subscription's frames
    stop_sending: Callable[[], None] | None = None  # stops that stream, so that another can continue

    def look(self, now: float) -> Conditions:
        """The conditions now; a morph eases in and out."""
        if now >= self.began + self.takes:
            return self.end
        return self.blend(self.start, self.end, max(0.0, (now - self.began) / self.takes))

    def is_changing(self, now: float) -> bool:
        """Whether the look is morphing."""
        return now < self.began + self.takes

    def change(self, look: Conditions, now: float, takes: float) -> None:
        """Start morphing from the current look to another one."""
        self.start, self.end, self.began, self.takes = self.look(now), look, now, takes

    def show(self, texture: Texture, format_: int, bottom_up: bool, look: Conditions, index: int) -> None:
        """Keep the newest texture."""
        if index > self.textured_index:
            self.texture, self.format, self.bottom_up = texture, format_, bottom_up
            self.textured_look, self.textured_index = look, index

    def kept_format(self, bottom_up: bool) -> int | None:
        """The format of the last texture, if there is one in this row order."""
        return self.format if self.texture is not None and self.bottom_up == bottom_up else None


class Slots(dict[int, AvatarSlot]):
    """The avatars of one session, by their numbers."""
