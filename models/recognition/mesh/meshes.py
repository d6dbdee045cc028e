"""Face mesh's preprocess and postprocess: pictures to inputs, points to meshes. Runs on worker threads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.recognition.faces.faces import FaceInput, Window, letterboxed
from models.recognition.faces.head_pose import HeadPose, pose_of_mesh

LANES = {"face_mesh.4": 4, "face_mesh.1": 1}  # the faces that each looks at
CANVAS = 640  # pixels: the side of the square that faces are cut from
FACE_THRESHOLD = 0.6  # of the detector; a cat reaches 0.50
SCORE_THRESHOLD = 0.5  # of the mesh itself, default

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MeshInput:
    """A picture for the detector, and a larger one that faces are cut from."""

    face: FaceInput
    canvas: NDArray[np.uint8]  # [640, 640, 3], RGB
    window: Window  # where the picture is on the canvas

    @property
    def nbytes(self) -> int:
        """Its memory."""
        return self.face.nbytes + self.canvas.nbytes

    @classmethod
    def prepare(cls, image: NDArray[np.uint8]) -> "MeshInput":
        """From uint8 [H, W, 3], RGB, of any size."""
        canvas, window = letterboxed(image, CANVAS)
        return cls(FaceInput.prepare(image), canvas, window)


@dataclass(frozen=True, slots=True)
class RawMeshes:
    """The networks' output: as many meshes as the lane looks at faces, most likely face first."""

    points: Floats  # [K, 468, 3]: x and y as shares of the picture's width and height, depth of its width
    scores: Floats  # [K]: whether there is a face at all; 0 where the detector found none


@dataclass(frozen=True, slots=True)
class Mesh:
    """A face as 468 points, in pixels from the picture's top left corner; its box is that of the points, clipped."""

    score: float
    x: float
    y: float
    width: float
    height: float
    points: Floats  # [468, 3]: x, y, depth: less is closer to the camera, 0 is about the head's centre
    pose: HeadPose


def meshes_in(raw: RawMeshes, size: tuple[int, int], threshold: float, limit: int) -> list[Mesh]:
    """Postprocess: threshold, and pixels of a picture of this width and height."""
    scale = np.array([*size, size[0]], np.float32)
    found = [place for place in range(len(raw.scores)) if raw.scores[place] >= max(threshold, 1e-6)]
    return [_mesh(float(raw.scores[place]), raw.points[place] * scale, size) for place in found[:limit]]


def _mesh(score: float, points: Floats, size: tuple[int, int]) -> Mesh:
    low, high = (corner.clip(0, size) for corner in (points[:, :2].min(axis=0), points[:, :2].max(axis=0)))
    (x, y), (width, height) = low.tolist(), (high - low).tolist()
    return Mesh(score, x, y, width, height, points, pose_of_mesh(points))
