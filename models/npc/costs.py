"""What an entry of an order costs, and how it is said."""

from collections.abc import Iterable
from decimal import Decimal

from models.npc.character import Currency, Npc, Ware
from models.npc.english import by_the_measure, by_the_time, figure, plural, unit_noun, with_article
from models.npc.orders import Entry
from models.npc.words import LOTS

_WHOLE, _CENT = Decimal(1), Decimal("0.01")


def payable(amount: Decimal, price: Decimal) -> bool:
    """Whether there are coins for an amount: whole ones, or hundredths where prices have them."""
    return amount == amount.quantize(_WHOLE if price == price.quantize(_WHOLE) else _CENT)


def units_of(entry: Entry) -> Decimal | None:
    """How many times its price an entry costs; None where the price does not say."""
    ware = entry.ware
    if not by_the_measure(ware):
        return None if entry.measured else entry.count * entry.times
    if entry.measured or not ware.countable:
        return entry.count
    if lot := LOTS.get(unit_noun(ware)):
        return entry.count / lot if entry.said else Decimal(1)
    return None if entry.said else Decimal(1)


def cost_of(entry: Entry) -> Decimal | None:
    """What an entry costs in its ware's currency; None where the price does not say, or no coin is small enough."""
    units = units_of(entry)
    if units is None:
        return None
    cost = units * entry.ware.price
    return cost if payable(cost, entry.ware.price) and not (entry.ware.unique and units != 1) else None


def plain(entry: Entry) -> bool:
    """Whether the price of the ware is the answer."""
    return units_of(entry) == 1 and entry.count == 1


def worth(amount: Decimal, currency: Currency, wanted: Currency, npc: Npc) -> Decimal | None:
    """An amount in another currency, by the NPC's rates; None without a rate, or where no coin is small enough."""
    if currency == wanted:
        return amount
    for rate in npc.rates:
        if (rate.one, rate.of) == (currency, wanted):
            return amount * rate.worth if payable(amount * rate.worth, amount) else None
        if (rate.of, rate.one) == (currency, wanted):
            exact = (amount / rate.worth).quantize(_CENT)
            return exact if exact * rate.worth == amount and payable(exact, amount) else None
    return None


def total_of(entries: Iterable[Entry], wanted: Currency, npc: Npc) -> Decimal | None:
    """What entries cost together in one currency; None if one of them cannot be told in it."""
    total = Decimal(0)
    for entry in entries:
        cost = cost_of(entry)
        part = None if cost is None else worth(cost, entry.ware.currency, wanted, npc)
        if part is None:
            return None
        total += part
    return total


def described(entry: Entry) -> str:
    """ "2 rooms for 3 nights", "an ale", "half a sack of flour", "12 eggs"."""
    ware, unit = entry.ware, unit_noun(entry.ware)
    if by_the_measure(ware) and (entry.measured or not ware.countable or not entry.said) and unit:
        what = ware.plural if ware.countable else ware.item
        return (
            f"{_of_unit(entry.count, unit)} of {what}" if unit not in LOTS else f"{_of_unit(entry.count, unit)} {what}"
        )
    said = with_article(ware.item) if entry.count == 1 else f"{figure(entry.count)} {ware.plural}"
    if entry.times != 1 or (by_the_time(ware) and unit):
        said += f" for {_of_unit(entry.times, unit)}"
    return said


def per_unit(ware: Ware) -> str:
    """A ware and what its price is for: "a room for a night", "a sack of flour"."""
    return described(Entry(ware))


def _of_unit(count: Decimal, unit: str) -> str:
    if count == 1:
        return with_article(unit)
    return f"half {with_article(unit)}" if count == Decimal("0.5") else f"{figure(count)} {plural(unit)}"
