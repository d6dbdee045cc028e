"""A sentence as the guard sees it: clauses with their numbers, names and wares."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.npc.character import Npc
from models.npc.guard import lexicon
from models.npc.guard.amount import Amount
from models.npc.guard.quantities import Quantities
from models.npc.lemmas import stem
from models.npc.numbers import Token, tokens
from models.npc.orders import find_wares
from models.npc.words import STOP_WORDS

MOST_CHARACTERS = 4_000  # of a text that is read

_SENTENCE = re.compile(r"[^.!?\u2026]*(?:\.(?=\d)[^.!?\u2026]*)*[.!?\u2026]*[\"'\u201d\u2019)\]*]*\s*", re.DOTALL)
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|St|Prof|Capt|Sgt)\.$")
_HALF_DAY = re.compile(r"\b[ap]\.(?:m\.)?$", re.IGNORECASE)  # "9 p.m. sharp"; "at 9 p.m. Bring a coat." is two


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence that makes at most one statement with numbers. Tokens count from the sentence's first."""

    first: int
    words: tuple[str, ...]
    stems: tuple[str, ...]
    amounts: tuple[Amount, ...]
    names: tuple[tuple[str, ...], ...]  # runs of capitalised words, in small letters
    wares: tuple[frozenset[int], ...]  # each: what one name may mean, as places in the NPC's wares
    subject: frozenset[str] = frozenset()  # of the clause before, if this one goes on with a verb: "and closes at six"

    @property
    def negative(self) -> bool:
        """Whether it denies something."""
        return lexicon.negative(self.words)

    @property
    def content(self) -> frozenset[str]:
        """The stems of what the clause is about, numbers left out."""
        return self._about(0, len(self.words))

    @property
    def named(self) -> frozenset[str]:
        """The stems of the words of names."""
        return frozenset(stem(word) for run in self.names for word in run)

    @property
    def parts(self) -> tuple[tuple[frozenset[str], bool], ...]:
        """Its parts between conjunctions: what each is about, and whether it denies something."""
        cuts = [at for at, word in enumerate(self.words) if word in lexicon.CONJUNCTIONS and at]
        made = list[tuple[frozenset[str], bool]]()
        for first, end in zip([0, *cuts], [*cuts, len(self.words)], strict=True):
            about = self._about(first, end)
            if made and self.words[first : first + 2] in ((",", "not"), ("but", "not")):
                about |= made[-1][0]  # dogs sleep in the stable, not in the rooms
            made.append((about, lexicon.negative(self.words[first:end])))
        return tuple(made)

    def _about(self, first: int, end: int) -> frozenset[str]:
        counted = {at - self.first for one in self.amounts for at in range(one.at, one.end)}
        about = (
            self.stems[at]
            for at in range(first, end)
            if at not in counted and self.words[at][0].isalnum() and self.words[at] not in STOP_WORDS
        )
        return self.subject.union(about)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with its place in the text."""

    text: str
    start: int
    words: tuple[str, ...]
    clauses: tuple[Clause, ...]

    @property
    def question(self) -> bool:
        """Whether it asks."""
        return self.text.rstrip("\"'\u201d\u2019)]* ").endswith("?")

    @property
    def negative(self) -> bool:
        """Whether a clause denies something."""
        return any(clause.negative for clause in self.clauses)

    @property
    def content(self) -> frozenset[str]:
        """The stems of what the sentence is about."""
        return frozenset[str]().union(*(clause.content for clause in self.clauses))


class Reader:
    """Reads sentences about one NPC: it knows the currencies and the wares."""

    def __init__(self, npc: Npc) -> None:
        self._npc = npc
        self._places = {id(ware): at for at, ware in enumerate(npc.wares)}
        self._quantities = Quantities(npc)

    def read(self, text: str) -> tuple[Sentence, ...]:
        """All sentences of a text."""
        return tuple(self._sentence(start, part) for start, part in split(text))

    def _sentence(self, start: int, text: str) -> Sentence:
        spelled = lexicon.spelled_out(text)
        found = tokens(spelled)
        goods = find_wares(self._npc, found)
        wares = [(name.first, frozenset(self._places[id(ware)] for ware in name.wares)) for name in goods]
        amounts = self._quantities.read(found, {at for name in goods for at in range(name.first, name.end)})
        names = tuple(_names(spelled, found))
        words = tuple(token.word for token in found)
        clauses = list[Clause]()
        for first, end in _pieces(words, amounts):
            clauses.append(
                Clause(
                    first,
                    words[first:end],
                    tuple(stem(word) for word in words[first:end]),
                    tuple(amount for amount in amounts if first <= amount.at < end),
                    tuple(run for at, run in names if first <= at < end),
                    tuple(place for at, place in wares if first <= at < end),
                    _subject(clauses, words[first:end]),
                )
            )
        return Sentence(text, start, words, tuple(clauses))


def _subject(before: Sequence[Clause], words: Sequence[str]) -> frozenset[str]:
    if not before or words[0] != "and" or (words[1:2] and words[1] not in lexicon.TURNS):
        return frozenset()
    last = before[-1]
    verb = next((at for at, word in enumerate(last.words) if word in lexicon.TURNS), 0)
    return last.subject.union(root for root in last.stems[:verb] if root in last.content)


def split(text: str) -> Iterator[tuple[int, str]]:
    """Sentences with where they start; "7.50" and "Dr. Vane" stay whole."""
    start, held = 0, ""
    for found in _SENTENCE.finditer(text[:MOST_CHARACTERS]):
        held += found[0]
        if _TITLE.search(held.rstrip()) or _goes_on(held, text[found.end() : found.end() + 1]):
            continue
        if held.strip():
            yield start + len(held) - len(held.lstrip()), held.strip()
        start, held = found.end(), ""
    if held.strip():
        yield start, held.strip()


def _goes_on(held: str, after: str) -> bool:
    """Whether a point is part of "p.m." and the sentence goes on."""
    return _HALF_DAY.search(held.rstrip()) is not None and bool(after) and not after.isupper()


def _pieces(words: Sequence[str], amounts: Sequence[Amount]) -> Iterator[tuple[int, int]]:
    """Clauses: a sentence is cut at commas and conjunctions where both sides state something of their own."""
    first = 0
    for at, word in enumerate(words):
        if word in lexicon.BOUNDARIES and first < at and _states(words, first, at, amounts):
            yield first, at
            first = at
    if first < len(words):
        yield first, len(words)


def _states(words: Sequence[str], first: int, at: int, amounts: Sequence[Amount]) -> bool:
    """Whether the words before a boundary state something without those after it."""
    said = [amount for amount in amounts if first <= amount.at < at]
    before, after = words[first:at], words[at + 1 : at + 2]
    if any(amount.at < at < amount.end for amount in amounts) or list(after) in (["all"], ["altogether"], ["together"]):
        return False
    if list(after) == ["not"] or all(word in ("not", "never", "nor") for word in before):
        return False
    if words[at] == "and" and after and after[0] in lexicon.TURNS:
        return True
    timed = any(stem(word) in lexicon.MOMENTS | lexicon.WEEKDAYS for word in before)
    if words[at] in ("and", "or") and (not said or (timed and after and stem(after[0]) in lexicon.WEEKDAYS)):
        return timed
    money = next((amount for amount in amounts if amount.at == at + 1 and amount.currency), None)
    if words[at] == "and" and money and said and lexicon.COPULAS & set(words[money.end : money.end + 2]):
        return True  # five motors, and ten credits are left
    listed = words[at] in ("and", "or", ",") and bool(said) and all(amount.counts for amount in said)
    return not listed or bool(lexicon.COPULAS & set(before))  # "two rooms and" is a list, not "there are two rooms and"


def _names(text: str, found: Sequence[Token]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Runs of capitalised words and where they begin; the first word of a sentence opens a run as well."""
    run: list[str] = []
    first = 0
    loud = text.upper() == text
    for at, token in enumerate(found):
        word = text[token.start : token.end]
        capital = word[:1].isupper() and not loud and not (word == "I" or word.startswith(("I'", "I\u2019")))
        if capital or (run and word == "of" and at + 1 < len(found) and text[found[at + 1].start].isupper()):
            first = first if run else at
            run.append(token.word)
            continue
        if run:
            yield first, tuple(run)
        run = []
    if run:
        yield first, tuple(run)
