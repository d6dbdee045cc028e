"""One question and its answer, before either gets its manner of speaking."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from models.npc.facts import Fact
from models.training.dialogue.writing.draw import Draw
from models.training.dialogue.writing.passages import Question
from models.training.dialogue.writing.split import Side, kept
from models.training.dialogue.writing.template import Slots

Must = tuple[tuple[str, ...], ...]
Subject = tuple[str, int]

_ASKING = re.compile(
    r"(?:when|where|what|who|whom|whose|why|how|which|is|are|am|do|does|did|can|could|may|will|would|have|has|should|"
    r"shall|was|were|any|got|isn't|aren't|wasn't|don't|at what|until when|since when|from when|"
    r"in which|on which|by which|"
    r"so|and|really|are you|to whom|with whom)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What is asked and what is answered. `must` is what an answer has to say, of each tuple one text."""

    kind: str
    ask: str
    say: str
    must: Must = ()
    subject: Subject | None = None
    known: tuple[Fact, ...] = ()  # in front of the question
    topic: str = ""  # what it is about, in words
    knows: bool = True  # whether the answer is known
    plain: bool = False  # said as it is: no manner of speaking
    extra: Mapping[str, str] = field(default_factory=dict)


def compose(
    kind: str, question: Question, slots: Slots, side: Side, draw: Draw, *, way: str = "asks", **more: object
) -> Turn | None:
    """A turn by one of the question's phrasings; None if it has none of this way."""
    asks = {"asks": [*question.asks, *question.general], "then": question.then, "also": question.also}[way]
    if not asks or not question.says:
        return None
    ask = slots.sentence(draw.one(kept(asks, side, str)))
    say = slots.sentence(draw.one(question.says))
    must = required(slots.fill(question.must)) if question.must else ()
    return Turn(kind, marked(ask), ended(say), must, **more)  # type: ignore[arg-type]


def required(text: str) -> Must:
    """ "two|2 & silver" as (("two", "2"), ("silver",))."""
    return tuple(tuple(one.strip().lower() for one in part.split("|")) for part in text.split("&"))


def marked(ask: str) -> str:
    """With a question mark or a full stop after its last sentence."""
    if ask[-1] in ".?!":
        return ask
    last = re.split(r"[.?!]\s+", ask)[-1]
    tail = re.split(r"[,:;]\s+", last)[-1]
    return f"{ask}{'?' if _ASKING.match(last) or _ASKING.match(tail) else '.'}"


def ended(say: str) -> str:
    """With a full stop at the end."""
    return say if re.search(r"[.!?][\"']?$", say) else f"{say}."
