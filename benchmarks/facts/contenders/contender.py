"""What a contender is: something that plays an NPC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Call:
    """An action that an NPC took."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """A reply, complete. `authored`: it is a line of the file; `first` is seconds until the player saw something."""

    text: str
    calls: tuple[Call, ...] = ()
    authored: bool = False
    first: float = 0.0
    seconds: float = 0.0
    tokens: int = 0


class Contender(Protocol):
    """Plays NPCs, each conversation from its own beginning, with greedy sampling."""

    async def reply(self, conversation: str, npc: str, line: str, roles: Sequence[str] = ()) -> Said:
        """Say a line to the NPC of `questions.npc_file(npc)`; `roles` are the player's."""
        ...

    def forget(self, conversation: str) -> None:
        """The conversation is over."""
        ...
