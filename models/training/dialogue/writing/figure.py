"""An invented NPC, and what its facts were made of, so that they can be asked for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.npc.character import Hours, Npc, Relation, Rule, Statement, Ware
from models.npc.english import by_the_measure, counted, figure, money, unit_noun, with_article
from models.npc.facts import of_ware
from models.training.dialogue.writing.passages import Passage
from models.training.dialogue.writing.pools import Noun, People, Voice
from models.training.dialogue.writing.template import Slots
from models.training.dialogue.writing.world import World


@dataclass(frozen=True, slots=True)
class Stated:
    """A passage that became a fact, with the values of its slots."""

    passage: Passage
    slots: Slots
    text: str


@dataclass(frozen=True, slots=True)
class Kin:
    """A relation, and the passage of its note."""

    relation: Relation
    slots: Slots
    note: Passage | None


@dataclass(frozen=True, slots=True)
class Ruled:
    """A rule, its passage, and whom it concerns."""

    rule: Rule
    passage: Passage
    slots: Slots
    people: People | None


@dataclass(frozen=True, slots=True)
class Good:
    """A ware, and the noun that it is a kind of."""

    ware: Ware
    noun: Noun

    def words(self) -> dict[str, str]:
        """What the templates of wares are filled with."""
        ware = self.ware
        sentences = dict(of_ware(ware))
        priced = ware.price and money(ware.price, ware.currency)
        one = ware.item if ware.countable and not by_the_measure(ware) else _portion(ware)
        unit = f" {ware.unit}" if ware.unit else ""
        found = {
            "item": ware.item,
            "items": ware.plural,
            "a item": _portion(ware) if by_the_measure(ware) else with_article(ware.item),
            "one": one.removeprefix("a ").removeprefix("an "),
            "priced": _clause(sentences["price"]),
            "price": priced or "free",
            "each": f"{priced}{unit}",
            "coins": ware.currency.many,
        }
        if ware.stock is not None:
            found |= {"stocked": _clause(sentences["stock"]), "number": str(ware.stock)}
        return found

    def counted(self, number: int) -> str:
        """ "3 rooms"."""
        return counted(number, self.ware)


@dataclass(slots=True)
class Figure:
    """The NPC and its makings."""

    npc: Npc
    world: World
    voice: Voice
    slots: Slots
    goods: list[Good] = field(default_factory=list)
    kin: list[Kin] = field(default_factory=list)
    rules: list[Ruled] = field(default_factory=list)
    stated: list[Stated] = field(default_factory=list)
    persona: list[Stated] = field(default_factory=list)
    hours: list[Hours] = field(default_factory=list)
    site: str = ""
    town: str = ""

    def known(self, more: Mapping[str, str] | None = None) -> Slots:
        """Slots that begin with what the NPC is."""
        return self.slots.within(more or {})


def statement(stated: Stated) -> Statement:
    """As the NPC's file has it."""
    return Statement(stated.slots.fill(stated.passage.about), stated.text)


def amount(ware: Ware, number: int) -> str:
    """What so many cost: "36 silver"."""
    return money(ware.price * number, ware.currency)


def price(ware: Ware) -> str:
    """Without its currency."""
    return figure(ware.price)


def _portion(ware: Ware) -> str:
    """ "a dozen fire arrows", "a pair of boots", "a pound of bacon"."""
    unit = unit_noun(ware)
    if not unit:
        return ware.item
    joint = " " if unit in ("dozen", "hundred") else " of "
    return f"{with_article(unit)}{joint}{ware.plural}"


def _clause(sentence: str) -> str:
    """A sentence as part of another."""
    return sentence[0].lower() + sentence[1:].rstrip(".")
