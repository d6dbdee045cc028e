"""Pictures into the classifier's input, and its probabilities into names.

Runs on worker threads: no torch, nothing shared.
"""

from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 224
CROP = 0.875  # of the shorter side
NAMES = tuple(resources.files(__package__).joinpath("imagenet.txt").read_text("utf-8").splitlines())


@dataclass(frozen=True, slots=True)
class ClassifierInput:
    """A picture as the network takes it: its middle, square, normalised."""

    pixels: NDArray[np.float32]  # [224, 224, 3], RGB, (x - 127) / 128

    @classmethod
    def prepare(cls, image: NDArray[np.uint8]) -> "ClassifierInput":
        """From uint8 [H, W, 3], RGB, of any size: the middle square of 0.875 of the shorter side, bicubic."""
        height, width = image.shape[:2]
        side = CROP * min(width, height)
        left, top = (width - side) / 2, (height - side) / 2
        small = Image.fromarray(image).resize(
            (SIDE, SIDE), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side), reducing_gap=3.0
        )
        pixels = np.asarray(small, np.float32)
        return cls(((pixels - 127) / 128).astype(np.float32, copy=False))


@dataclass(frozen=True, slots=True)
class Classification:
    """A name for the whole picture."""

    class_id: int  # ImageNet's, 0 to 999
    label: str
    score: float


def top_classes(probabilities: NDArray[np.float32], score_threshold: float, limit: int) -> list[Classification]:
    """The best `limit` of float32 [1000] that reach the threshold, best first."""
    order = np.argsort(-probabilities, kind="stable")[:limit].tolist()
    return [
        Classification(place, NAMES[place], float(probabilities[place]))
        for place in order
        if probabilities[place] >= score_threshold
    ]
