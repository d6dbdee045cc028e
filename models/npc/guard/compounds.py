"""Numbers that are said in two parts: "seven marks fifty", "two silver and four copper", "eleven thirty"."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from models.npc.character import Currency, Npc
from models.npc.costs import worth
from models.npc.guard.amount import Amount
from models.npc.lemmas import stem
from models.npc.numbers import Kind, Number, tokens

Each: TypeAlias = Callable[[int], str]

_CENTS = ("cent", "cents")
_HOURS = 24


def with_cents(words: Sequence[str], amount: Amount, number: Number, each: Each) -> Amount | None:
    """ "Seven marks fifty a night", "three dollars and fifty cents": both as one; None if the number is another."""
    if not amount.currency or number.kind is not Kind.CARDINAL or not 0 < number.value < 100:
        return None
    end, coins = number.end, {stem(token.word) for token in tokens(f"{amount.currency.one} {amount.currency.many}")}
    after = words[end] if end < len(words) else "."
    between = [word for word in words[amount.end : number.first] if stem(word) not in coins]
    if between not in ([], ["and"]):
        return None
    if after in _CENTS:
        end += 1
    elif number.value < 10 or (after[0].isalnum() and after not in ("a", "an", "per", "each")):
        return None
    return replace(amount, value=amount.value + number.value / 100, end=end, each=each(end))


def as_pair(amount: Amount, number: Number, made: Amount) -> Amount | None:
    """ "Three fifty" of a three and a fifty that nothing is between; None for anything else."""
    both = amount.end == number.first and amount.kind is number.kind is Kind.CARDINAL
    plain = not (amount.unit or amount.currency or amount.each or amount.paired)
    if not both or not plain or not 0 < amount.value <= _HOURS or not 10 <= number.value < 100:
        return None
    text = f"{amount.text} {made.text}"
    clock = amount.clock or made.clock
    return replace(made, value=amount.value * 100 + number.value, text=text, at=amount.at, paired=True, clock=clock)


def is_pair(words: Sequence[str], number: Number) -> bool:
    """Whether a number is said as two: "eleven thirty", which may be an hour, a price or a year."""
    said = words[number.first : number.end]
    return 1_000 <= number.value < 10_000 and len(said) > 1 and not {"hundred", "thousand", ","} & set(said)


def added(npc: Npc, words: Sequence[str], amounts: Sequence[Amount]) -> tuple[Amount, ...]:
    """ "Two silver and four copper" as one amount of copper, where a rate says what a silver is worth."""
    made = list[Amount]()
    for amount in amounts:
        last = made[-1] if made else None
        if last and (both := _sum_of(npc, words, last, amount)):
            made[-1] = both
        else:
            made.append(amount)
    return tuple(made)


def _sum_of(npc: Npc, words: Sequence[str], first: Amount, second: Amount) -> Amount | None:
    if first.currency is None or second.currency is None or first.currency == second.currency or first.each:
        return None
    between = words[first.end : second.at]
    larger = worth(Decimal(1), first.currency, second.currency, npc)
    if between[-1:] != ["and"] or not _are_names(between[:-1], first.currency) or larger is None or larger <= 1:
        return None
    return replace(
        second, value=first.value * larger + second.value, at=first.at, text=f"{first.text} and {second.text}"
    )


def _are_names(found: Iterable[str], currency: Currency) -> bool:
    return set(found) <= {token.word for token in tokens(f"{currency.one} {currency.many} {currency.one}s")}
