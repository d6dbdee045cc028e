"""Numbers of a text by their value: "1,450", "eleven fifty", "two dozen", "€4.20", "4 euros 20", "noon"."""

import re
from decimal import Decimal
from typing import NamedTuple

from facts.judge.clock import at_hour, times
from facts.judge.tokens import UNITS, Read, Token, figure, number, tokens, word
from facts.judge.words import BEFORE_CURRENCY, COMMON, currency_of, stem

_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
    "twelfth", "thirteenth",
)  # fmt: skip
_SOFT_WORDS = {"once": 1, "twice": 2, "thrice": 3, "couple": 2, "pair": 2, "both": 2, "single": 1}
_BEFORE_ONE = {
    "only",
    "just",
    "exactly",
    "is",
    "are",
    "have",
    "has",
    "got",
    "but",
    "and",
    "for",
    "to",
    "at",
    "number",
    "last",
    "of",
}
_SYMBOLS = {"\u20ac": "euro", "$": "dollar"}
_WITH_CENTS = ("euro", "dollar")
_IDIOMS = re.compile(
    r"\b(?:(?:a|one) (?:thousand|hundred|million|dozen) (?:thanks|apologies|pardons|times|welcomes|ways|things|"
    r"blessings|questions)|or (?:two|three)|one or two|(?:the|you) two|two of (?:us|you|them)|one by one|two cents|"
    r"at sixes|(?:a|one) hundred (?:percent|per cent)|100 ?%|24/7|second (?:to|thought|look))(?!\w)"
)


class Number(NamedTuple):
    """A number of a text.

    `kind` is money, time, ordinal or count; `unit` the currency or the word behind it; a soft one claims nothing;
    `minutes` are the times of day that it can mean.
    """

    value: Decimal
    kind: str
    unit: str
    start: int
    end: int
    soft: bool = False
    minutes: frozenset[int] = frozenset()

    @property
    def noun(self) -> str:
        """The stem of what is counted; "" if that is not said."""
        counted = stem(self.unit) if self.kind != "money" else ""
        return "" if counted in COMMON else counted


def numbers(text: str) -> list[Number]:
    """The numbers of a folded text, in its order."""
    clock, row = times(text), tokens(text)
    found = [Number(Decimal(0), "time", "", time.start, time.end, False, time.minutes) for time in clock]
    place = 0
    while place < len(row):
        inside = any(time.start <= row[place].start < time.end for time in clock)
        read = None if inside or _is_pronoun(row, place) else _number(row, place)
        if read is None:
            place += 1
        else:
            idiom = any(match.start() <= read[0].start < match.end() for match in _IDIOMS.finditer(text))
            found.append(read[0]._replace(soft=read[0].soft or idiom))
            place = read[1]
    return sorted(found, key=lambda one: one.start)


def _number(row: list[Token], place: int) -> tuple[Number, int] | None:
    """The number at a place, and the place behind it."""
    text, start = row[place].text, row[place].start
    if text in _SYMBOLS:
        amount = figure(row, place + 1)
        if amount is None:
            return None
        return Number(amount.value, "money", _SYMBOLS[text], start, row[amount.behind - 1].end), amount.behind
    if text in _SOFT_WORDS:
        return Number(Decimal(_SOFT_WORDS[text]), "count", word(row, place + 1), start, row[place].end, True), place + 1
    if text in _ORDINALS:
        rank = _ORDINALS.index(text) + 1
        return Number(Decimal(rank), "ordinal", word(row, place + 1), start, row[place].end, rank <= 2), place + 1
    if text.isdecimal() and word(row, place + 1) in ("st", "nd", "rd", "th"):
        return Number(Decimal(text), "ordinal", word(row, place + 2), start, row[place + 1].end), place + 2
    read = number(row, place)
    return _with_unit(row, place, read) if read is not None else None


def _is_pronoun(row: list[Token], place: int) -> bool:
    """Whether a "one" counts nothing: "a special one", "no one", "that one is"."""
    if row[place].text != "one" or (word(row, place + 1) and stem(word(row, place + 1)) not in COMMON):
        return False
    before = word(row, place - 1) if place else ""
    return bool(before) and before not in _BEFORE_ONE


def _with_unit(row: list[Token], place: int, read: Read) -> tuple[Number, int]:
    """The number with what is behind it: a currency, cents, a noun."""
    change = _small_change(row, read) if row[place].text in UNITS else None
    value, behind = (read.value + change.value, change.behind) if change else read
    unit, after = _unit(row, behind)
    currency = currency_of(unit)
    if currency == "cent":
        return Number(value / 100, "money", "cent", row[place].start, row[after - 1].end), after
    if currency:
        value, after = _cents(row, value, after) if currency in _WITH_CENTS else (value, after)
        return Number(value, "money", currency, row[place].start, row[after - 1].end), after
    soft = row[place].text == "one" and value == 1
    minutes = _minutes(value) if not unit or stem(unit) in COMMON or change else frozenset()
    return Number(value, "count", unit, row[place].start, row[behind - 1].end, soft, minutes), behind


def _minutes(value: Decimal) -> frozenset[int]:
    """The times of day that a number without a noun can mean: 18, 6.30, 1800."""
    hour, past = int(value), int(value % 1 * 100)
    if value >= 100 and value == hour:
        hour, past = divmod(hour, 100)
    return frozenset(base + past for base in at_hour(hour)) if hour <= 24 and past < 60 else frozenset()


def _small_change(row: list[Token], read: Read) -> Read | None:
    """The "fifty" of "eleven fifty"."""
    if not 10 <= UNITS.get(word(row, read.behind), 0) < 100 or read.value >= 100:
        return None
    cents = number(row, read.behind)
    return Read(cents.value / 100, cents.behind) if cents is not None and cents.value < 100 else None


def _cents(row: list[Token], value: Decimal, behind: int) -> Read:
    """The amount of "4 euros 20" and "four dollars and twenty cents"."""
    joined = word(row, behind) == "and"
    cents = number(row, behind + joined)
    if cents is None or cents.value >= 100 or value != int(value):
        return Read(value, behind)
    unit, after = _unit(row, cents.behind)
    if currency_of(unit) == "cent":
        return Read(value + cents.value / 100, after)
    if not joined and (not unit or stem(unit) in COMMON):
        return Read(value + cents.value / 100, cents.behind)
    return Read(value, behind)


def _unit(row: list[Token], place: int) -> tuple[str, int]:
    """The word behind a number, past "good silver" and the like, "euro" for its sign; and the place behind that."""
    if place < len(row) and row[place].text in _SYMBOLS:
        return _SYMBOLS[row[place].text], place + 1
    first, second = word(row, place), word(row, place + 1)
    if first in BEFORE_CURRENCY and currency_of(second):
        return second, place + 2
    return first, place + 1
