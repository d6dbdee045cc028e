"""What a player has ordered over several lines, for "what do they come to together?"."""

import re
from collections.abc import Iterator
from dataclasses import replace

from models.npc.answers.focus import Asks, Focus
from models.npc.answers.wares import wares_meant
from models.npc.character import Npc, Ware
from models.npc.lemmas import content
from models.npc.numbers import Kind, numbers, tokens
from models.npc.orders import MOST_ENTRIES, Entry, Order, order_of

Basket = tuple[Entry, ...]

_MORE = re.compile(
    r"(?:\W*\w+[.!]\s+)?\W*(?:and|also|plus|then|make that)\b|\b(?:too|as well|another)\b", re.IGNORECASE
)
_ALL = re.compile(
    r"\b(?:together|altogether|in all|all of (?:it|them|that)|the lot|everything|in total|come to|they|them all|owe)\b",
    re.IGNORECASE,
)
_HEADS = frozenset(["people", "persons", "us", "men", "women", "adults", "heads", "travellers", "passengers", "souls"])
_STOPS = frozenset([",", ".", ";", "?", "!", "and", "plus", "then", "lest", "because", "so"])
_MOST = 1000  # of one ware
_BOTH = re.compile(r"\bboth\b", re.IGNORECASE)


def order_in(npc: Npc, said: str, focus: Focus, topic: Ware | None, basket: Basket) -> Order:
    """What a line orders. A question that names its ware itself is read alone, without what is told around it."""
    if basket and len(basket) == 1:
        said = _BOTH.sub("two of them", said)
    asked = order_of(npc, focus.text, topic)
    alone = (
        Asks.PRICE in focus.kind
        and asked.entries
        and not re.search(r"\b(?:change|left|enough|altogether|total|owe)\b", focus.text.lower())
    )
    order = asked if alone else order_of(npc, said, topic)
    if not order.entries and basket and Asks.PRICE in focus.kind and _ALL.search(focus.text):
        return Order(order.text, basket, order.sums, False, order.parts)
    if Asks.PRICE in focus.kind and not order.either:
        counted = tuple(_counted_things(npc, said))
        if len(counted) > len(order.entries):
            return replace(order, entries=counted)
        if not order.entries:
            return replace(order, entries=tuple(_counted_people(npc, said)))
    return order


def _counted_things(npc: Npc, said: str) -> list[Entry]:
    """Wares that a line counts and names only in part: "two seats for the opera, and one of your maps".

    None unless each number counts one: what is understood by half has no total.
    """
    found = tokens(said)
    counts = [number for number in numbers(found) if number.kind is Kind.CARDINAL and 0 < number.value <= _MOST]
    ends = [*(number.first for number in counts), len(found)][1:]
    entries: list[Entry] = []
    for number, end in zip(counts, ends, strict=True):
        if number.value % 1:
            return []
        words = [token.word for token in found[number.end : end]]
        stop = next((at for at, word in enumerate(words) if word in _STOPS), len(words))
        ware = _counted(npc, " ".join(words[:stop]), said)
        if ware is None or any(entry.ware == ware for entry in entries):
            return []
        entries.append(Entry(ware, number.value, said=True))
    return entries


def _counted(npc: Npc, text: str, said: str) -> Ware | None:
    """The one ware that a few words name in part; of several that they fit, the one that the whole line speaks of."""
    meant = wares_meant(npc, text)
    if len(meant) == 1:
        return meant[0]
    words = content(text)
    near = [ware for ware in npc.wares if content(ware.item) & words]
    whole = content(said)
    shared = [len(content(ware.item) & whole) for ware in near]
    best = max(shared, default=0)
    return near[shared.index(best)] if shared.count(best) == 1 else None


def _counted_people(npc: Npc, said: str) -> Iterator[Entry]:
    """ "5 people on foot": so many of a ware that is named in part."""
    wares, found = wares_meant(npc, said), tokens(said)
    counts = [number for number in numbers(found) if number.kind is Kind.CARDINAL and number.value % 1 == 0]
    if len(wares) != 1 or len(counts) != 1:
        return
    behind = [token.word for token in found[counts[0].end : counts[0].end + 2]]
    if _HEADS & set(behind):
        yield Entry(wares[0], counts[0].value, said=True)


def grown(basket: Basket, order: Order, said: str) -> Basket:
    """The basket after a line: what it orders, behind what was ordered before if the line goes on with that."""
    if not order.entries or order.either:
        return basket
    if order.entries == basket:
        return basket
    kept = (
        [entry for entry in basket if all(entry.ware != new.ware for new in order.entries)]
        if _MORE.search(said)
        else []
    )
    return (*kept, *order.entries)[-MOST_ENTRIES:]
