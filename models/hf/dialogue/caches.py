"""What a model of transformers keeps of each conversation: its own cache, and the tokens that this holds.

A reply reserves the positions of its prompt and its longest answer. Beside those in progress, the caches of other
conversations stay until there is no room for them, least recently used first.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from transformers.cache_utils import DynamicLayer


class CacheCounts(NamedTuple):
    """Replies in progress, and conversations cached besides."""

    busy: int
    idle: int


@dataclass(slots=True, eq=False)
class Cached:
    """One conversation's. Belongs to the device thread while a reply has it."""

    tokens: list[int] = field(default_factory=list)  # complete in all layers
    states: Any = None  # transformers' cache; None before the first run
    running: bool = False  # a run may have added to some of its layers

    def keep(self, tokens: Sequence[int]) -> None:
        """Keep what it shares with `tokens`, except the last one, whose logits are needed. All is dropped if that
        takes a shorter cache of a kind that cannot be: with a sliding window, or with a recurrent state.
        """
        pairs = zip(self.tokens, tokens[:-1], strict=False)
        shared = next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(self.tokens), len(tokens) - 1))
        if self.running or shared < len(self.tokens):
            self._shorten(shared)

    def _shorten(self, length: int) -> None:
        layers = getattr(self.states, "layers", ())
        if all(type(layer) is DynamicLayer for layer in layers):
            for layer in layers:
                if layer.is_initialized:
                    layer.keys, layer.values = layer.keys[..., :length, :], layer.values[..., :length, :]
            self.tokens = self.tokens[:length]
        else:
            self.tokens, self.states = [], None
        self.running = False


class Caches:
    """Thread-safe, but for what is in a cache."""

    def __init__(self, number: int, context: int) -> None:
        self.context, self.room = context, number * context
        self._idle: dict[str, Cached] = {}  # least recently used first
        self._busy: dict[object, tuple[int, str, Cached]] = {}  # by reply: positions, conversation
        self._forgotten: set[str] = set()  # while they are busy
        self._lock = threading.Lock()

    def reserve(self, reply: object, conversation: str, room: int) -> bool:
        """Give a reply its conversation's cache, and `room` positions; False if there are not so many."""
        with self._lock:
            left = self.room - sum(taken for taken, _, _ in self._busy.values()) - room
            if left < 0:
                return False
            cached = self._idle.pop(conversation, None) or Cached()
            while self._idle and sum(len(other.tokens) for other in self._idle.values()) > left:
                del self._idle[next(iter(self._idle))]
            self._busy[reply] = (room, conversation, cached)
            self._forgotten.discard(conversation)
            return True

    def of(self, reply: object) -> Cached | None:
        """The cache of a reply; None once it has been released."""
        with self._lock:
            found = self._busy.get(reply)
            return found[2] if found is not None else None

    def release(self, reply: object) -> None:
        """Free a reply's positions; its cache stays for the conversation's next turn. Idempotent."""
        with self._lock:
            found = self._busy.pop(reply, None)
            if found is not None and found[1] not in self._forgotten:
                self._idle[found[1]] = found[2]

    def forget(self, conversation: str) -> None:
        """Drop a conversation's cache; that of a reply in progress once this ends."""
        with self._lock:
            self._idle.pop(conversation, None)
            if any(name == conversation for _, name, _ in self._busy.values()):
                self._forgotten.add(conversation)

    def counts(self) -> CacheCounts:
        """What there is at the moment."""
        with self._lock:
            return CacheCounts(len(self._busy), len(self._idle))
