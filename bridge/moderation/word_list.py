"""The rules of a list, and which of them a text matches."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bridge.moderation.listed_words import ListedWords
from bridge.moderation.pattern import Piece
from bridge.moderation.verdict import Outcome, Reason
from bridge.moderation.words import Words

_Span = tuple[int, int]  # of a line of words


@dataclass(frozen=True)
class Rule:
    """One line of a list. `outcome` is None for an exception: it cancels what its class finds in the same words."""

    kind: str
    outcome: Outcome | None
    text: str
    place: str  # file and line
    pattern: Piece
    expression: re.Pattern[str]  # the pattern's, compiled

    def spans(self, words: Words) -> list[_Span]:
        """Where it matches."""
        return [found.span() for found in self.expression.finditer(words.line)]


class WordList:
    """All rules of a list. `same` gives the words that a plain spelling stands for, such as `u` for `you`."""

    def __init__(self, rules: Sequence[Rule], same: Mapping[str, Sequence[str]]) -> None:
        self.rules = tuple(rules)
        alone = {word for rule in rules for word in rule.pattern.alone}
        named = {word for rule in rules for word in rule.pattern.words}
        named |= {word for words in same.values() for word in words}
        self._words = ListedWords(named, alone, same)
        self._index = _Index(self.rules)

    def reasons(self, text: str) -> list[Reason]:
        """The rules that a text matches and no exception cancels, in the list's order."""
        words = Words(text, self._words)
        rules = self._index.candidates(words)
        found = [(rule, span) for rule in rules if rule.outcome is not None for span in rule.spans(words)]
        if not found:
            return []
        excepted = [(rule.kind, span) for rule in rules if rule.outcome is None for span in rule.spans(words)]
        reasons: dict[str, Reason] = {}
        for rule, span in found:
            if rule.outcome is not None and rule.place not in reasons and not _is_excepted(rule.kind, span, excepted):
                reasons[rule.place] = Reason(rule.kind, rule.outcome, rule.text, rule.place, *words.place(*span))
        return list(reasons.values())


def _is_excepted(kind: str, span: _Span, exceptions: Iterable[tuple[str, _Span]]) -> bool:
    return any(one == kind and start < span[1] and span[0] < end for one, (start, end) in exceptions)


class _Index:
    """Rules by the words of which one must be in a text, so that a text is held against few of them."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._by_word = defaultdict[str, list[int]](list)
        self._by_stem = defaultdict[str, list[int]](list)
        self._by_inner = defaultdict[str, list[int]](list)
        for number, rule in enumerate(rules):
            for anchor in rule.pattern.anchors or ():
                if anchor.startswith("*"):
                    self._by_inner[anchor.strip("*")].append(number)
                elif anchor.endswith("*"):
                    self._by_stem[anchor[:-1]].append(number)
                else:
                    self._by_word[anchor].append(number)
        self._lengths = sorted({len(stem) for stem in self._by_stem})

    def candidates(self, words: Words) -> list[Rule]:
        """The rules with an anchor in a text, in the list's order."""
        numbers: set[int] = set()
        for word in {token.word for token in words.tokens}:
            numbers.update(self._by_word.get(word, ()))
            for length in self._lengths:
                numbers.update(self._by_stem.get(word[:length], ()))
        for inner, those in self._by_inner.items():
            if inner in words.line:
                numbers.update(those)
        return [self._rules[number] for number in sorted(numbers)]
