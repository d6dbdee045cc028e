"""Numbers in a sentence with what they count: seven silver a night, two rooms, half past five, a week."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from models.npc.character import Currency, Npc
from models.npc.guard import compounds, lexicon
from models.npc.guard.amount import Amount
from models.npc.lemmas import stem
from models.npc.numbers import Kind, Number, Token, numbers, tokens
from models.npc.orders import currencies
from models.npc.words import DURATIONS, FILLERS, STOP_WORDS

_NAMED = Token("\0", 0, 0)
_HOURS = 24
_MOST_OF_A_UNIT = 3  # words after a number that may say what it counts


class Quantities:
    """Reads the numbers of sentences about one NPC: it knows the currencies."""

    def __init__(self, npc: Npc) -> None:
        self._npc = npc
        self._own = npc.currency
        self._money = [
            (tuple(token.word for token in tokens(name)), currency)
            for currency in currencies(npc)
            for name in (currency.one, currency.many, f"{currency.one}s", *lexicon.SLANG.get(currency.one, ()))
        ]

    def read(self, found: Sequence[Token], named: set[int]) -> tuple[Amount, ...]:
        """The amounts in a sentence, in order. `named` are tokens of wares, whose names may hold numbers."""
        words = [token.word for token in found]
        listed = numbers([_NAMED if at in named else token for at, token in enumerate(found)])
        made = list[Amount]()
        for number in listed:
            last = made[-1] if made else None
            if last and (priced := compounds.with_cents(words, last, number, lambda end: _each(words, end))):
                made[-1] = priced
            elif last and last.each and last.currency and words[number.first] in ("a", "an"):
                continue  # two crowns a hundred
            elif number.kind is Kind.FRACTION and words[max(0, number.first - 2) : number.first] == ["and", "a"]:
                made.append(_and_a_half(made, number))
            else:
                amount = self._amount(words, number, listed)
                pair = compounds.as_pair(last, number, amount) if last else None
                made = [*made[:-1], pair] if pair else [*made, amount]
        loose = [*self._coins(words), *_loose(words)]
        made += [one for one in loose if not any(at.at < one.end and one.at <= at.end + 1 for at in made)]
        return compounds.added(self._npc, words, sorted(made, key=lambda amount: amount.at))

    def _amount(self, words: list[str], number: Number, listed: Sequence[Number]) -> Amount:
        before = words[number.first - 1] if number.first else ""
        at = _past_fillers(words, number, listed)
        currency, end = self._currency(words, at)
        halved = words[at : at + 1] in (["am"], ["pm"])
        unit = () if currency or halved else _unit(words, at)
        labelled = before in lexicon.LABELS and words[max(0, number.first - 2)] not in ("a", "an")  # "a room seven"
        if not unit and currency is None and (before == "year" or labelled):
            unit = (stem(before),)
        paired = compounds.is_pair(words, number)
        short = paired or number.value <= _HOURS
        clock = not unit and currency is None and before in lexicon.BEFORE_A_TIME and short
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
            _is_whole(words, number, listed),
            paired=paired,
        )

    def _coins(self, words: list[str]) -> Iterator[Amount]:
        """ "A shilling each", "a silver and four copper"; not "a silver clasp"."""
        for at, word in enumerate(words[:-1]):
            if word not in ("a", "an"):
                continue
            currency, end = self._currency(words, at + 1)
            unit = tuple[str, ...]() if currency else (stem(words[at + 1]),)
            if lexicon.COINS & set(unit):
                end = at + 2
            after = words[end] if end < len(words) else "."
            ends = not after[0].isalnum() and (not at or words[at - 1] in lexicon.BEFORE_A_COIN)
            if end > at + 1 and (ends or after in lexicon.AFTER_A_COIN):
                yield Amount(
                    Decimal(1), Kind.CARDINAL, f"a {words[at + 1]}", at, end, unit, currency, each=_each(words, end)
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


def _is_whole(words: list[str], number: Number, listed: Sequence[Number]) -> bool:
    """Whether a number is what there is in all: the forty of "seventeen of the forty"."""
    before = words[max(0, number.first - 2) : number.first]
    if words[max(0, number.first - 3) : number.first] == ["one", "of", "the"]:  # one of the four arms: there are four
        return False
    return before == ["of", "the"] or (before[-1:] == ["of"] and any(one.end == number.first - 1 for one in listed))


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
        elif word in DURATIONS | lexicon.LENGTHS:
            first = at - 2 if words[max(0, at - 1) : at] in (["whole"], ["full"]) else at - 1
            if first >= 0 and words[first] in ("a", "an"):
                yield Amount(Decimal(1), Kind.CARDINAL, f"a {word}", first, at, (stem(word),), loose=first == at - 1)
