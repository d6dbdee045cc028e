"""Who holds which slot of the key-value pool, and which tokens lie in it.

A slot is *free* (empty), *busy* (leased to a reply) or *idle* (its conversation may come back and find its tokens).
Slots are handed out on the device thread and given back from any thread; one lock guards the table. A run that is
suspended while its reply gives the slot back writes nothing more to it (`Batch.store`), so a slot is never pinned.
This file holds no tensor.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field


class NoSlot(Exception):
    """Every slot is leased to a reply that is still being written."""


@dataclass(slots=True, eq=False)
class Lease:
    """A reply's claim to a slot, from before it has one until after it gave it back. Only `Slots` changes it."""

    conversation: str | None  # None: takes free slots only and leaves nothing behind
    slot: int | None = None
    ended: bool = False


@dataclass(slots=True)
class _Slot:
    conversation: str | None = None
    tokens: list[int] = field(default_factory=list)
    lease: Lease | None = None
    used: int = 0

    @property
    def free(self) -> bool:
        return self.lease is None and self.conversation is None


@dataclass(frozen=True, slots=True)
class SlotCounts:
    """How the slots are used."""

    busy: int
    idle: int
    free: int


class Slots:
    """The table. A slot's tokens are those whose keys and values are complete: they grow only when a run commits."""

    def __init__(self, number: int) -> None:
        self._slots = [_Slot() for _ in range(number)]
        self._lock = threading.Lock()
        self._clock = 0

    def place(self, lease: Lease, prompt: Sequence[int]) -> tuple[int, int] | None:
        """The slot of `lease` and how many tokens it holds; None once the lease has ended. Raises NoSlot.

        The first time a slot is chosen: the conversation's own, with the tokens that it shares with `prompt` (all but
        the last at most, whose logits are wanted), else a free one, else the one that has been idle for longest.
        """
        with self._lock:
            if lease.ended:
                return None
            if lease.slot is None:
                lease.slot = self._choose(lease.conversation, prompt)
                self._slots[lease.slot].lease = lease
            return lease.slot, len(self._slots[lease.slot].tokens)

    def commit(self, lease: Lease, tokens: Sequence[int]) -> None:
        """`tokens` are complete in the lease's slot; nothing happens when the lease has ended."""
        with self._lock:
            if not lease.ended and lease.slot is not None:
                self._slots[lease.slot].tokens.extend(tokens)

    def release(self, lease: Lease, keep: bool = True) -> None:
        """End the lease; its slot keeps its tokens for the conversation's next turn, unless `keep` is false."""
        with self._lock:
            if not lease.ended and lease.slot is not None:
                slot = self._slots[lease.slot]
                self._clock += 1
                slot.lease, slot.used = None, self._clock
                if not keep or slot.conversation is None:
                    _clear(slot)
            lease.ended = True

    def forget(self, conversation: str) -> None:
        """Free what the conversation's idle slots hold; a busy one becomes free when its lease ends."""
        with self._lock:
            for slot in self._slots:
                if slot.conversation == conversation:
                    slot.conversation = None
                    if slot.lease is None:
                        _clear(slot)

    def counts(self) -> SlotCounts:
        with self._lock:
            busy = sum(slot.lease is not None for slot in self._slots)
            free = sum(slot.free for slot in self._slots)
            return SlotCounts(busy, len(self._slots) - busy - free, free)

    def _choose(self, conversation: str | None, prompt: Sequence[int]) -> int:
        idle = [i for i, slot in enumerate(self._slots) if slot.lease is None]
        own = [i for i in idle if conversation is not None and self._slots[i].conversation == conversation]
        free = [i for i in idle if self._slots[i].free]
        if own:
            best = max(own, key=lambda i: _shared(self._slots[i].tokens, prompt))
            del self._slots[best].tokens[min(_shared(self._slots[best].tokens, prompt), len(prompt) - 1) :]
            return best
        if not free and (not idle or conversation is None):
            raise NoSlot("every slot is busy; wait until a reply is finished or released")
        chosen = free[0] if free else min(idle, key=lambda i: self._slots[i].used)
        _clear(self._slots[chosen])
        self._slots[chosen].conversation = conversation
        return chosen


def _clear(slot: _Slot) -> None:
    slot.conversation, slot.tokens = None, []


def _shared(held: Sequence[int], prompt: Sequence[int]) -> int:
    """How many tokens both begin with."""
    return next((i for i, (a, b) in enumerate(zip(held, prompt, strict=False)) if a != b), min(len(held), len(prompt)))
