"""What a clause is about if it does not say it: from the clauses before it, and from the player's line."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.npc.guard.amount import Amount
from models.npc.guard.clauses import Clause, Sentence

_YOU = re.compile(r"\b(?:you|we|your)\b")
_OPENING = re.compile(r"\b(?:open|opened|opens|close|closed|closes|shut)\b")


@dataclass(frozen=True, slots=True)
class Topic:
    """Wares, names and words that were mentioned before, and the sentences of the player."""

    wares: tuple[frozenset[int], ...] = ()
    names: frozenset[str] = frozenset()
    content: frozenset[str] = frozenset()
    said: tuple[Sentence, ...] = ()

    @property
    def text(self) -> str:
        """The player's line in small letters."""
        return " ".join(word for sentence in self.said for word in sentence.words)

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The numbers that the player said."""
        return tuple(amount for one in self.said for clause in one.clauses for amount in clause.amounts)

    @property
    def own_hours(self) -> bool:
        """Whether the player asks when "you" open or close, which means the NPC's first hours."""
        return bool(_YOU.search(self.text) and _OPENING.search(self.text))


def topic_of(said: tuple[Sentence, ...], before: Sequence[Sentence], earlier: Sequence[Clause]) -> Topic:
    """What a clause may refer to: `earlier` ones of its sentence, then the sentences `before`, then the player's."""
    asked = [clause for one in said for clause in one.clauses]
    groups = [*([clause] for clause in reversed(earlier)), *(one.clauses for one in reversed(before)), asked]
    wares = next((goods for group in groups if (goods := [ware for clause in group for ware in clause.wares])), [])
    names = next(
        (found for group in groups if (found := frozenset[str]().union(*(c.named for c in group)))), frozenset()
    )
    content = frozenset[str]().union(*(clause.content for group in groups for clause in group))
    return Topic(tuple(wares), names, content, said)
