"""Whether a dot belongs to the word before it: an abbreviation, an initial, a number of a list or a German ordinal."""

from typing import Final

import regex

from bridge.capabilities.dialogue.sentences.abbreviations import BEFORE_ORDINALS, COUNTED, PERHAPS, STARTERS, TITLES
from bridge.capabilities.dialogue.sentences.place import Place, Verdict

_LONGEST_WORD: Final = 24
_AROUND: Final = "\"'*_([ "
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}.]*$")
_NEXT = regex.compile(r"[\p{L}\p{M}]*")
_ACRONYM = regex.compile(r"(?:\p{L}\p{M}*){1,2}(?:\.(?:\p{L}\p{M}*){1,2})+|(\p{Lu})\1")  # U.S., EE. UU.
_ORDINAL = regex.compile(r"\d{1,2}\.")
_INITIAL = regex.compile(r"[\p{Latin}\p{Cyrillic}\p{Greek}\p{Armenian}\p{Arabic}]\p{M}*")


def after_dot(place: Place, begin: int, opening: str) -> Verdict:
    """What the word before a dot says, with `opening` and then a character at `begin` behind it."""
    word = _word_before(place)
    before = place.text[place.start : place.at - len(word)]
    if word.isdigit():
        return _after_number(place, word, before, begin)
    before = before.strip(_AROUND)
    bare, counted = word.lower().lstrip("."), place.text[begin].isdigit()
    if bare in TITLES or (counted and (bare in COUNTED or bare.endswith("str"))):
        return Verdict.GOES_ON
    if bare in ("д", "п") and before.endswith("т."):  # и т. д.: and so on
        return Verdict.ENDS
    initial = word != "I" and _INITIAL.fullmatch(word) is not None
    if initial and (counted or not before):
        return Verdict.GOES_ON
    if opening or not (initial or bare in PERHAPS or _ACRONYM.fullmatch(word)):
        return Verdict.ENDS
    return _starts(place, begin)


def after_pause(place: Place, begin: int) -> Verdict:
    """Behind an ellipsis: `No... no` and `Well... I do` go on."""
    word = _NEXT.match(place.text, begin, min(place.end, begin + _LONGEST_WORD))
    assert word is not None
    if word.end() == place.end and not place.final:
        return Verdict.OPEN
    stammers = word[0] == "I" or (word[0] and word[0].lower() == _word_before(place).lower())
    return Verdict.GOES_ON if stammers else Verdict.ENDS


def _word_before(place: Place) -> str:
    found = _WORD.search(place.text[max(place.start, place.at - _LONGEST_WORD) : place.at])
    return found[0] if found else ""


def _after_number(place: Place, number: str, before: str, begin: int) -> Verdict:
    words = before.strip(_AROUND).split()
    if not words or (words[-1][-1] == ":" and number == "1"):
        return Verdict.GOES_ON
    if words[-1].lower() in BEFORE_ORDINALS or _ORDINAL.fullmatch(words[-1]):
        return Verdict.GOES_ON
    return _starts(place, begin) if before[-1].isspace() and words[-1][-1] in ",;" else Verdict.ENDS


def _starts(place: Place, begin: int) -> Verdict:
    """Ends where a word follows that begins sentences, and is no initial itself."""
    word = _NEXT.match(place.text, begin, min(place.end, begin + _LONGEST_WORD))
    assert word is not None
    if word.end() == place.end and not place.final:
        return Verdict.OPEN
    starts = word[0].lower() in STARTERS and place.text[word.end() : word.end() + 1] != "."
    return Verdict.ENDS if starts else Verdict.GOES_ON
