"""What a session keeps of one conversation: who the character is and what has been said. Bounded."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

MOST_LINES = 64


class Line(NamedTuple):
    """What one side said; the system's line is the persona."""

    speaker: Literal["system", "user", "assistant"]
    text: str


class Interruptible(Protocol):
    """A turn that is being answered."""

    turn_id: int

    def interrupt(self) -> None:
        """End it; what has been said stays."""
        ...


@dataclass(slots=True, eq=False)
class Conversation:
    """One conversation. `key` names it over all sessions."""

    key: str
    persona: str = ""
    last_turn: int = 0
    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=MOST_LINES))
    turn: Interruptible | None = None

    def prompt(self, text: str) -> Sequence[Line]:
        """All that the character knows when the player says `text`."""
        persona = [Line("system", self.persona)] if self.persona else []
        return [*persona, *self.lines, Line("user", text)]

    def said(self, player: str, character: str) -> None:
        """A turn is over."""
        self.lines.append(Line("user", player))
        if character:
            self.lines.append(Line("assistant", character))
