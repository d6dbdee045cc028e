"""What a game answers to an action, as the guard reads it: "Hand over key: room 5, nights 2, paid 14." """

from collections.abc import Iterable
from dataclasses import replace

from models.npc.guard.amount import Amount
from models.npc.guard.clauses import Clause
from models.npc.lemmas import stem
from models.npc.words import words

_MOST_OF_A_NAME = 2  # words: room number 5
_MONEY = frozenset(map(stem, words("paid pay price cost total change fee sum due owed refund balance bill toll fine")))
_ANYTHING = frozenset(map(stem, words("left count number amount stock remaining quantity given sold taken id")))


def labelled(clause: Clause) -> tuple[Amount, ...]:
    """The numbers of a part that stand behind their names: "nights 2" is two nights, "left 2" two of anything."""
    return tuple(_labelled(amount, clause) for amount in clause.amounts)


def _labelled(amount: Amount, clause: Clause) -> Amount:
    at = amount.at - clause.first
    name = list[str]()  # the words right before the number
    while at > 0 and clause.words[at - 1][0].isalpha() and len(name) < _MOST_OF_A_NAME:
        at -= 1
        name.append(clause.stems[at])
    behind = clause.words[amount.end - clause.first :]
    if not name or amount.currency or (behind and behind[0][0].isalpha()):
        return amount
    return replace(amount, unit=tuple(name))


def told(amount: Amount, numbers: Iterable[Amount]) -> bool:
    """Whether one of these numbers is this one, counted in the same, or in anything."""
    return any(_same(amount, other) for other in numbers)


def _same(amount: Amount, other: Amount) -> bool:
    if amount.value != other.value or amount.clock:
        return False
    if amount.currency or other.currency:
        return amount.currency == other.currency or bool(other.unit and other.unit[0] in _MONEY)
    if not amount.unit:
        return not other.unit or other.unit[0] in _ANYTHING | _MONEY
    return bool(set(amount.unit) & set(other.unit)) or bool(other.unit and other.unit[0] in _ANYTHING)
