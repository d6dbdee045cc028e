"""What a session keeps of one avatar: its look, which may be changing, its last texture, and what it is subscribed to.

Kept through a reconnection; knows neither streams nor jobs.
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
    blend: Callable[[Conditions, Conditions, float], Conditions]  # of two looks, and how far on the way, 0 to 1
    began: float = 0.0
    takes: float = 0.0
    last_index: int = 0  # the newest frame asked for
    texture: Texture | None = None  # the last one, and
    format: int = 0  # what it is in, as the wire numbers it
    bottom_up: bool = False  # and which of its rows comes first
    textured_look: Conditions | None = None
    textured_index: int = 0
    subscription: avatar_pb2.AvatarSubscribe | None = None
    subscribed_at: int = 0  # the session's count of resumptions when it was made or taken up
    live: bool = False  # whether a stream is sending the subscription's frames
    hand_over: Callable[[], None] | None = None  # has that stream leave it to another one

    def look(self, now: float) -> Conditions:
        """The conditions at this moment: on the way from the old look to the new one, slow at both ends."""
        if now >= self.began + self.takes:
            return self.end
        return self.blend(self.start, self.end, max(0.0, (now - self.began) / self.takes))

    def is_changing(self, now: float) -> bool:
        """Whether it is on the way from one look to another."""
        return now < self.began + self.takes

    def change(self, look: Conditions, now: float, takes: float) -> None:
        """Begin to change into another look, from the present one."""
        self.start, self.end, self.began, self.takes = self.look(now), look, now, takes

    def show(self, texture: Texture, format_: int, bottom_up: bool, look: Conditions, index: int) -> None:
        """Keep the newest texture."""
        if index > self.textured_index:
            self.texture, self.format, self.bottom_up = texture, format_, bottom_up
            self.textured_look, self.textured_index = look, index

    def kept_format(self, bottom_up: bool) -> int | None:
        """What the last texture is in, if there is one whose rows are in this order."""
        return self.format if self.texture is not None and self.bottom_up == bottom_up else None


class Slots(dict[int, AvatarSlot]):
    """The avatars of one session, by their numbers."""
