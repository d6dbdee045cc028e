"""What is said to a line of the player from the facts alone, and how sure that is."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from models.npc.answers.focus import Asks, Focus, focus_of
from models.npc.answers.search import Search
from models.npc.answers.voice import voiced
from models.npc.answers.wares import wares_meant
from models.npc.character import Npc, Ware
from models.npc.facts import Fact
from models.npc.lemmas import content
from models.npc.numbers import numbers, tokens

ANSWERS, MAY = 0.52, 0.33  # scores of a fact that answers, and of one that may
_MOST = 3  # facts of an answer
_LONG = 30  # words of a line whose beginning may say what its question is about
_GOES_ON = re.compile(r"\W*(?:and|what about|how about)\b(?! (?:how|what|who|where|when|which|why))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """Facts that answer, as the NPC says them. `sure`: they do answer, else they are only the nearest."""

    text: str
    facts: tuple[Fact, ...]
    score: float
    sure: bool


def answer_of(
    npc: Npc,
    search: Search,
    said: str,
    *,
    topic: Ware | None = None,
    before: str = "",
    cosines: Sequence[float] | None = None,
) -> Answer | None:
    """The answer to a line; None if no fact has to do with it. `before` is what the player said before that."""
    focus = focus_of(said)
    found: dict[Fact, float] = {}
    for part, kinds in zip(focus.parts, focus.kinds, strict=True):
        context = focus.text if len(focus.parts) > 1 else ""
        for fact, score in _of_part(npc, search, part, kinds, context, said, topic, before, cosines, focus, found):
            found[fact] = max(score, found.get(fact, 0.0))
    if not found:
        return None
    best = list(found)[:_MOST]
    score = max(found.values())
    return Answer(_said(npc, best, said, focus), tuple(best), score, score >= ANSWERS)


def _of_part(
    npc: Npc,
    search: Search,
    part: str,
    kinds: frozenset[Asks],
    context: str,
    said: str,
    topic: Ware | None,
    before: str,
    cosines: Sequence[float] | None,
    focus: Focus,
    earlier: Collection[Fact],
) -> list[tuple[Fact, float]]:
    wares = wares_meant(npc, part) or (wares_meant(npc, said) if len(focus.parts) == 1 else ())
    if not wares and topic is not None and _refers(part):
        wares = (topic,)
    if wares and kinds & {Asks.PRICE, Asks.STOCK} and not _asks_more(search, part, kinds, cosines):
        wanted = "price" if Asks.PRICE in kinds else "stock"
        facts = [_of_ware(npc, search, ware, wanted) for ware in wares[:_MOST]]
        if all(facts):
            return [(fact, 1.0) for fact in facts if fact is not None]
    elliptic = len(content(part)) <= 1 or _GOES_ON.match(part) is not None
    context = f"{context} {before if elliptic or _refers(part) else ''} {said if len(said.split()) > _LONG else ''}"
    scores = search.scores(part, kinds or _kinds_before(before, elliptic), context, cosines)
    left = [
        row
        for row in range(len(scores))
        if search.facts[row] not in earlier and not (earlier and _is_tale(search, row))
    ]
    at = max(left, key=scores.__getitem__, default=None)
    if at is None or scores[at] < MAY:
        return []
    return [(search.facts[at], scores[at])]


def _is_tale(search: Search, row: int) -> bool:
    return search.facts[row].source.startswith("lore[")


def _kinds_before(before: str, elliptic: bool) -> frozenset[Asks]:
    return focus_of(before).kind if elliptic and before else frozenset()


def _refers(part: str) -> bool:
    """Whether a question refers to what was talked of."""
    return (
        re.search(r"\b(?:it|that|they|them|those|these|one|ones|both|this)\b", part.lower()) is not None
        or len(part.split()) <= 5
    )


def _asks_more(search: Search, part: str, kinds: frozenset[Asks], cosines: Sequence[float] | None) -> bool:
    """Whether a fact that is no ware's answers far better: the reward for the saker, not its price."""
    scores = search.scores(part, kinds, "", cosines)
    own = max(
        (score for fact, score in zip(search.facts, scores, strict=True) if fact.source.startswith("wares[")),
        default=0.0,
    )
    others = max(
        (score for fact, score in zip(search.facts, scores, strict=True) if not fact.source.startswith("wares[")),
        default=0.0,
    )
    return others > own + 0.15


def _of_ware(npc: Npc, search: Search, ware: Ware, wanted: str) -> Fact | None:
    place = npc.wares.index(ware)
    for key in (wanted, "price"):
        fact = next((fact for fact in search.facts if fact.source == f"wares[{place}].{key}"), None)
        if fact is not None:
            return fact
    return None


def _said(npc: Npc, facts: Sequence[Fact], said: str, focus: Focus) -> str:
    """The facts one after the other; after "No." where the player says another number."""
    text = " ".join(voiced(npc, fact) for fact in facts)
    if not focus.claims:
        return text
    known = {number.value for fact in facts for number in numbers(tokens(fact.text))}
    claimed = {number.value for number in numbers(tokens(said))}
    return f"No. {text}" if known and claimed and not claimed & known else text
