"""The detector's pre- and postprocessing: pictures to a lane's input, candidates to boxes, boxes carried to a later
picture. Knows no torch.
"""

import numpy as np
from numpy.typing import NDArray

from models.recognition.detections import SCORE_THRESHOLD, Candidates, Detection, DetectorInput, detections, lanes_for
from models.recognition.track_processor import Followed, TrackProcessor
from models.recognition.tracking.tracks import Rules

# Boxes of a single picture are carried too, and those that a task with another threshold asks for. Duplicates are
# suppressed before, as in answers that are not carried.
CARRIED = Rules(certain=0.15, faint=0.15, twin=1.0, tentative=1.0, kept=1.0)
_DEFAULT_COUNT = 20


class DetectorProcessor:
    """Thread-safe: it keeps nothing."""

    reads_at_once = False  # following takes some milliseconds at worst
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
    def follow(
        output: Candidates, time: float, size: tuple[int, int], before: Followed | None, colours: None = None
    ) -> Followed:
        """What later pictures can be answered from. `before` is what was known of the same camera, if anything."""
        return (before or Followed()).after(output, time, size, CARRIED)

    @staticmethod
    def forgotten(before: Followed) -> Followed:
        """Nothing: another scene begins."""
        return before.forgotten()

    @classmethod
    def answers(
        cls,
        output: Candidates,
        followed: Followed,
        time: float,
        size: tuple[int, int],
        threshold: float,
        limit: int,
    ) -> list[Detection]:
        """The answers to a picture: its own boxes, whatever was there before."""
        return cls.read(output, size, threshold, limit)

    @staticmethod
    def carry(followed: Followed, time: float, size: tuple[int, int], threshold: float, limit: int) -> list[Detection]:
        """The boxes of the last picture where they should be in a later one, fainter the later it is."""
        threshold = threshold or SCORE_THRESHOLD
        moved: list[Detection] = [*followed.at(time, size, CARRIED, hidden=False)]
        return [box for box in moved if box.score >= threshold][: limit or _DEFAULT_COUNT]
