"""The KV cache's allocator: which reply or conversation holds which positions, and which tokens they cache.

The pool is one row of positions, one per token. A reply leases a *region* for all that it may need, prompt and longest
reply, so that it never runs out midway; short conversations take little, and many more of them fit than full-length
ones. A region is *busy* (leased to a reply) or *idle* (cached for its conversation's next turn); idle regions are
evicted, least recently used first. Regions are allocated and freed from any thread; one lock guards the table. A
suspended run whose reply frees its region writes nothing more to it (`Batch.store`), so regions are never pinned. Holds
no tensor.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field


class NoSlot(Exception):
    """No room beside the replies in progress."""


@dataclass(slots=True, eq=False)
class Lease:
    """A reply's claim to `room` positions, from before they are allocated until after they are freed. Only `Slots`
    changes it.

    `start` is where its region begins.
    """

    conversation: str | None  # None: takes free positions only and leaves nothing cached
    room: int
    start: int | None = None
    ended: bool = False
    evicts: bool = True  # whether it may evict other conversations


@dataclass(slots=True, eq=False)
class _Region:
    start: int
    size: int
    conversation: str | None
    lease: Lease | None
    tokens: list[int] = field(default_factory=list)
    used: int = 0
    origin: "_Region | None" = None  # region that still holds its tokens until they have been moved

    @property
    def end(self) -> int:
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class SlotCounts:
    """Use of the pool: replies in progress, cached conversations, and how many more of full length fit."""

    busy: int
    idle: int
    free: int


@dataclass(frozen=True, slots=True)
class Place:
    """A reply's position in the pool: `held` complete tokens from `start` on, to be moved there from `origin` if
    given.
    """

    start: int
    held: int
    origin: int | None = None


class Slots:
    """The allocation table of a pool of `number` x `context` positions. A region's tokens are those with complete keys
    and values: they grow only when a run commits.
    """

    def __init__(self, number: int, context: int) -> None:
        self._context = context
        self._places = number * context
        self._regions: list[_Region] = []  # by start
        self._lock = threading.Lock()
        self._clock = 0

    @property
    def context(self) -> int:
        """Longest prompt and reply together, in tokens."""
        return self._context

    def reserve(self, lease: Lease, prompt: Sequence[int]) -> None:
        """Allocate a lease's region: the conversation's own, with the prefix it shares with `prompt` (except the last
        token, whose logits are needed), else a free one, else by evicting idle ones. Raises NoSlot.
        """
        with self._lock:
            if not lease.ended and lease.start is None:
                self._choose(lease, prompt)

    def place(self, lease: Lease, prompt: Sequence[int]) -> Place | None:
        """The place of a lease, allocated if it has none. None once it has ended. Raises NoSlot."""
        with self._lock:
            if lease.ended:
                return None
            if lease.start is None:
                self._choose(lease, prompt)
            region = self._of(lease)
            origin = None if region.origin is None else region.origin.start
            return Place(region.start, len(region.tokens), origin)

    def moved(self, lease: Lease) -> None:
        """The tokens found at the lease's origin are now in its own region."""
        with self._lock:
            if not lease.ended and (region := self._of(lease)).origin is not None:
                self._regions.remove(region.origin)
                region.origin = None

    def shared(self, conversation: str, prompt: Sequence[int]) -> int:
        """How many tokens of a prompt are cached for the conversation."""
        with self._lock:
            own = [region for region in self._regions if region.conversation == conversation and region.lease is None]
            return min(max((_shared(region.tokens, prompt) for region in own), default=0), len(prompt) - 1)

    def commit(self, lease: Lease, tokens: Sequence[int]) -> None:
        """Record `tokens` as complete in the lease's region; no effect once the lease has ended."""
        with self._lock:
            if not lease.ended and lease.start is not None:
                self._of(lease).tokens.extend(tokens)

    def release(self, lease: Lease, keep: bool = True) -> None:
        """End the lease; its region stays cached for the conversation's next turn, unless `keep` is false."""
        with self._lock:
            if not lease.ended and lease.start is not None:
                self._clock += 1
                self._idle(self._of(lease), keep)
            lease.ended = True

    def forget(self, conversation: str) -> None:
        """Free the conversation's idle regions; a busy one is freed when its lease ends."""
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
        """End the region's lease; unused positions are free at once."""
        if region.origin is not None:  # not moved yet: the cached tokens stay in the origin
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
        start = self._find(lease, best) if kept else None  # a new region; its cached tokens are moved later
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
        """Where a region's growth would end."""
        return min((other.start for other in self._regions if other.start > region.start), default=self._places)

    def _find(self, lease: Lease, spared: _Region | None) -> int | None:
        """The smallest gap that fits a lease; evicts idle regions, least recently used first, if there is none."""
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
        """(size, start) of the gaps between the regions, ignoring those that are `gone`."""
        gaps, at = [], 0
        for region in self._regions:
            if region not in gone:
                gaps.append((region.start - at, at))
                at = region.end
        return [*gaps, (self._places - at, at)]


def _shared(held: Sequence[int], prompt: Sequence[int]) -> int:
    """Length of the common prefix."""
    return next((i for i, (a, b) in enumerate(zip(held, prompt, strict=False)) if a != b), min(len(held), len(prompt)))
