"""The classifier's preprocess and postprocess: pictures to inputs, probabilities to class names, best first.

Runs on worker threads: no torch, no shared state.
"""

from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from models.recognition.scaling import scaled

LANE = "classifier.224"
SIDE = 224
CROP = 0.875  # centre crop, as a share of the shorter side
NAMES = tuple(resources.files(__package__).joinpath("imagenet.txt").read_text("utf-8").splitlines())

Probabilities = NDArray[np.float32]  # [1000], sum 1


@dataclass(frozen=True, slots=True)
class ClassifierInput:
    """The network's input: the picture's centre, (rgb - 127) / 128."""

    pixels: NDArray[np.float32]  # [224, 224, 3], RGB

    @property
    def nbytes(self) -> int:
        """Its memory."""
        return self.pixels.nbytes

    @classmethod
    def prepare(cls, image: NDArray[np.uint8]) -> "ClassifierInput":
        """From uint8 [H, W, 3], RGB, of any size."""
        height, width = image.shape[:2]
        side = max(1, round(CROP * min(height, width)))
        left, top = (width - side) // 2, (height - side) // 2
        small = scaled(image[top : top + side, left : left + side], SIDE, SIDE, "bicubic")
        pixels = np.subtract(small, 127, dtype=np.float32)
        pixels /= 128
        return cls(pixels)


@dataclass(frozen=True, slots=True)
class Classification:
    """A class for the whole picture."""

    class_id: int  # ImageNet's, 0 to 999
    label: str
    score: float


def top_classes(probabilities: Probabilities, count: int, threshold: float) -> list[Classification]:
    """The `count` likeliest classes above the threshold, likeliest first."""
    likeliest = np.argsort(-probabilities, kind="stable")[:count]
    return [
        Classification(index, NAMES[index], score)
        for index, score in zip(likeliest.tolist(), probabilities[likeliest].tolist(), strict=True)
        if score >= threshold
    ]
