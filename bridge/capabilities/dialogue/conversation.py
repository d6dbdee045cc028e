"""The state of one conversation in a session: persona, history and turn ids. Bounded.

History is truncated only here, permanently and rarely: at the limit it drops to about half, in whole turns. So most
prompts extend the previous one, and the model prefills only what is new. The model says how many lines no longer fit
its context, ahead of the next turn (`cut`) or with it (`begin`). Limits on lines and bytes cover what no model has
counted yet. A turn may bring a history of the client's, which replaces this one when the turn begins.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

from bridge.config import Limits
from bridge.errors import Overloaded
from bridge.policy.replies import Ask

MOST_LINES, MOST_BYTES = Limits().history_lines, Limits().history_bytes
_MOST_SPANS = 64  # ranges of turn ids kept; a client that counts by one on one stream needs one


class Line(NamedTuple):
    """One line of the history; the system line is the persona."""

    speaker: Literal["system", "user", "assistant"]
    text: str


class Said(NamedTuple):
    """What was said in a turn, as the client has it."""

    turn_id: int
    text: str


class Span(NamedTuple):
    """A contiguous range of turn ids that were started on one stream."""

    stream_id: str
    first: int
    last: int


class OpenTurn(Protocol):
    """A turn in progress, as its conversation sees it."""

    turn_id: int
    stream_id: str
    persona: str
    history: Sequence[Line] | None  # given by the client
    heard: int | None  # characters of the reply
    meeting: Any  # with an NPC
    ask: Ask

    def interrupt(self) -> None:
        """End it; the reply so far stays in the history."""
        ...


@dataclass(slots=True, eq=False)
class Conversation:
    """One conversation. `key` is unique across sessions. A refused turn leaves it unchanged."""

    key: str
    persona: str = ""
    proposed: str = ""  # persona of a turn that was interrupted before it was known to fit
    last_turn: int = 0
    lines: list[Line] = field(default_factory=list)
    revision: int = 0  # incremented when lines are added, cut or replaced
    dropped: int = 0  # lines, since the client was told
    most_lines: int = MOST_LINES
    most_bytes: int = MOST_BYTES
    meeting: Any = None  # with an NPC, if it is one: `npc/meeting.py`
    turn: OpenTurn | None = None  # being answered
    pending: OpenTurn | None = None  # being prepared; ends `turn` when it begins
    _said: Said | None = None  # of the newest turn that is over, while its line is the last one
    _spans: deque[Span] = field(default_factory=lambda: deque(maxlen=_MOST_SPANS))

    @property
    def newest(self) -> int:
        """The turn id that the next one must exceed."""
        return self.last_turn if self.pending is None else max(self.last_turn, self.pending.turn_id)

    @property
    def unused(self) -> bool:
        """Whether every turn so far was refused."""
        return not self.last_turn and self.turn is None and self.pending is None

    def repeats(self, number: int, stream_id: str) -> bool:
        """Whether this turn was already sent on the same stream."""
        pending = self.pending
        same = pending is not None and (pending.turn_id, pending.stream_id) == (number, stream_id)
        return same or any(span.stream_id == stream_id and span.first <= number <= span.last for span in self._spans)

    def personas(self, requested: str) -> Sequence[str]:
        """The candidate personas of the next turn; the first one that fits is used."""
        if requested:
            return [requested]
        return [self.proposed, self.persona] if self.proposed else [self.persona]

    def prompt(self, persona: str, text: str, given: Sequence[Line] | None = None) -> Sequence[Line]:
        """The full prompt for the player's `text`, with the history `given` in place of this one if there is any."""
        return [*self.history(persona, given), Line("user", text)]

    def history(self, persona: str, given: Sequence[Line] | None = None) -> Sequence[Line]:
        """The persona and the history."""
        return [*([Line("system", persona)] if persona else []), *(self.lines if given is None else given)]

    def cut(self, dropped: int) -> None:
        """Drop the oldest lines while no turn is in progress."""
        self._drop(dropped)
        self.revision += bool(dropped)

    def begin(self, turn: OpenTurn, persona: str, dropped: int) -> None:
        """Start an admitted turn with this persona, without the `dropped` oldest lines."""
        self._number(turn)
        self.turn, self.persona, self.proposed, self.meeting = turn, persona, "", turn.meeting
        if turn.history is not None:
            self._replace(turn.history)
        if dropped:
            self._drop(dropped)

    def take_dropped(self) -> int:
        """How many lines were dropped since this was asked last."""
        dropped, self.dropped = self.dropped, 0
        return dropped

    def withdraw(self, turn: OpenTurn) -> None:
        """Note a turn that was interrupted before it began."""
        self._number(turn)
        self.proposed, self.meeting = turn.persona or self.proposed, turn.meeting
        if turn.history is not None:
            self._replace(turn.history)

    def end(self, turn: OpenTurn) -> None:
        """Forget a turn that is over or was refused."""
        self.turn = None if self.turn is turn else self.turn
        self.pending = None if self.pending is turn else self.pending

    def add(self, player: str, character: str, turn_id: int = 0) -> bool:
        """Add a finished turn to the history. Returns whether the oldest lines were dropped for it."""
        self.lines.append(Line("user", player))
        if character.strip():
            self.lines.append(Line("assistant", character.strip()))
        self._said = Said(turn_id, character)
        self.revision += 1
        sizes = [len(line.text.encode()) for line in self.lines]
        if len(sizes) <= self.most_lines and sum(sizes) <= self.most_bytes:
            return False
        self._drop(self._surplus(sizes))
        return True

    def hear(self, turn_id: int, heard: int) -> None:
        """The player has heard so many characters of a turn that is over: if it is the newest, no more are kept."""
        said = self._said
        if said is None or said.turn_id != turn_id or heard >= len(said.text):
            return
        self._said = Said(turn_id, said.text[:heard])
        if said.text.strip():
            self.lines.pop()
        if text := said.text[:heard].strip():
            self.lines.append(Line("assistant", text))
        self.revision += 1

    def _replace(self, lines: Sequence[Line]) -> None:
        """Replace the history by one of the client's, which knows what that lacks."""
        self.revision += list(lines) != self.lines
        self.lines, self.dropped, self._said = list(lines), 0, None

    def _drop(self, count: int) -> None:
        self.dropped += len(self.lines[:count])
        del self.lines[:count]

    def _number(self, turn: OpenTurn) -> None:
        self.last_turn = first = turn.turn_id
        if self._spans and self._spans[-1][::2] == (turn.stream_id, first - 1):
            first = self._spans.pop().first
        self._spans.append(Span(turn.stream_id, first, turn.turn_id))
        self.end(turn)

    def _surplus(self, sizes: Sequence[int]) -> int:
        """How many of the oldest lines to drop, in whole turns. The newest turn stays."""
        last = max(place for place, line in enumerate(self.lines) if line.speaker == "user")
        first, left = 0, sum(sizes)
        while first < last and (
            len(sizes) - first > self.most_lines // 2
            or left > self.most_bytes // 2
            or self.lines[first].speaker != "user"
        ):
            left -= sizes[first]
            first += 1
        return first


class Conversations(dict[str, Conversation]):
    """The conversations of one session, by name."""

    def open(self, name: str, session_id: str, limits: Limits) -> Conversation:
        """The conversation of this name, created on first use. Overloaded if too many exist already."""
        if name not in self:
            if len(self) >= limits.conversations_per_session:
                raise Overloaded(f"{len(self)} conversations are open already; forget one before starting another")
            self[name] = Conversation(
                f"{session_id}/{name}", most_lines=limits.history_lines, most_bytes=limits.history_bytes
            )
        return self[name]
