"""How a head is turned, from points of its face: the rotation that fits MediaPipe's canonical face to them.

Weak perspective: as if seen from far away, so that a face near the edge of a wide picture seems turned by up to the
angle under which the camera sees it. Axes: right, down, away from the camera. Knows no torch.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

WEIGHTS = Path(__file__).parents[2] / "weights" / "recognition" / "canonical_face.safetensors"
# Points of the mesh whose mean is each of BlazeFace's six: right eye, left eye, nose, mouth, right ear, left ear.
_SIX = ((33, 133, 159, 145), (362, 263, 386, 374), (1,), (13, 14), (234,), (454,))

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Degrees. Yaw is positive where the face looks to the picture's right, pitch where it looks up, roll where the
    head leans clockwise in the picture. They apply in this order: pitch, then yaw, then roll about the camera's axis.
    """

    yaw: float
    pitch: float
    roll: float


def pose_of_six(points: Floats) -> HeadPose:
    """From six points [6, 2] in pixels: the affine fit of the canonical six, and the nearest rotation to it."""
    model = canonical_six()
    centred = points - points.mean(axis=0)
    fit = np.linalg.lstsq(model, centred, rcond=None)[0].T  # [2, 3]
    left, _, right = np.linalg.svd(fit, full_matrices=False)
    rows = left @ right
    return _angles(np.vstack([rows, np.cross(rows[0], rows[1])]))


def pose_of_mesh(points: Floats) -> HeadPose:
    """From 468 points [468, 3] in pixels: weighted Procrustes analysis over 33 of them that hardly move."""
    vertices, weights = _canonical()
    shares = weights / weights.sum()
    model = vertices - shares @ vertices
    seen = points - shares @ points
    left, _, right = np.linalg.svd(seen.T @ (shares[:, None] * model))
    side = np.diag([1.0, 1.0, np.linalg.det(left @ right)])  # a rotation, never a reflection
    return _angles(left @ side @ right)


def _angles(rotation: Floats) -> HeadPose:
    """The angles of a rotation [3, 3] as roll, then yaw, then pitch."""
    yaw = np.arcsin(np.clip(rotation[2, 0], -1, 1))
    pitch = -np.arctan2(rotation[2, 1], rotation[2, 2])
    roll = np.arctan2(rotation[1, 0], rotation[0, 0])
    return HeadPose(*(float(np.degrees(angle)) for angle in (yaw, pitch, roll)))


@cache
def _canonical() -> tuple[Floats, Floats]:
    tensors = load_file(WEIGHTS)
    return tensors["vertices"].astype(np.float64), tensors["weights"].astype(np.float64)


@cache
def canonical_six() -> Floats:
    """The six points of the canonical face [6, 3], in centimetres, centred."""
    vertices, _ = _canonical()
    six = np.stack([vertices[list(group)].mean(axis=0) for group in _SIX])
    centred: Floats = six - six.mean(axis=0)
    return centred
