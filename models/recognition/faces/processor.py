"""Face detection's pre- and postprocessing, as recognition asks for it. Knows no torch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.recognition.faces.faces import SCORE_THRESHOLD, Face, FaceCandidates, FaceInput, faces_in

_DEFAULT_COUNT = 20


class FaceProcessor:
    """Thread-safe: it keeps nothing."""

    reads_at_once = False  # suppression and poses take a fraction of a millisecond

    @staticmethod
    def lane(rung: str, width: int, height: int) -> str:
        """The lane of a rung for a picture of this size."""
        return rung

    @staticmethod
    def prepare(picture: NDArray[np.uint8], lane: str) -> FaceInput:
        """The lane's input, from uint8 [H, W, 3], RGB."""
        return FaceInput.prepare(picture)

    @staticmethod
    def read(output: FaceCandidates, size: tuple[int, int], threshold: float, limit: int) -> list[Face]:
        """The lane's output as answers; 0 leaves threshold or limit to the model."""
        return faces_in(output, size, threshold or SCORE_THRESHOLD, limit or _DEFAULT_COUNT)

    @staticmethod
    def remember(output: FaceCandidates, time: float, before: Any) -> FaceCandidates:
        """What later pictures can be answered from."""
        return output

    @classmethod
    def carry(
        cls, remembered: FaceCandidates, time: float, size: tuple[int, int], threshold: float, limit: int
    ) -> list[Face]:
        """The same faces in a later picture, without the device."""
        return cls.read(remembered, size, threshold, limit)
