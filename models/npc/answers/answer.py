"""What is said to a line of the player from the facts alone, and how sure that is."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from models.npc.answers.claims import contradicts
from models.npc.answers.focus import Asks, Focus, focus_of
from models.npc.answers.search import Search
from models.npc.answers.voice import voiced
from models.npc.answers.wares import wares_meant
from models.npc.character import Npc, Ware
from models.npc.facts import Fact
from models.npc.lemmas import content
from models.npc.numbers import numbers, tokens

_MOST = 3  # facts of an answer
_LONG = 30  # words of a line whose beginning may say what its question is about
_GOES_ON = re.compile(r"\W*(?:and|what about|how about)\b(?! (?:how|what|who|where|when|which|why))", re.IGNORECASE)


class Bounds(NamedTuple):
    """Scores: of a fact that answers, of one that is hardly there by chance, and of one that may."""

    answers: float
    known: float
    may: float


# Measured with 340 questions of two hands to 25 NPCs: of 159 that are answered for certain one is answered wrongly, and
# of 25 unknown things three are taken for known. By words alone a score says less.
BY_MEANING, BY_WORDS = Bounds(0.38, 0.34, 0.2), Bounds(0.52, 0.42, 0.33)


@dataclass(frozen=True, slots=True)
class Answer:
    """Facts that answer, as the NPC says them. `sure`: they do answer, else they are only the nearest."""

    text: str
    facts: tuple[Fact, ...]
    score: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A line of the player as facts are scored for it. `before` is what he said before that; `cosines` are those of
    the line to each fact of the search, if there are vectors.
    """

    search: Search
    said: str
    focus: Focus
    before: str = ""
    cosines: Sequence[float] | None = None

    @property
    def bounds(self) -> Bounds:
        """What its scores mean."""
        return BY_WORDS if self.cosines is None else BY_MEANING

    def scores(self, part: str, kinds: frozenset[Asks]) -> list[float]:
        """Scores of all facts for one of the questions that a line has."""
        elliptic = len(content(part)) <= 1 or _GOES_ON.match(part) is not None
        whole = self.focus.text if len(self.focus.parts) > 1 else ""
        before = self.before if elliptic or _refers(part) else ""
        context = f"{whole} {before} {self.said if len(self.said.split()) > _LONG else ''}"
        return self.search.scores(part, kinds or _kinds_before(self.before, elliptic), context, self.cosines)


def answer_of(npc: Npc, question: Question, topic: Ware | None = None) -> Answer | None:
    """The answer to a line; None if no fact has to do with it. `topic` is the ware that was talked of."""
    focus = question.focus
    found: dict[Fact, float] = {}
    for part, kinds in zip(focus.parts, focus.kinds, strict=True):
        answers = _of_wares(npc, question, part, kinds, topic) or _nearest(question, part, kinds, found)
        for fact, score in answers:
            found[fact] = max(score, found.get(fact, 0.0))
    if not found:
        return None
    score, bounds = max(found.values()), question.bounds
    least = bounds.known if score >= bounds.answers else bounds.may
    best = [fact for fact, own in found.items() if own >= least][:_MOST]
    return Answer(_said(npc, best, question.said, focus), tuple(best), score, score >= bounds.answers)


def _of_wares(
    npc: Npc, question: Question, part: str, kinds: frozenset[Asks], topic: Ware | None
) -> list[tuple[Fact, float]]:
    """The prices or the stock of the wares that a question means."""
    if not kinds & {Asks.PRICE, Asks.STOCK}:
        return []
    wares = wares_meant(npc, part) or (wares_meant(npc, question.said) if len(question.focus.parts) == 1 else ())
    if not wares and topic is not None and _refers(part):
        wares = (topic,)
    if not wares or _asks_more(question.search, part, kinds, question.cosines):
        return []
    wanted = "price" if Asks.PRICE in kinds else "stock"
    facts = [_of_ware(npc, question.search, ware, wanted) for ware in wares[:_MOST]]
    return [(fact, 1.0) for fact in facts if fact is not None] if all(facts) else []


def _nearest(
    question: Question, part: str, kinds: frozenset[Asks], earlier: Collection[Fact]
) -> list[tuple[Fact, float]]:
    """The fact that fits best and answers none of the questions before."""
    search, scores = question.search, question.scores(part, kinds)
    left = [
        row
        for row in range(len(scores))
        if search.facts[row] not in earlier and not (earlier and _is_tale(search, row))
    ]
    at = max(left, key=scores.__getitem__, default=None)
    return [] if at is None or scores[at] < question.bounds.may else [(search.facts[at], scores[at])]


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
    wrong = known and claimed and not claimed & known
    return f"No. {text}" if wrong or any(contradicts(fact, focus.text) for fact in facts) else text
