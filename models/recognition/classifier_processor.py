"""The classifier's pre- and postprocessing: pictures to its input, its output to classes. Knows no torch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.recognition.classes import Classification, ClassifierInput, Probabilities, top_classes

_DEFAULT_COUNT = 5


class ClassifierProcessor:
    """Thread-safe: it keeps nothing."""

    reads_at_once = True  # 40 us, where handing it to a thread and back takes 100 or more

    @staticmethod
    def lane(rung: str, width: int, height: int) -> str:
        """The lane of a rung for a picture of this size."""
        return rung

    @staticmethod
    def prepare(picture: NDArray[np.uint8], lane: str) -> ClassifierInput:
        """The lane's input, from uint8 [H, W, 3], RGB."""
        return ClassifierInput.prepare(picture)

    @staticmethod
    def read(output: Probabilities, size: tuple[int, int], threshold: float, limit: int) -> list[Classification]:
        """The lane's output as answers; 0 leaves threshold or limit to the model."""
        return top_classes(output, limit or _DEFAULT_COUNT, threshold)

    @staticmethod
    def remember(output: Probabilities, time: float, before: Any) -> Probabilities:
        """What later pictures can be answered from."""
        return output

    @classmethod
    def carry(
        cls, remembered: Probabilities, time: float, size: tuple[int, int], threshold: float, limit: int
    ) -> list[Classification]:
        """The answer for a later picture, without the device."""
        return cls.read(remembered, size, threshold, limit)
