"""Numbers that the guard works out itself: sums of what a reply has stated, and parts of what the player orders."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.npc.character import Currency, Npc
from models.npc.costs import cost_of
from models.npc.guard.amount import Amount
from models.npc.guard.clauses import Clause
from models.npc.orders import order_of

_TOTAL = re.compile(r"\b(?:makes?|comes?|total|together|altogether|all told|in all|so|that's|that is|sum)\b")


@dataclass(frozen=True, slots=True)
class Part:
    """What one ware of the player's order costs, counted: the four silver of "two bowls of stew"."""

    ware: int  # place in the NPC's wares
    cost: Decimal
    currency: Currency


def parts_of(npc: Npc, said: str) -> tuple[Part, ...]:
    """The parts of what a line orders, each with its cost; none where the price does not say."""
    places = {id(ware): at for at, ware in enumerate(npc.wares)}
    costs = [(entry.ware, cost_of(entry)) for entry in order_of(npc, said).entries]
    return tuple(Part(places[id(ware)], cost, ware.currency) for ware, cost in costs if cost is not None)


def is_a_part(amount: Amount, clause: Clause, parts: Sequence[Part]) -> bool:
    """Whether a number is the cost of the ordered ware that the clause names: "four for the stew"."""
    if amount.unit or amount.clock or amount.each or len(clause.wares) != 1 or _TOTAL.search(" ".join(clause.words)):
        return False
    priced = [part for part in parts if clause.wares[0] == {part.ware}]
    return any(part.cost == amount.value and amount.currency in (None, part.currency) for part in priced)


def adds_up(amount: Amount, clause: Clause, stated: Sequence[Amount]) -> bool:
    """Whether a number is the sum of those stated before it, or a count times a price: "seven and two make nine"."""
    if not _TOTAL.search(" ".join(clause.words)) or len(stated) < 2:
        return False
    if sum((one.value for one in stated), Decimal(0)) == amount.value:
        return len({one.currency for one in stated if one.currency}) <= 1
    first, second = stated[-2:]
    return first.value * second.value == amount.value and bool(first.currency) is not bool(second.currency)
