"""Numbers in English text, as figures and as words: "21", "twenty-one", "half a dozen", "third", "seventeen eighty".

Amounts that only look like numbers ("a second", "once upon a time") are left to whoever reads the sentence.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from models.npc.words import DIGITS, ORDINALS, TEENS, TENS


class Kind(Enum):
    """What a number is said as."""

    CARDINAL = auto()  # seven, 7, a dozen, two and a half
    ORDINAL = auto()  # third, 3rd
    FRACTION = auto()  # half, a quarter
    CLOCK = auto()  # 7:30, in hours


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a figure or a mark, lower-case, and where it is in the text."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a text: tokens `first` up to `end`, exclusive. `word`: how it is written, "dozen" included."""

    value: Decimal
    kind: Kind
    first: int
    end: int


_TOKEN = re.compile(
    r"\d{1,2}:\d\d|\d+/\d+|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[^\W\d_]+(?:['\u2019][^\W\d_]+)*|\S", re.UNICODE
)
_UNITS = {word: value for value, word in enumerate(DIGITS)} | {"nought": 0}
_TEENS = {word: value for value, word in enumerate(TEENS, 10)}
_TENS = {word: value for value, word in zip(range(20, 100, 10), TENS, strict=True)}
_GROUPS = {"hundred": 100, "thousand": 1_000, "million": 1_000_000}
_LOTS = {"dozen": 12, "dozens": 12, "score": 20, "pair": 2, "pairs": 2, "couple": 2, "brace": 2}
_ORDINALS = (
    {word: value for value, word in enumerate(ORDINALS, 1)}
    | {"hundredth": 100, "thousandth": 1_000}
    | {f"{word}th": value for word, value in _TEENS.items() if value > 12}
    | {f"{word[:-1]}ieth": value for word, value in _TENS.items()}
)
_FRACTIONS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "halves": Decimal("0.5")}
_SIGNS = {"½": Decimal("0.5"), "¼": Decimal("0.25"), "¾": Decimal("0.75")}
_BEFORE_MINUTES = ("at", "till", "until", "by", "around", "about", "before", "after", "since")
_SMALL = _UNITS | _TEENS | _TENS


def tokens(text: str) -> tuple[Token, ...]:
    """The words, figures and marks of a text; "twenty-one" is three."""
    return tuple(Token(found[0].lower().replace("\u2019", "'"), *found.span()) for found in _TOKEN.finditer(text))


def numbers(found: Sequence[Token]) -> tuple[Number, ...]:
    """The numbers among these tokens, in order, each as long as it goes."""
    words = [token.word for token in found]
    made, at = [], 0
    while at < len(words):
        number = _number(words, at)
        if number is None:
            at += 1
        else:
            made.append(number)
            at = number.end
    return tuple(made)


def _number(words: list[str], at: int) -> Number | None:
    """The number that begins at a token."""
    for form in (_past, _figure, _half_of_a_lot, _in_words, _fraction):
        if number := form(words, at):
            return number
    return None


def _past(words: list[str], at: int) -> Number | None:
    """ "half past five", "a quarter to six", "at twenty to ten"."""
    first = at + 1 if words[at] == "a" else at
    part, end = _FRACTIONS.get(_at(words, first)), first + 1
    if part is None:
        part, end = _minutes(words, first)
    direction = _at(words, end)
    if part is None or direction not in ("past", "to"):
        return None
    hour = _figure(words, end + 1) or _in_words(words, end + 1) if end + 1 < len(words) else None
    if hour is None or hour.kind is not Kind.CARDINAL or hour.value > 24:
        return None
    return Number(hour.value + (part if direction == "past" else -part), Kind.CLOCK, at, hour.end)


def _minutes(words: list[str], at: int) -> tuple[Decimal | None, int]:
    """The part of an hour of "ten past", or of "at ten to": without "at", "five to ten" is a range."""
    value, end = (int(words[at]), at + 1) if _at(words, at).isdecimal() else _below_hundred(words, at)[:2]
    end += _at(words, end) == "minutes"
    told = _at(words, end) == "past" or (_at(words, at - 1) in _BEFORE_MINUTES and value in (5, 10, 20, 25))
    return (Decimal(value) / 60, end) if 0 < value < 60 and told else (None, at)


def _figure(words: list[str], at: int) -> Number | None:
    word = words[at]
    if not word[0].isdecimal() and word not in _SIGNS:  # "\u00b2" is a digit to Python, and no number to Decimal
        return None
    if ":" in word:
        hours, minutes = word.split(":")
        return Number(int(hours) + Decimal(int(minutes)) / 60, Kind.CLOCK, at, at + 1)
    if "/" in word:
        over, under = (int(part) for part in word.split("/"))
        return Number(Decimal(over) / under, Kind.FRACTION, at, at + 1) if under else None
    if word in _SIGNS:
        return Number(_SIGNS[word], Kind.FRACTION, at, at + 1)
    value = Decimal(word.replace(",", ""))
    if _at(words, at + 1) in ("st", "nd", "rd", "th"):
        return Number(value, Kind.ORDINAL, at, at + 2)
    if _at(words, at + 1) in _SIGNS:
        return Number(value + _SIGNS[words[at + 1]], Kind.CARDINAL, at, at + 2)
    return _multiplied(words, value, at, at + 1)


