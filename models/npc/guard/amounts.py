"""Whether a number in a reply is one that the facts state of the same thing.

Of all facts with numbers of that kind, those count that fit best: the same person, the same wares, the same topic, the
same other numbers. One of them has to state the number.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from models.npc.guard import lexicon, results
from models.npc.guard.amount import Amount
from models.npc.guard.clauses import Clause
from models.npc.guard.evidence import Evidence, Known
from models.npc.guard.topic import Topic
from models.npc.lemmas import content
from models.npc.numbers import Kind

_DAYS = 366  # of a year: more than these may be its number
_HALF_A_DAY = 720  # minutes
_LATE = frozenset(["evening", "night", "afternoon", "pm"])
_BUYS = frozenset(["enough", "buy", "buys", "get", "gets", "cover", "covers", "pays"])
_GENERIC = frozenset(["cost", "pric", "left", "fre", "free"])
_COUNT = re.compile(r"\b(?:left|free|available|in stock|have|has|got|there are|there is|there's|count|remain)\b")
_MONEY = re.compile(
    r"\b(?:costs?|price|pay|worth|charge|each|apiece|all told|altogether|together|in all|total|makes?|comes? to)\b"
)
_TIME = re.compile(r"\b(?:opens?|closes?|o'clock)\b")
_HOW_MANY = re.compile(
    r"\bhow (many|often|long|old|high|deep|far|large|big|tall|heavy|wide)\b((?: (?:of|the|your|\w+)){0,1})"
)
_HOW_MUCH = re.compile(r"\b(?:how much|price|costs?|charge|pay|expensive|owe)\b")
_WHEN = re.compile(r"\b(?:when|what time|what hour|how late|how early)\b")
_CHANGE = re.compile(r"\b(?:change|that leaves|leaves|you keep)\b|\bget\b.*\bback\b|\d+ (?:\w+ )?back\b")
_SHORT = re.compile(r"\b(?:short|missing|lacking|too little|not enough)\b")


def supporting(amount: Amount, clause: Clause, topic: Topic, evidence: Evidence) -> list[Known]:
    """The facts that state a number of the thing that the clause is about; none if it is unsupported."""
    done = [known for known in evidence.facts if known.result and results.told(amount, known.numbers)]
    if done:
        return done
    pool = _pool(amount, clause, topic, evidence)
    if not pool:
        return []
    subject = clause.named & {clause.stems[0]} & evidence.people
    scored = [(_score(amount, clause, topic, known, evidence), known, others) for known, others in pool]
    best = max(score[:-1] for score, _, _ in scored)
    related = max(score[-1] for score, _, _ in scored if score[:-1] == best)
    near = [(known, others) for score, known, others in scored if score == (*best, related)]
    if subject:
        near = [(known, others) for known, others in near if subject & known.stems]
    wares = _wares(clause, topic)
    near = [(k, [(o, at) for o, at in others if wares & k.wares or not o.converted]) for k, others in near]
    return [known for known, others in near if _states(amount, clause, others, near, evidence)]


_Pool: TypeAlias = list[tuple[Known, list[tuple[Amount, Clause]]]]


def _pool(amount: Amount, clause: Clause, topic: Topic, evidence: Evidence) -> _Pool:
    """Facts with those of their numbers that may be of the same kind."""
    words = _figures(clause)
    kinds = _kinds(amount, clause, words, topic)
    units = (frozenset(amount.unit) or _asked_units(amount, topic)) & evidence.units
    pool = []
    for known in evidence.facts:
        named = any(units & set(other.unit) for other, _ in known.amounts)  # eleven guards by day, and five by night
        others = [
            (other, place)
            for other, place in known.amounts
            if _may_be(amount, other, kinds, units, named) and _fits(other, place, words, clause, known)
        ]
        if others and is_meant(known, clause, topic):
            pool.append((known, others))
    return pool


def _states(
    amount: Amount, clause: Clause, others: list[tuple[Amount, Clause]], near: _Pool, evidence: Evidence
) -> bool:
    """Whether one of a fact's numbers is this one, said of the same. `near`: the facts that fit as well."""
    alike = [other for _, all_others in near for other, _ in all_others]
    wholes = [other for other in alike if other.whole]
    if not amount.whole and any(one.value == amount.value for one in wholes) and not {"all", "to"} & set(clause.words):
        return False
    each = amount.each not in ("", "each") and any(other.each for other in alike)
    return any(
        _equal(amount, other, clause)
        and _same_coin(amount, other)
        and not excluded(_ending(clause, amount), place, evidence.money)
        and _same_each(amount, other)
        and (other.whole is amount.whole or not wholes)
        and (other.each != "" or not each)
        for other, place in others
    )


