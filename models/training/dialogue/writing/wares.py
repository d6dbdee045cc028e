"""Questions about what is for sale: prices, stock, what there is and is not, sums that the program computed."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from models.npc.english import by_the_measure, by_the_time, figure, joined, money
from models.npc.sums import computed
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.figure import Figure, Good, amount
from models.training.dialogue.writing.invention import kinds_of
from models.training.dialogue.writing.passages import sections
from models.training.dialogue.writing.pools import shelves
from models.training.dialogue.writing.split import kept
from models.training.dialogue.writing.turn import Must, Turn, compose

NUMBERS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
PRICES = (
    ("price", 5.0),
    ("price.hint", 2.5),
    ("price.false", 1.6),
    ("price.true", 0.8),
    ("price.haggle", 1.0),
    ("buy", 1.0),
    ("single", 0.3),
    ("have.yes", 1.2),
    ("have.hint", 1.0),
    ("forged price", 0.8),
)
STOCKS = (
    ("stock", 4.0),
    ("stock.false", 0.8),
    ("stock.true", 0.5),
    ("stock.hint", 0.5),
    ("price.stock", 1.2),
    ("toomany", 0.8),
)


def ask(figure: Figure, draw: Draw) -> Turn | None:
    """A question about one ware, several or none."""
    if not figure.goods:
        return _plain(figure, "list.none", draw, knows=True) if not figure.goods and draw.chance(0.3) else None
    makers: list[tuple[Callable[[Figure, Draw], Turn | None], float]] = [
        (_priced, 9),
        (_stocked, 5),
        (_summed, 3),
        (_absent, 3),
        (_listed, 1.6),
        (_two, 1.6),
        (_extreme, 0.4),
        (_no_sum, 0.5),
        (_currency, 0.4),
    ]
    return draw.weighted(makers)(figure, draw)


def follow(figure: Figure, before: Turn, draw: Draw) -> Turn | None:
    """A question that needs the one before: about the same ware, or the same about another."""
    if before.subject is None or before.subject[0] != "ware":
        return None
    number = before.subject[1]
    if draw.chance(0.35) and len(figure.goods) > 1:
        other = draw.one([i for i in range(len(figure.goods)) if i != number])
        kind = "stock" if before.kind.startswith("wares.stock") and figure.goods[other].ware.stock else "price"
        return _about(figure, other, kind, draw, way="also")
    good = figure.goods[number]
    kinds = [("price", 3.0), ("price.false", 1.0), ("price.haggle", 1.0), ("single", 0.5)]
    if before.kind == "wares.price":
        kinds = kinds[1:]
    if good.ware.stock:
        kinds += [("stock", 3.0), ("buy", 1.0)]
    if good.ware.stock == 0:
        kinds = [("soldout", 3.0)]
    if good.ware.stock != 0 and draw.chance(0.3):
        return _total(figure, number, draw, way="then")
    return _about(figure, number, draw.weighted(kinds), draw, way="then")


def _priced(figure: Figure, draw: Draw) -> Turn | None:
    number = draw.within(0, len(figure.goods) - 1)
    if figure.goods[number].ware.stock == 0 and draw.chance(0.5):
        return _about(figure, number, "soldout", draw)
    kind = draw.weighted(PRICES)
    if figure.goods[number].ware.stock == 0 and kind in ("buy", "have.yes", "have.hint"):
        kind = "soldout"
    return _about(figure, number, kind, draw)


def _stocked(figure: Figure, draw: Draw) -> Turn | None:
    number = draw.within(0, len(figure.goods) - 1)
    stock = figure.goods[number].ware.stock
    if stock is None:
        return _about(figure, number, "stock.none", draw)
    return _about(figure, number, "soldout" if stock == 0 else draw.weighted(STOCKS), draw)


def _about(figure: Figure, number: int, kind: str, draw: Draw, way: str = "asks") -> Turn | None:
    """A question of a kind about one ware."""
    good, ware = figure.goods[number], figure.goods[number].ware
    words = {**good.words(), "hint": draw.one(good.noun.hints), "wrong": _wrong(figure, good, draw)}
    words["left"] = "free" if by_the_time(ware) else "left"
    if ware.stock is not None:
        words["wrongnumber"] = str(
            max(1, ware.stock + draw.one((-5, -2, -1, 1, 2, 3, 7)))
            if ware.stock > 5
            else ware.stock + draw.within(1, 4)
        )
        many = ware.stock + draw.magnitude(1, 40)
        words["manycounted"], words["many"] = good.counted(many), str(many)
    if kind in ("price.hint", "have.hint", "stock.hint") and not _alone(figure, good):
        kind = "price"
    file = "pressing" if kind == "forged price" else "unknown" if kind == "stock.none" else "wares"
    return compose(
        f"wares.{kind}",
        sections(f"talk/{file}.txt")[kind].question,
        figure.known(words),
        figure.world.side,
        draw,
        way=way,
        subject=("ware", number),
        topic=f"the {ware.item}",
        knows=kind != "stock.none",
    )


def _alone(figure: Figure, good: Good) -> bool:
    """Whether a description of it fits nothing else that is for sale."""
    hints = set(good.noun.hints)
    return not any(hints & set(other.noun.hints) for other in figure.goods if other is not good)


def _wrong(figure: Figure, good: Good, draw: Draw) -> str:
    """Another price: a neighbour's, or one that is near."""
    others = [other.ware.price for other in figure.goods if other.ware.price != good.ware.price]
    if others and draw.chance(0.4):
        return money(draw.one(others), good.ware.currency)
    less = good.ware.price * Decimal(draw.one(("0.5", "0.8", "0.1", "0.9", "2", "1.5"))) // 1
    return money(less if less >= 1 and less != good.ware.price else good.ware.price + 2, good.ware.currency)


