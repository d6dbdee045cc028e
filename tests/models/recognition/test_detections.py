"""Into the detector's input, and out of its candidates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.recognition.detections import (
    LANES,
    MEAN,
    NAMES,
    SAME_OBJECT,
    SCALE,
    Candidates,
    DetectorInput,
    detections,
    lanes_for,
)
from models.recognition.geometry import overlaps
from tests.models.recognition.pictures import pattern

share = st.floats(-0.5, 1.5, width=32)
sighting = st.tuples(share, share, st.floats(0, 1, width=32), st.floats(0, 1, width=32), st.integers(0, 79))


def candidates(sightings: list[tuple[float, float, float, float, int]], scores: list[float]) -> Candidates:
    boxes = np.array([(x, y, x + w, y + h) for x, y, w, h, _ in sightings], np.float32).reshape(-1, 4)
    falling = np.array(sorted(scores, reverse=True), np.float32)
    return Candidates(boxes, falling, np.array([kind for *_, kind in sightings], np.int64))


def colours(prepared: DetectorInput) -> np.ndarray:
    return np.asarray((prepared.pixels / SCALE + MEAN).round()).astype(int)


def test_every_class_has_a_name_of_its_own() -> None:
    assert len(NAMES) == len(set(NAMES)) == 80
    assert [NAMES[index] for index in (0, 2, 15, 79)] == ["person", "car", "cat", "toothbrush"]


def test_a_picture_of_the_lanes_shape_is_taken_as_it_is() -> None:
    prepared = DetectorInput.prepare(pattern(416, 256), "detector.416.wide")
    assert prepared.pixels.dtype == np.float32
    assert prepared.window == (0, 0, 1, 1)
    np.testing.assert_array_equal(colours(prepared), pattern(416, 256))


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("shape", [(360, 640), (512, 512), (640, 360), (1, 1), (1, 4000), (4000, 1), (1080, 1920)])
def test_pictures_keep_their_shape_in_the_middle_of_black(lane: str, shape: tuple[int, int]) -> None:
    prepared = DetectorInput.prepare(np.full((*shape, 3), 255, np.uint8), lane)
    width, height = LANES[lane]
    assert prepared.pixels.shape == (height, width, 3)
    x, y, w, h = (round(part * side) for part, side in zip(prepared.window, (width, height) * 2, strict=True))
    white = np.zeros((height, width, 3), int)
    white[y : y + h, x : x + w] = 255
    np.testing.assert_array_equal(colours(prepared), white)
    assert w == width or h == height
    assert abs((width - w) // 2 - x) + abs((height - h) // 2 - y) == 0
    if min(shape) > 1:
        assert w / h == pytest.approx(shape[1] / shape[0], rel=0.01)


def test_wide_pictures_have_lanes_of_their_own() -> None:
    assert lanes_for(1920, 1080) == lanes_for(640, 427) == ("detector.416.wide", "detector.320.wide")
    assert lanes_for(512, 512) == lanes_for(640, 480) == lanes_for(1080, 1920) == ("detector.416", "detector.320")
    assert set(lanes_for(2, 1)) | set(lanes_for(1, 2)) == set(LANES)


def test_boxes_are_in_pixels_of_the_picture() -> None:
    raw = candidates([(0.25, 0.5, 0.5, 0.25, 2), (0.5, 0.5, 1.0, 1.0, 0)], [0.9, 0.6])
    car, person = detections(raw, 1920, 1080, 0.5, 10)
    assert (car.label, car.x, car.y, car.width, car.height) == ("car", 480, 540, 960, 270)
    assert (person.label, person.x, person.y, person.width, person.height) == ("person", 960, 540, 960, 540)
    assert person.score == pytest.approx(0.6)


def test_no_candidates_are_no_objects() -> None:
    assert detections(candidates([], []), 640, 360, 0.0, 10) == []


@given(st.data(), st.integers(1, 4096), st.integers(1, 4096), st.floats(0, 1, width=32), st.integers(0, 30))
def test_objects_are_distinct_likely_and_inside(
    data: st.DataObject, width: int, height: int, threshold: float, limit: int
) -> None:
    seen = data.draw(st.lists(sighting, max_size=20))
    scores = data.draw(st.lists(st.floats(0, 1, width=32), min_size=len(seen), max_size=len(seen)))
    raw = candidates(seen, scores)
    answers = detections(raw, width, height, threshold, limit)
    assert len(answers) <= limit
    assert [answer.score for answer in answers] == sorted((answer.score for answer in answers), reverse=True)
    assert all(answer.score >= threshold and answer.label == NAMES[answer.class_id] for answer in answers)
    for answer in answers:
        assert 0 <= answer.x <= answer.x + answer.width <= width * (1 + 1e-6)
        assert 0 <= answer.y <= answer.y + answer.height <= height * (1 + 1e-6)
    if limit == 30:
        kept = {(answer.class_id, answer.score) for answer in answers}
        for box, score, kind in zip(raw.boxes, raw.scores.tolist(), raw.class_ids.tolist(), strict=True):
            same = raw.boxes[(raw.class_ids == kind) & (raw.scores >= score)]
            assert score < threshold or (kind, score) in kept or (overlaps(box[None], same) > SAME_OBJECT).sum() > 1
