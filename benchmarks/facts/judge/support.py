"""Which numbers and names of a reply nothing supports."""

import re
from collections.abc import Iterable, Sequence
from itertools import product

from facts.judge.context import Context
from facts.judge.numbers import Number, numbers
from facts.judge.text import clause_at, folded, plain, sentences
from facts.judge.words import COMMON, TITLES, stem, stems


def unsupported_numbers(reply: str, context: Context, asked: Sequence[str], right: Sequence[Number]) -> list[str]:
    """The numbers of a folded reply that are neither right, nor the player's, nor of a fact that the reply speaks of.

    What a right number differs from one of the player's ("you are two short") is right too.
    """
    echoed = [number for turn in asked for number in numbers(folded(turn))]
    between = {
        abs(one.value - other.value) for one, other in product(right, echoed) if "time" not in (one.kind, other.kind)
    }
    spoken_of = stems(folded(" ".join((reply, *asked))))
    wrong = []
    for sentence in sentences(reply):
        for number in numbers(sentence.text):
            own = [
                other for other in echoed if number.kind != "money" or not other.noun
            ]  # 10 patches are not 10 credits
            near = _allowed(number, (*right, *own)) or (number.kind == "count" and number.value in between)
            if not number.soft and not near and not _known(number, sentence.text, spoken_of, context):
                wrong.append(sentence.text[number.start : number.end])
    return wrong


def of_another(number: Number, sentence: str, context: Context) -> bool:
    """Whether the clause of a number speaks of another ware than those that it belongs to."""
    own = {fact.group for fact in context.holding(number)}
    words = stems(clause_at(sentence, number.start))
    named = {fact.group for fact in context.facts if fact.is_ware and words & fact.apart}
    return bool(own and named) and all(group.startswith("wares") for group in own) and not named & own


def unsupported_names(reply: str, context: Context, asked: Sequence[str]) -> list[str]:
    """Words of a reply, as it was written, with a capital inside a sentence, that neither file nor player uses."""
    text = plain(reply)
    letters = [letter for letter in text if letter.isalpha()]
    if sum(letter.isupper() for letter in letters) > len(letters) / 3:
        return []  # it shouts
    known = set(re.findall(r"[a-z]+", folded(" ".join(asked)))) | context.words | TITLES
    found = re.findall(r"(?<=[a-z,;] )([A-Z][a-z]{2,})", text)
    return [name for name in found if not {name.lower(), name.lower().removesuffix("s")} & known]


def unsupported_words(reply: str, context: Context, asked: Sequence[str]) -> set[str]:
    """The content words of a folded reply that neither file nor player uses."""
    return stems(reply) - COMMON - stems(folded(" ".join(asked))) - {stem(word) for word in context.words}


def _allowed(number: Number, allowed: Iterable[Number]) -> bool:
    for other in allowed:
        if number.minutes & other.minutes:
            return True
        if "time" not in (number.kind, other.kind) and number.value == other.value:
            return True
    return False


def _known(number: Number, sentence: str, spoken_of: set[str], context: Context) -> bool:
    """Whether a fact holds the number, and it is the one of which the clause, the sentence or else the turn speaks."""
    holding = context.holding(number)
    if number.kind in ("time", "ordinal"):
        return bool(holding)
    apart = frozenset().union(*(fact.apart for fact in context.facts if fact.is_ware))
    spans = (stems(clause_at(sentence, number.start)), stems(sentence), spoken_of)
    near = next((words for words in spans if words & apart), spoken_of) - COMMON
    return any(near & (fact.apart if fact.is_ware else fact.words) for fact in holding)
