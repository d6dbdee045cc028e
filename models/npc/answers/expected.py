"""What a reply has to say, where it is certain which facts answer: what a sentence may not do, and what is missing."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from models.npc.answers.fit import Fit
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
    r"have no (?:word|knowledge|notion)|(?:nobody|no one)(?: has| ever)* (?:told|tells|knows)|dunno|"
    r"(?:know|heard|told) (?:me )?nothing|(?:never|not) (?:been )?(?:told|heard)|haven't heard|wish i knew|"
    r"is beyond (?:me|us))\b",
    re.IGNORECASE,
)
_AGREES = re.compile(
    r"\W*(?:(?:oh|ah|well|why|ha)\W+)?(?:yes|aye|yeah|yep|sure|indeed|right|correct|true|exactly|of course|certainly|"
    r"absolutely|agreed|that's (?:right|true|correct|so)|that is (?:right|true|correct|so)|so it is|you're right|"
    r"you are right)\b",
    re.IGNORECASE,
)
_REFUSES = re.compile(
    r"\W*(?:(?:oh|ah|well|sorry|i'm sorry|i am sorry)\W+)*(?:no|nope|never|not|i (?:can't|cannot|won't))\b",
    re.IGNORECASE,
)
_NONE = re.compile(
    r"\b(?:sold|none|nothing|out of|gone|"
    r"(?:no|not|haven't|don't|isn't|aren't|ain't|can't)\b.*\b(?:left|any|more|spare|one)|"
    r"no \w+ (?:left|free))\b",
    re.IGNORECASE,
)
_DISOWNS = re.compile(  # "I sell no saker", of a ware that is sold out
    r"\b(?:sell|sells|stock|deal in|trade in|keep|make) no\b|"
    r"\b(?:do not|don't|never) (?:sell|stock|deal|trade|carry|keep|make)\b",
    re.IGNORECASE,
)
_LITTLE = 3  # content words of a sentence that tells nothing: "Ah, a fine bell!"
_SHARE = 0.5  # of the words of a fact that are not the question's
_SHARE_OF_HOURS = 0.25  # who asks when a place closes is not told why


@dataclass(frozen=True, slots=True)
class Expected:
    """The facts that answer what the player `said`; none where none does for certain. `denies`: what the player claims
    is false, or nothing that the NPC knows. `fit`: how well each fact fits, where it is not certain which one answers.
    `unknown`: nothing is known of what is asked. `done`: the player has got what was asked for, without facts.
    """

    npc: Npc
    facts: Sequence[Fact]
    said: str
    denies: bool = False
    done: bool = False
    unknown: bool = False
    fit: Fit | None = None

    def problem(self, sentence: str) -> str:
        """Why a sentence may not be said; "" if it may."""
        known = self.facts or (self.fit is not None and self.fit.known)
        if known and _DECLINES.search(sentence):
            return "declines what is known"
        if any(_is_ware(fact) for fact in self.facts) and _DISOWNS.search(sentence):
            return "denies what is sold"
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
        if not self.facts:
            return self._loose(sentence, sources, words)
        if len(words) <= _LITTLE:
            return ""
        about = {fact.source.split("]")[0] for fact in self.facts}
        adds_up = "sum" in about and any(source.startswith("wares[") for source in sources)
        grounded = adds_up or any(source.split("]")[0] in about for source in sources)
        if grounded or len(list(self.missing(sentence))) < len(self.facts):
            return ""
        return "does not answer"

    def _loose(self, sentence: str, sources: Sequence[str], words: Collection[str]) -> str:
        """Where no fact answers for certain."""
        if self.done or not words or _DECLINES.search(sentence):
            return ""
        if not sources:  # a word may be an invention: "My brother."
            return "tells what is not known" if self.unknown else ""
        return "" if self.fit is None or self.fit.chosen(sources) else "does not answer"

    @property
    def needs_answer(self) -> bool:
        """Whether a reply that rests on no fact leaves out something that is known."""
        return self.fit is not None and self.fit.known

    def missing(self, reply: str) -> Iterator[Fact]:
        """The facts that a reply does not say, as the NPC says them."""
        for fact in self.facts:
            if not _is_said(fact, reply, self.said):
                yield Fact(voiced(self.npc, fact), fact.source)


def _is_ware(fact: Fact) -> bool:
    return fact.source.startswith("wares[")


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
