"""Every typed fact of an NPC as a sentence, with where it is from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from models.npc.character import Hours, Npc, Rate, Relation, Rule, Ware
from models.npc.english import (
    by_the_measure,
    by_the_time,
    counted,
    is_plural,
    joined,
    money,
    possessive,
    sentence,
    with_article,
)
from models.npc.words import MOMENTS, PREPOSITIONS, SEASONS_AND_MONTHS

_SPAN = re.compile(r"(?:[\w-]+ ){1,4}(?:after|before|past|into|later|earlier|from now)\b", re.IGNORECASE)
_TIME_OF_SPAN = re.compile(
    r"\b(?:seconds?|minutes?|hours?|bells?|watch|watches|days?|weeks?|while|bit)\b", re.IGNORECASE
)
_PARTS_OF_DAY = re.compile(r"the (?:(?:early|late) )?(?:morning|evening|afternoon)$", re.IGNORECASE)
_MOON = re.compile(r"(?:the |every )?(?:new|full|half) moon$", re.IGNORECASE)
_OF_ITS_OWN = re.compile(r"(?:the|an?|one|no|his|her|their|my|our|not|in|of|at|from|to|like)\b", re.IGNORECASE)
_OPENING_WORD = re.compile(r"(?:The|An?|He|She|They|It|His|Her|Their|Its|There|You|We|This|That|These|Those|No|Too)\b")


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence that the NPC knows, and its source: "wares[0].price", "lore[2]", "sum"."""

    text: str
    source: str


def sentences(npc: Npc) -> tuple[Fact, ...]:
    """All typed facts, in the order of the file's tables; one fact is one line of a prompt."""
    facts: list[Fact] = []
    for number, ware in enumerate(npc.wares):
        facts += [Fact(text, f"wares[{number}].{key}") for key, text in of_ware(ware)]
    facts += [Fact(of_rate(rate), f"rates[{number}]") for number, rate in enumerate(npc.rates)]
    facts += [Fact(of_hours(hours), f"hours[{number}]") for number, hours in enumerate(npc.hours)]
    facts += [
        Fact(of_relation(relation, npc.name), f"relations[{number}]") for number, relation in enumerate(npc.relations)
    ]
    facts += [Fact(of_rule(rule, npc.name), f"rules[{number}]") for number, rule in enumerate(npc.rules)]
    facts += [Fact(sentence(fact.text), f"facts[{number}]") for number, fact in enumerate(npc.facts)]
    return tuple(facts)


def of_ware(ware: Ware) -> Iterator[tuple[str, str]]:
    """What a ware costs, and how many there are: pairs of the file's key and a sentence."""
    yield "price", sentence(_priced(ware))
    if ware.stock is not None:
        yield "stock", sentence(_stocked(ware, ware.stock))


def of_rate(rate: Rate) -> str:
    """ "One gold is worth 20 silver." """
    return f"One {rate.one.one} is worth {money(rate.worth, rate.of)}."


def of_hours(hours: Hours) -> str:
    """ "The kitchen opens at noon and closes an hour after dark. It is closed on Moonday because the cook rests." """
    ending, verb, pronoun = ("", "are", "they") if hours.plural else ("s", "is", "it")
    turns = [f"{word}{ending} {when(at)}" for word, at in (("open", hours.opens), ("close", hours.closes)) if at]
    said = [sentence(f"{hours.what} {joined(turns)}")] if turns else []
    if hours.closed:
        subject = pronoun if turns else hours.what
        said.append(
            sentence(f"{subject} {verb} closed {joined([on(day) for day in hours.closed])}{because(hours.why)}")
        )
    return " ".join(said)


def of_relation(relation: Relation, name: str) -> str:
    """ "Tobin is Mara Quill's brother; he mends nets north of the mill." """
    verb = "are" if is_plural(relation.who) else "is"
    role = relation.role if _OF_ITS_OWN.match(relation.role) else f"{possessive(name)} {relation.role}"
    said = f"{relation.who} {verb} {role}"
    if not relation.note:
        return sentence(said)
    if relation.note[:1].isupper() and relation.note.endswith("."):
        return f"{sentence(said)} {relation.note}"
    return sentence(f"{said}; {relation.note}")


def of_rule(rule: Rule, name: str) -> str:
    """ "Mara Quill never serves elves because they burned the old inn." """
    return sentence(f"{name} {rule.rule.rstrip('.')}{because(rule.why)}")


def because(why: str) -> str:
    """A reason as the end of a sentence; "" for none."""
    if not why:
        return ""
    why = why[0].lower() + why[1:] if _OPENING_WORD.match(why) else why
    return f" {why}" if why.startswith("because") else f" because {why}"


def when(time: str) -> str:
    """ "at noon", "at 7", "an hour after dark", "in the evening"."""
    first = time.lower().split(" ")[0]
    if first in PREPOSITIONS or _is_span(time):
        return time
    return f"in {time}" if first in SEASONS_AND_MONTHS or _PARTS_OF_DAY.match(time) else f"at {time}"


def on(day: str) -> str:
    """ "on Moonday", "in winter", "until the thaw"."""
    first = day.lower().split(" ")[0]
    if first in PREPOSITIONS:
        return day
    if first in MOMENTS or _MOON.match(day):
        return f"at {day}"
    return f"in {day}" if first in SEASONS_AND_MONTHS or _PARTS_OF_DAY.match(day) else f"on {day}"


def where(place: str) -> str:
    """ "at the Drowned Lantern", "aboard the Gull"; "" for nowhere."""
    return place if not place or place.lower().split(" ")[0] in PREPOSITIONS else f"at {place}"


def _is_span(time: str) -> bool:
    """ "an hour after dark"."""
    span = _SPAN.match(time)
    return span is not None and _TIME_OF_SPAN.search(span[0]) is not None


def _priced(ware: Ware) -> str:
    several = ware.countable and not ware.unique and (by_the_measure(ware) or ware.unit in ("each", "apiece"))
    subject = ware.plural if several else with_article(ware.item) if ware.countable else ware.item
    if ware.price == 0:
        return f"{subject} {'are' if several or _bare_plural(ware) else 'is'} free"
    unit = f" {ware.unit}" if ware.unit else ""
    return f"{subject} {'cost' if several or _bare_plural(ware) else 'costs'} {money(ware.price, ware.currency)}{unit}"


def _bare_plural(ware: Ware) -> bool:
    """Oats cost, but flour costs and a pair of gloves costs."""
    return not ware.countable and is_plural(ware.item)


def _stocked(ware: Ware, stock: int) -> str:
    if ware.unique:
        return f"{ware.item} is {'still for sale' if stock else 'sold'}"
    if by_the_time(ware):
        return f"there {'is' if stock == 1 else 'are'} {counted(stock, ware) if stock else f'no {ware.plural}'} free"
    if stock == 0:
        return f"{ware.plural} {'are' if ware.countable or _bare_plural(ware) else 'is'} sold out"
    return f"there {'is' if stock == 1 else 'are'} {counted(stock, ware)} left"
