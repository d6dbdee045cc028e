"""Open conversations: the players' lines, and figures of how alive the replies are."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from facts.contenders.contender import Said
from facts.questions import FOLDER


def talks() -> dict[str, list[str]]:
    """The player's lines of a conversation with each NPC."""
    return {path.stem: path.read_text("utf-8").splitlines() for path in sorted((FOLDER / "talks").glob("*.txt"))}


def figures(replies: Sequence[Sequence[Said]]) -> dict[str, Any]:
    """Distinct-2 is the share of different pairs of words among all pairs, over each conversation and averaged."""
    every = [said for talk in replies for said in talk]
    lengths = [len(_words(said.text)) for said in every]
    return {
        "conversations": len(replies),
        "turns": len(every),
        "distinct_2": sum(map(_distinct, replies)) / len(replies),
        "words_mean": sum(lengths) / len(lengths),
        "authored": sum(said.authored for said in every) / len(every),
        "repeats": sum(len(talk) - len({said.text.strip().lower() for said in talk}) for talk in replies),
    }


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text.lower())


def _distinct(talk: Sequence[Said]) -> float:
    pairs = [pair for said in talk for pair in pairwise(_words(said.text))]
    return len(set(pairs)) / len(pairs) if pairs else 0.0
