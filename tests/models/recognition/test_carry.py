"""Boxes carried to a later picture: what moves evenly is near where it must be, and nothing else comes of it."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.recognition.detections import SCORE_THRESHOLD, Candidates
from models.recognition.detector_processor import CARRIED, DetectorProcessor
from models.recognition.track_processor import Followed

SIZE = WIDTH, HEIGHT = 640, 360
Box = tuple[float, float, float, float]  # left, top, right, bottom, as shares
shares = st.tuples(st.floats(0, 0.8), st.floats(0, 0.8), st.floats(0.05, 0.4), st.floats(0.05, 0.4)).map(
    lambda b: (b[0], b[1], min(1.0, b[0] + b[2]), min(1.0, b[1] + b[3]))
)
things = st.lists(st.tuples(shares, st.floats(0.06, 1), st.integers(0, 3)), max_size=8)


def picture(*things: tuple[Box, float, int]) -> Candidates:
    best_first = sorted(things, key=lambda thing: -thing[1])
    boxes = np.array([box for box, _, _ in best_first], np.float32).reshape(-1, 4)
    scores = np.array([score for _, score, _ in best_first], np.float32)
    return Candidates(boxes, scores, np.array([kind for _, _, kind in best_first], np.int64))


def followed(pictures: Sequence[Candidates], every: float = 0.1, start: float = 0.0) -> Followed:
    known = None
    for number, seen in enumerate(pictures):
        known = DetectorProcessor.follow(seen, start + number * every, SIZE, known)
    assert known is not None
    return known


def test_what_moves_evenly_goes_on_and_what_stands_stays() -> None:
    film = [
        picture(((0.1 + 0.02 * n, 0.2, 0.3 + 0.02 * n, 0.6), 0.9, 2), ((0.7, 0.5, 0.9, 0.9), 0.8, 0)) for n in range(6)
    ]
    car, person = DetectorProcessor.carry(followed(film), 0.8, SIZE, 0.0, 0)
    assert (car.label, car.x, car.y) == ("car", pytest.approx(0.26 * WIDTH, abs=4), pytest.approx(0.2 * HEIGHT, abs=1))
    assert (person.x, person.width) == pytest.approx((0.7 * WIDTH, 0.2 * WIDTH), abs=0.5)


def test_what_was_seen_once_stands_still_in_any_size() -> None:
    known = followed([picture(((0.25, 0.25, 0.5, 0.75), 0.9, 2))])
    for size in (SIZE, (320, 180), (321, 180)):
        (box,) = DetectorProcessor.carry(known, 0.9, size, 0.0, 0)
        assert (box.x, box.width) == pytest.approx((size[0] / 4, size[0] / 4), rel=1e-5)
        assert (box.y, box.height) == pytest.approx((size[1] / 4, size[1] / 2), rel=1e-5)


def test_what_leaves_the_picture_is_cut_and_then_left_out() -> None:
    known = followed([picture(((0.4 - 0.05 * n, 0.2, 0.6 - 0.05 * n, 0.6), 0.9, 2)) for n in range(7)])  # at 0.1 now
    cut = DetectorProcessor.carry(known, 0.9, SIZE, 0.0, 0)[0]
    assert (cut.x, cut.width) == (0, pytest.approx(0.15 * WIDTH, abs=8))
    assert DetectorProcessor.carry(known, 1.5, SIZE, 0.0, 0) == []


def test_boxes_of_long_ago_tell_no_motion() -> None:
    first = followed([picture(((0.2, 0.2, 0.4, 0.6), 0.9, 2))])
    known = DetectorProcessor.follow(picture(((0.25, 0.2, 0.45, 0.6), 0.9, 2)), CARRIED.kept + 0.1, SIZE, first)
    (box,) = DetectorProcessor.carry(known, CARRIED.kept + 0.9, SIZE, 0.0, 0)
    assert box.x == pytest.approx(0.25 * WIDTH, rel=1e-5)


@given(st.lists(things, min_size=1, max_size=4), st.floats(0, 100), st.floats(0.01, 0.5), st.floats(0, 1))
def test_carried_boxes_are_the_last_picture_s_inside_and_fainter(
    film: list[list[tuple[Box, float, int]]], start: float, every: float, ahead: float
) -> None:
    pictures = [picture(*seen) for seen in film]
    known = followed(pictures, every, start)
    seen = DetectorProcessor.read(pictures[-1], SIZE, CARRIED.faint, 100)
    moved = DetectorProcessor.carry(known, known.tracks.time + ahead, SIZE, CARRIED.faint, 100)
    assert len(moved) <= len(seen)
    for box in moved:
        assert 0 <= box.x <= box.x + box.width <= WIDTH + 1e-6
        assert 0 <= box.y <= box.y + box.height <= HEIGHT + 1e-6
        assert any(one.label == box.label and one.score >= box.score - 1e-6 for one in seen)


@given(things)
def test_a_picture_answers_for_itself_whatever_was_before(thing: list[tuple[Box, float, int]]) -> None:
    output = picture(*thing)
    known = followed([picture(((0.1, 0.1, 0.4, 0.4), 0.9, 2)), output])
    own = DetectorProcessor.answers(output, known, 0.1, SIZE, 0.0, 0)
    assert own == DetectorProcessor.read(output, SIZE, SCORE_THRESHOLD, 20)
