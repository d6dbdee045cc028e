"""Finds the facts that answer a question: by the words in common, what it asks for, and, if there are any, vectors."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from models.npc.answers.focus import Asks
from models.npc.answers.kinship import kin
from models.npc.answers.measure import measures
from models.npc.character import Npc
from models.npc.facts import Fact
from models.npc.lemmas import content
from models.npc.numbers import Kind, numbers, tokens

_WORDS, _MEANING, _ABOUT = 0.5, 0.6, 0.35  # weights of what is in common
_BESIDE_MEANING = 0.5  # of the words, where meanings are compared too
_FITS, _MISSES = 0.18, -0.12  # of a fact that has what is asked for, or has not
_CONTEXT = 0.35  # of a word that a question only may refer to
_OPENING = 0.2  # of when the NPC's own place is open, for a question of time that names nothing else
_WRONG_UNIT = -0.6  # of a fact that cannot tell how far, or how many of these
_MOST_OF_PERSON = 0.3  # of who somebody is, where something else is asked of him
_UNSAID = 0.3  # of the words of a question, that a fact about somebody lacks
_ASIDE = -0.12  # of a tale, and of a price or a count that nobody asks for
_OF_WARES = frozenset([Asks.PRICE, Asks.STOCK, Asks.COUNT])
_KIN = 0.7  # of a word that is only of the same kind
_LEAST_COSINE = 0.1  # of texts that have nothing to do with each other

_PLACE = re.compile(
    r"\b(?:behind|beside|under|above|below|beneath|near|next to|opposite|upstairs|downstairs|"
    r"in the|at the|on the|over the|"
    r"through|from the|past the|by the|downstream|upstream|between|outside|inside|stands?|hangs?|lies|kept|"
    r"comes from|the way|the one with)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(r"\b(?:because|so that|since|so it|so there|, so|due to|in order|to keep|lost .* to)\b")
_TIME = re.compile(
    r"\b(?:opens?|closes?|leaves?|arrives?|starts?|begins?|noon|dawn|dusk|morning|evening|night|midnight|spring|summer|"
    r"autumn|winter|until|o'clock|hours?|days?|weeks?|months?|years?|snow|january|february|march|april|may|june|july|"
    r"august|september|october|november|december|sun\w+day|mon\w*day|tuesday|wednesday|thursday|friday|saturday)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(
    r"\b(?:open|opens|close|closes|shut|get in|come in|shop|shopping|late|early|until|visit|custom|here|business)\b"
)
_SPAN = re.compile(r"\b(?:minutes?|hours?|days?|nights?|weeks?|months?|years?|every|lasts?|twice|once a)\b")
_CALLED = re.compile(r"\b(?:called|named|name is|known as)\b")
_OF_TABLES: Mapping[str, tuple[Asks, ...]] = {
    "rates": (Asks.PRICE,),
    "hours": (Asks.TIME,),
    "relations": (Asks.PERSON, Asks.NAME),
    "rules": (Asks.REASON,),
}
_CAPITAL = re.compile(r"(?<=[a-z,;] )[A-Z][\w'-]+")


class Search:
    """Scores facts for questions. Built once for an NPC."""

    def __init__(self, npc: Npc, facts: Sequence[Fact]) -> None:
        self.facts = facts
        self.abouts = [_about(npc, fact) for fact in facts]
        self._stems = [content(f"{fact.text} {about}") for fact, about in zip(facts, self.abouts, strict=True)]
        self._heads = [content(about) for about in self.abouts]
        self._offers = [frozenset(_offers(npc, fact)) for fact in facts]
        holders = Counter(word for stems in self._stems for word in stems)
        self._rarity = {word: math.log(1 + len(facts) / count) for word, count in holders.items()}
        self._unknown = 0.6 * math.log(1 + max(1, len(facts)))
        self._own = content(npc.name)

    def scores(
        self, question: str, kinds: frozenset[Asks], context: str = "", cosines: Sequence[float] | None = None
    ) -> list[float]:
        """A score for each fact (`answer.py` says which answers). `context` is what the question may refer to."""
        words = dict.fromkeys(content(context), _CONTEXT) | dict.fromkeys(content(question), 1.0)
        words = {word: weight for word, weight in words.items() if word not in self._own}
        return [
            self._score(row, question, words, kinds, None if cosines is None else cosines[row])
            for row in range(len(self.facts))
        ]

    def _score(
        self, row: int, question: str, words: Mapping[str, float], kinds: frozenset[Asks], cosine: float | None
    ) -> float:
        stems, head = self._stems[row], self._heads[row]
        total = shared = covered = 0.0
        for word, weight in words.items():
            near = kin(word) & stems
            if near or weight == 1.0:
                total += weight * self._rarity.get(word, self._unknown)
            if near:
                full = word in stems
                rarity = max(self._rarity.get(one, self._unknown) for one in (near if not full else {word}))
                shared += weight * rarity * (1.0 if full else _KIN)
        for word in head:
            if kin(word) & words.keys():
                covered += self._rarity[word] * (1.0 if word in words else _KIN)
        most = sum(self._rarity[word] for word in head)
        score = _WORDS * min(1.0, shared / total if total else 0.0) + _ABOUT * (covered / most if most else 0.0)
        if cosine is not None:
            score = _BESIDE_MEANING * score + _MEANING * max(0.0, cosine - _LEAST_COSINE)
        if kinds:
            score += _FITS if kinds & self._offers[row] else _MISSES
        table = self.facts[row].source.split("[")[0]
        if self.facts[row].source == "hours[0]" and Asks.TIME in kinds and _OPEN.search(question):
            score += _OPENING
        if table == "lore" or (table == "wares" and not kinds & _OF_WARES):
            score += _ASIDE
        score += _WRONG_UNIT if not measures(question, self.facts[row].text) else 0.0
        if table == "relations" and Asks.PERSON not in kinds and self._unsaid(row, words) > _UNSAID:
            return min(score, _MOST_OF_PERSON)
        return score

    def _unsaid(self, row: int, words: Mapping[str, float]) -> float:
        """How much of a question, but for whom or what it is about, a fact has no words for."""
        total = unsaid = 0.0
        for word, weight in words.items():
            if weight == 1.0 and not kin(word) & self._heads[row]:
                rarity = self._rarity.get(word, self._unknown)
                total += rarity
                unsaid += rarity if not kin(word) & self._stems[row] else 0.0
        return unsaid / total if total else 0.0


def _about(npc: Npc, fact: Fact) -> str:
    """What a fact is about, in the author's words."""
    table, _, rest = fact.source.partition("[")
    place = int(rest.split("]")[0]) if rest and rest.split("]")[0].isdigit() else -1
    if table == "wares":
        return npc.wares[place].item
    if table == "hours":
        return npc.hours[place].what
    if table == "relations":
        return f"{npc.relations[place].who}"
    if table == "facts":
        return npc.facts[place].about
    if table == "lore":
        return npc.lore[place].title
    if table == "rules":
        return " ".join(npc.rules[place].who)
    return ""


