"""Into the classifier's input and out of its probabilities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.recognition.classes import NAMES, ClassifierInput, top_classes
from tests.models.recognition.pictures import pattern


def test_every_class_has_a_name_of_its_own() -> None:
    assert len(NAMES) == len(set(NAMES)) == 1000
    assert [NAMES[index] for index in (0, 281, 504, 999)] == ["tench", "tabby", "coffee mug", "toilet tissue"]


def test_the_middle_is_taken_at_its_own_size() -> None:
    picture = pattern(300, 256)
    pixels = ClassifierInput.prepare(picture).pixels
    assert pixels.dtype == np.float32
    np.testing.assert_allclose(pixels * 128 + 127, picture[16:240, 38:262], atol=1e-4)


@pytest.mark.parametrize("shape", [(1, 1), (1, 4000), (4000, 1), (33, 7), (1080, 1920)])
def test_any_size_will_do(shape: tuple[int, int]) -> None:
    pixels = ClassifierInput.prepare(np.full((*shape, 3), 255, np.uint8)).pixels
    assert pixels.shape == (224, 224, 3)
    np.testing.assert_array_equal(pixels, np.ones_like(pixels))


@given(
    arrays(np.float32, 1000, elements=st.floats(0, 1, width=32)),
    st.integers(0, 1100),
    st.floats(0, 1, width=32),
)
def test_top_classes_are_the_best_in_order(probabilities: np.ndarray, count: int, threshold: float) -> None:
    answers = top_classes(probabilities, count, threshold)
    scores = [answer.score for answer in answers]
    assert scores == sorted(scores, reverse=True)
    assert len(answers) == min(count, int((probabilities >= threshold).sum()))
    assert all(answer.label == NAMES[answer.class_id] for answer in answers)
    assert all(answer.score == probabilities[answer.class_id] for answer in answers)
    left_out = np.delete(probabilities, [answer.class_id for answer in answers])
    assert len(answers) < count or not scores or left_out.max(initial=0) <= scores[-1]