def _summed(figure: Figure, draw: Draw) -> Turn | None:
    number = draw.within(0, len(figure.goods) - 1)
    makers = [(_total, 5.0), (_paid, 3.0), (_mixed, 1.5), (_stated, 2.0)]
    return draw.weighted(makers)(figure, number, draw)


def _total(figure: Figure, number: int, draw: Draw, way: str = "asks") -> Turn | None:
    """What so many cost."""
    good, ware = figure.goods[number], figure.goods[number].ware
    count = draw.within(2, 12 if ware.stock is None else max(2, min(12, ware.stock)))
    words = {**good.words(), "count": _number(count, draw), "counted": _spoken(good, count, draw)}
    words["total"] = amount(ware, count)
    return _computed(figure, "total", words, words["total"], draw, number, way=way)


def _paid(figure: Figure, number: int, draw: Draw, way: str = "asks") -> Turn | None:
    """What comes back, or whether an amount is enough."""
    good, ware = figure.goods[number], figure.goods[number].ware
    count = draw.within(1, 8)
    cost = ware.price * count
    kind = draw.weighted([("change", 1.0), ("afford.yes", 1.0), ("afford.no", 1.0)])
    paid = _purse(cost, more=kind != "afford.no", draw=draw)
    words = {**good.words(), "count": _number(count, draw), "counted": _spoken(good, count, draw)}
    words |= {"paid": money(paid, ware.currency), "total": amount(ware, count)}
    words["change"] = words["short"] = money(abs(paid - cost), ware.currency)
    return _computed(figure, kind, words, words["change"], draw, number, way=way)


def _mixed(figure: Figure, number: int, draw: Draw) -> Turn | None:
    """What so many of two wares cost together."""
    good = figure.goods[number]
    others = [one for one in figure.goods if one is not good and one.ware.currency == good.ware.currency]
    if not others:
        return None
    other, counts = draw.one(others), (draw.within(1, 6), draw.within(1, 6))
    cost = good.ware.price * counts[0] + other.ware.price * counts[1]
    words = {"counted": _spoken(good, counts[0], draw), "othercounted": _spoken(other, counts[1], draw)}
    words["total"] = money(cost, good.ware.currency)
    return _computed(figure, "total.mixed", words, words["total"], draw, number)


