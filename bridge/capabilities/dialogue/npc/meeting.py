"""A conversation with an NPC: which one, what was talked about last, and what it has said lately."""

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from bridge.capabilities.dialogue.npc.loaded import LoadedNpc
from models.npc.answers.basket import Basket
from models.npc.character import Ware

_LATELY = 8  # authored lines that are not said again if there are others


@dataclass(slots=True, eq=False)
class Meeting:
    """An NPC in one conversation. Equal keys are the same NPC.

    `find` gives it; for one that a client has sent that takes milliseconds, and may raise InvalidRequest.
    """

    key: Hashable
    find: Callable[[], LoadedNpc]
    topic: Ware | None = None
    before: str = ""  # the player's last line
    basket: Basket = ()  # what the player has ordered so far
    lately: deque[str] = field(default_factory=lambda: deque(maxlen=_LATELY))
