"""Face detection's preprocess and postprocess: pictures to inputs, candidates to faces. Runs on worker threads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.recognition.faces.head_pose import HeadPose, pose_of_six
from models.recognition.faces.suppression import merged
from models.recognition.scaling import scaled

SIDE = 128  # pixels of the network's input
LANE = "faces.128"
SCORE_THRESHOLD = 0.6  # default; a cat reaches 0.50
Point = tuple[float, float]
Window = tuple[float, float, float, float]  # left, top, width, height, as shares of the input


@dataclass(frozen=True, slots=True)
class FaceInput:
    """The network's input: the picture scaled to fit, centred on black, from -1 to 1."""

    pixels: NDArray[np.float32]  # [128, 128, 3], RGB
    window: Window  # where the picture is in it

    @property
    def nbytes(self) -> int:
        """Its memory."""
        return self.pixels.nbytes

    @classmethod
    def prepare(cls, image: NDArray[np.uint8]) -> "FaceInput":
        """From uint8 [H, W, 3], RGB, of any size."""
        canvas, window = letterboxed(image, SIDE)
        pixels = canvas.astype(np.float32)
        pixels /= 127.5
        pixels -= 1
        return cls(pixels, window)


@dataclass(frozen=True, slots=True)
class FaceCandidates:
    """The network's output before suppression, best first; several of one face."""

    faces: NDArray[np.float32]  # [N, 16]: x1, y1, x2, y2, six points, as shares of the picture's width and height
    scores: NDArray[np.float32]  # [N], descending


@dataclass(frozen=True, slots=True)
class Face:
    """A face in pixels, from the picture's top left corner. Left and right are the person's."""

    score: float
    x: float
    y: float
    width: float
    height: float
    right_eye: Point
    left_eye: Point
    nose: Point
    mouth: Point
    right_ear: Point
    left_ear: Point
    pose: HeadPose


def letterboxed(image: NDArray[np.uint8], side: int) -> tuple[NDArray[np.uint8], Window]:
    """A picture scaled to fit a square, centred on black: uint8 [side, side, 3], and where it is in it."""
    scale = side / max(image.shape[:2])
    width, height = (max(1, round(length * scale)) for length in (image.shape[1], image.shape[0]))
    left, top = (side - width) // 2, (side - height) // 2
    canvas = np.zeros((side, side, 3), np.uint8)
    canvas[top : top + height, left : left + width] = scaled(image, width, height, "bilinear")
    return canvas, (left / side, top / side, width / side, height / side)


def faces_in(raw: FaceCandidates, size: tuple[int, int], threshold: float, limit: int) -> list[Face]:
    """Postprocess: threshold, weighted suppression, pixels of a picture of this width and height; best first."""
    likely = int(np.count_nonzero(raw.scores >= threshold))
    scores, found = merged(raw.scores[:likely], raw.faces[:likely], limit)
    pixels = found.reshape(-1, found.shape[1] // 2, 2) * np.array(size, np.float32)
    return [_face(score, row, size) for score, row in zip(scores.tolist(), pixels, strict=True)]


def _face(score: float, pixels: NDArray[np.float32], size: tuple[int, int]) -> Face:
    """pixels [8, 2]: two corners and six points. The box is clipped to the picture; points may lie outside."""
    (x1, y1), (x2, y2) = pixels[:2].clip(0, size).tolist()
    right_eye, left_eye, nose, mouth, right_ear, left_ear = ((x, y) for x, y in pixels[2:].tolist())
    pose = pose_of_six(pixels[2:])
    return Face(score, x1, y1, x2 - x1, y2 - y1, right_eye, left_eye, nose, mouth, right_ear, left_ear, pose)