def is_meant(known: Known, clause: Clause, topic: Topic) -> bool:
    """Whether hours are those that "you" means: an NPC's own are its first."""
    if not known.source.startswith("hours[") or known.source == "hours[0]" or not topic.own_hours:
        return True
    return bool((clause.content | topic.content) & known.subject)


def _figures(clause: Clause) -> str:
    """The words of a clause, numbers as figures."""
    words = list(clause.words)
    for one in clause.amounts:
        words[one.at - clause.first : one.end - clause.first] = [str(one.value)] + [""] * (one.end - one.at - 1)
    return " ".join(word for word in words if word)


def _kinds(amount: Amount, clause: Clause, words: str, topic: Topic) -> frozenset[str]:
    """What a number without a unit may be: "money", "clock", "count"; from the clause, else from the question."""
    if amount.currency:
        return frozenset(["money"])
    if clause.words[amount.end - clause.first :][:2] in (("of", "them"), ("of", "those")):
        return frozenset(["count"])
    if amount.clock:
        return frozenset(["clock"])
    before = clause.words[amount.at - clause.first - 1] if amount.at > clause.first else ""
    if amount.unit or amount.kind is Kind.FRACTION or before == "every":
        return frozenset(["count", "money", "clock"])
    priced = bool(clause.wares) and amount.at > clause.first + 1  # "a room is seven", "an iron one forty"
    if amount.each or _MONEY.search(words) or (priced and not _COUNT.search(words)):
        return frozenset(["money"])
    if _CHANGE.search(words) or _SHORT.search(words):
        return frozenset(["money", "count"])
    if _COUNT.search(words):
        return frozenset(["count"])
    if _TIME.search(words):
        return frozenset(["clock"])
    asked = topic.text
    if _HOW_MANY.search(asked):
        return frozenset(["count", "money"]) if _HOW_MUCH.search(asked) else frozenset(["count"])
    if _HOW_MUCH.search(asked) or any(one.currency for one in topic.amounts):
        return frozenset(["money"])
    return frozenset(["clock", "count"]) if _WHEN.search(asked) else frozenset(["money", "clock", "count"])


def _asked_units(amount: Amount, topic: Topic) -> frozenset[str]:
    """What a number without a unit counts, from "how many rooms", "how often"."""
    asked = _HOW_MANY.search(topic.text)
    if asked is None or amount.currency or amount.clock or amount.each:
        return frozenset()
    if asked[1] == "many":
        return frozenset(list(content(asked[2]))[:1] if len(content(asked[2])) == 1 else [])
    return frozenset(["tim"]) if asked[1] == "often" else frozenset()


def _may_be(amount: Amount, other: Amount, kinds: frozenset[str], units: frozenset[str], named: bool) -> bool:
    """Whether two numbers may be of one kind, whatever their values."""
    kind = "money" if other.currency or lexicon.COINS & set(other.unit) else "clock" if other.clock else "count"
    if kind not in kinds or (amount.kind is Kind.ORDINAL) is not (other.kind is Kind.ORDINAL):
        return False
    if lexicon.COINS & {*amount.unit, *other.unit}:  # a coin that is no currency of the NPC: all money competes
        return True
    if amount.currency:
        return amount.currency == other.currency
    if amount.clock and other.unit:  # the fair in six days says nothing of a door at six
        return False
    if _is_year(amount) and _is_year(other):
        return True
    return not units or bool(units & set(other.unit)) or (named and not (amount.unit or other.unit))


def _is_year(amount: Amount) -> bool:
    """Whether a number may be a year, with or without that word: "in 2187", "the year 2187"."""
    return amount.value > _DAYS and set(amount.unit) <= {"year"}


def _fits(other: Amount, place: Clause, words: str, clause: Clause, known: Known) -> bool:
    """Whether a number that the program computed is what the clause tells: change, what is missing, or a price."""
    rest = bool({"leaves", "missing", "fewer", "change"} & set(place.words))
    remains = other.currency is not None and known.source == "sum" and "left" in clause.words
    if remains or _CHANGE.search(words) or _SHORT.search(words):
        return rest
    if known.source != "sum":
        return True
    return not rest and ("enough" not in place.words or bool(_BUYS & set(clause.words)) or other.unit != ())


