"""The detector's pre- and postprocessing: pictures to a lane's input, candidates to boxes, boxes carried to a later
picture. Knows no torch.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.recognition.detections import SCORE_THRESHOLD, Candidates, Detection, DetectorInput, detections, lanes_for
from models.recognition.motion import Sighting, carry
from models.recognition.track_processor import TrackProcessor

_DEFAULT_COUNT = 20
_MOST_OBJECTS = 100
_MOST_CARRIED = 64  # candidates: they are read again on the event loop, and all 200 would hold it for milliseconds
_EARLIER_SHARE = 0.5  # of the threshold: fainter boxes of the picture before still show its motion


@dataclass(frozen=True, slots=True)
class Remembered:
    """Candidates of a picture taken at `time`, and those of the one before it, which show how they move."""

    time: float
    candidates: Candidates
    before: "Remembered | None" = None


class DetectorProcessor:
    """Thread-safe: it keeps nothing."""

    reads_at_once = False  # suppressing duplicates takes a fraction of a millisecond
    tracking = TrackProcessor()  # the same outputs as tracks

    @staticmethod
    def lane(rung: str, width: int, height: int) -> str:
        """The lane of a rung for a picture of this size: wide pictures have lanes of their own, with less padding."""
        wide = f"{rung}.wide"
        return wide if wide in lanes_for(width, height) else rung

    @staticmethod
    def prepare(picture: NDArray[np.uint8], lane: str) -> DetectorInput:
        """The lane's input, from uint8 [H, W, 3], RGB."""
        return DetectorInput.prepare(picture, lane)

    @staticmethod
    def read(output: Candidates, size: tuple[int, int], threshold: float, limit: int) -> list[Detection]:
        """The lane's output as answers; 0 leaves threshold or limit to the model."""
        return detections(output, *size, threshold or SCORE_THRESHOLD, limit or _DEFAULT_COUNT)

    @staticmethod
    def remember(output: Candidates, time: float, before: Remembered | None) -> Remembered:
        """What later pictures can be answered from. `before` is what was remembered of the same scene, if anything."""
        return Remembered(time, output.best(_MOST_CARRIED), before and replace(before, before=None))

    @staticmethod
    def carry(
        remembered: Remembered, time: float, size: tuple[int, int], threshold: float, limit: int
    ) -> list[Detection]:
        """The answer for a later picture, without the device; boxes are fainter the further they moved."""
        threshold, before = threshold or SCORE_THRESHOLD, remembered.before
        earlier = _sighting(before, size, threshold * _EARLIER_SHARE) if before is not None else None
        moved = carry(earlier, _sighting(remembered, size, threshold), time, *size)
        return [box for box in moved if box.score >= threshold][: limit or _DEFAULT_COUNT]


def _sighting(remembered: Remembered, size: tuple[int, int], threshold: float) -> Sighting:
    found = detections(remembered.candidates, *size, threshold, _MOST_OBJECTS)
    return Sighting(remembered.time, tuple(found))
