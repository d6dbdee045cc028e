"""Segmentation's preprocess and postprocess: pictures to inputs, probabilities to masks. Runs on worker threads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.recognition.scaling import scaled

LANES = {"people.256": (256, 256), "people.144": (256, 144)}  # width, height in pixels, of input and mask
_FULL = 255  # of a mask's byte
_HALF = 128  # from here on a pixel counts as a person's


@dataclass(frozen=True, slots=True)
class PeopleInput:
    """A lane's input: the whole picture, squashed to the lane's size, from 0 to 1."""

    pixels: NDArray[np.float32]  # [H, W, 3], RGB

    @property
    def nbytes(self) -> int:
        """Its memory."""
        return self.pixels.nbytes

    @classmethod
    def prepare(cls, image: NDArray[np.uint8], lane: str) -> "PeopleInput":
        """From uint8 [H, W, 3], RGB, of any size."""
        pixels = scaled(image, *LANES[lane], "bilinear").astype(np.float32)
        pixels /= _FULL
        return cls(pixels)


@dataclass(frozen=True, slots=True)
class Mask:
    """How likely each part of a picture shows a person; it spans the whole picture, whatever its shape."""

    pixels: NDArray[np.uint8]  # [H, W], 255 for certain, top row first
    coverage: float  # share of the picture that more likely shows people than not


def mask_of(pixels: NDArray[np.uint8], threshold: float) -> Mask:
    """Postprocess: bytes [H, W] with what is below the threshold set to 0."""
    kept = np.where(pixels >= threshold * _FULL, pixels, np.uint8(0)) if threshold else pixels
    return Mask(kept, float(np.count_nonzero(kept >= _HALF)) / kept.size)
