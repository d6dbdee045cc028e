"""Pairs with the greatest sum, beside all permutations."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.recognition.tracking.assignment import best_pairs, groups

sides = st.integers(0, 5)
gains = st.tuples(sides, sides).flatmap(
    lambda shape: arrays(float, shape, elements=st.sampled_from([0.0, 0.0, 0.1, 0.25, 0.5, 0.75, 1.0]))
)


def greatest(table: np.ndarray) -> float:
    """The greatest sum of all ways to pair, by trying each."""
    wide = table if table.shape[0] <= table.shape[1] else table.T
    return max(
        (
            sum(wide[row, column] for row, column in enumerate(order))
            for order in permutations(range(wide.shape[1]), wide.shape[0])
        ),
        default=0.0,
    )


@given(gains)
def test_no_other_pairs_have_a_greater_sum(table: np.ndarray) -> None:
    pairs = best_pairs(table)
    assert sum(table[pair] for pair in pairs) == pytest.approx(greatest(table))
    for used in zip(*pairs, strict=True):
        assert len(set(used)) == len(pairs)
    assert all(table[pair] > 0 for pair in pairs)


def test_a_large_crowd_is_paired_as_it_stands() -> None:
    random = np.random.default_rng(3)
    order = random.permutation(40)
    table = random.random((40, 40)) * 0.5
    table[np.arange(40), order] += 1.0
    assert best_pairs(table) == list(enumerate(order.tolist()))


def test_rows_that_share_no_column_are_in_groups_of_their_own() -> None:
    allowed = np.array([[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 0, 0]], bool)
    assert list(groups(allowed)) == [([0, 1], [0, 1]), ([2], [3])]
