"""Decides whether a dot belongs to the word before it: abbreviation, initial, list number or German ordinal."""

from typing import Final

import regex

from bridge.capabilities.dialogue.sentences.abbreviations import BEFORE_ORDINALS, COUNTED, PERHAPS, STARTERS, TITLES
from bridge.capabilities.dialogue.sentences.boundary import Boundary, Verdict

_LONGEST_WORD: Final = 24
_AROUND: Final = "\"'*_([ "
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}.]*$")
_NEXT = regex.compile(r"[\p{L}\p{M}]*")
_ACRONYM = regex.compile(r"(?:\p{L}\p{M}*){1,2}(?:\.(?:\p{L}\p{M}*){1,2})+|(\p{Lu})\1")  # U.S., EE. UU.
_ORDINAL = regex.compile(r"\d{1,2}\.")
_INITIAL = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}\p{Arabic}]\p{M}*")


def after_dot(boundary: Boundary, begin: int, opening: str) -> Verdict:
    """The verdict by the word before a dot; `opening` marks and then the character at `begin` follow."""
    word = _word_before(boundary)
    before = boundary.text[boundary.start : boundary.at - len(word)]
    if word.isdigit():
        return _after_number(boundary, word, before, begin)
    before = before.strip(_AROUND)
    bare, counted = word.lower().lstrip("."), boundary.text[begin].isdigit()
    if bare in TITLES or (counted and (bare in COUNTED or bare.endswith("str"))):
        return Verdict.CONTINUES
    if bare in ("д", "п") and before.endswith("т."):  # и т. д.: and so on
        return Verdict.ENDS
    initial = word != "I" and _INITIAL.fullmatch(word) is not None
    if initial and (counted or not before):
        return Verdict.CONTINUES
    if opening or not (initial or bare in PERHAPS or _ACRONYM.fullmatch(word)):
        return Verdict.ENDS
    return _starts(boundary, begin)


def after_pause(boundary: Boundary, begin: int) -> Verdict:
    """The verdict after an ellipsis: `No... no` and `Well... I do` continue."""
    word = _NEXT.match(boundary.text, begin, min(boundary.end, begin + _LONGEST_WORD))
    assert word is not None
    if word.end() == boundary.end and not boundary.final:
        return Verdict.UNDECIDED
    stammers = word[0] == "I" or (word[0] and word[0].lower() == _word_before(boundary).lower())
    return Verdict.CONTINUES if stammers else Verdict.ENDS


def _word_before(boundary: Boundary) -> str:
    found = _WORD.search(boundary.text[max(boundary.start, boundary.at - _LONGEST_WORD) : boundary.at])
    return found[0] if found else ""


def _after_number(boundary: Boundary, number: str, before: str, begin: int) -> Verdict:
    words = before.strip(_AROUND).split()
    if not words or (words[-1][-1] == ":" and number == "1"):
        return Verdict.CONTINUES
    if words[-1].lower() in BEFORE_ORDINALS or _ORDINAL.fullmatch(words[-1]):
        return Verdict.CONTINUES
    return _starts(boundary, begin) if before[-1].isspace() and words[-1][-1] in ",;" else Verdict.ENDS


def _starts(boundary: Boundary, begin: int) -> Verdict:
    """ENDS if the next word often starts sentences and is not an initial."""
    word = _NEXT.match(boundary.text, begin, min(boundary.end, begin + _LONGEST_WORD))
    assert word is not None
    if word.end() == boundary.end and not boundary.final:
        return Verdict.UNDECIDED
    starts = word[0].lower() in STARTERS and boundary.text[word.end() : word.end() + 1] != "."
    return Verdict.ENDS if starts else Verdict.CONTINUES
