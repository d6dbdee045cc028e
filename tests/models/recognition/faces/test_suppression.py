"""Weighted suppression: on the host for any number of faces, on the device for the first few, with equal results."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.recognition.faces.suppression import first_merged, merged

Row = tuple[np.ndarray, np.ndarray]


def face(x: float, y: float, side: float) -> list[float]:
    """A prediction with a box and six points in its middle."""
    return [x, y, x + side, y + side, *[x + side / 2, y + side / 2] * 6]


def row(*predictions: tuple[float, list[float]]) -> Row:
    scores, faces = zip(*predictions, strict=True)
    return np.array(scores, np.float32), np.array(faces, np.float32)


def test_predictions_of_one_face_are_averaged_by_score() -> None:
    scores, faces = merged(*row((0.9, face(0.1, 0.1, 0.4)), (0.6, face(0.15, 0.1, 0.4)), (0.5, face(0.6, 0.6, 0.2))), 5)
    np.testing.assert_allclose(scores, [0.9, 0.5])
    np.testing.assert_allclose(faces[0, 0], (0.9 * 0.1 + 0.6 * 0.15) / 1.5, rtol=1e-6)
    np.testing.assert_allclose(faces[1], face(0.6, 0.6, 0.2), rtol=1e-6)


def test_a_limit_keeps_the_best_and_nothing_gives_nothing() -> None:
    some = row((0.9, face(0.1, 0.1, 0.2)), (0.8, face(0.5, 0.5, 0.2)))
    assert len(merged(*some, 1)[0]) == 1
    scores, faces = merged(some[0][:0], some[1][:0], 5)
    assert scores.shape == (0,)
    assert faces.shape == (0, 16)


def test_an_empty_box_ends_the_search_too() -> None:
    scores, _ = merged(*row((0.9, face(0.5, 0.5, 0.0)), (0.8, face(0.5, 0.5, 0.0))), 5)
    assert len(scores) == 2


GRID = st.integers(0, 12).map(lambda place: place / 16)
SOME = st.lists(
    st.tuples(st.integers(1, 16).map(lambda share: share / 16), GRID, GRID, st.sampled_from((2 / 16, 4 / 16))),
    min_size=1,
    max_size=12,
    unique_by=lambda prediction: prediction[0],
)


@given(SOME, st.integers(1, 4), st.sampled_from((0.1, 0.5)))
def test_device_and_host_agree(some: list[tuple[float, ...]], count: int, threshold: float) -> None:
    predictions = sorted(((score, face(x, y, side)) for score, x, y, side in some), key=lambda pair: -pair[0])
    scores, faces = row(*predictions)
    likely = int((scores >= threshold).sum())
    expected = merged(scores[:likely], faces[:likely], count)
    found = first_merged(torch.from_numpy(scores)[None], torch.from_numpy(faces)[None], count, threshold)
    kept = int((found[0][0] > 0).sum())
    assert kept == len(expected[0])
    np.testing.assert_allclose(found[0][0, :kept], expected[0], rtol=1e-6)
    np.testing.assert_allclose(found[1][0, :kept], expected[1], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("count", [1, 4])
def test_rows_do_not_disturb_one_another(count: int) -> None:
    one, other = row((0.9, face(0.1, 0.1, 0.4))), row((0.3, face(0.5, 0.5, 0.4)))
    scores, faces = (torch.from_numpy(np.stack(pair)) for pair in zip(one, other, strict=True))
    found, made = first_merged(scores, faces, count, 0.5)
    assert found.count_nonzero(1).tolist() == [1, 0]
    np.testing.assert_allclose(made[0, 0], one[1][0], rtol=1e-6)
