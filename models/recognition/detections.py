"""The detector's preprocess and postprocess: pictures to inputs, candidates to objects by class-wise NMS.

Runs on worker threads: no shared state. A lane is an input shape; `lanes_for` says which suit a picture.
"""

from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from models.recognition.geometry import Boxes, distinct
from models.recognition.scaling import scaled

Window = tuple[float, float, float, float]  # left, top, width, height, as shares of the input

LANES = {  # width, height in pixels
    "detector.416": (416, 416),
    "detector.416.wide": (416, 256),
    "detector.320": (320, 320),
    "detector.320.wide": (320, 192),
}
WIDE = 1.45  # aspect ratio above which a wide lane wastes less than a square one
SCORE_THRESHOLD = 0.35  # default
SAME_OBJECT = 0.6  # IoU above which two boxes of a class are the same object
NAMES = tuple(resources.files(__package__).joinpath("coco.txt").read_text("utf-8").splitlines())

MEAN = np.array([123.675, 116.28, 103.53], np.float32)
SCALE = 1 / np.array([58.395, 57.12, 57.375], np.float32)


@dataclass(frozen=True, slots=True)
class DetectorInput:
    """A lane's input: the picture scaled to fit, centred on black, normalised."""

    pixels: NDArray[np.float32]  # [H, W, 3], RGB, of the lane's size
    window: Window  # where the picture is in the input

    @property
    def nbytes(self) -> int:
        """Its memory."""
        return self.pixels.nbytes

    @classmethod
    def prepare(cls, image: NDArray[np.uint8], lane: str) -> "DetectorInput":
        """From uint8 [H, W, 3], RGB, of any size."""
        width, height = LANES[lane]
        scale = min(width / image.shape[1], height / image.shape[0])
        inner = max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale))
        left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
        canvas = np.zeros((height, width, 3), np.uint8)
        canvas[top : top + inner[1], left : left + inner[0]] = scaled(image, *inner, "bilinear")
        pixels = canvas.reshape(height, -1).astype(np.float32)  # by whole rows: seven times as fast as by pixels
        pixels -= np.tile(MEAN, width)
        pixels *= np.tile(SCALE, width)
        return cls(pixels.reshape(canvas.shape), (left / width, top / height, inner[0] / width, inner[1] / height))


@dataclass(frozen=True, slots=True)
class Candidates:
    """The network's output before NMS, best first: N boxes, at most 200, many of the same object."""

    boxes: Boxes  # float32 [N, 4]: x1, y1, x2, y2 as shares of the picture's width and height
    scores: NDArray[np.float32]  # [N], descending
    class_ids: NDArray[np.int64]  # [N]

    def best(self, count: int) -> "Candidates":
        """The first `count`."""
        return Candidates(self.boxes[:count], self.scores[:count], self.class_ids[:count])


@dataclass(frozen=True, slots=True)
class Detection:
    """An object and its box in pixels, from the picture's top left corner."""

    class_id: int  # COCO's, 0 to 79
    label: str
    score: float
    x: float
    y: float
    width: float
    height: float


def lanes_for(width: int, height: int) -> tuple[str, ...]:
    """The lanes that suit a picture of this size, from best to cheapest."""
    return ("detector.416.wide", "detector.320.wide") if width >= WIDE * height else ("detector.416", "detector.320")


def detections(
    raw: Candidates, source_width: int, source_height: int, score_threshold: float, limit: int
) -> list[Detection]:
    """Postprocess: threshold, NMS, and scale to pixels of the source picture; the best `limit` objects, best first."""
    likely = int(np.count_nonzero(raw.scores >= score_threshold))
    chosen = distinct(raw.boxes[:likely], raw.class_ids[:likely], SAME_OBJECT)[:limit]
    size = np.array([source_width, source_height] * 2, np.float32)
    corners = (raw.boxes[chosen].clip(0, 1) * size).tolist()
    scores, class_ids = raw.scores[chosen].tolist(), raw.class_ids[chosen].tolist()
    return [
        Detection(class_id, NAMES[class_id], score, x1, y1, x2 - x1, y2 - y1)
        for (x1, y1, x2, y2), score, class_id in zip(corners, scores, class_ids, strict=True)
    ]
