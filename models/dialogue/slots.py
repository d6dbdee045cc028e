"""Who holds which part of the key-value pool, and which tokens lie in it.

The pool is one row of places, a token each. A reply leases a *region* of as many as it may come to need, prompt and
longest reply, so that it never runs out of room half way; short conversations take little, and many more of them than
full-length ones fit. A region is *busy* (leased to a reply) or *idle* (its conversation may come back and find its
tokens); idle ones give way, the longest idle first. Regions are handed out and given back from any thread; one lock
guards the table. A run that is suspended while its reply gives the region back writes nothing more to it
(`Batch.store`), so a region is never pinned. This file holds no tensor.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field


class NoSlot(Exception):
    """There is no room beside the replies that are being written."""


@dataclass(slots=True, eq=False)
class Lease:
    """A reply's claim to `room` places, from before it has them until after it gave them back. Only `Slots` changes it.

    `start` is where its region begins.
    """

    conversation: str | None  # None: takes free places only and leaves nothing behind
    room: int
    start: int | None = None
    ended: bool = False
    evicts: bool = True  # whether what other conversations have left gives way to it


@dataclass(slots=True, eq=False)
class _Region:
    start: int
    size: int
    conversation: str | None
    lease: Lease | None
    tokens: list[int] = field(default_factory=list)
    used: int = 0
    origin: "_Region | None" = None  # where its tokens still lie, until they have been moved here

    @property
    def end(self) -> int:
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class SlotCounts:
    """How the pool is used: replies under way, conversations that may come back, and how many of full length fit."""

    busy: int
    idle: int
    free: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reply's tokens lie: `held` of them from `start` on, once so many have been moved there from `origin`."""

    start: int
    held: int
    origin: int | None = None


