"""Replies as plain text: one case, no accents; sentences, clauses, negation."""

import re
import unicodedata
from typing import NamedTuple

_MARKS = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": " - ", "\u2014": " - ", "\u2026": "..."}
)
_EMPHASIS = re.compile(r"[*_`]")
_ABBREVIATIONS = re.compile(r"\b(mr|mrs|ms|dr|st|a\.m|p\.m|etc)\.(?=\s)", re.IGNORECASE)
_ENDS = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")
_CLAUSES = re.compile(
    r"(?<!\d),|,(?!\d)|[;()]|:(?!\d)|\s-+\s|\bbut\b|\band\b|\bthough\b|\bwhile\b|\bwhereas\b|\bbecause\b|\.\.\."
)
_NEGATIONS = re.compile(
    r"\b(?:not|never|no|nor|neither|none|nobody|nothing|nowhere|without|cannot|cant|dont|wont|isnt|nope|nay|hardly|"
    r"\w+n't|nae|refuse[ds]?|instead of|rather than|except|wrong|false|untrue|far from|stopped)\b"
)
_NOT_NEGATIONS = re.compile(r"\bnot only\b|\bno doubt\b|\bno (?:less|more|fewer) than\b|\bno problem\b")
_TAG = re.compile(
    r",? (?:right|eh|yes|yeah|no|see|you know|mind|remember|understand|got it|clear|ok|okay|alright|"
    r"(?:is|are|was|does|do|did|has|have|wo|ca)n't (?:it|he|she|they|you|i|we)|is it|innit)\?$"
)


class Sentence(NamedTuple):
    """A sentence and whether it asks."""

    text: str
    asks: bool


def plain(text: str) -> str:
    """The text without accents and typography, its case kept."""
    marked = unicodedata.normalize("NFKD", _EMPHASIS.sub(" ", text.translate(_MARKS)))
    bare = "".join(letter for letter in marked if not unicodedata.combining(letter))
    return re.sub(r"[^\S\n]+", " ", bare).strip()


def folded(text: str) -> str:
    """The text as rules read it: plain, in lower case."""
    return plain(text).lower()


def sentences(text: str) -> list[Sentence]:
    """The sentences of a folded text. One that asks states nothing; "it is twelve, right?" does."""
    parts = [part.strip() for part in _ENDS.split(_ABBREVIATIONS.sub(r"\1", text))]
    return [Sentence(part, part.endswith("?") and not _TAG.search(part)) for part in parts if part]


def clauses(sentence: str) -> list[tuple[int, int]]:
    """Where the clauses of a sentence begin and end."""
    edges = [0, *(edge for found in _CLAUSES.finditer(sentence) for edge in found.span()), len(sentence)]
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if sentence[start:end].strip()]


def clause_at(sentence: str, place: int) -> str:
    """The clause around a place."""
    return next((sentence[start:end] for start, end in clauses(sentence) if start <= place < end), sentence)


def negated(sentence: str, place: int, words: int = 5) -> bool:
    """Whether one of the few words before a place, in its clause, turns it into its opposite."""
    start = next((start for start, end in clauses(sentence) if start <= place < end), 0)
    return negates(" ".join(sentence[start:place].split()[-words:]))


def negates(text: str) -> bool:
    """Whether a text says no."""
    return bool(_NEGATIONS.search(_NOT_NEGATIONS.sub(" ", text + " ")))