def _offers(npc: Npc, fact: Fact) -> Iterator[Asks]:
    """What a fact may answer."""
    table = fact.source.split("[")[0]
    if table == "wares":
        yield from (Asks.STOCK, Asks.COUNT) if fact.source.endswith("stock") else (Asks.PRICE,)
        return
    yield from _OF_TABLES.get(table, ())
    if table not in ("rates", "rules"):
        yield from _told(npc, fact.text, numbered=table != "hours")
    if " not for sale" in fact.text or "no " in fact.text.lower().split(".")[0][:40]:
        yield Asks.STOCK


def _told(npc: Npc, text: str, *, numbered: bool) -> Iterator[Asks]:
    """What a sentence may answer by its words."""
    counted = [number for number in numbers(tokens(text)) if number.kind is not Kind.ORDINAL]
    if counted and numbered:
        yield Asks.COUNT
        if any(name in text for name in _money(npc)):
            yield Asks.PRICE
    if _CALLED.search(text):
        yield Asks.NAME
        yield Asks.PERSON
    if _CAPITAL.search(text):
        yield Asks.PERSON
        yield Asks.NAME
    for asked, pattern in ((Asks.PLACE, _PLACE), (Asks.REASON, _CAUSE), (Asks.TIME, _TIME), (Asks.SPAN, _SPAN)):
        if pattern.search(text):
            yield asked


def _money(npc: Npc) -> list[str]:
    return [name for currency in ([npc.currency] if npc.currency else []) for name in (currency.one, currency.many)]
