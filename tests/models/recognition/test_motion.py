"""Boxes carried on: what moves evenly is where it must be, and nothing else comes of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.recognition.detections import NAMES, Detection
from models.recognition.motion import LONGEST, Sighting, carry, matches

WIDTH, HEIGHT = 640, 360


def thing(x: float, y: float, width: float = 100, height: float = 80, kind: int = 2, score: float = 0.8) -> Detection:
    return Detection(kind, NAMES[kind], score, x, y, width, height)


things = st.builds(
    thing,
    x=st.floats(0, WIDTH - 10),
    y=st.floats(0, HEIGHT - 10),
    width=st.floats(5, 300),
    height=st.floats(5, 300),
    kind=st.integers(0, 3),
    score=st.floats(0.05, 1),
).map(lambda d: replace(d, width=min(d.width, WIDTH - d.x), height=min(d.height, HEIGHT - d.y)))
seen = st.lists(things, max_size=8).map(tuple)
moment = st.floats(0, 100)


def test_what_moves_evenly_is_where_it_must_be() -> None:
    earlier = Sighting(1.0, (thing(100, 50), thing(400, 200, kind=0)))
    latest = Sighting(1.1, (thing(390, 195, kind=0), thing(110, 60)))
    person, car = carry(earlier, latest, 1.2, WIDTH, HEIGHT)
    assert (person.x, person.y, person.width) == pytest.approx((380, 190, 100))
    assert (car.x, car.y, car.height) == pytest.approx((120, 70, 80))


def test_a_box_that_grows_moves_with_its_middle() -> None:
    earlier, latest = Sighting(0.0, (thing(100, 100, 100, 100),)), Sighting(0.1, (thing(90, 90, 120, 120),))
    moved = carry(earlier, latest, 0.2, WIDTH, HEIGHT)[0]
    assert (moved.x, moved.y, moved.width, moved.height) == pytest.approx((90, 90, 120, 120))


def test_what_is_new_stands_still() -> None:
    latest = Sighting(0.1, (thing(10, 10), thing(300, 100, kind=1)))
    moved = carry(Sighting(0.0, (thing(0, 10, kind=1),)), latest, 0.2, WIDTH, HEIGHT)
    assert [(d.x, d.y) for d in moved] == [(10, 10), (300, 100)]


def test_what_leaves_the_picture_is_cut_and_then_left_out() -> None:
    earlier, latest = Sighting(0.0, (thing(100, 50),)), Sighting(0.1, (thing(60, 50),))
    cut = carry(earlier, latest, 0.3, WIDTH, HEIGHT)[0]
    assert (cut.x, cut.width) == pytest.approx((0, 80))
    assert carry(earlier, latest, 0.6, WIDTH, HEIGHT) == []


@given(seen, seen, moment, st.floats(1e-3, 1), st.floats(-1, 10))
def test_carried_boxes_are_inside_and_fainter(
    before: tuple[Detection, ...], now: tuple[Detection, ...], start: float, span: float, ahead: float
) -> None:
    latest = Sighting(start + span, now)
    for moved in carry(Sighting(start, before), latest, latest.time + ahead, WIDTH, HEIGHT):
        assert 0 <= moved.x < moved.x + moved.width <= WIDTH * (1 + 1e-9)
        assert 0 <= moved.y < moved.y + moved.height <= HEIGHT * (1 + 1e-9)
        assert any(
            moved.class_id == d.class_id and moved.width <= d.width * (1 + 1e-9) and moved.score <= d.score for d in now
        )


@given(seen, seen, moment)
def test_at_its_own_time_a_sighting_is_as_it_was(
    before: tuple[Detection, ...], now: tuple[Detection, ...], start: float
) -> None:
    latest = Sighting(start + 0.1, now)
    for earlier in (None, Sighting(start, before), Sighting(start + 0.2, before)):
        moved = carry(earlier, latest, latest.time, WIDTH, HEIGHT)
        assert [(d.class_id, d.score, d.x, d.y) for d in moved] == [(d.class_id, d.score, d.x, d.y) for d in now]


@given(seen, seen, st.floats(0, 10), st.floats(0, 10))
def test_scores_fall_with_time_and_nothing_moves_for_long(
    before: tuple[Detection, ...], now: tuple[Detection, ...], one: float, other: float
) -> None:
    earlier, latest = Sighting(0.0, before), Sighting(0.1, now)
    sooner, later = sorted((one, other))
    first, second = (carry(earlier, latest, 0.1 + ahead, WIDTH, HEIGHT) for ahead in (sooner, later))
    assert sum(d.score for d in second) <= sum(d.score for d in first) + 1e-9
    if sooner > LONGEST:
        assert first == second


@given(seen, seen)
def test_a_box_is_matched_to_one_of_its_class_and_each_once(
    before: tuple[Detection, ...], now: tuple[Detection, ...]
) -> None:
    found = matches(before, now)
    assert len(set(found.values())) == len(found)
    assert all(now[new].class_id == before[old].class_id for new, old in found.items())


@given(seen)
def test_what_did_not_move_is_matched_to_itself(now: tuple[Detection, ...]) -> None:
    for new, old in matches(now, now).items():
        assert replace(now[new], score=0.0) == replace(now[old], score=0.0)
