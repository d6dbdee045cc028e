"""Pictures sent for one slot of a stream: decides whether another frame would only repeat what the client shows.

A frame repeats the newest acknowledged picture if it has the same look, and so have all frames in flight: otherwise the
client would end up showing one of those.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from bridge.capabilities.avatar.looks import Conditions

_RETRY_SECONDS = 0.5  # between attempts at a better picture of the same look


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame that was sent: what it shows, and how it was made."""

    index: int
    look: Conditions
    wanted: int  # wire number of the requested format
    rung: int  # 0 is the best
    repeated: bool
    at: float  # when it was requested

    def shows(self, look: Conditions, wanted: int) -> bool:
        return self.wanted == wanted and np.array_equal(self.look, look)


@dataclass(slots=True, eq=False)
class SentPictures:
    """The pictures of one slot on one stream since its subscription started. Times are on the services' clock."""

    acknowledged: Picture | None = None
    _sent: deque[Picture] = field(default_factory=deque)
    _generating: dict[int, Conditions] = field(default_factory=dict)
    _tried: float = 0.0  # time of the last attempt at a better picture

    def generating(self, index: int, look: Conditions) -> None:
        """Note a frame that is being generated."""
        self._generating[index] = look

    def sent(self, picture: Picture) -> None:
        """Note a frame that was handed to the stream."""
        self._generating.pop(picture.index, None)
        self._sent.append(picture)

    def lost(self, index: int) -> None:
        """Forget a frame that will not be sent."""
        self._generating.pop(index, None)
        self._sent = deque(picture for picture in self._sent if picture.index != index)

    def acknowledge(self, index: int, *, dropped: bool) -> None:
        """The client has received all frames up to `index`; `dropped` if it discarded a late one."""
        while self._sent and self._sent[0].index <= index:
            self.acknowledged = self._sent.popleft()
        if dropped:
            self.acknowledged = None

    def same(self, look: Conditions, wanted: int) -> Picture | None:
        """The acknowledged picture, if it and all frames in flight show this look."""
        picture = self.acknowledged
        if picture is None or not picture.shows(look, wanted):
            return None
        others = all(one.shows(look, wanted) for one in self._sent)
        return picture if others and all(np.array_equal(look, one) for one in self._generating.values()) else None

    def is_settled(self, picture: Picture, now: float) -> bool:
        """Whether not to try for a better picture of the same look now."""
        if picture.rung == 0:
            return True
        if not picture.repeated and now - self._tried < _RETRY_SECONDS:
            return True
        self._tried = now
        return False