def _stated(figure: Figure, number: int, draw: Draw) -> Turn | None:
    """What the program says in a sentence that answers as it stands."""
    kind = draw.one(("capacity", "affordable", "difference", "split", "remain"))
    good, ware = figure.goods[number], figure.goods[number].ware
    others = [one for one in figure.goods if one is not good]
    if kind == "difference" and not others:
        return None
    count = draw.within(2, 9)
    paid = _purse(ware.price * draw.within(1, 6), more=draw.chance(0.9), draw=draw)
    words = {**good.words(), "count": _number(count, draw), "counted": _spoken(good, count, draw)}
    words |= {"paid": money(paid, ware.currency), "parts": NUMBERS[draw.within(2, 6)]}
    if others:
        words["a other"] = words["other"] = draw.one(others).words()["a item"]
    return _computed(figure, kind, words, "", draw, number)


def _computed(
    figure: Figure, kind: str, words: dict[str, str], needed: str, draw: Draw, number: int, way: str = "asks"
) -> Turn | None:
    """A question for which the program, asked as the server asks it, computes what is needed; else None."""
    good = figure.goods[number]
    question = sections("talk/wares.txt")[kind].question
    slots = figure.known({**words, "known": "\0"})
    turn = compose(
        f"wares.{kind}",
        question,
        slots,
        figure.world.side,
        draw,
        way=way,
        subject=("ware", number),
        topic=f"the {good.ware.item}",
    )
    if turn is None:
        return None
    known = computed(figure.npc, turn.ask, good.ware)
    text = " ".join(fact.text for fact in known)
    if not known or needed not in text or (not needed and len(known) != 1):
        return None
    if not needed:
        return replace(turn, known=known, say=turn.say.replace("\0.", known[0].text), must=figures_of(known[0].text))
    return replace(turn, known=known)


def figures_of(text: str) -> Must:
    """The figures of a text, all of which are needed."""
    return tuple((figure,) for figure in re.findall(r"[0-9][0-9.]*[0-9]|[0-9]", text))


def _no_sum(figure: Figure, draw: Draw) -> Turn | None:
    """A sum that nobody computed is not guessed."""
    number = draw.within(0, len(figure.goods) - 1)
    good = figure.goods[number]
    count = draw.within(2, 12)
    words = {**good.words(), "count": _number(count, draw), "counted": _spoken(good, count, draw)}
    return compose(
        "wares.total.none",
        sections("talk/unknown.txt")["total.none"].question,
        figure.known(words),
        figure.world.side,
        draw,
        subject=("ware", number),
    )


def _absent(figure: Figure, draw: Draw) -> Turn | None:
    """Something that is not for sale: another kind of what is, or something else altogether."""
    items = {good.ware.item for good in figure.goods}
    good = draw.one(figure.goods)
    if draw.chance(0.45):
        kinds = [kind for kind in good.noun.kinds if kinds_of(good.noun, kind)[0] not in items]
        alike = [one.ware.plural for one in figure.goods if one.noun is good.noun]
        if kinds and good.ware.item != good.noun.noun and good.noun.noun not in items:
            item, many = kinds_of(good.noun, draw.one(kinds))
            words = {"stranger": item, "strangers": many, "alike": joined(alike)}
            return compose(
                "wares.have.variant",
                sections("talk/wares.txt")["have.variant"].question,
                figure.known(words),
                figure.world.side,
                draw,
                topic=many,
            )
    shelf = draw.one(list(shelves()))
    noun = draw.one(kept(shelves()[shelf], figure.world.side, lambda one: one.noun))
    if noun in [one.noun for one in figure.goods]:
        return None
    item, many = kinds_of(noun, draw.one(noun.kinds))
    words = {"stranger": item, "strangers": many, "some": _some(figure, draw)[0]}
    if noun.unit and item == many:
        words["a stranger"] = item
    return compose(
        "wares.have.no",
        sections("talk/wares.txt")["have.no"].question,
        figure.known(words),
        figure.world.side,
        draw,
        way="also" if draw.chance(0.1) else "asks",
        topic=many,
    )


