"""alt-profanity-check's classifier without scikit-learn: tf-idf of 15,442 words into five calibrated linear machines.

It knows words, not what they mean together: "The cock crows at dawn" scores .99, "f u c k you" .04. A score supports a
rule; it decides nothing by itself.
"""

import math
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

WEIGHTS = Path(__file__).parents[1] / "weights" / "moderation" / "profanity.safetensors"
WORDS = WEIGHTS.with_name("profanity_words.txt")
_WORD = re.compile(r"\b\w\w+\b")
Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Profanity:
    """The classifier. Its words have no English stop words among them, as in the package."""

    columns: dict[str, int]
    rarity: Array  # [words], the inverse document frequency
    weights: Array  # [words, machines]
    biases: Array  # [machines]
    slopes: Array  # [machines], of the calibration, as are the offsets
    offsets: Array

    @classmethod
    def load(cls, weights: Path = WEIGHTS, words: Path = WORDS) -> "Profanity":
        """Read the files that `convert_profanity` made. ValueError if they do not belong together."""
        listed = words.read_text(encoding="utf-8").splitlines()
        tensors: dict[str, Any] = load_file(weights)
        if len(listed) != len(tensors["rarity"]):
            raise ValueError(f"{words} has {len(listed)} words where {weights} has {len(tensors['rarity'])}")
        columns = {word: column for column, word in enumerate(listed)}
        return cls(columns=columns, **tensors)

    def score(self, text: str) -> float:
        """How likely a text is abusive, 0 to 1."""
        counts = Counter(word for word in _WORD.findall(text.lower()) if word in self.columns)
        values = self.biases
        if counts:
            columns = [self.columns[word] for word in counts]
            terms = self.rarity[columns] * np.fromiter(counts.values(), np.float32)
            values = values + terms @ self.weights[columns] / math.sqrt(terms @ terms)
        return float(np.mean(1 / (1 + np.exp(self.slopes * values + self.offsets))))
