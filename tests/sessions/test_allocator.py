"""Places in shared memory, held against a plain map of bytes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.sessions.allocator import ALIGNMENT, Allocator

BEGIN, END = 16, 4096


@settings(derandomize=True, deadline=None, max_examples=200)
@given(st.lists(st.tuples(st.integers(1, 1500), st.integers(0, 3)), max_size=60))
def test_no_two_places_share_a_byte(steps: list[tuple[int, int]]) -> None:
    places = Allocator(BEGIN, END)
    taken: dict[int, range] = {}
    for size, turn in steps:
        if turn == 0 and taken:
            start = sorted(taken)[size % len(taken)]
            places.give_back(start)
            del taken[start]
            continue
        start = places.take(size)
        free = [at for at in range(ALIGNMENT, END - size + 1, ALIGNMENT) if not _hits(taken, at, size)]
        assert start == (free[0] if free else None)
        if start is not None:
            taken[start] = range(start, start + size)
    assert len(places) == len(taken)


def _hits(taken: dict[int, range], at: int, size: int) -> bool:
    return any(place.start < at + size and at < place.stop for place in taken.values())


def test_what_nobody_has_cannot_be_given_back() -> None:
    places = Allocator(BEGIN, END)
    start, behind = places.take(100), places.take(100)
    assert start is not None
    assert behind is not None
    with pytest.raises(KeyError):
        places.give_back(start + ALIGNMENT)
    places.give_back(start)
    with pytest.raises(KeyError):
        places.give_back(start)
    places.give_back(behind)
    assert len(places) == 0


def test_places_lie_side_by_side_and_the_first_gap_is_taken_again() -> None:
    places = Allocator(BEGIN, 64 * 8)
    starts = [places.take(size) for size in (100, 64, 1, 200)]
    assert starts == [64, 192, 256, None], "each begins where the one before ends, rounded up"
    assert places.take(192) == 320
    assert places.take(1) is None
    places.give_back(64)
    assert [places.take(size) for size in (129, 128)] == [None, 64]
