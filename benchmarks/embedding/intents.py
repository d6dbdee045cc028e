"""How well similarity finds what a player means: precision and recall by threshold, on lines that no author wrote."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from harness.record import show
from numpy.typing import NDArray

from embedding.texts import vectors
from models.embedding.embedding_program import EmbeddingProgram
from models.npc.replies.intents import Example, Kind, Phrase, likenesses

FILE = Path(__file__).parent / "intents.toml"
THRESHOLDS = tuple(round(0.3 + 0.05 * step, 2) for step in range(13))
EXAMPLES = (1, 3, 5)  # of an intent that an author writes
PRECISIONS = (0.9, 0.95, 0.98)
NONE = -1

Similarities = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lines:
    """What players say. `meant` is the place of an intent, or NONE; `near` marks lines about an intent's things."""

    texts: Sequence[str]
    meant: NDArray[np.int64]
    near: NDArray[np.bool_]

    def half(self, judged: bool) -> NDArray[np.bool_]:
        """Which lines choose a threshold, or judge it: of each ten in a row, the first or the last five."""
        return (np.arange(len(self.texts)) % 10 >= 5) == judged


def intents() -> dict[str, Any]:
    """By vectors with one to five examples an intent, and by words."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    program, lines = EmbeddingProgram.load(torch.device("cpu")), _lines(data)
    results: dict[str, Any] = {"intents": len(data["intents"]), "lines": len(lines.texts)}
    said = vectors(program, lines.texts)
    for count in EXAMPLES:
        known = [vectors(program, intent["examples"][:count]) for intent in data["intents"]]
        results[f"vectors_{count}"] = _measured(lines, np.stack([(said @ one.T).max(1) for one in known], axis=1))
    results["words_5"] = _measured(lines, _by_words(data, lines))
    best = np.stack([(said @ one.T).max(1) for one in known], axis=1)
    results["by_intent"] = _by_intent(data, lines, best, results["vectors_5"]["chosen"]["0.95"]["threshold"])
    _print(results)
    return results


def _lines(data: dict[str, Any]) -> Lines:
    said = [(text, at, False) for at, intent in enumerate(data["intents"]) for text in intent["said"]]
    said += [(text, NONE, near) for near in (True, False) for text in data["none"]["near" if near else "far"]]
    texts, meant, near = zip(*said, strict=True)
    return Lines(texts, np.array(meant), np.array(near))


def _by_words(data: dict[str, Any], lines: Lines) -> Similarities:
    examples = [
        Example(text, Kind.LINE, at) for at, intent in enumerate(data["intents"]) for text in intent["examples"]
    ]
    phrases, places = [Phrase(one.text) for one in examples], np.array([one.place for one in examples])
    every = np.array([likenesses(text, examples, phrases) for text in lines.texts])
    return np.stack([every[:, places == at].max(1) for at in range(len(data["intents"]))], axis=1)


def _measured(lines: Lines, similarities: Similarities) -> dict[str, Any]:
    judged, choosing = lines.half(judged=True), lines.half(judged=False)
    fine = np.round(np.arange(0.2, 1.0, 0.01), 2)
    chosen = {}
    for precision in PRECISIONS:
        fits = [at for at in fine if _at(lines, similarities, at, choosing)["precision"] >= precision]
        if fits:
            chosen[str(precision)] = {"threshold": float(fits[0]), **_at(lines, similarities, fits[0], judged)}
    every = np.ones(len(lines.texts), bool)
    return {"by_threshold": {str(at): _at(lines, similarities, at, every) for at in THRESHOLDS}, "chosen": chosen}


def _at(lines: Lines, similarities: Similarities, threshold: float, which: NDArray[np.bool_]) -> dict[str, float]:
    """Of the lines that are marked: how many are taken for the right intent, and what else is taken for one."""
    taken = (similarities.max(1) >= threshold) & which
    right = taken & (similarities.argmax(1) == lines.meant)
    some, none = lines.meant != NONE, lines.meant == NONE
    near, far = none & lines.near & which, none & ~lines.near & which
    return {
        "precision": float(right.sum() / max(taken.sum(), 1)),
        "recall": float(right.sum() / (some & which).sum()),
        "wrong_intent": float((taken & some & ~right).sum() / (some & which).sum()),
        "near_taken": float((taken & near).sum() / near.sum()),
        "far_taken": float((taken & far).sum() / far.sum()),
    }


def _by_intent(data: dict[str, Any], lines: Lines, similarities: Similarities, threshold: float) -> dict[str, float]:
    right = (similarities.max(1) >= threshold) & (similarities.argmax(1) == lines.meant)
    return {intent["name"]: float(right[lines.meant == at].mean()) for at, intent in enumerate(data["intents"])}


def _print(results: dict[str, Any]) -> None:
    for name in (*(f"vectors_{count}" for count in EXAMPLES), "words_5"):
        columns = ("threshold", "precision", "recall", "wrong intent", "near taken", "far taken")
        rows = [(at, *row.values()) for at, row in results[name]["by_threshold"].items()]
        show(name, columns, rows)
        chosen = [(at, *row.values()) for at, row in results[name]["chosen"].items()]
        show(f"{name}: chosen on one half for a precision, judged on the other", ("wanted", *columns), chosen)
