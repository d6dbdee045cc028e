"""What a player's line asks for: wares with counts and times, and sums of money.

Words are matched, nothing is guessed: what is not understood is left out, and then nothing is computed of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from models.npc.character import Currency, Npc, Ware
from models.npc.english import by_the_measure, plural, unit_noun
from models.npc.numbers import Kind, Number, Token, numbers, tokens
from models.npc.words import FILLERS, ORDER_WORDS, words

MOST_ENTRIES = 12
MOST_CHARACTERS = 2_000  # of a line that is read
LARGEST = 10**6  # count, time or amount of money that is computed with

_NAMED = "\0"  # stands for the words of a ware's name
_SPANS = {"week": 7, "weeks": 7, "fortnight": 14, "fortnights": 14}
_COINS = ("coin", "coins", "piece", "pieces")
_EACH = (("each",), ("every",), ("everything",), ("all",))
_JOINTS = words("of at in on for with from to by without against per")
_SPLIT = ("between", "among", "amongst", "by", "into", "us")
_NONE = words("no not without isn't don't never")
_MARKS = frozenset(["", ".", ",", "?", "!", ";"])
_NOT_BEFORE = _NONE | words("between among amongst by into us at room number past until since in aged") | {_NAMED}
_BEFORE_A_COUNT = _MARKS | words("need want take have like get buy order it me and about just only them say i")
_AFTER_A_COUNT = _MARKS | words("please more then")
_AFTER_MONEY = _MARKS | words("please then for and left on to in now of what how")
_MONEY_BEFORE = re.compile(
    r"\b(?:(?:pay|paying|paid) (?:you )?(?:with )?|pay (?:it )?with a |here's |here (?:is|are) |(?:give|hand) you |"
    r"hand over |out of |change (?:for|from|of) |(?:i|we) (?:only )?(?:have|got) (?:only )?(?:got )?|spend |"
    r"(?:i've|we've) (?:only )?got (?:only )?|many .{1,40} for |much .{1,40} for |(?:get|buy) (?:\w+ )?for )$"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A ware in an order: `count` of them, or of its measure, for `times` of its unit; `said`: with a number."""

    ware: Ware
    count: Decimal = Decimal(1)
    times: Decimal = Decimal(1)
    said: bool = False
    measured: bool = False  # `count` is of the measure: 3 sacks, 2 pounds


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount of money."""

    amount: Decimal
    currency: Currency


@dataclass(frozen=True, slots=True)
class Order:
    """What a line names. `text` is the line in small letters, a space between all words and marks.

    With `either` the entries are alternatives. `parts`: among how many people a bill is split.
    """

    text: str
    entries: tuple[Entry, ...] = ()
    sums: tuple[Sum, ...] = ()
    either: bool = False
    parts: int = 0
    bare: bool = False  # nothing but wares and numbers


@dataclass(frozen=True, slots=True)
class Name:
    """Where a line names a ware, or several that it may mean."""

    wares: tuple[Ware, ...]
    first: int
    end: int


def order_of(npc: Npc, said: str, topic: Ware | None = None) -> Order:
    """What a line of the player names. `topic` is the ware that "them" means, from the talk before."""
    return _Line(npc, said, topic).order()


def ware_named(npc: Npc, said: str) -> Ware | None:
    """The one ware that a line names, which "them" may mean in the next; None if it names none or several."""
    named = {ware.item: ware for name in find_wares(npc, tokens(said[:MOST_CHARACTERS])) for ware in name.wares}
    return next(iter(named.values())) if len(named) == 1 else None


def currencies(npc: Npc) -> tuple[Currency, ...]:
    """Every currency that an NPC knows, its own first."""
    rates = [currency for rate in npc.rates for currency in (rate.one, rate.of)]
    known = [npc.currency] if npc.currency else []
    return tuple(dict.fromkeys([*known, *(ware.currency for ware in npc.wares), *rates]))


def names_of(ware: Ware) -> tuple[tuple[str, ...], ...]:
    """How players name a ware, as words: item and plural, and both without what they are a measure of."""
    return tuple(dict.fromkeys(_names_of(ware)))


def short_names_of(ware: Ware) -> tuple[tuple[str, ...], ...]:
    """Shorter names, which several wares may share: "sword", "an iron one", "berth", "horse" for its toll."""
    return tuple(dict.fromkeys(_short_names_of(ware))) if not ware.unique else ()


def _names_of(ware: Ware) -> Iterator[tuple[str, ...]]:
    for name in (ware.item, ware.plural, plural(ware.item)):
        words = _words_of(name)
        words = words[1:] if words[:1] == ("the",) and len(words) > 1 else words
        yield words
        inner = words[words.index("of") + 1 :] if "of" in words[1:-1] else ()
        if inner and inner[0] not in ("a", "an", "the") and words[0] not in ("pair", "pairs", "set", "sets"):
            yield inner
            yield _words_of(plural(" ".join(inner)))


def _short_names_of(ware: Ware) -> Iterator[tuple[str, ...]]:
    for name in names_of(ware):
        at = next((at for at, word in enumerate(name[1:], 1) if word in _JOINTS), len(name))
        core, rest = name[:at], name[at + 1 :]
        yield core
        yield core[-1:]
        if len(core) > 1:
            yield (*core[:-1], "one")
            yield (*core[:-1], "ones")
        if name[at : at + 1] == ("of",) and rest[0] not in ("a", "an", "the"):
            yield rest[-1:]
            yield (*core, "of", rest[-1])
        if name[at : at + 1] == ("for",):
            thing = rest[1:] if rest[0] in ("a", "an", "the") else rest
            yield thing
            yield _words_of(plural(" ".join(thing)))


def _words_of(text: str) -> tuple[str, ...]:
    return tuple(token.word for token in tokens(text))


def find_wares(npc: Npc, found: tuple[Token, ...]) -> tuple[Name, ...]:
    """Where wares are named, the longest names first; "sword" alone may mean each of the swords."""
    words = [token.word for token in found]
    full: dict[tuple[str, ...], list[Ware]] = {}
    short: dict[tuple[str, ...], list[Ware]] = {}
    for ware in npc.wares:
        for name in names_of(ware):
            full.setdefault(name, []).append(ware)
        for name in short_names_of(ware):
            short.setdefault(name, []).append(ware)
    names = {**short, **full}
    longest = max(map(len, names), default=0)
    made, at = list[Name](), 0
    while at < len(words):
        ends = (end for end in range(min(len(words), at + longest), at, -1) if tuple(words[at:end]) in names)
        end = next(ends, at + 1)
        if wares := names.get(tuple(words[at:end])):
            made.append(Name(tuple(dict.fromkeys(wares)), at, end))
        at = end
    return tuple(made)


def _times_of(ware: Ware, word: str, value: Decimal) -> Decimal:
    """How many of a ware's units a span is: two weeks are fourteen nights, and two where the price is a week's."""
    return value if word in (unit_noun(ware), plural(unit_noun(ware))) else value * _SPANS[word]


def _once(entries: list[Entry]) -> list[Entry]:
    """Without what is named again: "How much is a room? Two rooms, I mean." is about two."""
    said = {entry.ware for entry in entries if entry.said}
    return list(dict.fromkeys(entry for entry in entries if entry.said or entry.ware not in said))


class _Line:
    """One line, read from left to right."""

    def __init__(self, npc: Npc, said: str, topic: Ware | None) -> None:
        self.npc, self.topic = npc, topic
        found = tokens(said[:MOST_CHARACTERS])
        self.names = find_wares(npc, found)[:MOST_ENTRIES]
        named = {at for name in self.names for at in range(name.first, name.end)}
        masked = tuple(replace(token, word=_NAMED) if at in named else token for at, token in enumerate(found))
        self.text = " ".join(token.word for token in found)
        self.words = [token.word for token in masked]
        self.numbers = [number for number in numbers(masked) if number.value <= LARGEST]
        self.used: set[int] = set()  # beginnings of numbers

    def order(self) -> Order:
        sums = tuple(self._sums())
        entries = list(self._each())
        ambiguous = False
        if not entries:
            ambiguous = len(self.names) == 1 and len(self.names[0].wares) > 1
            for name in self.names:
                entries += self._entries(name)
        parts = self._parts()
        entries, unclear = self._timed(entries or self._by_units())
        entries = _once(self._counted_after(entries))
        either = ambiguous or unclear or (len(entries) > 1 and " or " in f" {self.text} ")
        return Order(self.text, tuple(entries[:MOST_ENTRIES]), sums, either, parts, self._is_bare())

    def _is_bare(self) -> bool:
        counted = {at for number in self.numbers for at in range(number.first, number.end)}
        units = {name for ware in self.npc.wares if (unit := unit_noun(ware)) for name in (unit, plural(unit))}
        others = (word for at, word in enumerate(self.words) if at not in counted and word[0].isalpha())
        return all(word in ORDER_WORDS or word in units or word in _SPANS for word in others)

    def _at(self, at: int) -> str:
        return self.words[at] if 0 <= at < len(self.words) else ""

    def _free(self) -> Iterator[Number]:
        """Amounts that nothing has claimed yet."""
        return (
            number
            for number in self.numbers
            if number.first not in self.used and number.kind in (Kind.CARDINAL, Kind.FRACTION)
        )

    def _sums(self) -> Iterator[Sum]:
        names = [
            (tuple(token.word for token in tokens(name)), currency)
            for currency in currencies(self.npc)
            for name in (currency.one, currency.many)
        ]
        for number in list(self._free()):
            for name, currency in names:
                if tuple(self.words[number.end : number.end + len(name)]) == name:
                    self.used.add(number.first)
                    yield Sum(number.value, currency)
                    break
            else:
                if self.npc.currency and number.kind is Kind.CARDINAL and self._is_money(number):
                    self.used.add(number.first)
                    yield Sum(number.value, self.npc.currency)

    def _is_money(self, number: Number) -> bool:
        """Whether a number without a currency is an amount of money: "20 coins", "I pay with 20"."""
        if self._at(number.end) in _COINS:
            return True
        before = " ".join(self.words[max(0, number.first - 8) : number.first]) + " "
        return self._at(number.end) in _AFTER_MONEY and _MONEY_BEFORE.search(before) is not None

    def _each(self) -> Iterator[Entry]:
        """ "five of each": of all wares, or of those that the line names."""
        for number in self._free():
            after = tuple(self.words[number.end : number.end + 2])
            if after in (("of", "each"), ("of", "everything"), ("of", "every"), ("of", "all")) or after[:1] == (
                "each",
            ):
                self.used.add(number.first)
                named = tuple(dict.fromkeys(ware for name in self.names for ware in name.wares))
                if not named and after[:1] == ("each",):
                    return
                wares = named or self.npc.wares
                yield from (Entry(ware, number.value, said=True) for ware in wares if not ware.unique)
                return

    def _entries(self, name: Name) -> Iterator[Entry]:
        """A ware with the number before it; one entry for each that an ambiguous name may mean."""
        at, measured = name.first - 1, False
        units = {unit_noun(ware) for ware in name.wares} - {""}
        measures = units | {plural(unit) for unit in units}
        while not self._number_before(at + 1) and (self._at(at) in FILLERS or self._at(at) in measures):
            measured = measured or self._at(at) in measures
            at -= 1
        if self._at(at) in ("a", "an") and self._number_before(at, Kind.FRACTION):  # half a pound of
            at -= 1
        if self._at(at) in _NONE:
            return
        number = self._number_before(at + 1)
        if number is not None:
            if self._at(number.first - 1) in _NONE:
                return
            self.used.add(number.first)
        if len(name.wares) > 1 and len(self.names) > 1:
            return  # two swords or the other, and a shield: no total can be right
        value = Decimal(1) if number is None else number.value
        for ware in name.wares:
            if measured and not by_the_measure(ware):  # two hours of lessons
                yield Entry(ware, times=value, said=number is not None)
            else:
                yield Entry(ware, value, said=number is not None, measured=measured)

    def _number_before(self, end: int, kind: Kind | None = None) -> Number | None:
        return next((one for one in self._free() if one.end == end and (kind is None or one.kind is kind)), None)

    def _parts(self) -> int:
        """Among how many a bill is split: "split three ways", "divided by four"; 0 if it is not."""
        if not re.search(r"\b(?:split|splitting|divide|divided|share|shared|sharing)\b", self.text):
            return 0
        for number in self._free():
            if self._at(number.first - 1) in _SPLIT or self._at(number.end) in ("ways", "people", "friends"):
                self.used.add(number.first)
                return int(number.value) if number.value > 1 else 0
        return 0

    def _timed(self, entries: list[Entry]) -> tuple[list[Entry], bool]:
        """With "for three nights" put to what is let by the night; whether it could be several."""
        for word, value in self._times():
            fits = [ware for ware in self.npc.wares if self._is_unit(ware, word)]
            if any(entry.ware in fits for entry in entries):
                entries = [
                    replace(entry, times=_times_of(entry.ware, word, value), said=True)
                    if entry.ware in fits and entry.times == 1
                    else entry
                    for entry in entries
                ]
                continue
            meant = [self.topic] if self.topic in fits and self.topic else fits[:3]
            if not meant or (len(meant) > 1 and entries):
                continue
            entries += [Entry(ware, times=_times_of(ware, word, value), said=True) for ware in meant]
            if len(meant) > 1:
                return entries, True
        return entries, False

    def _times(self) -> Iterator[tuple[str, Decimal]]:
        """Words after a number, which may be units, and the number: "three nights", "a week"."""
        for number in list(self._free()):
            at = number.end + (self._at(number.end) == "of")  # a couple of nights
            if any(self._is_unit(ware, self._at(at)) for ware in self.npc.wares):
                self.used.add(number.first)
                yield self._at(at), number.value
        for at, word in enumerate(self.words):
            if word in ("week", "fortnight") and self._at(at - 1) in ("a", "the", "whole", "full", "per"):
                yield word, Decimal(1)

    def _is_unit(self, ware: Ware, word: str) -> bool:
        unit = unit_noun(ware)
        return bool(unit) and (word in (unit, plural(unit)) or (word in _SPANS and unit in ("night", "day")))

    def _by_units(self) -> list[Entry]:
        """What is let by the unit that "how many nights" asks for, if that is one ware."""
        asked = re.search(r"\bhow many (\w+)", self.text)
        fits = [ware for ware in self.npc.wares if asked and self._is_unit(ware, asked[1])]
        return [Entry(fits[0])] if len(fits) == 1 else []

    def _counted_after(self, entries: list[Entry]) -> list[Entry]:
        """A number on its own counts the one ware that is talked of: "How much is a room? I need two." """
        alone = [number for number in self._free() if number.kind is Kind.CARDINAL and self._is_alone(number)]
        if len(alone) != 1:
            return entries
        if len(entries) == 1 and not entries[0].said:
            return [replace(entries[0], count=alone[0].value, said=True)] if self._counts(alone[0]) else entries
        if not entries and not self.names and self.topic:
            return [Entry(self.topic, alone[0].value, said=True)]
        return entries

    def _counts(self, number: Number) -> bool:
        """Whether a number after a ware may count it: "I need two", not "room 5", "by 7" or "for two"."""
        return self._at(number.end) == "of" or self._at(number.first - 1) in _BEFORE_A_COUNT

    def _is_alone(self, number: Number) -> bool:
        after = self._at(number.end)
        if after == "of":
            return self._at(number.end + 1) in ("them", "those", "these")
        return (
            after in ("", ".", ",", "?", "!", ";", "please", "more", "then") and self._at(number.first - 1) not in _NONE
        )
