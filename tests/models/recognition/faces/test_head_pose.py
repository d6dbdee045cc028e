"""Head poses: the canonical face, turned by known angles, is found turned by them."""

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file

from models.recognition.faces.head_pose import WEIGHTS, HeadPose, canonical_six, pose_of_mesh, pose_of_six

FACE = load_file(WEIGHTS)
AXES = {"pitch": (1, 2), "yaw": (2, 0), "roll": (0, 1)}
SIGNS = {"pitch": -1, "yaw": -1, "roll": 1}


def rotation(axis: str, degrees: float) -> NDArray[np.float64]:
    """About one axis of the picture (right, down, away)."""
    one, other = AXES[axis]
    angle, turned = np.radians(degrees * SIGNS[axis]), np.eye(3)
    turned[one, one] = turned[other, other] = np.cos(angle)
    turned[other, one], turned[one, other] = np.sin(angle), -np.sin(angle)
    return turned


def turned(points: NDArray[np.floating], pose: HeadPose) -> NDArray[np.float64]:
    """Pitch first, then yaw, then roll; 12 pixels a centimetre, somewhere in a picture."""
    whole = rotation("roll", pose.roll) @ rotation("yaw", pose.yaw) @ rotation("pitch", pose.pitch)
    return 12 * points @ whole.T + np.array([320.0, 200.0, 0.0])


POSES = [
    HeadPose(0, 0, 0), HeadPose(30, 0, 0), HeadPose(-45, 0, 0), HeadPose(0, 25, 0), HeadPose(0, -20, 0),
    HeadPose(0, 0, 40), HeadPose(25, -15, -30), HeadPose(-35, 20, 100), HeadPose(0, 0, 180),
]  # fmt: skip


@pytest.mark.parametrize("pose", POSES, ids=str)
def test_angles_come_back(pose: HeadPose) -> None:
    from_mesh = pose_of_mesh(turned(FACE["vertices"], pose))
    from_six = pose_of_six(turned(canonical_six(), pose)[:, :2])
    for found in (from_mesh, from_six):
        assert (found.yaw, found.pitch) == pytest.approx((pose.yaw, pose.pitch), abs=1e-3)
        assert np.cos(np.radians(found.roll - pose.roll)) == pytest.approx(1, abs=1e-6)


def test_signs_are_as_documented() -> None:
    nose, chin, right_eye, left_eye = 1, 152, 33, 263
    vertices = FACE["vertices"]
    centre = vertices.mean(axis=0)
    looks = {axis: turned(vertices, HeadPose(**{"yaw": 0, "pitch": 0, "roll": 0, axis: 20})) for axis in AXES}
    straight = turned(vertices, HeadPose(0, 0, 0))
    assert looks["yaw"][nose, 0] > straight[nose, 0]  # to the picture's right
    assert looks["pitch"][nose, 1] < straight[nose, 1]  # up
    assert looks["roll"][left_eye, 1] > looks["roll"][right_eye, 1]  # clockwise
    assert straight[chin, 1] > straight[nose, 1]
    assert vertices[nose, 2] < centre[2]  # the nose is closer to the camera


def test_what_moves_with_the_expression_counts_for_little() -> None:
    lips = FACE["weights"][[13, 14, 78, 308]]
    assert not lips.any()
    smiling = turned(FACE["vertices"], HeadPose(10, 5, 0))
    smiling[[13, 14, 17, 152]] += (0, 40, 0)
    assert pose_of_mesh(smiling).pitch == pytest.approx(5, abs=1e-3)
