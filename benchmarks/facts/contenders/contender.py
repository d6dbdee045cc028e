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
class Rejected:
    """A sentence of the model's that the guard kept back, and why. `regenerated`: the model was asked again for it;
    otherwise something else was said.
    """

    text: str
    reason: str
    regenerated: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A reply, complete. `authored`: it is a line of the file; `first` and `sentence` are seconds until the player saw
    something, and a whole sentence; `decoding` is what the device took for the tokens behind the first one.

    `stages` are those of the reply's sentences, "authored", "free" and so on, where the contender has any.
    """

    text: str
    calls: tuple[Call, ...] = ()
    authored: bool = False
    first: float = 0.0
    seconds: float = 0.0
    tokens: int = 0
    sentence: float = 0.0
    decoding: float = 0.0
    stages: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()

    @property
    def is_free(self) -> bool:
        """Whether the model was asked for it: free talk, even where the guard let nothing of it pass."""
        return bool("free" in self.stages or self.rejected) if self.stages else not self.authored


class Contender(Protocol):
    """Plays NPCs, each conversation from its own beginning, with greedy sampling."""

    async def reply(self, conversation: str, npc: str, line: str, roles: Sequence[str] = ()) -> Said:
        """Say a line to the NPC of `questions.npc_file(npc)`; `roles` are the player's."""
        ...

    def forget(self, conversation: str) -> None:
        """The conversation is over."""
        ...
