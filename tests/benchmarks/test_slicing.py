"""The confidence interval of a median."""

import math
import random

import pytest
from slicing import bounds_of_median


def test_the_bounds_are_around_the_middle():
    assert bounds_of_median(list(range(100))) == (39, 60)
    assert bounds_of_median([3.0, 1.0, 2.0]) == (1.0, 3.0)
    assert bounds_of_median([7.0]) == (7.0, 7.0)


@pytest.mark.parametrize("count", [20, 101])
def test_they_contain_the_true_median_in_95_of_100_runs(count: int):
    draw = random.Random(count)
    held = 0
    for _ in range(2000):
        low, high = bounds_of_median([draw.expovariate(1.0) for _ in range(count)])
        held += low <= math.log(2) <= high
    assert 0.94 <= held / 2000 <= 0.985
