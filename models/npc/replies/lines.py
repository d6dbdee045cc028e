"""What is said without a model: an author's lines with their slots filled, and safe lines where nothing can be said."""

from collections.abc import Collection, Sequence

from models.npc.character import HELD, UNKNOWN, Npc, Ware
from models.npc.slots import filled, values

_SAFE = (  # where the author has written no lines of the intent UNKNOWN
    "I could not say for certain.",
    "That I do not know.",
    "You would have to ask somebody else.",
    "I have heard nothing of that.",
    "There you ask more than I know.",
    "I would rather not guess.",
)
_HELD = ("I will not talk about that.", "Let us speak of something else.")


def pick(say: Sequence[str], npc: Npc, player: str, ware: Ware | None, turn: int, used: Collection[str]) -> str | None:
    """One of the lines that have a value for each slot, another one than lately if there is one. None if none has."""
    known = values(npc, player, ware)
    full = [line for line in (filled(one, known) for one in say) if line is not None]
    fresh = [line for line in full if line not in used] or full
    return fresh[turn % len(fresh)] if fresh else None


def safe_line(npc: Npc, player: str, turn: int, used: Collection[str] = ()) -> str:
    """What is said where the model has said nothing that is true."""
    return pick(_written(npc, UNKNOWN) or _SAFE, npc, player, None, turn, used) or _SAFE[0]


def held_line(npc: Npc, player: str, turn: int, used: Collection[str] = ()) -> str:
    """What is said to what the operator does not allow."""
    return pick(_written(npc, HELD) or _HELD, npc, player, None, turn, used) or _HELD[0]


def _written(npc: Npc, intent: str) -> Sequence[str]:
    return next((line.say for line in npc.lines if line.intent == intent), ())
