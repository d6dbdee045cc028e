"""What the client keeps of one conversation, so that a server that does not know it any more can be told again."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from bridge.v1 import bridge_pb2

MOST_EXCHANGES = 64
_BYTES_PER_TOKEN = 2  # of English a token has about four; better to carry too little than too much
_TEXT_BYTES, _CONTEXT_TOKENS = 8192, 2048  # of a server that tells no limits


class Exchange(NamedTuple):
    """What the player said, and the reply."""

    said: str
    reply: str


class Memory:
    """Who the character is and what has been said: bounded, the oldest go first. Belongs to the event loop."""

    def __init__(self) -> None:
        self._persona = ""
        self._exchanges: deque[Exchange] = deque(maxlen=MOST_EXCHANGES)
        self._carried: Sequence[Exchange] = ()
        self._prompt: str | None = None
        self.known = False  # the server has taken a turn of it
        self.lost = False  # the server forgot it, and has taken no turn of it since

    def describe(self, persona: str) -> None:
        """Who the character is from now on; "" leaves it as it was."""
        if persona:
            self._persona, self._prompt = persona, None

    def add(self, said: str, reply: str) -> None:
        """A turn is over."""
        if reply:
            self._exchanges.append(Exchange(said, reply))

    def taken(self) -> None:
        """The server has taken a turn."""
        self.known, self.lost = True, False

    def opened(self, kept: bool) -> None:
        """The stream is open again; whether the server still has the conversation."""
        if not kept:
            self._carried, self._prompt = tuple(self._exchanges), None
            self.lost = self.lost or self.known
        self.known = kept

    def persona(self, limits: bridge_pb2.Limits) -> str:
        """The persona to send, with what was said before the server forgot it as far as `limits` allow."""
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
