"""Places in one stretch of memory, against the plainest model of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.services.places import ALIGNMENT, Places

BEGIN, END = 16, 4096


@settings(derandomize=True, deadline=None)
@given(steps=st.lists(st.one_of(st.integers(1, 3000), st.integers(-8, -1)), max_size=60))
def test_places_never_overlap_and_a_gap_that_fits_is_found(steps: list[int]) -> None:
    places, taken = Places(BEGIN, END), dict[int, int]()
    for step in steps:
        if step < 0 and taken:
            start = sorted(taken)[step % len(taken)]
            del taken[start]
            places.give_back(start)
        elif step > 0:
            start = places.take(step)
            free = [at for at in range(ALIGNMENT, END - step + 1, ALIGNMENT) if not _clash(taken, at, step)]
            assert start == (free[0] if free else None)
            if start is not None:
                taken[start] = step
        assert len(places) == len(taken)


def _clash(taken: dict[int, int], at: int, size: int) -> bool:
    return any(at < start + length and start < at + size for start, length in taken.items())


def test_what_is_not_taken_cannot_be_given_back() -> None:
    places = Places(BEGIN, END)
    start = places.take(10)
    assert start is not None
    with pytest.raises(KeyError):
        places.give_back(start + ALIGNMENT)
    places.give_back(start)
    with pytest.raises(KeyError):
        places.give_back(start)
