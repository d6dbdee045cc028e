"""What one kind of task saw last in a camera's pictures, and for which later pictures that is still an answer.

The limits bound how long a cut to another scene goes unnoticed. The pictures themselves are not compared: one that is
carried to has often not been decoded, and a client that cuts can close the camera's slot, which forgets all of it.
"""

from dataclasses import dataclass
from typing import Any

from bridge.pictures.picture import Size

LONGEST_SECONDS = 1.0  # boxes stand still after half of it; in the other half somebody who walks leaves them
MOST_PICTURES = 30  # as pictures held up on the way may come all at once, whatever the time between them was
SAME_SHAPE = 0.02  # of the aspect ratio: what rounding a size to whole blocks changes, which is less than boxes are off


@dataclass(frozen=True, slots=True)
class Origin:
    """The picture that was looked at."""

    index: int
    number: int  # of the camera's pictures, counted from 1: frame indices may leave some out
    arrival: float
    pose: bytes
    size: Size
    version: str  # of the model

    def holds(self, later: "Origin") -> bool:
        """Whether what was seen here is an answer to a later picture too, once it is moved on and scaled."""
        return (
            self.index < later.index
            and later.arrival - self.arrival <= LONGEST_SECONDS
            and later.number - self.number <= MOST_PICTURES
            and self.version == later.version
            and same_shape(self.size, later.size)
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in it, as the model gave it: another task may ask for more of it than the one that looked."""

    origin: Origin
    output: Any


def same_shape(one: Size, other: Size) -> bool:
    """Whether two pictures differ in nothing but scale. A pixel of rounding is allowed; a turned picture has another
    shape, unless it is square.
    """
    difference = abs(other[0] * one[1] - one[0] * other[1])
    return difference <= SAME_SHAPE * one[0] * other[1] or difference < sum(one)
