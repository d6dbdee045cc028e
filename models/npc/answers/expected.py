"""What a reply has to say, where it is certain which facts answer: what a sentence may not do, and what is missing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.npc.answers.kinship import kin
from models.npc.answers.spelling import spelled
from models.npc.answers.voice import voiced
from models.npc.character import Npc
from models.npc.facts import Fact
from models.npc.lemmas import content
from models.npc.numbers import Kind, numbers, tokens

_DECLINES = re.compile(
    r"\b(?:(?:i|we) (?:do not|don't|cannot|can't|could not|couldn't|would not|wouldn't)(?: \w+){0,2}? "
    r"(?:know|say|tell|remember|recall)|no idea|not (?:sure|certain)|never heard|beyond me|ask (?:someone|somebody)|"
    r"have no (?:word|knowledge|notion)|nobody (?:told|knows)|dunno)\b",
    re.IGNORECASE,
)
_AGREES = re.compile(
    r"\W*(?:(?:oh|ah|well|why|ha)\W+)?(?:yes|aye|yeah|yep|sure|indeed|right|correct|true|exactly|of course|certainly|"
    r"absolutely|agreed)\b",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"\W*(?:(?:oh|ah|well|sorry|i'm sorry|i am sorry)\W+)*(?:no|nope|never|not|i (?:can't|cannot|won't))\b",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\b(?:sold|none|no|not|nothing|out of|gone|never|without|haven't|don't|isn't|aren't|ain't|can't)\b", re.IGNORECASE
)
_LITTLE = 3  # content words of a sentence that tells nothing: "Ah, a fine bell!"
_SHARE = 0.5  # of the words of a fact that are not the question's
_SHARE_OF_HOURS = 0.25  # who asks when a place closes is not told why


@dataclass(frozen=True, slots=True)
class Expected:
    """The facts that answer what the player `said`; none where it asks for what no fact has. `denies`: what the player
    says of them is false. `done`: the player has got what was asked for, and no facts are needed.
    """

    npc: Npc
    facts: Sequence[Fact]
    said: str
    denies: bool = False
    done: bool = False

    def problem(self, sentence: str) -> str:
        """Why a sentence may not be said; "" if it may."""
        if self.facts and _DECLINES.search(sentence):
            return "declines what is known"
        if self.denies and _AGREES.match(sentence):
            return "agrees to what is false"
        if self.done and _REFUSES.match(sentence):
            return "refuses what is done"
        return ""

    def beside(self, sentence: str, sources: Sequence[str]) -> str:
        """Why a sentence that is true is no answer, by the facts that are under it; "" if it is one, or says little."""
        words = content(sentence)
        if sentence.rstrip().endswith("?"):
            return ""
        if not self.facts:  # a word may be an invention: "My brother."
            fits = self.done or sources or not words or _DECLINES.search(sentence)
            return "" if fits else "tells what is not known"
        if len(words) <= _LITTLE:
            return ""
        about = {fact.source.split("]")[0] for fact in self.facts}
        adds_up = "sum" in about and any(source.startswith("wares[") for source in sources)
        grounded = adds_up or any(source.split("]")[0] in about for source in sources)
        if grounded or len(list(self.missing(sentence))) < len(self.facts):
            return ""
        return "does not answer"

    def missing(self, reply: str) -> Iterator[Fact]:
        """The facts that a reply does not say, as the NPC says them."""
        for fact in self.facts:
            if not _is_said(fact, reply, self.said):
                yield Fact(voiced(self.npc, fact), fact.source)


def _is_said(fact: Fact, reply: str, said: str) -> bool:
    """Whether a reply says a fact: its numbers, or most of its words that are not the question's."""
    stated = _values(fact.text)
    wanted = stated - _values(said) or stated
    if wanted:
        return wanted <= _values(reply)
    if "sold out" in fact.text or " free" in fact.text:
        return _NONE.search(reply) is not None
    new = content(fact.text) - content(spelled(said))
    words = content(reply)
    told = sum(bool(kin(word) & words) for word in new)
    least = _SHARE_OF_HOURS if fact.source.startswith("hours[") else _SHARE
    return not new or told >= least * len(new)


def _values(text: str) -> frozenset[object]:
    """The numbers of a text by value, but for "one", which is often none."""
    found = (number for number in numbers(tokens(text)) if number.kind is not Kind.ORDINAL)
    return frozenset(number.value for number in found if number.value != 1)