def _half_of_a_lot(words: list[str], at: int) -> Number | None:
    """ "half a dozen", "half-dozen", "half a hundred"."""
    if words[at] != "half":
        return None
    for skipped in ((), ("a",), ("-",)):
        end = at + 1 + len(skipped)
        if tuple(words[at + 1 : end]) == skipped and (lot := _lot(_at(words, end))) and lot > 2:
            return Number(Decimal(lot) / 2, Kind.CARDINAL, at, end + 1)
    return None


def _in_words(words: list[str], at: int) -> Number | None:
    """A cardinal or ordinal in words."""
    if words[at] in ("a", "an"):
        lot = _lot(_at(words, at + 1))
        return _multiplied(words, Decimal(1), at, at + 1) if lot else None
    if words[at] in ("dozen", "dozens") or (words[at] in _GROUPS and _at(words, at + 1) == "and"):
        return _multiplied(words, Decimal(1), at, at)
    value, end, ordinal = _below_hundred(words, at)
    if end == at:
        return None
    if ordinal:
        return Number(Decimal(value), Kind.ORDINAL, at, end)
    if value >= 10 and (one := _oh(words, end)):  # "fourteen-oh-two"
        return Number(Decimal(value * 100 + one[0]), Kind.CARDINAL, at, one[1])
    if value >= 10 and _at(words, end) not in ("-", "and", "hundred"):
        second, after, _ = _below_hundred(words, end)
        if after > end and second >= 10:  # "seventeen eighty-nine"
            return Number(Decimal(value * 100 + second), Kind.CARDINAL, at, after)
    return _multiplied(words, Decimal(value), at, end)


def _oh(words: list[str], at: int) -> tuple[int, int] | None:
    """The digit of "oh two" and where it ends."""
    at += _at(words, at) == "-"
    digit = at + 1 + (_at(words, at + 1) == "-")
    value = _UNITS.get(_at(words, digit), 0)
    return (value, digit + 1) if _at(words, at) in ("oh", "o") and value else None


def _below_hundred(words: list[str], at: int) -> tuple[int, int, bool]:
    """Value, end, and whether it is an ordinal; the end is `at` if there is none."""
    word = _at(words, at)
    if word in _ORDINALS and _ORDINALS[word] < 100:
        return _ORDINALS[word], at + 1, True
    if word not in _SMALL:
        return 0, at, False
    value, end = _SMALL[word], at + 1
    if word in _TENS:
        unit = end + 1 if _at(words, end) == "-" else end
        if _UNITS.get(_at(words, unit), 0) > 0:
            return value + _UNITS[words[unit]], unit + 1, False
        if 0 < _ORDINALS.get(_at(words, unit), 0) < 10 and (unit > end or words[unit] != "second"):
            return value + _ORDINALS[words[unit]], unit + 1, True
    return value, end, False


def _multiplied(words: list[str], value: Decimal, first: int, end: int) -> Number:
    """A number with what follows it: hundreds, dozens, "and a half", and smaller numbers after a hundred."""
    total, ordinal = Decimal(0), False
    while True:
        follows = end + 1 if _at(words, end) == "-" else end
        word = _at(words, follows)
        if word in _GROUPS:
            value, end = value * _GROUPS[word], follows + 1
            if value >= 1_000:
                total, value = total + value, Decimal(0)
            more = end + 1 if _at(words, end) == "and" else end
            small, after, ordinal = _below_hundred(words, more)
            if after > more and small > 0:
                value, end = value + small, after
            if not ordinal:
                continue
        elif word in _LOTS and (value == 1 or word in ("dozen", "score", "pair", "pairs", "brace")):
            value, end = value * _LOTS[word], follows + 1
        break
    value += total
    if tuple(words[end : end + 3]) in (("and", "a", "half"), ("and", "one", "half")):
        return Number(value + Decimal("0.5"), Kind.CARDINAL, first, end + 3)
    return Number(value, Kind.ORDINAL if ordinal else Kind.CARDINAL, first, end)


def _fraction(words: list[str], at: int) -> Number | None:
    return Number(_FRACTIONS[words[at]], Kind.FRACTION, at, at + 1) if words[at] in _FRACTIONS else None


def _lot(word: str) -> int | None:
    return _GROUPS.get(word) or _LOTS.get(word)


def _at(words: list[str], at: int) -> str:
    return words[at] if 0 <= at < len(words) else ""
