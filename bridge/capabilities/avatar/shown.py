"""What a client shows of one slot, as far as one stream knows: what was sent, and the newest picture acknowledged.

Whether a frame would be the same picture again is asked of that one; what is under way must be no other picture, or the
client would end with that.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from bridge.capabilities.avatar.looks import Conditions

_TRY_AGAIN = 0.5  # seconds between two attempts at a better picture of the same look


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame that was sent: what it shows, and how it was made."""

    index: int
    look: Conditions
    wanted: int  # the format asked for, as the wire numbers it
    rung: int  # how many rungs are better
    repeated: bool
    at: float  # when it was asked for

    def shows(self, look: Conditions, wanted: int) -> bool:
        return self.wanted == wanted and np.array_equal(self.look, look)


@dataclass(slots=True, eq=False)
class Shown:
    """Of one slot on one stream, from a subscription's beginning on. Times are seconds of the services' clock."""

    acknowledged: Picture | None = None
    _sent: deque[Picture] = field(default_factory=deque)
    _making: dict[int, Conditions] = field(default_factory=dict)
    _tried: float = 0.0  # the last attempt at a better picture

    def making(self, index: int, look: Conditions) -> None:
        """A frame is being made."""
        self._making[index] = look

    def sent(self, picture: Picture) -> None:
        """A frame was handed to the stream."""
        self._making.pop(picture.index, None)
        self._sent.append(picture)

    def lost(self, index: int) -> None:
        """A frame will not come after all."""
        self._making.pop(index, None)
        self._sent = deque(picture for picture in self._sent if picture.index != index)

    def acknowledge(self, index: int, *, dropped: bool) -> None:
        """The client has received all frames up to `index`; `dropped` where it says that one came too late to show."""
        while self._sent and self._sent[0].index <= index:
            self.acknowledged = self._sent.popleft()
        if dropped:
            self.acknowledged = None

    def same(self, look: Conditions, wanted: int) -> Picture | None:
        """The acknowledged picture, if it shows this look and whatever is under way does too."""
        picture = self.acknowledged
        if picture is None or not picture.shows(look, wanted):
            return None
        others = all(one.shows(look, wanted) for one in self._sent)
        return picture if others and all(np.array_equal(look, one) for one in self._making.values()) else None

    def is_settled(self, picture: Picture, now: float) -> bool:
        """Whether no better picture of the same look is to be tried now."""
        if picture.rung == 0:
            return True
        if not picture.repeated and now - self._tried < _TRY_AGAIN:
            return True
        self._tried = now
        return False
