"""Overlaps and suppression, held against the slow way to say the same."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.recognition.geometry import Boxes, areas, distinct, overlaps

coordinate = st.integers(-20, 20).map(float)
box = st.tuples(coordinate, coordinate, coordinate, coordinate)


def array(boxes: list[tuple[float, ...]]) -> Boxes:
    return np.array(boxes, np.float32).reshape(-1, 4)


def slow_overlap(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    whole = sum(max(0.0, c[2] - c[0]) * max(0.0, c[3] - c[1]) for c in (a, b)) - width * height
    return width * height / whole if whole > 0 else 0.0


@given(st.lists(box, max_size=6), st.lists(box, max_size=6))
def test_overlaps_are_intersection_over_union(some: list[tuple[float, ...]], others: list[tuple[float, ...]]) -> None:
    shared = overlaps(array(some), array(others))
    assert shared.shape == (len(some), len(others))
    for i, a in enumerate(some):
        for j, b in enumerate(others):
            assert abs(shared[i, j] - slow_overlap(a, b)) < 1e-6


@given(st.lists(box, min_size=1, max_size=6))
def test_no_box_has_less_than_no_area(boxes: list[tuple[float, ...]]) -> None:
    assert (areas(array(boxes)) >= 0).all()


@given(st.lists(st.tuples(box, st.integers(0, 1)), max_size=12), st.sampled_from([0.0, 0.3, 0.6, 0.9]))
def test_what_stays_is_what_greedy_suppression_leaves(found: list[tuple[tuple[float, ...], int]], limit: float) -> None:
    stays: list[int] = []
    for place, (a, kind) in enumerate(found):
        rivals = (found[other] for other in stays)
        if all(other_kind != kind or slow_overlap(a, b) <= limit for b, other_kind in rivals):
            stays.append(place)
    kinds = np.array([kind for _, kind in found], np.int64)
    assert distinct(array([a for a, _ in found]), kinds, limit).tolist() == stays
