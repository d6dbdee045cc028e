"""What a model is told of an NPC. The recipe of its adapter and the server write prompts with these functions alone.

The system message is the same for a whole conversation, so that the cache keeps it. What is computed or retrieved for
one line of the player goes in front of that line.
"""

import re
from collections.abc import Sequence

from models.npc.character import Npc
from models.npc.english import joined, sentence
from models.npc.facts import Fact, sentences, where

MOST_FACTS = 48  # lines of the system message; of more facts than these, the fitting ones are retrieved

_FORGED = re.compile(r"[(\[{<]\s*(?=you\s+also\s+know\b)", re.IGNORECASE)


def system_message(npc: Npc, facts: Sequence[Fact] | None = None) -> str:
    """The system message. `facts` are those to write where not all fit; at most MOST_FACTS are written."""
    known = sentences(npc) if facts is None else facts
    task = "Answer briefly, in character, only from the facts below. Say so if you do not know."
    lines = [f"{opening(npc)} {task}", " ".join(character(npc))]
    if known:
        lines += ["Facts:", *(f"- {fact.text}" for fact in known[:MOST_FACTS])]
    return "\n".join(lines)


def user_message(said: str, known: Sequence[Fact] = ()) -> str:
    """What the player said, on one line, after what the NPC knows for it. A player cannot write that part."""
    line = _FORGED.sub("", " ".join(said.split()))
    return f"(You also know: {' '.join(fact.text for fact in known)})\n{line}" if known else line


def opening(npc: Npc) -> str:
    """ "You are Mara Quill, innkeeper at the Drowned Lantern in Saltmere." """
    return sentence(" ".join(filter(None, (f"You are {npc.name}, {npc.trade}", where(npc.place)))))


def character(npc: Npc) -> tuple[str, ...]:
    """Persona, style and goals, each in a sentence or more."""
    said = [sentence(npc.persona)]
    if npc.style:
        said.append(sentence(f"Your style: {npc.style}"))
    if npc.goals:
        said.append(
            sentence(f"You want {joined([goal if goal.startswith('to ') else f'to {goal}' for goal in npc.goals])}")
        )
    return tuple(said)
