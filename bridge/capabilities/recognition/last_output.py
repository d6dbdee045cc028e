"""The last model output of a kind of task, and the rule for which later pictures it may be carried over to.

The limits bound how long a cut to another scene goes unnoticed. Pictures are not compared, as the later one has often
not been decoded. A client that cuts can close the camera's slot, which drops the output.
"""

from dataclasses import dataclass
from typing import Any

from bridge.pictures.picture import Size

LONGEST_SECONDS = 1.0  # boxes are predicted for as long
MOST_PICTURES = 30  # delayed pictures may arrive all at once, so time alone is no bound
SAME_SHAPE = 0.02  # of the aspect ratio: rounding a size to whole blocks changes less, and boxes are less exact


@dataclass(frozen=True, slots=True)
class Origin:
    """The picture that an output is from."""

    index: int
    number: int  # counted per camera, from 1: frame indices may have gaps
    arrival: float
    pose: bytes
    size: Size
    version: str  # of the model

    def applies_to(self, later: "Origin") -> bool:
        """Whether an output from this picture, moved along and scaled, may answer a later one."""
        return (
            self.precedes(later)
            and later.arrival - self.arrival <= LONGEST_SECONDS
            and later.number - self.number <= MOST_PICTURES
        )

    def precedes(self, later: "Origin") -> bool:
        """Whether a later picture may show the same scene, however much later it is."""
        return self.index < later.index and self.version == later.version and same_shape(self.size, later.size)


@dataclass(frozen=True, slots=True)
class LastOutput:
    """A model output and its picture. The raw output is kept, as a later task may ask for more answers."""

    origin: Origin
    output: Any


def same_shape(one: Size, other: Size) -> bool:
    """Whether two sizes differ only in scale, allowing a pixel of rounding. A rotated picture has another shape, unless
    it is square.
    """
    difference = abs(other[0] * one[1] - one[0] * other[1])
    return difference <= SAME_SHAPE * one[0] * other[1] or difference < sum(one)
