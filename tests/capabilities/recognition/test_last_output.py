"""Which later pictures an output may be carried over to."""

from dataclasses import replace

import pytest

from bridge.capabilities.recognition.last_output import LONGEST_SECONDS, MOST_PICTURES, Origin, same_shape

FIRST = Origin(index=5, number=2, arrival=10.0, pose=b"here", size=(640, 480), version="1")
NEXT = replace(FIRST, index=6, number=3, arrival=10.1)


def test_it_is_an_answer_to_the_next_picture_but_to_no_earlier_one() -> None:
    assert FIRST.applies_to(NEXT)
    assert not NEXT.applies_to(FIRST)
    assert not FIRST.applies_to(FIRST)


@pytest.mark.parametrize(
    ("field", "last", "too_much"),
    [
        ("arrival", FIRST.arrival + LONGEST_SECONDS, FIRST.arrival + LONGEST_SECONDS + 0.001),
        ("number", FIRST.number + MOST_PICTURES, FIRST.number + MOST_PICTURES + 1),
        ("size", (1280, 960), (960, 1280)),
        ("size", (648, 480), (700, 480)),
        ("version", "1", "2"),
    ],
)
def test_it_holds_for_so_long_and_no_longer(field: str, last: object, too_much: object) -> None:
    assert FIRST.applies_to(replace(NEXT, **{field: last}))
    assert not FIRST.applies_to(replace(NEXT, **{field: too_much}))


def test_a_pixel_of_rounding_makes_no_other_shape() -> None:
    assert same_shape((7, 5), (4, 3))
    assert not same_shape((70, 50), (40, 20))