def _score(
    amount: Amount, clause: Clause, topic: Topic, known: Known, evidence: Evidence
) -> tuple[int, int, int, int, int]:
    """How well a fact fits the clause: names, wares, topic, other numbers, and last what was talked of before."""
    names = set(clause.named & evidence.names)
    told_of = clause.words[0] in ("he", "she", "he's", "she's", "they", "it", "it's")
    if not names and (told_of or {"his", "her", "him"} & set(clause.words)):
        names = set(topic.names & evidence.names)
    about = clause.content - evidence.money - set(amount.unit)
    own, told = about & evidence.strong, about & (evidence.strong | evidence.rare)
    wares = frozenset[int]() if amount.clock else _wares(clause, topic)
    if about & evidence.rare and not clause.wares:  # of the plank, not of the boat that the player named
        wares = frozenset()
    others = [one for one in clause.amounts if one is not amount and not one.currency and one.text != "one"]
    if not others and not amount.each and not clause.wares and (amount.currency or not amount.unit):
        others = [one for one in topic.amounts if one.unit and not one.currency]
    before = topic.content - evidence.money - _GENERIC
    idle = evidence.money | ({"left"} if amount.currency else frozenset())
    shared = sum(any(one.same(other) for other, _ in known.amounts) for one in others)
    return (
        len(names & known.stems),
        _exactness(wares, known.wares),
        len(told & known.content) if not clause.wares else 0,
        shared,
        (len(before & known.content) if not own else 1) + 2 * len(clause.content & known.content - told - idle),
    )


def _wares(clause: Clause, topic: Topic) -> frozenset[int]:
    """The wares that a clause is about; an ambiguous name means what was talked of before, if that fits."""
    before = frozenset[int]().union(*topic.wares)
    if not clause.wares:
        return before
    meant = frozenset[int]()
    for named in clause.wares:
        meant |= (named & before) if len(named) > 1 and named & before else named
    return meant


def _exactness(wanted: frozenset[int], found: frozenset[int]) -> int:
    if not wanted or not wanted & found:
        return 0
    return 2 if wanted == found else 1


def _equal(amount: Amount, other: Amount, clause: Clause) -> bool:
    if amount.value == other.value:
        return True
    if amount.paired and other.currency:  # "eighteen fifty"
        return amount.value / 100 == other.value
    clock = Kind.CLOCK in (amount.kind, other.kind) or (amount.paired and other.clock)
    clock = clock and not (amount.unit or other.unit or amount.currency or other.currency)
    minutes, others = _minutes(amount), _minutes(other)
    if not clock or (minutes - others) % _HALF_A_DAY:
        return False
    late = minutes < _HALF_A_DAY <= others and not {"morning", "am"} & set(clause.words)
    return minutes == others or late or bool(_LATE & set(clause.words))  # 22:00 is ten, or ten in the evening


def _same_each(amount: Amount, other: Amount) -> bool:
    """Whether two prices are not for different lengths of time: "a month", "a year"."""
    lengths = lexicon.DURATIONS & {amount.each} and lexicon.DURATIONS & {other.each}
    return not lengths or amount.each == other.each


def _ending(clause: Clause, amount: Amount) -> Clause:
    """The clause as it is about the second number of "open from eight till five"."""
    before = clause.words[: amount.at - clause.first]
    if not before or before[-1] not in ("till", "until", "to") or "from" not in before:
        return clause
    return replace(clause, stems=("clos", *(root for root in clause.stems if root != "open")))


def _same_coin(amount: Amount, other: Amount) -> bool:
    """Whether neither is of a coin that the other is not: "a farthing", "a shilling"."""
    one, two = lexicon.COINS & set(amount.unit), lexicon.COINS & set(other.unit)
    return one == two or not (amount.currency or other.currency or (one and two))


def _minutes(amount: Amount) -> int:
    """An hour in minutes: "half past eleven", "11:30", or "eleven thirty"."""
    if amount.paired:
        hours, minutes = divmod(int(amount.value), 100)
        return 60 * hours + minutes
    return round(amount.value * 60)


def excluded(clause: Clause, place: Clause, money: frozenset[str] = frozenset()) -> bool:
    """Whether a fact states something opposite: closing, not opening; by day, not by night."""
    if clause.negative:
        return False
    there = set(place.stems) - money
    own = _with_directions(clause) - there - money
    opposite = lexicon.exclusive()
    if any(opposite.get(root, frozenset()) & there for root in own):
        return True
    both = {"day", "night"} <= set(clause.stems)
    return not both and any(one in own and other in there for one, other in (("day", "night"), ("night", "day")))


def _with_directions(clause: Clause) -> set[str]:
    """The stems of a clause; "from nine till six" opens and closes."""
    phrase = lexicon.PHRASES.search(f" {' '.join(clause.words)} ")
    own = set(clause.stems) - ({"right"} if phrase else set())
    if not own & {"open", "clos"}:
        if "from" in own and not {"till", "until", "to"} & own:
            own.add("open")
        elif {"till", "until"} & own and "from" not in own:
            own.add("clos")
    return own


def belong_together(clause: Clause, found: Sequence[tuple[Amount, list[Known]]]) -> bool:
    """Whether a price and what it is for are of one fact: "three sacks cost ninety", not "six sacks"."""
    counted = [known for amount, known in found if amount.unit and not amount.currency and known]
    priced = [known for amount, known in found if amount.currency and not amount.each and known]
    if not counted or not priced or "at" in clause.words:
        return True
    return any(any(known in others for others in counted) for facts in priced for known in facts)
