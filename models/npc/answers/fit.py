"""How well each fact fits a question that no fact answers for certain.

A language model then chooses what to say. One of a few million parameters chooses badly, so what it chose has to fit
about as well as the fact that the search finds, and it may not decline where one fits well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.npc.answers.answer import Bounds, Question

_NEAR = 0.12  # below the best, of a fact that fits as well


@dataclass(frozen=True, slots=True)
class Fit:
    """Scores of facts by their sources, up to the "]"."""

    scores: Mapping[str, float]
    best: float
    bounds: Bounds

    @property
    def known(self) -> bool:
        """Whether a fact fits so well that declining would be wrong."""
        return self.best >= self.bounds.known

    def chosen(self, sources: Sequence[str]) -> bool:
        """Whether what a sentence rests on fits the question; what has no score, such as a memory, does."""
        own = [self.scores.get(source.split("]")[0], self.best) for source in sources]
        return not own or max(own) >= max(self.best - _NEAR, self.bounds.may)


def fit_of(question: Question) -> Fit | None:
    """The fit of every fact; None for a line that asks for nothing in particular."""
    focus = question.focus
    if not focus.kind or not (focus.question or focus.claims):
        return None
    found: dict[str, float] = {}
    for part, kinds in zip(focus.parts, focus.kinds, strict=True):
        for fact, score in zip(question.search.facts, question.scores(part, kinds), strict=True):
            source = fact.source.split("]")[0]
            found[source] = max(score, found.get(source, 0.0))
    return Fit(found, max(found.values(), default=0.0), question.bounds)
