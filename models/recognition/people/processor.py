"""Segmentation's pre- and postprocessing, as recognition asks for it. Knows no torch."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.recognition.people.masks import Mask, PeopleInput, mask_of

Pixels = NDArray[np.uint8]  # [H, W], 255 for certain


class PeopleProcessor:
    """Thread-safe: it keeps nothing."""

    reads_at_once = True  # 30 us, where handing it to a thread and back takes 100 or more

    @staticmethod
    def lane(rung: str, width: int, height: int) -> str:
        """The lane of a rung for a picture of this size."""
        return rung

    @staticmethod
    def prepare(picture: NDArray[np.uint8], lane: str) -> PeopleInput:
        """The lane's input, from uint8 [H, W, 3], RGB."""
        return PeopleInput.prepare(picture, lane)

    @staticmethod
    def read(output: Pixels, size: tuple[int, int], threshold: float, limit: int) -> list[Mask]:
        """The lane's output as one answer; `limit` means nothing here."""
        return [mask_of(output, threshold)]

    @staticmethod
    def remember(output: Pixels, time: float, before: Any) -> Pixels:
        """What later pictures can be answered from."""
        return output

    @classmethod
    def carry(cls, remembered: Pixels, time: float, size: tuple[int, int], threshold: float, limit: int) -> list[Mask]:
        """The same mask for a later picture, without the device."""
        return cls.read(remembered, size, threshold, limit)
