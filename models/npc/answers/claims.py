"""What a player says is so: a price that he does not pay, and what no fact supports."""

import re
from collections.abc import Sequence

from models.npc.answers.focus import Focus
from models.npc.answers.kinship import kin
from models.npc.answers.spelling import spelled
from models.npc.facts import Fact
from models.npc.guard import lexicon
from models.npc.lemmas import content, stem
from models.npc.numbers import numbers, tokens
from models.npc.orders import Order
from models.npc.words import words

_PAYS = re.compile(
    r"\b(?:pay|paying|here's|here (?:is|are)|give you|hand you|enough|change|afford|i have|i've|i only|we have|we've|"
    r"out of|get for|buy for|spend|budget)\b"
)
_SAYS = re.compile(r"\b(?:costs?|cost|paid|still|only|now|told|heard|said|says|read|is|it's|that's|then|right|for)\b")


def claims_a_price(focus: Focus, order: Order) -> bool:
    """Whether the money of a line is what the player takes for the price."""
    return focus.claims and bool(order.sums) and not _PAYS.search(order.text) and bool(_SAYS.search(order.text))


_REPORTS = words(
    """hear heard say says said tell told read swear swore swears promise promised assure assured announce announced
    everyone everybody somebody someone know knows right correct true agree agreed confirm settle settled sure
    surely fine great good thing website sign notice friend just use glad happy"""
)
_SUPPORTED = 0.65  # of the words of a claim, that one fact has
_OPPOSITES = """
    open works working mended repaired fixed back running|closed shut broken fallen fell down collapsed order
    safe harmless|dangerous deadly cracked thin
    allowed legal welcome|forbidden banned
    alive well healthy|dead died buried sick ill
    full|empty
    found|lost missing stolen
    won|lost
    paid settled|owes owe unpaid debt
    everybody everyone all|nobody none
    always|never
    free|sold taken
    fresh new|old stale
"""
_CONTRARY = [
    tuple(frozenset(map(stem, side.split())) for side in line.split("|")) for line in _OPPOSITES.strip().splitlines()
]


def is_supported(said: str, facts: Sequence[Fact]) -> bool:
    """Whether one of the facts says what the player claims: most of its words and all of its numbers, and no denial
    that the other has not.
    """
    text = spelled(said)
    claimed = content(text) - frozenset(map(stem, _REPORTS))
    figures = _figures(text)
    return any(
        _shared(claimed, fact.text) >= _SUPPORTED
        and figures <= _figures(fact.text)
        and _denied(text) == _denied(fact.text)
        and not contradicts(fact, said)
        for fact in facts
    )


def contradicts(fact: Fact, said: str) -> bool:
    """Whether a fact says the opposite of what the player does: that something is closed which he says is open."""
    theirs, ours = content(spelled(said)), content(fact.text)
    if _denied(spelled(said)) != _denied(fact.text):
        return False
    return any(
        (theirs & one and ours & other and not (theirs & other or ours & one))
        for pair in _CONTRARY
        for one, other in (pair, pair[::-1])
    )


def _shared(claimed: frozenset[str], text: str) -> float:
    own = content(text)
    return sum(bool(kin(word) & own) for word in claimed) / len(claimed) if claimed else 0.0


def _figures(text: str) -> frozenset[object]:
    return frozenset(number.value for number in numbers(tokens(text)) if number.value != 1)


def _denied(text: str) -> bool:
    return bool({token.word for token in tokens(text)} & lexicon.NEGATIONS)
