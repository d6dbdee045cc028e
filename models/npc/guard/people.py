"""Whether a reply says of somebody what the facts say of somebody else: "Tobin is my cook"."""

from collections.abc import Iterator
from itertools import pairwise, takewhile

from models.npc.guard import lexicon
from models.npc.guard.clauses import Clause, Sentence
from models.npc.guard.evidence import Evidence, Known
from models.npc.guard.topic import Topic
from models.npc.lemmas import content, stem
from models.npc.words import STOP_WORDS

_IS = ("is", "was", "he's", "she's", "it's", "'s", ".")
_OPENINGS = ("my", "he", "she", "he's", "she's", "a", "an", "the", "our", "it's")
_KIN = frozenset(stem(word) for word in lexicon.KIN)


def wrong_roles(sentence: Sentence, topic: Topic, evidence: Evidence) -> Iterator[str]:
    """What people are called and are not, and relatives of whom no fact knows."""
    if sentence.question:
        return
    asked = people([clause for one in topic.said for clause in one.clauses], evidence)
    for clause in sentence.clauses:
        if clause.negative:
            continue
        for first, second in pairwise(clause.words):
            if first == "my" and stem(second) in _KIN - evidence.vocabulary:
                yield second
        called = _called(clause.words)
        named = people([clause], evidence) or (asked if clause.words[0] in _OPENINGS else [])
        for person in named:
            if called and stem(called[1]) not in _said_of(person, evidence) and _claims(called, evidence):
                yield called[1]


def people(clauses: list[Clause], evidence: Evidence) -> list[Known]:
    """The relations whose names are in these clauses."""
    words = {stem(word) for clause in clauses for word in clause.words} & evidence.names
    return [known for known in evidence.facts if _who(known, evidence) & words]


def _who(known: Known, evidence: Evidence) -> frozenset[str]:
    relation = evidence.relation(known)
    return content(relation.who) if relation else frozenset()


def _said_of(person: Known, evidence: Evidence) -> frozenset[str]:
    relation = evidence.relation(person)
    return content(f"{relation.who} {relation.role} {relation.note}") if relation else frozenset()


def _called(words: tuple[str, ...]) -> tuple[str, str] | None:
    """The article and the noun that somebody is called: the last word of "is my best customer", or of "my nephew"."""
    for at, word in enumerate(words):
        if word in ("my", "a", "an", "the", "our") and (at == 0 or words[at - 1] in _IS):
            rest = list(takewhile(lambda other: other[0].isalpha() and other not in STOP_WORDS, words[at + 1 :]))
            after = words[at + 1 + len(rest) :]
            if not rest or (at == 0 and after and after[0][0].isalnum() and after[0] != "of"):
                return None  # "the key hangs there" says nothing of a person
            return word, rest[-1]
    return None


def _claims(called: tuple[str, str], evidence: Evidence) -> bool:
    """Whether to be called so is a fact: "my dog", "a surgeon" where somebody else is one; not "my pride"."""
    article, noun = called
    root = stem(noun)
    return root in _KIN | evidence.vocabulary or (article == "my" and noun not in lexicon.FOND_WORDS)


def wrong_answers(sentence: Sentence, topic: Topic, evidence: Evidence) -> Iterator[str]:
    """People who are named as whom the player asks for, and of whom the facts say nothing of the kind."""
    if sentence.question:
        return
    asks = any({"who", "who's", "whose"} & set(one.words[:2]) for one in topic.said)
    asked = frozenset[str]().union(*(one.content for one in topic.said))
    for place, clause in enumerate(sentence.clauses):
        for person in [] if clause.negative else people([clause], evidence):
            who = _who(person, evidence)
            by = any(first == "by" and stem(second) in who for first, second in pairwise(clause.words))
            if not (by or (asks and place == 0 and clause.stems[0] in who)) or asked & who:
                continue
            others = (clause.content | asked) & evidence.vocabulary - who
            facts = [known for known in evidence.facts if who & known.content]
            if others and not any(known.content & others for known in facts):
                yield " ".join(sorted(who))
