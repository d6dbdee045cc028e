"""The client's memory of a conversation, to restore it on a server that has lost it."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from bridge.v1 import bridge_pb2

MOST_EXCHANGES = 64
_BYTES_PER_TOKEN = 2  # conservative: an English token has about four
_TEXT_BYTES, _CONTEXT_TOKENS = 8192, 2048  # for a server that gives no limits


class Exchange(NamedTuple):
    """What the player said, and the reply."""

    said: str
    reply: str


class Memory:
    """The persona and the newest exchanges, bounded. Belongs to the event loop."""

    def __init__(self) -> None:
        self._persona = ""
        self._exchanges: deque[Exchange] = deque(maxlen=MOST_EXCHANGES)
        self._carried: Sequence[Exchange] = ()
        self._prompt: str | None = None
        self.known = False  # the server has accepted a turn of it
        self.lost = False  # the server lost it, and has accepted no turn since

    def describe(self, persona: str) -> None:
        """Set the persona; "" leaves it unchanged."""
        if persona:
            self._persona, self._prompt = persona, None

    def add(self, said: str, reply: str) -> None:
        """Remember the exchange of a turn that is over."""
        if reply:
            self._exchanges.append(Exchange(said, reply))

    def taken(self) -> None:
        """Note that the server has accepted a turn."""
        self.known, self.lost = True, False

    def opened(self, kept: bool) -> None:
        """Note, when the stream opens, whether the server still has the conversation."""
        if not kept:
            self._carried, self._prompt = tuple(self._exchanges), None
            self.lost = self.lost or self.known
        self.known = kept

    def persona(self, limits: bridge_pb2.Limits) -> str:
        """The persona to send, followed by as much of the lost history as `limits` allow."""
        if self._prompt is None:
            self._prompt = _carry(self._persona, self._carried, limits)
        return self._prompt


def _carry(persona: str, exchanges: Sequence[Exchange], limits: bridge_pb2.Limits) -> str:
    room = min(
        (limits.max_text_bytes or _TEXT_BYTES) // 2, (limits.max_context_tokens or _CONTEXT_TOKENS) * _BYTES_PER_TOKEN
    ) - len(persona.encode())
    lines: list[str] = []
    for said, reply in reversed(exchanges):
        line = f"The player said: {said}\nYou answered: {reply}"
        room -= len(line.encode()) + 1
        if room < 0:
            break
        lines.insert(0, line)
    so_far = "\n".join(["The conversation so far:", *lines]) if lines else ""
    return "\n\n".join(part for part in (persona, so_far) if part)
