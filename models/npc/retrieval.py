"""Finds what an NPC knows for a line of the player: by vectors that somebody else makes, or by words.

The search by vectors is exact. Which model embeds, and when, is not known here.
"""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.npc.character import Npc
from models.npc.facts import Fact, sentences
from models.npc.lemmas import content, stem
from models.npc.numbers import tokens
from models.npc.prompt import MOST_FACTS
from models.npc.words import STOP_WORDS

MOST_PASSAGES = 10_000  # that a search looks at: 10,000 rows of 384 take about a millisecond
MOST_CHARACTERS = 2_000  # of a line that is looked up

_SATURATION, _LENGTH = 1.2, 0.75  # BM25's usual parameters, k1 and b


def always_told(npc: Npc) -> tuple[Fact, ...]:
    """The facts of the system message: the first MOST_FACTS, so that the cached message never changes."""
    return sentences(npc)[:MOST_FACTS]


def passages(npc: Npc) -> tuple[Fact, ...]:
    """What is found only by searching: facts beyond MOST_FACTS, then lore, as "Title: text"."""
    lore = (Fact(f"{lore.title}: {lore.text}", f"lore[{at}]") for at, lore in enumerate(npc.lore))
    return (*sentences(npc)[MOST_FACTS:], *lore)[:MOST_PASSAGES]


def nearest(
    query: NDArray[np.float32], vectors: NDArray[np.float32], most: int, least: float = 0.0
) -> tuple[tuple[int, float], ...]:
    """The rows of `vectors` (n, d) with the highest cosine to `query` (d,): (row, cosine), the highest first.

    Rows below `least` are left out, and so are rows and queries without a direction. Equal cosines: the earlier row.
    """
    if query.ndim != 1 or vectors.ndim != 2 or vectors.shape[1] != query.shape[0]:
        raise ValueError(f"a query of shape {query.shape} has no cosine to vectors of shape {vectors.shape}")
    if len(vectors) > MOST_PASSAGES:
        raise ValueError(f"{len(vectors)} vectors are more than the {MOST_PASSAGES} that an exact search looks at")
    sizes = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    with np.errstate(divide="ignore", invalid="ignore"):
        cosines = vectors @ query / sizes
    cosines = np.where(np.isfinite(cosines), cosines, -np.inf)
    order = np.argsort(-cosines, kind="stable")[: max(most, 0)]
    return tuple((int(row), float(cosines[row])) for row in order if cosines[row] >= least)


class WordSearch:
    """A search by words (BM25 over stems), where there are no vectors. Built once for all passages of an NPC."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._counts = [Counter(_terms(text)) for text in texts[:MOST_PASSAGES]]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean = sum(self._lengths) / max(len(self._lengths), 1) or 1.0
        self._holders: dict[str, list[int]] = {}
        for row, counts in enumerate(self._counts):
            for term in counts:
                self._holders.setdefault(term, []).append(row)

    def nearest(self, said: str, most: int) -> tuple[tuple[int, float], ...]:
        """The texts that share the rarest words with a line: (row, score), the highest first; none shares nothing."""
        scores: dict[int, float] = {}
        for term in content(said[:MOST_CHARACTERS]):
            holders = self._holders.get(term, [])
            rarity = math.log(1 + (len(self._counts) - len(holders) + 0.5) / (len(holders) + 0.5))
            for row in holders:
                count = self._counts[row][term]
                dampened = _SATURATION * (1 - _LENGTH + _LENGTH * self._lengths[row] / self._mean)
                scores[row] = scores.get(row, 0.0) + rarity * count * (_SATURATION + 1) / (count + dampened)
        return tuple(sorted(scores.items(), key=lambda found: (-found[1], found[0]))[:most])


def _terms(text: str) -> list[str]:
    return [stem(token.word) for token in tokens(text) if token.word[0].isalnum() and token.word not in STOP_WORDS]
