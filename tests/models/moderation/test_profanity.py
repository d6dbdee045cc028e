"""The classifier in numpy scores as the package that it comes from."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from models.moderation.convert_profanity import convert
from models.moderation.profanity import WEIGHTS, Profanity

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text(encoding="utf-8"))
WORDS = ["bad", "dog", "good"]


@pytest.fixture(scope="module")
def profanity() -> Profanity:
    return Profanity.load()


def test_every_score_is_the_package_s(profanity: Profanity) -> None:
    assert len(REFERENCE) >= 250
    assert len(profanity.columns) == 15_442
    worst = max(abs(profanity.score(text) - score) for text, score in REFERENCE)
    assert worst < 1e-6


def test_it_knows_words_and_not_what_they_mean(profanity: Profanity) -> None:
    assert profanity.score("The cock crows at dawn") > 0.98
    assert profanity.score("f u c k you") < 0.05
    assert profanity.score("") == profanity.score("the") < 0.1


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("one\ntwo\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"has 2 words where .* has 15442"):
        Profanity.load(WEIGHTS, words)


def vectorizer(**other: Any) -> SimpleNamespace:
    """As scikit-learn's, fitted to three words."""
    fitted = {
        "analyzer": "word",
        "ngram_range": (1, 1),
        "norm": "l2",
        "sublinear_tf": False,
        "strip_accents": None,
        "token_pattern": r"(?u)\b\w\w+\b",
        "lowercase": True,
        "vocabulary_": {"good": 2, "bad": 0, "dog": 1},
        "idf_": np.array([1.0, 2.0, 3.0]),
        "get_stop_words": lambda: frozenset(["the"]),
    }
    return SimpleNamespace(**fitted | other)


def model() -> SimpleNamespace:
    machine = SimpleNamespace(
        estimator=SimpleNamespace(coef_=np.array([[4.0, 0.0, -4.0]]), intercept_=np.array([-0.5])),
        calibrators=[SimpleNamespace(a_=-2.0, b_=1.0)],
    )
    return SimpleNamespace(calibrated_classifiers_=[machine, machine])


def test_a_classifier_is_converted_word_by_word() -> None:
    words, tensors = convert(vectorizer(), model())
    profanity = Profanity({word: column for column, word in enumerate(words)}, **tensors)
    assert words == WORDS
    direction = np.array([1.0, 2.0 * 2]) / np.hypot(1.0, 4.0)  # "bad" once, "dog" twice
    expected = 1 / (1 + np.exp(-2.0 * (direction @ [4.0, 0.0] - 0.5) + 1.0))
    assert profanity.score("Bad dog, the dog!") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("other", [{"norm": "l1"}, {"ngram_range": (1, 2)}, {"lowercase": False}])
def test_another_kind_of_classifier_is_refused(other: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="reads one with"):
        convert(vectorizer(**other), model())


def test_stop_words_in_the_vocabulary_are_refused() -> None:
    with pytest.raises(ValueError, match="stop words"):
        convert(vectorizer(get_stop_words=lambda: frozenset(["dog"])), model())


def test_nothing_is_unpickled() -> None:
    assert not {"joblib", "sklearn"} & sys.modules.keys()
