"""Arithmetic for what a player asks, as sentences for the prompt: the model copies figures and computes none.

Every sentence is true by itself. Nothing is said where a price or a count answers already, or nothing is asked.
Currencies are added only where the NPC declares a rate between them.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from models.npc.character import Currency, Npc, Ware
from models.npc.costs import cost_of, described, payable, per_unit, plain, total_of, worth
from models.npc.english import by_the_measure, by_the_time, counted, joined, money, plural, sentence, unit_noun
from models.npc.facts import Fact
from models.npc.orders import Entry, Order, Sum, currencies, order_of

MOST_SENTENCES = 6
MOST_ALTERNATIVES = 3

_PRICE = re.compile(
    r"\b(?:how much|costs?|prices?|pay|paying|totals?|altogether|all together|in all|sum|comes?|owe|owed|bill|charge|"
    r"charged|worth|expensive|run me|set me|set us|run us|damage|afford|"
    r"amount|what'll|what's|what (?:would|will|do|does|did|is|are|about|for|shall))\b"
)
_ORDER = re.compile(
    r"\b(?:take|want|need|needs|buy|buying|give|order|ordering|get|like|please|bring|book|rent|reserve|pour|fetch|sell|"
    r"hire|borrow|looking for|make it|let me have|purchase|fancy|and for|how about|prepare|put me down|pack|wrap|issue|"
    r"requisition|sort me|set aside|keep|reserve|draw)\b|"
    r"\b(?:can|could|may|might|shall|will|i'd|we'd|i'll|we'll) (?:i |we )?(?:still )?have\b"
)
_HAVE = re.compile(r"\b(?:have|got|left|free|available|in stock|enough|there|spare|still|can|could)\b")
_COMPARE = re.compile(
    r"\b(?:more|less|cheaper|dearer|pricier|costlier|difference|differ|compared?|than|save|same price|same as)\b"
)
_NO_PRICES = re.compile(r"\bmore (?:of|please)\b|\b(?:longer|shorter|later|earlier|older|heavier|bigger|faster) than\b")
_CHEAPEST = re.compile(r"\b(?:cheapest|least expensive|lowest (?:price|priced)|costs? (?:the )?least|least costly)\b")
_DEAREST = re.compile(
    r"\b(?:most expensive|dearest|priciest|costliest|highest (?:price|priced)|costs? (?:the )?most|most costly)\b"
)
_PAYING = re.compile(
    r"\b(?:pay|paying|paid|change|here's|here is|here are|give you|hand you|hand over|out of|afford|enough|have|got|"
    r"with|spend|budget|carry|purse|pocket|wallet|only|left|cover|short|for)\b"
)
_HOW_MANY = re.compile(r"\b(?:how many|how much|how long|as many|how far)\b")
_ANYTHING = re.compile(
    r"\b(?:what|anything|something|which)\b.*\b(?:buy|get|afford|have|for|purchase)\b|\benough for any"
)
_REMAIN = re.compile(r"\b(?:left|remain|remains|remaining)\b")
_IF = re.compile(r"\b(?:if|after|once|when|then|would|will)\b")
_RATE = re.compile(r"\b(?:worth|exchange|convert|rate)\b")


def computed(npc: Npc, said: str, topic: Ware | None = None) -> tuple[Fact, ...]:
    """What can be computed for a line of the player. `topic` is the ware that "them" means, from the talk before."""
    return computed_of(npc, order_of(npc, said, topic))


def computed_of(npc: Npc, order: Order) -> tuple[Fact, ...]:
    """What can be computed for an order."""
    texts = dict.fromkeys(text for part in _PARTS for text in part(npc, order))
    return tuple(Fact(sentence(text), "sum") for text in list(texts)[:MOST_SENTENCES])


def _totals(npc: Npc, order: Order) -> Iterator[str]:
    """ "2 rooms for 3 nights and an ale cost 44 silver together." """
    entries = [entry for entry in order.entries if cost_of(entry) is not None]
    if _COMPARE.search(order.text) and len(order.entries) == 2:
        return
    if (
        not entries
        or not (_asked(order) or order.sums)
        or (all(map(plain, entries)) and (len(entries) == 1 or order.either))
    ):
        return
    if order.either or len(entries) < len(order.entries):
        for entry in entries[:MOST_ALTERNATIVES]:
            yield _total([entry], cost_of(entry) or Decimal(0), entry.ware.currency)
        return
    if order.text.count("how much") > 1 and all(map(plain, entries)):
        return
    for currency in _common(npc, entries):
        total = total_of(entries, currency, npc)
        if total is not None:
            yield _total(entries, total, currency)
            return
    for currency in dict.fromkeys(entry.ware.currency for entry in entries):
        alike = [entry for entry in entries if entry.ware.currency == currency]
        yield _total(alike, total_of(alike, currency, npc) or Decimal(0), currency)


def _total(entries: list[Entry], total: Decimal, currency: Currency) -> str:
    one = len(entries) == 1
    verb = "costs" if one and (entries[0].count <= 1) else "cost"
    return f"{_all_of(entries)} {verb} {money(total, currency)}{'' if one else ' together'}"


def _all_of(entries: Iterable[Entry]) -> str:
    return joined([described(entry) for entry in entries])


def _asked(order: Order) -> bool:
    """Whether a line asks for a price, orders, or is nothing but an order."""
    return order.bare or bool(_PRICE.search(order.text) or _ORDER.search(order.text))


def _common(npc: Npc, entries: list[Entry]) -> tuple[Currency, ...]:
    """Currencies in which a total may be told, the best first."""
    used = tuple(dict.fromkeys(entry.ware.currency for entry in entries))
    return used if len(used) == 1 else currencies(npc)


def _change(npc: Npc, order: Order) -> Iterator[str]:
    """ "20 silver is enough for 2 rooms for a night and leaves 6 silver." """
    if len(order.sums) != 1 or not order.entries or order.either or not _PAYING.search(order.text):
        return
    if _HOW_MANY.search(order.text) and len(order.entries) == 1 and not order.entries[0].said and not _is_change(order):
        return
    given = order.sums[0]
    for currency in _common(npc, list(order.entries)):
        total = total_of(order.entries, currency, npc)
        purse = worth(given.amount, given.currency, currency, npc)
        if total is not None and purse is not None:
            yield _enough(given, _all_of(order.entries), purse - total, currency)
            return


def _is_change(order: Order) -> bool:
    return bool(re.search(r"\b(?:change|back|left over|leftover|pay|give you|here)\b", order.text))


def _enough(given: Sum, what: str, rest: Decimal, currency: Currency) -> str:
    paid = money(given.amount, given.currency)
    if rest == 0:
        return f"{paid} is exactly enough for {what}"
    if rest > 0:
        return f"{paid} is enough for {what} and leaves {money(rest, currency)} in change"
    verb = "is" if currency.one == currency.many or rest == -1 else "are"
    return f"{paid} is not enough for {what}; {money(-rest, currency)} {verb} missing"


def _capacity(npc: Npc, order: Order) -> Iterator[str]:
    """ "30 silver is enough for 4 nights in a room and leaves 2 silver." """
    if len(order.sums) != 1 or len(order.entries) != 1 or not _HOW_MANY.search(order.text) or _is_change(order):
        return
    entry, given = order.entries[0], order.sums[0]
    purse = worth(given.amount, given.currency, entry.ware.currency, npc)
    if entry.said or purse is None or entry.ware.price == 0:
        return
    ware = entry.ware
    many = purse // ware.price
    if many == 0:
        yield _enough(given, per_unit(ware), purse - ware.price, ware.currency)
        return
    rest = purse - many * ware.price
    ending = f" and leaves {money(rest, ware.currency)}" if rest else " and leaves nothing"
    if not by_the_time(ware) and ware.stock is not None and many > ware.stock and not ware.unique:
        left = f"only {counted(ware.stock, ware)} {'is' if ware.stock == 1 else 'are'} left"
        ending = f", but {left if ware.stock else 'there is nothing left'}"
    yield f"{money(given.amount, given.currency)} is enough for {_several(ware, int(many))}{ending}"


def _several(ware: Ware, many: int) -> str:
    """ "4 nights in a room", "15 ales", "3 dozen eggs"."""
    unit = unit_noun(ware)
    if by_the_time(ware):
        return f"{many} {unit if many == 1 else plural(unit)} in {'a ' if ware.countable else ''}{ware.item}"
    return described(Entry(ware, Decimal(many), measured=by_the_measure(ware)))


def _affordable(npc: Npc, order: Order) -> Iterator[str]:
    """ "5 silver is enough for an ale or a pie." """
    if len(order.sums) != 1 or order.entries or not _ANYTHING.search(order.text):
        return
    given = order.sums[0]
    enough, dear = list[str](), list[str]()
    for ware in npc.wares:
        purse = worth(given.amount, given.currency, ware.currency, npc)
        if purse is not None and ware.stock != 0:
            (enough if ware.price <= purse else dear).append(per_unit(ware))
    paid = money(given.amount, given.currency)
    if enough:
        yield f"{paid} is enough for {joined(enough[:8], 'or')}"
    if dear:
        yield f"{paid} is not enough for {joined(dear[:8], 'or')}"


def _difference(npc: Npc, order: Order) -> Iterator[str]:
    """ "A room for a night costs 5 silver more than an ale." """
    if len(order.entries) != 2 or not _COMPARE.search(order.text) or _NO_PRICES.search(order.text):
        return
    one, other = order.entries
    for currency in _common(npc, [one, other]):
        first, second = total_of([one], currency, npc), total_of([other], currency, npc)
        if first is None or second is None:
            continue
        if first == second:
            yield f"{described(one)} and {described(other)} cost the same: {money(first, currency)}"
            return
        dear, cheap = (one, other) if first > second else (other, one)
        verb = "costs" if dear.count <= 1 else "cost"
        yield f"{described(dear)} {verb} {money(abs(first - second), currency)} more than {described(cheap)}"
        return


def _extremes(npc: Npc, order: Order) -> Iterator[str]:
    """ "The cheapest is an ale at 2 silver." """
    named = [entry.ware for entry in order.entries] if order.either else []
    wares = [ware for ware in (named or npc.wares) if ware.price > 0]
    if len(wares) < 2:
        return
    prices = [worth(ware.price, ware.currency, wares[0].currency, npc) for ware in wares]
    known = [price for price in prices if price is not None]
    if len(known) < len(wares):
        return
    for asked, word, best in ((_CHEAPEST, "cheapest", min(known)), (_DEAREST, "most expensive", max(known))):
        if asked.search(order.text):
            found = [ware for ware, price in zip(wares, known, strict=True) if price == best]
            each, verb = ("", "is") if len(found) == 1 else (" each", "are")
            names = joined([per_unit(ware) for ware in found])
            yield f"the {word} {verb} {names} at {money(found[0].price, found[0].currency)}{each}"


def _stock(npc: Npc, order: Order) -> Iterator[str]:
    """ "There are only 3 rooms free, 2 fewer than 5." """
    for entry in order.entries:
        stock = entry.ware.stock
        if not stock or not entry.said or entry.ware.unique or entry.count % 1:
            continue
        if entry.ware.countable and entry.measured:
            continue
        there = f"{counted(stock, entry.ware)} {'free' if by_the_time(entry.ware) else 'left'}"
        verb = "is" if stock == 1 else "are"
        wanted = int(entry.count)
        if wanted > stock:
            yield f"there {verb} only {there}, {wanted - stock} fewer than {wanted}"
        elif _REMAIN.search(order.text) and _IF.search(order.text):
            rest = stock - wanted
            left = counted(rest, entry.ware) if rest else f"no {entry.ware.plural}"
            taken = f"{wanted} of {counted(stock, entry.ware)} {'is' if wanted == 1 else 'are'} taken"
            yield f"if {taken}, {left} {'is' if rest == 1 else 'are'} left"
        elif wanted > 1 and _HAVE.search(order.text):
            yield f"there {verb} {there}, which is enough for {wanted}"


def _exchanged(npc: Npc, order: Order) -> Iterator[str]:
    """ "3 crowns are worth 60 silver." """
    if len(order.sums) != 1 or order.entries:
        return
    given = order.sums[0]
    for currency in currencies(npc):
        said = any(f" {name.lower()} " in f" {order.text} " for name in (currency.one, currency.many))
        value = worth(given.amount, given.currency, currency, npc)
        if currency != given.currency and value and (said or _RATE.search(order.text)):
            verb = "is" if given.amount == 1 or given.currency.one == given.currency.many else "are"
            yield f"{money(given.amount, given.currency)} {verb} worth {money(value, currency)}"


def _split(npc: Npc, order: Order) -> Iterator[str]:
    """ "21 silver split 3 ways is 7 silver each." """
    if not order.parts or not order.entries or order.either:
        return
    for currency in _common(npc, list(order.entries)):
        total = total_of(order.entries, currency, npc)
        if total is None:
            continue
        exact = total / order.parts
        each, rest = (exact, Decimal(0)) if payable(exact, total) else divmod(total, order.parts)
        over = f" with {money(rest, currency)} over" if rest else ""
        yield f"{money(total, currency)} split {order.parts} ways is {money(each, currency)} each{over}"
        return


_PARTS = (_totals, _change, _capacity, _affordable, _difference, _extremes, _stock, _exchanged, _split)
