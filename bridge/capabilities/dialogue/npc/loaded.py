"""An NPC made ready for turns: its system message, what is found by searching, what players say, and its guard."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.npc.answers.search import Search
from models.npc.character import Npc
from models.npc.facts import Fact, sentences
from models.npc.guard.guard import Guard
from models.npc.prompt import MOST_FACTS, system_message
from models.npc.replies.intents import Phrase, examples_of
from models.npc.retrieval import MOST_PASSAGES, WordSearch

Vectors = NDArray[np.float32]

_CHARACTERS_A_TOKEN = 4  # of English, about
_SHARE = 0.6  # of the context, that the system message may take


class LoadedNpc:
    """Immutable, but for vectors that come later. Takes milliseconds to make: do it off the event loop."""

    def __init__(self, npc: Npc, context: int) -> None:
        """`context` in tokens: facts that do not fit it are found by searching."""
        self.npc = npc
        self.told = _told(npc, context)
        self.system = system_message(npc, self.told)
        self.passages = (*sentences(npc)[len(self.told) :], *_lore(npc))[:MOST_PASSAGES]
        self.search = WordSearch([passage.text for passage in self.passages])
        self.told_search = WordSearch([fact.text for fact in self.told])
        self.answers = Search(npc, (*self.told, *self.passages))
        self.examples = examples_of(npc)
        self.phrases = [Phrase(example.text) for example in self.examples]
        self.guard = Guard(npc, self.told)
        self.example_vectors: Vectors | None = None  # (examples, d), once they are embedded
        self.passage_vectors: Vectors | None = None  # (passages, d)
        self.told_vectors: Vectors | None = None  # (told, d)

    def is_lore(self, row: int) -> bool:
        """Whether a passage is lore, and no fact that the system message has no room for."""
        return self.passages[row].source.startswith("lore[")

    @property
    def texts(self) -> Sequence[str]:
        """What is to be embedded: examples, then passages, then what is told."""
        return [one.text for table in (self.examples, self.passages, self.told) for one in table]

    def take(self, vectors: Vectors) -> None:
        """Take the vectors of `texts`."""
        ends = np.cumsum([len(self.examples), len(self.passages)])
        self.example_vectors, self.passage_vectors, self.told_vectors = np.split(vectors, ends)


def _told(npc: Npc, context: int) -> tuple[Fact, ...]:
    """The facts of the system message: as many of the first as fit."""
    room = int(context * _CHARACTERS_A_TOKEN * _SHARE) - len(system_message(npc, ()))
    told: list[Fact] = []
    for fact in sentences(npc)[:MOST_FACTS]:
        room -= len(fact.text) + 3
        if room < 0:
            break
        told.append(fact)
    return tuple(told)


def _lore(npc: Npc) -> Sequence[Fact]:
    return [Fact(f"{lore.title}: {lore.text}", f"lore[{at}]") for at, lore in enumerate(npc.lore)]