class Slots:
    """The table of a pool of `number` times `context` places. A region's tokens are those whose keys and values are
    complete: they grow only when a run commits.
    """

    def __init__(self, number: int, context: int) -> None:
        self._context = context
        self._places = number * context
        self._regions: list[_Region] = []  # in order
        self._lock = threading.Lock()
        self._clock = 0

    @property
    def context(self) -> int:
        """Tokens that a reply may have, with its prompt."""
        return self._context

    def reserve(self, lease: Lease, prompt: Sequence[int]) -> None:
        """Give a lease its region: the conversation's own, with the tokens that it shares with `prompt` (all but the
        last at most, whose logits are wanted), else a free one, else one that has been idle for long. Raises NoSlot.
        """
        with self._lock:
            if not lease.ended and lease.start is None:
                self._choose(lease, prompt)

    def place(self, lease: Lease, prompt: Sequence[int]) -> Place | None:
        """Where the tokens of `lease` lie; it gets a region if it has none. None once it has ended. Raises NoSlot."""
        with self._lock:
            if lease.ended:
                return None
            if lease.start is None:
                self._choose(lease, prompt)
            region = self._of(lease)
            origin = None if region.origin is None else region.origin.start
            return Place(region.start, len(region.tokens), origin)

    def moved(self, lease: Lease) -> None:
        """What the lease found elsewhere lies in its own region now."""
        with self._lock:
            if not lease.ended and (region := self._of(lease)).origin is not None:
                self._regions.remove(region.origin)
                region.origin = None

    def shared(self, conversation: str, prompt: Sequence[int]) -> int:
        """How many tokens of a prompt the conversation would find."""
        with self._lock:
            own = [region for region in self._regions if region.conversation == conversation and region.lease is None]
            return min(max((_shared(region.tokens, prompt) for region in own), default=0), len(prompt) - 1)

    def commit(self, lease: Lease, tokens: Sequence[int]) -> None:
        """`tokens` are complete in the lease's region; nothing happens when the lease has ended."""
        with self._lock:
            if not lease.ended and lease.start is not None:
                self._of(lease).tokens.extend(tokens)

    def release(self, lease: Lease, keep: bool = True) -> None:
        """End the lease; its region keeps its tokens for the conversation's next turn, unless `keep` is false."""
        with self._lock:
            if not lease.ended and lease.start is not None:
                self._clock += 1
                self._idle(self._of(lease), keep)
            lease.ended = True

    def forget(self, conversation: str) -> None:
        """Free what the conversation's idle regions hold; a busy one becomes free when its lease ends."""
        with self._lock:
            for region in [region for region in self._regions if region.conversation == conversation]:
                region.conversation = None
                if region.lease is None:
                    self._regions.remove(region)

    def counts(self) -> SlotCounts:
        with self._lock:
            busy = sum(region.lease is not None for region in self._regions if not self._is_origin(region))
            free = (self._places - sum(region.size for region in self._regions)) // self._context
            return SlotCounts(busy, sum(region.lease is None for region in self._regions), free)

    # -- regions -------------------------------------------------------------------------------------------------------

    def _of(self, lease: Lease) -> _Region:
        return next(region for region in self._regions if region.lease is lease and region.start == lease.start)

    def _is_origin(self, region: _Region) -> bool:
        return any(other.origin is region for other in self._regions)

    def _idle(self, region: _Region, keep: bool) -> None:
        """The region's lease ends; places that it did not need are free at once."""
        if region.origin is not None:  # nothing was moved: what was found stays where it lies
            region.origin.lease, region.origin.used, keep = None, self._clock, False
            if region.origin.conversation is None:
                self._regions.remove(region.origin)
        region.lease, region.used, region.size = None, self._clock, len(region.tokens)
        if not keep or region.conversation is None or not region.size:
            self._regions.remove(region)

    def _choose(self, lease: Lease, prompt: Sequence[int]) -> None:
        own = [r for r in self._regions if r.lease is None and r.conversation == lease.conversation is not None]
        best = max(own, key=lambda region: _shared(region.tokens, prompt), default=None)
        kept = 0 if best is None else min(_shared(best.tokens, prompt), len(prompt) - 1)
        if best is not None and (best.size >= lease.room or self._limit(best) - best.start >= lease.room):
            best.size, best.lease, best.tokens = lease.room, lease, best.tokens[:kept]
            lease.start = best.start
            return
        start = self._find(lease, best) if kept else None  # beside what it finds, which is then moved
        if start is None:
            best, kept, start = None, 0, self._find(lease, None)
        if start is None:
            raise NoSlot("every slot is busy; wait until a reply is finished or released")
        region = _Region(start, lease.room, lease.conversation, lease, origin=best)
        if best is not None:
            region.tokens, best.lease = best.tokens[:kept], lease
        lease.start = start
        self._regions = sorted([*self._regions, region], key=lambda region: region.start)

    def _limit(self, region: _Region) -> int:
        """Up to where a region could grow."""
        return min((other.start for other in self._regions if other.start > region.start), default=self._places)

    def _find(self, lease: Lease, spared: _Region | None) -> int | None:
        """The tightest gap for a lease; idle regions go, the longest idle first, where there is none without."""
        idle = [region for region in self._regions if region.lease is None and region is not spared]
        gives_way = lease.conversation is not None and lease.evicts
        victims = sorted(idle, key=lambda region: region.used) if gives_way else []
        for count in range(len(victims) + 1):
            gone = victims[:count]
            gaps = [gap for gap in self._gaps(gone) if gap[0] >= lease.room]
            if gaps:
                _, start = min(gaps)
                end = start + lease.room
                self._regions = [r for r in self._regions if r not in gone or r.end <= start or r.start >= end]
                return start
        return None

    def _gaps(self, gone: Sequence[_Region]) -> list[tuple[int, int]]:
        """(size, start) of what lies between the regions, without those that are `gone`."""
        gaps, at = [], 0
        for region in self._regions:
            if region not in gone:
                gaps.append((region.start - at, at))
                at = region.end
        return [*gaps, (self._places - at, at)]


def _shared(held: Sequence[int], prompt: Sequence[int]) -> int:
    """How many tokens both begin with."""
    return next((i for i, (a, b) in enumerate(zip(held, prompt, strict=False)) if a != b), min(len(held), len(prompt)))
