"""What a line of the player is taken for: a line that the author has written, an action, a refusal, or free talk.

Similarities come from whoever embeds texts, or from the words in common (`likeness`). Each kind has its own threshold.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.npc.character import Npc
from models.npc.lemmas import content, stem
from models.npc.numbers import tokens
from models.npc.words import STOP_WORDS


class Kind(StrEnum):
    """What an example is of; the values are the tables of an NPC's file."""

    LINE = "lines"
    ACTION = "actions"
    REFUSAL = "refusals"


@dataclass(frozen=True, slots=True)
class Example:
    """Something that players say, and what it means: the place-th entry of a table."""

    text: str
    kind: Kind
    place: int

    @property
    def source(self) -> str:
        """ "lines[2]"."""
        return f"{self.kind}[{self.place}]"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least similarity at which an example counts."""

    line: float
    action: float
    refusal: float

    def of(self, kind: Kind) -> float:
        """That of a kind."""
        return {Kind.LINE: self.line, Kind.ACTION: self.action, Kind.REFUSAL: self.refusal}[kind]


BY_WORDS = Thresholds(line=0.75, action=0.6, refusal=0.6)

_LIGHT = 0.25  # weight of a word that says nothing of what a text is about
_CONTAINED = 0.65  # similarity of a request that has all that an action is about
_MOST_CHARACTERS = 500  # of a line that is compared


@dataclass(frozen=True, slots=True)
class Match:
    """The example that decides, or with `decides` false the nearest one."""

    example: Example
    similarity: float
    decides: bool


def examples_of(npc: Npc) -> tuple[Example, ...]:
    """What players say, of all that the author has written. An action counts by its description too."""
    found = [Example(text, Kind.LINE, at) for at, line in enumerate(npc.lines) for text in line.examples]
    for at, action in enumerate(npc.actions):
        texts = (*action.examples, action.description, action.name.replace("_", " "))
        found += [Example(text, Kind.ACTION, at) for text in texts]
    for at, refusal in enumerate(npc.refusals):
        found += [Example(text, Kind.REFUSAL, at) for text in (*refusal.examples, refusal.topic)]
    return tuple(found)


def decide(
    examples: Sequence[Example], similarities: Sequence[float], thresholds: Thresholds, without: frozenset[Kind]
) -> Match | None:
    """The example that is furthest above its threshold; if none is, the most similar one. None without examples.

    Kinds in `without` decide nothing.
    """
    best: Match | None = None
    best_rank = (-1.0, -2.0)
    for example, similarity in zip(examples, similarities, strict=True):
        over = similarity - thresholds.of(example.kind)
        decides = over >= 0 and example.kind not in without
        rank = (over if decides else -1.0, similarity)
        if rank > best_rank:
            best, best_rank = Match(example, similarity, decides), rank
    return best


def names_topic(npc: Npc, said: str) -> int | None:
    """The refusal whose topic a line names: all words that say what it is about, in any form and order."""
    about = content(said[:_MOST_CHARACTERS])
    for at, refusal in enumerate(npc.refusals):
        topic = content(refusal.topic)
        if topic and topic <= about:
            return at
    return None


def likenesses(said: str, examples: Sequence[Example], phrases: Sequence["Phrase"]) -> list[float]:
    """How similar a line is to each example, by the words in common. `phrases` are those of the examples."""
    line = Phrase(said)
    found = [line.likeness(phrase) for phrase in phrases]
    for at, (example, phrase) in enumerate(zip(examples, phrases, strict=True)):
        if example.kind is Kind.ACTION and line.asks_for(phrase):
            found[at] = max(found[at], _CONTAINED)
    return found


class Phrase:
    """A text made ready to be compared by its words."""

    def __init__(self, text: str) -> None:
        self.weights: dict[str, float] = {}
        for token in tokens(text[:_MOST_CHARACTERS]):
            if token.word[0].isalnum():
                self.weights[stem(token.word)] = _LIGHT if token.word in STOP_WORDS else 1.0
        self.total = sum(self.weights.values())

    def asks_for(self, example: "Phrase") -> bool:
        """Whether this, which is a request, has all that an example is about."""
        about = {word for word, weight in example.weights.items() if weight == 1.0}
        return bool(about) and about <= self.weights.keys()

    def likeness(self, other: "Phrase") -> float:
        """How much of both is the same, from 0 to 1: the words in common by their weight, in any order."""
        if not self.total or not other.total:
            return 0.0
        shared = sum(weight for word, weight in self.weights.items() if word in other.weights)
        return 2.0 * shared / (self.total + other.total)
