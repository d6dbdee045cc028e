"""A price that a player says something costs, and only says: it is no payment, and may be wrong."""

import re

from models.npc.answers.focus import Focus
from models.npc.orders import Order

_PAYS = re.compile(
    r"\b(?:pay|paying|here's|here (?:is|are)|give you|hand you|enough|change|afford|i have|i've|i only|we have|we've|"
    r"out of|get for|buy for|spend|budget)\b"
)
_SAYS = re.compile(r"\b(?:costs?|cost|paid|still|only|now|told|heard|said|says|read|is|it's|that's|then|right|for)\b")


def claims_a_price(focus: Focus, order: Order) -> bool:
    """Whether the money of a line is what the player takes for the price."""
    return focus.claims and bool(order.sums) and not _PAYS.search(order.text) and bool(_SAYS.search(order.text))
