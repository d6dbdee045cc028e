"""The tokens of a text, and numbers in figures and words among them."""

import re
from decimal import Decimal
from typing import NamedTuple

_TOKENS = re.compile(
    r"\d+(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+[.,]\d{2}(?!\d)|\d+(?:\.\d+)?|[a-z]+(?:'[a-z]+)?|\n|[^\s\w]|\w"
)
_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
UNITS = {word: number for number, word in enumerate(_SMALL)} | {"nought": 0, "fourty": 40}
UNITS |= {word: 10 * number for number, word in enumerate(_TENS, 2)}
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}
_GROUPS = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1000, "million": 1_000_000}


class Token(NamedTuple):
    """A word, a figure or a mark, and where it stands."""

    text: str
    start: int
    end: int


class Read(NamedTuple):
    """A number that was read, and the place of the token behind it."""

    value: Decimal
    behind: int


def tokens(text: str) -> list[Token]:
    """The tokens of a folded text."""
    return [Token(match[0], match.start(), match.end()) for match in _TOKENS.finditer(text)]


def word(row: list[Token], place: int) -> str:
    """The word at a place; "" for a mark, a figure or the end."""
    return row[place].text if place < len(row) and row[place].text[0].isalpha() else ""


def number(row: list[Token], place: int) -> Read | None:
    """The number that begins at a place."""
    if place >= len(row):
        return None
    return figure(row, place) or _half_a_group(row, place) or _words(row, place)


def figure(row: list[Token], place: int) -> Read | None:
    """A number in figures, with "dozen", "thousand" or "k" behind it."""
    if place >= len(row) or not row[place].text[0].isdecimal():
        return None
    text = row[place].text
    value = Decimal(text.replace(",", ".") if re.fullmatch(r"\d+,\d{2}", text) else text.replace(",", ""))
    group = _GROUPS | {"k": 1000}
    if (behind := word(row, place + 1)) in group:
        return Read(value * group[behind], place + 2)
    return Read(value, place + 1)


def _half_a_group(row: list[Token], place: int) -> Read | None:
    """ "half a dozen" """
    if row[place].text != "half":
        return None
    here = place + 1 + (word(row, place + 1) in ("a", "an"))
    group = word(row, here)
    return Read(Decimal(_GROUPS[group]) / 2, here + 1) if group in _GROUPS else None


def _words(row: list[Token], place: int) -> Read | None:
    """A number in words: "a hundred and forty-five", "two dozen", "one and a half"."""
    if row[place].text in ("a", "an"):
        if word(row, place + 1) not in _GROUPS:
            return None
        value = _Growing(1)
        here = place + 1
    elif row[place].text in UNITS:
        value = _Growing(UNITS[row[place].text])
        here = place + 1
    else:
        return None
    while here < len(row):
        here_too = here + _joins(row, here, value)
        if not value.takes(word(row, here_too), here_too > here and row[here].text == "-"):
            break
        here = here_too + 1
    part = _PARTS.get(word(row, here + 2)) if [token.text for token in row[here : here + 2]] == ["and", "a"] else None
    return Read(value.whole() + part, here + 3) if part else Read(value.whole(), here)


class _Growing:
    """A number while its words are read."""

    def __init__(self, first: int) -> None:
        self.thousands, self.rest = 0, first

    def whole(self) -> Decimal:
        return Decimal(self.thousands + self.rest)

    def takes(self, word: str, hyphen: bool) -> bool:
        """Whether the number goes on with a word."""
        if word in _GROUPS:
            self.rest *= _GROUPS[word]
            if self.rest >= 1000 and word in ("thousand", "million"):
                self.thousands, self.rest = self.thousands + self.rest, 0
            return True
        value = UNITS.get(word, 0)
        after_tens = self.rest % 100 >= 20 and self.rest % 10 == 0 and 0 < value < 10
        after_hundreds = self.rest % 100 == 0 and self.whole() > 0 and not hyphen and value > 0
        if after_tens or after_hundreds:
            self.rest += value
        return after_tens or after_hundreds


def _joins(row: list[Token], place: int, value: _Growing) -> int:
    """1 for an "and" or a hyphen inside a number, else 0."""
    text, after = row[place].text, word(row, place + 1)
    touches = text == "-" and row[place - 1].end == row[place].start
    return int((touches and after in UNITS) or (text == "and" and value.whole() >= 100 and after in UNITS))
