"""Converts alt-profanity-check's classifier to our safetensors and a list of words; run once, kept for reference.

    python -m venv /tmp/profanity && /tmp/profanity/bin/pip install alt-profanity-check==1.9.1 safetensors
    /tmp/profanity/bin/python -m models.moderation.convert_profanity --texts FILE --reference FILE

The package's files are pickles, which run code as they are read: so this runs in an environment of its own, and no
server does it. No value changes but to float32. With --texts, the package's own scores of a file's lines are written
too, which tests hold `models.moderation.profanity` against.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from models.moderation.profanity import WEIGHTS, WORDS, Array

_SOURCE = {"source": "alt-profanity-check 1.9.1 on PyPI", "license": "MIT"}

_EXPECTED = {
    "analyzer": "word",
    "lowercase": True,
    "ngram_range": (1, 1),
    "norm": "l2",
    "strip_accents": None,
    "sublinear_tf": False,
    "token_pattern": r"(?u)\b\w\w+\b",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the installed package, write safetensors, words and, if asked, reference scores."""
    parser = argparse.ArgumentParser(description=convert.__doc__)
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="safetensors file to write")
    parser.add_argument("--words", type=Path, default=WORDS, help="list of words to write")
    parser.add_argument("--texts", type=Path, help="file with a text a line, to score")
    parser.add_argument("--reference", type=Path, help="JSON file to write with these texts and their scores")
    options = parser.parse_args(arguments)
    from profanity_check import profanity_check as package

    words, tensors = convert(package.vectorizer, package.model)
    options.words.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
    save_file(tensors, options.weights, _SOURCE)
    if options.texts and options.reference:
        texts = options.texts.read_text(encoding="utf-8").splitlines()
        scores = package.predict_prob(texts)
        lines = [json.dumps([text, round(float(score), 9)]) for text, score in zip(texts, scores, strict=True)]
        options.reference.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def convert(vectorizer: Any, model: Any) -> tuple[list[str], dict[str, Array]]:
    """The words in the order of their columns, and the tensors of `Profanity`, of scikit-learn's two objects."""
    found = {name: getattr(vectorizer, name) for name in _EXPECTED}
    if found != _EXPECTED:
        raise ValueError(f"the vectorizer has {found}; `Profanity` reads one with {_EXPECTED}")
    words = sorted(vectorizer.vocabulary_, key=vectorizer.vocabulary_.__getitem__)
    if set(words) & set(vectorizer.get_stop_words() or ()):
        raise ValueError("the vocabulary has stop words in it, which `Profanity` would count")
    machines = model.calibrated_classifiers_
    tensors = {
        "rarity": vectorizer.idf_,
        "weights": np.stack([machine.estimator.coef_[0] for machine in machines], axis=1),
        "biases": np.array([machine.estimator.intercept_[0] for machine in machines]),
        "slopes": np.array([machine.calibrators[0].a_ for machine in machines]),
        "offsets": np.array([machine.calibrators[0].b_ for machine in machines]),
    }
    return words, {name: np.ascontiguousarray(tensor, np.float32) for name, tensor in tensors.items()}


if __name__ == "__main__":
    main()
