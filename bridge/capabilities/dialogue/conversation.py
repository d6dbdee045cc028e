"""What a session keeps of one conversation: who the character is, what has been said, which turns there were. Bounded.

History is cut here and nowhere else, for good, and rarely: at the limit it falls to about half, in whole turns. So most
prompts begin with all of the prompt before, and the model reads only what is new. The model says how many lines no
longer fit its context, before the next turn comes (`cut`) or with it (`begin`); lines and bytes have limits of their
own for what no model has counted yet.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from bridge.errors import Overloaded
from bridge.policy.replies import Ask

MOST_LINES, MOST_BYTES = 384, 64 * 1024  # more than the largest context holds
_MOST_SPANS = 64  # of turns' numbers that are remembered: one for a client that counts by one on one stream


class Line(NamedTuple):
    """What one side said; the system's line is the persona."""

    speaker: Literal["system", "user", "assistant"]
    text: str


class Span(NamedTuple):
    """Numbers, none of them left out, of turns that were begun on one stream."""

    stream_id: str
    first: int
    last: int


class Interruptible(Protocol):
    """A turn that is being prepared or answered, on the stream of this id."""

    turn_id: int
    stream_id: str
    persona: str
    ask: Ask

    def interrupt(self) -> None:
        """End it; what has been said stays."""
        ...


@dataclass(slots=True, eq=False)
class Conversation:
    """One conversation. `key` names it over all sessions. A turn that is refused changes nothing of it."""

    key: str
    persona: str = ""
    proposed: str = ""  # by a turn that was interrupted before it was known whether this persona fits
    last_turn: int = 0
    lines: list[Line] = field(default_factory=list)
    revision: int = 0  # rises whenever something is said
    turn: Interruptible | None = None  # that is being answered
    coming: Interruptible | None = None  # that is being prepared; once it begins, it ends the one being answered
    _spans: deque[Span] = field(default_factory=lambda: deque(maxlen=_MOST_SPANS))

    @property
    def newest(self) -> int:
        """The number that the next turn's must pass."""
        return self.last_turn if self.coming is None else max(self.last_turn, self.coming.turn_id)

    @property
    def unused(self) -> bool:
        """Whether no turn has come further than being refused."""
        return not self.last_turn and self.turn is None and self.coming is None

    def repeats(self, number: int, stream_id: str) -> bool:
        """Whether this is a turn that the same stream has answered, or will answer, once."""
        coming = self.coming
        same = coming is not None and (coming.turn_id, coming.stream_id) == (number, stream_id)
        return same or any(span.stream_id == stream_id and span.first <= number <= span.last for span in self._spans)

    def personas(self, wish: str) -> Sequence[str]:
        """Who the character may be in the next turn, the first one that fits."""
        if wish:
            return [wish]
        return [self.proposed, self.persona] if self.proposed else [self.persona]

    def prompt(self, persona: str, text: str) -> Sequence[Line]:
        """All that the character knows when the player says `text`."""
        return [*self.history(persona), Line("user", text)]

    def history(self, persona: str) -> Sequence[Line]:
        """All that the character knows."""
        return [*([Line("system", persona)] if persona else []), *self.lines]

    def cut(self, dropped: int) -> None:
        """So many of the oldest lines go, while no turn is under way."""
        del self.lines[:dropped]
        self.revision += bool(dropped)

    def begin(self, turn: Interruptible, persona: str, dropped: int) -> None:
        """A turn has been taken, with this persona and without so many of the oldest lines."""
        self._number(turn)
        self.turn, self.persona, self.proposed = turn, persona, ""
        del self.lines[:dropped]

    def withdraw(self, turn: Interruptible) -> None:
        """A turn has been interrupted before it began."""
        self._number(turn)
        self.proposed = turn.persona or self.proposed

    def leave(self, turn: Interruptible) -> None:
        """A turn is over, or was refused."""
        self.turn = None if self.turn is turn else self.turn
        self.coming = None if self.coming is turn else self.coming

    def said(self, player: str, character: str) -> bool:
        """What a turn that is over has added. Whether the oldest lines had to go for it."""
        self.lines.append(Line("user", player))
        if character:
            self.lines.append(Line("assistant", character))
        self.revision += 1
        sizes = [len(line.text.encode()) for line in self.lines]
        if len(sizes) <= MOST_LINES and sum(sizes) <= MOST_BYTES:
            return False
        del self.lines[: self._surplus(sizes)]
        return True

    def _number(self, turn: Interruptible) -> None:
        self.last_turn = first = turn.turn_id
        if self._spans and self._spans[-1][::2] == (turn.stream_id, first - 1):
            first = self._spans.pop().first
        self._spans.append(Span(turn.stream_id, first, turn.turn_id))
        self.leave(turn)

    def _surplus(self, sizes: Sequence[int]) -> int:
        """How many of the oldest lines go, in whole turns. The newest turn stays."""
        last = max(place for place, line in enumerate(self.lines) if line.speaker == "user")
        first, left = 0, sum(sizes)
        while first < last and (
            len(sizes) - first > MOST_LINES // 2 or left > MOST_BYTES // 2 or self.lines[first].speaker != "user"
        ):
            left -= sizes[first]
            first += 1
        return first


class Conversations(dict[str, Conversation]):
    """The conversations of one session, by name."""

    def open(self, name: str, session_id: str, most: int) -> Conversation:
        """The one of this name, begun if need be. Overloaded when there are `most` already."""
        if name not in self:
            if len(self) >= most:
                raise Overloaded(f"{len(self)} conversations are open already; forget one before beginning another")
            self[name] = Conversation(f"{session_id}/{name}")
        return self[name]
