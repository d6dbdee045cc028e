"""The filter beside the textbook's matrices, and what it must do with simple motion."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.recognition.tracking.motion import NOISE, Motion, begun, corners, corrected, later, values

BOX = np.array([[100.0, 50.0, 140.0, 150.0]])  # 40 x 100


def moved(by: float) -> np.ndarray:
    return BOX + np.array([by, 0.0, by, 0.0])


def of_axis(motion: Motion, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean [2] and covariance [2, 2] of one of the four values of the first box."""
    place, speed, variance, covariance, speed_variance = motion.numbers[:, 0, axis]
    return np.array([place, speed]), np.array([[variance, covariance], [covariance, speed_variance]])


@given(st.floats(0.01, 1), st.floats(-60, 60), st.integers(0, 3))
def test_a_step_is_that_of_the_matrix_form(seconds: float, by: float, axis: int) -> None:
    motion = corrected(later(begun(BOX), 0.1), moved(3.0))
    mean, covariance = of_axis(motion, axis)
    side = float(motion.place[0, 2 + axis % 2])
    scale = float(np.sqrt(motion.place[0, 2] * motion.place[0, 3])) if axis < 2 else side
    density = ((NOISE.push if axis < 2 else NOISE.growth) * scale) ** 2
    step = np.array([[1.0, seconds], [0.0, 1.0]])
    pushed = density * np.array([[seconds**3 / 3, seconds**2 / 2], [seconds**2 / 2, seconds]])
    mean, covariance = step @ mean, step @ covariance @ step.T + pushed
    if axis >= 2:
        mean[0] = max(mean[0], 0.1 * side)
    seen = moved(by)
    error = (NOISE.box * float(values(seen)[0, 2 + axis % 2])) ** 2
    gain = covariance @ np.array([1.0, 0.0]) / (covariance[0, 0] + error)
    mean = mean + gain * (values(seen)[0, axis] - mean[0])
    covariance = covariance - np.outer(gain, covariance[0])
    found = of_axis(corrected(later(motion, seconds), seen), axis)
    assert found[0] == pytest.approx(mean, rel=1e-9, abs=1e-9)
    assert found[1] == pytest.approx(covariance, rel=1e-9, abs=1e-9)


def test_what_moves_evenly_is_where_it_must_be() -> None:
    motion = begun(BOX)
    for picture in range(1, 11):
        motion = corrected(later(motion, 0.1), moved(4.0 * picture))
    assert motion.speed[0, :2] == pytest.approx([40, 0], rel=0.02, abs=0.01)
    assert later(motion, 0.5).boxes[0] == pytest.approx(moved(60.0)[0], abs=1.0)


def test_what_is_not_seen_is_less_certain() -> None:
    motion = corrected(later(begun(BOX), 0.1), moved(2.0))
    waits = [later(motion, seconds).variance[0, 0] for seconds in (0.0, 0.2, 0.4, 0.8)]
    assert waits == sorted(waits)
    assert waits[3] > 4 * waits[0]


def test_a_side_that_shrinks_does_not_become_negative() -> None:
    motion = begun(BOX)
    for picture in range(1, 6):
        motion = corrected(later(motion, 0.1), BOX + np.array([[3.0, 0, -3.0, 0]]) * picture)
    assert (later(motion, 10.0).place[:, 2:] > 0).all()


@given(st.floats(1e-3, 1e3))
def test_the_unit_of_length_does_not_matter(factor: float) -> None:
    def last(unit: float) -> np.ndarray:
        motion = begun(BOX * unit)
        for picture in range(1, 4):
            motion = corrected(later(motion, 0.1), moved(5.0 * picture) * unit)
        return later(motion, 0.3).boxes

    assert last(factor) == pytest.approx(last(1.0) * factor, rel=1e-9)


def test_corners_and_values_are_inverse() -> None:
    assert corners(values(BOX)) == pytest.approx(BOX)