def _listed(figure: Figure, draw: Draw) -> Turn | None:
    goods = figure.goods
    some, any_of = _some(figure, draw)
    names = [good.ware.plural if good.ware.countable else good.ware.item for good in goods]
    kind = "list" if len(goods) <= 5 else "list.some"
    words = {"all": joined(names), "some": some, "some1": any_of}
    return compose(
        f"wares.{kind}", sections("talk/wares.txt")[kind].question, figure.known(words), figure.world.side, draw
    )


def _some(figure: Figure, draw: Draw) -> tuple[str, str]:
    """A few wares, and any of them as what an answer has to say."""
    goods = draw.some(figure.goods, draw.within(1, 3))
    any_of = [name for good in figure.goods for name in (good.ware.item, good.ware.plural)]
    return joined([good.ware.plural for good in goods]), "|".join(any_of)


def _two(figure: Figure, draw: Draw) -> Turn | None:
    if len(figure.goods) < 2:
        return None
    one, two = draw.some(figure.goods, 2)
    words, others = one.words(), two.words()
    words |= {"other": others["item"], "others": others["items"], "a other": others["a item"]}
    words |= {"othereach": others["each"], "otherprice": others["price"], "otherpriced": others["priced"]}
    alike = one.ware.currency == two.ware.currency and one.ware.price != two.ware.price
    if alike and draw.chance(0.4):
        cheaper = one if one.ware.price < two.ware.price else two
        words["cheaper"] = f"the {cheaper.ware.plural if by_the_measure(cheaper.ware) else cheaper.ware.item}"
        kind = "compare"
    else:
        kind = "both"
    return compose(
        f"wares.{kind}", sections("talk/wares.txt")[kind].question, figure.known(words), figure.world.side, draw
    )


def _extreme(figure: Figure, draw: Draw) -> Turn | None:
    """The cheapest or dearest, which the program finds."""
    cheapest = draw.chance(0.6)
    good = (min if cheapest else max)(figure.goods, key=lambda one: one.ware.price)
    kind = "cheapest" if cheapest else "dearest"
    words = good.words()
    return _computed(figure, kind, words, words["price"], draw, figure.goods.index(good))


def _currency(figure: Figure, draw: Draw) -> Turn | None:
    moneys = {good.ware.currency for good in figure.goods}
    if len(moneys) > 1:
        return None
    other = draw.one([one for one in figure.world.setting.money if one not in moneys])
    words = {"coins": next(iter(moneys)).many, "othermoney": other.many}
    return compose(
        "wares.currency", sections("talk/wares.txt")["currency"].question, figure.known(words), figure.world.side, draw
    )


def _plain(figure: Figure, kind: str, draw: Draw, *, knows: bool) -> Turn | None:
    return compose(
        f"wares.{kind}", sections("talk/wares.txt")[kind].question, figure.known(), figure.world.side, draw, knows=knows
    )


def _purse(cost: Decimal, *, more: bool, draw: Draw) -> Decimal:
    step = Decimal(draw.one((1, 5, 10, 50)))
    if more:
        return (cost // step + draw.within(1, 4)) * step
    return max(Decimal(1), (cost * Decimal(draw.one(("0.3", "0.5", "0.8", "0.9")))) // 1)


def _number(count: int, draw: Draw) -> str:
    return NUMBERS[count] if count < len(NUMBERS) and draw.chance(0.5) else figure(Decimal(count))


def _spoken(good: Good, count: int, draw: Draw) -> str:
    """ "3 iron swords" or "three iron swords"."""
    text = good.counted(count)
    return text.replace(str(count), NUMBERS[count], 1) if count < len(NUMBERS) and draw.chance(0.5) else text
