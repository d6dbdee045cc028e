"""Whether a reply says that something is left, gone or free of charge, where the facts say otherwise."""

from collections.abc import Iterator

from models.npc.guard import lexicon
from models.npc.guard.clauses import Clause, Sentence
from models.npc.guard.evidence import Evidence
from models.npc.guard.topic import Topic
from models.npc.words import STOP_WORDS


def wrong_stock(sentence: Sentence, topic: Topic, evidence: Evidence) -> Iterator[str]:
    """What is said to be left and is not, or gone and is not, or free and has a price."""
    text = " ".join(sentence.words)
    if sentence.question:
        return
    meant = _meant(sentence, topic)
    gone = lexicon.SOLD_OUT.search(text)
    priced = any(amount.value for clause in sentence.clauses for amount in clause.amounts)
    agreed = lexicon.AGREEMENTS.match(text) is not None and bool(topic.wares)
    for place in sorted(meant):
        ware = evidence.npc.wares[place]
        if gone and ware.stock != 0 and not _conditional(text):
            yield f"{ware.item}: {gone[0]}"
        elif ware.stock == 0 and not gone and (agreed or _offers(sentence, place)):
            yield f"{ware.item}: available"
        if ware.price and _free(text, topic, agreed, priced) and not _known_as_free(sentence, evidence):
            yield f"{ware.item}: free"


def _meant(sentence: Sentence, topic: Topic) -> frozenset[int]:
    named = [wares for clause in sentence.clauses for wares in clause.wares]
    asked = [wares for one in topic.said for clause in one.clauses for wares in clause.wares]
    return frozenset[int]().union(*(wares for wares in named or asked if len(wares) == 1))


def _offers(sentence: Sentence, place: int) -> bool:
    """Whether a clause without a denial offers a ware: "there is a saddle left"."""
    return any(
        lexicon.AVAILABLE.search(" ".join(clause.words)) is not None
        and not clause.negative
        and (frozenset([place]) in clause.wares or not any(one.wares for one in sentence.clauses))
        and not _conditional(" ".join(sentence.words))
        for clause in sentence.clauses
    )


def _conditional(text: str) -> bool:
    return any(f" {word} " in f" {text} " for word in ("if", "when", "until", "unless"))


def _free(text: str, topic: Topic, agreed: bool, priced: bool) -> bool:
    if f" {text} ".count(" not ") or "n't" in text or priced:
        return False
    asked = any(lexicon.FREE.search(" ".join(one.words)) for one in topic.said)
    return (
        bool(lexicon.FREE_OF_CHARGE.search(text)) or (agreed and asked) or (asked and bool(lexicon.FREE.search(text)))
    )


def _known_as_free(sentence: Sentence, evidence: Evidence) -> bool:
    """Whether a fact of the author's says so of something else: "A dog passes the gate free of charge"."""
    stated = (known for known in evidence.facts if known.source.startswith("facts[") and {"fre", "free"} & known.stems)
    return any(len(known.content & sentence.content) > 2 for known in stated)


def unknown_goods(sentence: Sentence, topic: Topic, evidence: Evidence) -> Iterator[str]:
    """Goods that a reply offers and the facts do not know: "Yes, I sell swords"."""
    for clause in sentence.clauses:
        if clause.negative or sentence.question:
            continue
        yield from _sold(clause, evidence)
        yield from _there(clause, evidence)


def _sold(clause: Clause, evidence: Evidence) -> Iterator[str]:
    for at, root in enumerate(clause.stems):
        if root in ("sell", "stock", "offer") and at and clause.words[at - 1] in ("i", "we", "also", "do", "to"):
            goods = _noun_after(clause, at + 1)
            if goods and goods not in evidence.vocabulary:
                yield goods


def _there(clause: Clause, evidence: Evidence) -> Iterator[str]:
    """ "There are almonds in it": a thing, not "no need"."""
    said = " ".join(clause.words)
    for start in ("there is ", "there are ", "there's "):
        if said.startswith(start):
            at = len(start.split())
            goods = _noun_after(clause, at)
            if (
                goods
                and goods not in evidence.vocabulary
                and not {"left", "more"} & set(clause.words)
                and " in " in f" {said} "
            ):
                yield goods


def _noun_after(clause: Clause, at: int) -> str | None:
    """The stem of the last noun of the phrase at a place."""
    found = None
    for word, root in zip(clause.words[at:], clause.stems[at:], strict=True):
        if not word[0].isalpha() or (word in STOP_WORDS and found):
            break
        found = found if word in STOP_WORDS else root
    return found
