"""Numbers in a sentence with what they count: seven silver a night, two rooms, half past five, a week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from models.npc.character import Currency, Npc
from models.npc.guard import lexicon
from models.npc.lemmas import stem
from models.npc.numbers import Kind, Number, Token, numbers, tokens
from models.npc.orders import currencies
from models.npc.words import DURATIONS, FILLERS, STOP_WORDS

_NAMED = Token("\0", 0, 0)
_MOST_OF_A_UNIT = 3  # words after a number that may say what it counts


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of a sentence and what it counts: a currency, or the stems of the words after it."""

    value: Decimal
    kind: Kind
    text: str
    at: int  # its first token in the sentence
    end: int
    unit: tuple[str, ...] = ()
    currency: Currency | None = None
    clock: bool = False  # at seven, 7:30
    each: str = ""  # "night" of "a night"; "each"
    whole: bool = False  # "of the forty": what there is to do, not what is done
    loose: bool = False  # "a week", which often says nothing
    converted: bool = False  # from another currency

    @property
    def counts(self) -> bool:
        """Whether it counts things, which may then be priced: "two rooms and an ale come to sixteen"."""
        return bool(self.unit) and not self.currency and not self.clock

    def same(self, other: "Amount") -> bool:
        """Whether both say the same number of things that may be the same."""
        if self.value != other.value or (self.kind is Kind.ORDINAL) is not (other.kind is Kind.ORDINAL):
            return False
        if self.currency or other.currency:
            return self.currency == other.currency
        return not self.unit or not other.unit or bool(set(self.unit) & set(other.unit))


class Quantities:
    """Reads the numbers of sentences about one NPC: it knows the currencies."""

    def __init__(self, npc: Npc) -> None:
        self._own = npc.currency
        self._money = [
            (tuple(token.word for token in tokens(name)), currency)
            for currency in currencies(npc)
            for name in (currency.one, currency.many)
        ]

    def read(self, found: Sequence[Token], named: set[int]) -> tuple[Amount, ...]:
        """The amounts in a sentence, in order. `named` are tokens of wares, whose names may hold numbers."""
        words = [token.word for token in found]
        listed = numbers([_NAMED if at in named else token for at, token in enumerate(found)])
        made = list[Amount]()
        for number in listed:
            last = made[-1] if made else None
            if last and last.currency and _is_cents(words, last, number):  # seven marks fifty
                made[-1] = replace(last, value=last.value + number.value / 100, end=number.end)
            elif last and last.each and last.currency and words[number.first] in ("a", "an"):
                continue  # two crowns a hundred
            elif number.kind is Kind.FRACTION and words[max(0, number.first - 2) : number.first] == ["and", "a"]:
                made.append(_and_a_half(made, number))
            else:
                made.append(self._amount(words, number, listed))
        made += [one for one in _loose(words) if not any(at.at < one.end and one.at <= at.end + 1 for at in made)]
        return tuple(sorted(made, key=lambda amount: amount.at))

    def _amount(self, words: list[str], number: Number, listed: Sequence[Number]) -> Amount:
        before = words[number.first - 1] if number.first else ""
        at = _past_fillers(words, number, listed)
        currency, end = self._currency(words, at)
        halved = words[at : at + 1] in (["am"], ["pm"])
        unit = () if currency or halved else _unit(words, at)
        if not unit and currency is None and (before == "year" or before in lexicon.LABELS):
            unit = (stem(before),)
        clock = not unit and currency is None and before in lexicon.BEFORE_A_TIME
        return Amount(
            number.value,
            number.kind,
            " ".join(words[number.first : number.end]),
            number.first,
            number.end,
            unit,
            currency,
            clock or halved or number.kind is Kind.CLOCK or words[at : at + 1] == ["o'clock"],
            _each(words, end + (0 if currency else len(unit))),
            words[max(0, number.first - 2) : number.first] == ["of", "the"],
        )

    def _currency(self, words: list[str], at: int) -> tuple[Currency | None, int]:
        for name, currency in self._money:
            if tuple(words[at : at + len(name)]) == name:
                return currency, at + len(name)
        return (self._own, at + 1) if self._own and words[at : at + 1] in (["coins"], ["coin"]) else (None, at)


def _past_fillers(words: list[str], number: Number, listed: Sequence[Number]) -> int:
    """Where the thing begins that a number counts: after "of the", and after the forty in "seventeen of the forty"."""
    skipped = FILLERS | {"a", "an"} if number.kind is Kind.FRACTION else FILLERS
    at = number.end
    while at < min(len(words), number.end + 3) and words[at] in skipped:
        at += 1
    if words[number.end : at] == ["of", "the"]:
        at = next((one.end for one in listed if one.first == at), at)
    return at


def _unit(words: list[str], at: int) -> tuple[str, ...]:
    unit = list[str]()
    while at < len(words) and len(unit) < _MOST_OF_A_UNIT:
        word = words[at]
        if not word[0].isalpha() or word in STOP_WORDS or word in lexicon.NOT_UNITS or numbers(tokens(word)):
            break
        unit.append(stem(word))
        at += 1
    if words[at : at + 1] == ["of"] and unit:  # loaves of rye bread
        unit += [stem(word) for word in words[at + 1 : at + 3] if word[0].isalpha() and word not in STOP_WORDS]
    return tuple(unit)


def _and_a_half(made: list[Amount], number: Number) -> Amount:
    """ "a day and a half", "two days and a half"."""
    last = made[-1] if made else None
    counted = made.pop() if last and last.unit and last.end + 4 >= number.first else None
    value = (counted.value if counted else 1) + number.value
    return Amount(value, number.kind, "and a half", number.first, number.end, counted.unit if counted else ())


def _is_cents(words: list[str], amount: Amount, number: Number) -> bool:
    after = words[number.end] if number.end < len(words) else "."
    between = [word for word in words[amount.end : number.first] if stem(word) not in _stems_of(amount.currency)]
    fits = number.kind is Kind.CARDINAL and 10 <= number.value < 100 and not after[0].isalnum()
    return fits and between in ([], ["and"])


def _stems_of(currency: Currency | None) -> set[str]:
    return {stem(token.word) for token in tokens(f"{currency.one} {currency.many}")} if currency else set()


def _each(words: list[str], at: int) -> str:
    """What a price is for, right after it: "night" of "a night"; "each"."""
    if words[at : at + 1] in (["each"], ["apiece"]):
        return "each"
    if words[at : at + 1] and words[at] in ("a", "an", "per", "every") and words[at + 1 : at + 2]:
        return stem(words[at + 1])
    return ""


def _loose(words: list[str]) -> Iterator[Amount]:
    """ "a week", "an hour", and "twice"."""
    for at, word in enumerate(words):
        if word in ("twice", "thrice"):
            yield Amount(Decimal(2 if word == "twice" else 3), Kind.CARDINAL, word, at, at + 1, ("tim",))
        elif word in DURATIONS and words[max(0, at - 1) : at] in (["a"], ["an"]):
            yield Amount(Decimal(1), Kind.CARDINAL, f"a {word}", at - 1, at, (stem(word),), loose=True)
