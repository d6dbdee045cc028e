"""Whether the names in a reply are known, and known together."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise

from models.npc.guard import lexicon
from models.npc.guard.clauses import Sentence
from models.npc.guard.evidence import Evidence
from models.npc.guard.topic import Topic
from models.npc.lemmas import stem
from models.npc.numbers import numbers, tokens
from models.npc.words import STOP_WORDS

_CONTRACTED = re.compile(r"'(?:ll|d|ve|re|m|s)$")
_ASKS = re.compile(r"\b(?:called|name|named|who|who's|whose)\b")
_MOST_WORDS = 14  # of a sentence whose names belong together
_GARBLED, _BEGINNING = 0.7, 3  # how alike a word is that was meant for another, and how many letters they begin with
_LEAST_LETTERS = 5


def unknown_names(sentence: Sentence, topic: Topic, evidence: Evidence, player: str) -> Iterator[str]:
    """Names that neither the facts nor, in a question or a denial, the player has said."""
    allowed = {stem(token.word) for token in tokens(player)}
    if sentence.question or sentence.negative:
        allowed |= {stem(word) for said in topic.said for word in said.words}
    if _ASKS.search(topic.text) and 0 < len(sentence.content) < 2 and sentence.words[0] not in lexicon.NO_NAMES:
        alone = [run for run in sentence.clauses[0].names if run[0] not in STOP_WORDS and stem(run[0]) not in allowed]
        if (
            len(alone) == 1
            and sentence.words[: len(alone[0])] == alone[0]
            and not sentence.content & evidence.vocabulary
            and _ends(sentence.words[len(alone[0]) :])
        ):
            yield from sentence.words[: len(alone[0])]
    for clause in sentence.clauses:
        for run in clause.names:
            opens = run in (sentence.words[: len(run)], clause.words[: len(run)])
            for at, word in enumerate(run):
                if stem(word) not in allowed and not _is_known(word, opens and at == 0, run, evidence):
                    yield word
            called = run[0] in lexicon.CALLS or (opens and run[0] in STOP_WORDS)
            if odd := _odd_pair(run[called:], evidence):
                yield odd


def _ends(after: tuple[str, ...]) -> bool:
    """Whether what follows lets a word be the name that was asked for: "Rose.", "Rose is", not "Beats me"."""
    return not after or not after[0][0].isalnum() or after[0] in ("is", "was", "did", "does", "has", "of", "and")


def _is_known(word: str, opens: bool, run: tuple[str, ...], evidence: Evidence) -> bool:
    word = _CONTRACTED.sub("", word)
    root = stem(word)
    if word in STOP_WORDS or word in lexicon.TITLES or root in evidence.names or numbers(tokens(word)):
        return True
    common = root in lexicon.common_words()
    if opens:
        return common or root in evidence.vocabulary or (len(run) == 1 and word.endswith("ly"))
    return len(run) == 1 and common and root in evidence.vocabulary


def _odd_pair(run: tuple[str, ...], evidence: Evidence) -> str | None:
    """A word of a name that the facts only know after another one: "Upper Sel" where there is a Lower Sel."""
    runs = [name for known in evidence.facts for clause in known.clauses for name in clause.names]
    for first, second in pairwise(run):
        before = {name[at - 1] if at else "" for name in runs for at, word in enumerate(name) if word == second}
        if before and first not in before and "" not in before:
            return f"{first} {second}"
    return None


def torn_apart(sentence: Sentence, evidence: Evidence) -> Iterator[str]:
    """Names of one statement that no fact knows together, such as a person and a street."""
    own = {stem(token.word) for token in tokens(f"{evidence.npc.name} {evidence.npc.place}")}
    joined = {"and", ";", ":"} & set(sentence.words)
    groups = (
        [sentence.clauses]
        if not joined and len(sentence.words) <= _MOST_WORDS
        else [(one,) for one in sentence.clauses]
    )
    for clauses in groups:
        if any(clause.negative or "and" in clause.words for clause in clauses):
            continue
        roots = [{stem(word) for word in run} & evidence.names - own for clause in clauses for run in clause.names]
        runs = [run for run in roots if run]
        if len(runs) > 1 and not any(all(run & known.stems for run in runs) for known in evidence.facts):
            yield " and ".join(" ".join(sorted(run)) for run in runs)


def garbled(sentence: Sentence, topic: Topic, evidence: Evidence) -> Iterator[str]:
    """Words that are no English and nearly one of the facts': "shillish" for "shilling". Small models write such."""
    said = {stem(word) for line in topic.said for word in line.words}
    named = {word for clause in sentence.clauses for run in clause.names for word in run}
    for word in dict.fromkeys(sentence.words):
        root = stem(word)
        if len(word) < _LEAST_LETTERS or not word.isalpha() or word in named or root in said:
            continue
        if _is_word(word, root, evidence):
            continue
        near = (one for one in evidence.vocabulary if one[:_BEGINNING] == root[:_BEGINNING])
        if any(SequenceMatcher(None, one, root).ratio() >= _GARBLED for one in near):
            yield word


def _is_word(word: str, root: str, evidence: Evidence) -> bool:
    common = lexicon.common_words()
    return word in STOP_WORDS or root in common or root in evidence.vocabulary or root in evidence.names
