"""The KV cache's allocator: which reply holds which pages of the pool, and which pages are cached.

The pool is one row of pages of `PAGE` positions, one position per token. A reply leases a *region*, neighbouring pages
for all that it may need, prompt and longest reply, so that it never runs out midway. Its pages are cached once they are
complete (`Prefixes`), where they were written, for every prompt that begins alike; at its end the incomplete one too,
for what was spoken in it. Steps and chunks write other bits, so a prompt finds what a reply spoke only where it was
spoken, and an answer does not depend on what has been evicted.

A region may be reserved from any thread; the cached pages in it stay until its reply is placed, on the device's thread.
Then the prompt's own pages move in and the others make way: to free pages, or the most dispensable of all are dropped.
The table changes at once; the device's thread then copies (`Place.copies`) before it does anything else. A suspended
run whose reply has ended writes nothing more (`Batch.store`), so regions are never pinned. Holds no tensor.
"""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from models.language.cache.prefixes import Node, Prefixes, Tail

PAGE = 32  # tokens


class NoSlot(Exception):
    """No room beside the replies in progress."""


@dataclass(slots=True, eq=False)
class Lease:
    """A reply's claim to `room` positions, from before they are allocated until after they are freed. Only `Slots`
    changes it.

    `start` is where its region begins.
    """

    conversation: str | None  # None: takes free pages only and leaves nothing cached
    room: int
    start: int | None = None
    ended: bool = False
    evicts: bool = True  # whether cached pages of other conversations may be dropped for it
    draws: bool = True  # whether the last token's logits are needed, so that it is run even if it is cached
    adapter: str | None = None  # what it is read with: keys and values depend on it


@dataclass(slots=True, eq=False)
class _Region:
    lease: Lease
    first: int  # page
    size: int  # pages
    prompt: tuple[int, ...]  # keys
    conversation: str | None  # None once it is forgotten
    placed: bool = False
    complete: list[int] = field(default_factory=list)  # keys of complete tokens
    chain: list[Node] = field(default_factory=list)  # their cached pages, in order

    @property
    def pages(self) -> range:
        return range(self.first, self.first + self.size)

    @property
    def last(self) -> Node | None:
        """Its last cached page."""
        return self.chain[-1] if self.chain else None

    @property
    def caches(self) -> bool:
        """Whether its pages may be cached: not once its conversation, or a page before them, has been dropped."""
        return self.conversation is not None and not (self.chain and self.chain[-1].dropped)

    def has(self, node: Node) -> bool:
        """Whether it has the node's keys and values, be they cached here or elsewhere."""
        return len(self.chain) >= node.depth and self.chain[node.depth - 1] is node


@dataclass(frozen=True, slots=True)
class SlotCounts:
    """Use of the pool: replies in progress, other conversations with cached pages, and how many replies of full length
    fit into pages that hold nothing.
    """

    busy: int
    idle: int
    free: int


@dataclass(frozen=True, slots=True)
class _Found:
    """What is cached of a prompt: whole pages, and what was spoken in the next one."""

    pages: list[Node] = field(default_factory=list)
    tail: Tail | None = None

    @property
    def nodes(self) -> list[Node]:
        return self.pages if self.tail is None else [*self.pages, self.tail.node]

    def length(self, page: int) -> int:
        """In tokens."""
        return len(self.pages) * page + (self.tail.length if self.tail else 0)


@dataclass(frozen=True, slots=True)
class Place:
    """A reply's position in the pool: `held` complete tokens from `start` on, `found` of them in the cache just now.

    `copies` are pages (from, to) to be copied first, as if all at once.
    """

    start: int
    held: int
    found: int = 0
    copies: tuple[tuple[int, int], ...] = ()


class Slots:
    """The allocation table of a pool of `number` x `context` positions. A region's tokens are those with complete keys
    and values: they grow only when a run commits. ValueError for a context of broken pages.
    """

    def __init__(self, number: int, context: int, page: int = PAGE) -> None:
        if context % page:
            raise ValueError(f"a context of {context} tokens has no whole pages of {page}; round it down")
        self._page, self._context, self._pages = page, context, number * context // page
        self._regions: dict[Lease, _Region] = {}
        self._prefixes = Prefixes(page)
        self._lock = threading.Lock()
        self._clock = 0  # replies placed and ended

    @property
    def context(self) -> int:
        """Longest prompt and reply together, in tokens."""
        return self._context

    def rounded(self, room: int) -> int:
        """The positions that a lease of `room` takes."""
        return -(-room // self._page) * self._page

    def reserve(self, lease: Lease, prompt: Sequence[int]) -> None:
        """Allocate a lease's region, where the fewest cached pages have to move. Raises NoSlot."""
        with self._lock:
            if not lease.ended and lease not in self._regions:
                self._choose(lease, prompt)

    def place(self, lease: Lease, prompt: Sequence[int]) -> Place | None:
        """The place of a lease, allocated if it has none, with all pages that are cached for it by now. None once it
        has ended. Raises NoSlot. The device's thread makes the copies before it reads or writes anything.
        """
        with self._lock:
            if lease.ended:
                return None
            region = self._regions.get(lease) or self._choose(lease, prompt)
            before = len(region.complete)
            copies = self._follow(region) if region.placed else self._enter(region)
            held = len(region.complete)
            return Place(region.first * self._page, held, held - before, tuple(copies))

    def cached(self, lease: Lease, prompt: Sequence[int]) -> int:
        """How many tokens of a prompt are cached at the moment."""
        with self._lock:
            return self._found(lease, prompt).length(self._page)

    def commit(self, lease: Lease, keys: Sequence[int]) -> None:
        """Record tokens as complete in the lease's region; no effect once the lease has ended."""
        with self._lock:
            region = self._regions.get(lease)
            if region is not None:
                region.complete += keys
                self._cache(region)

    def release(self, lease: Lease, keep: bool = True) -> None:
        """End the lease. What is complete stays cached, unless `keep` is false: then everything is dropped that begins
        with its first page.
        """
        with self._lock:
            lease.ended = True
            region = self._regions.pop(lease, None)
            if region is None:
                return
            self._clock += 1
            self._prefixes.use(region.chain, None, self._clock)
            if keep:
                self._cache_tail(region)
            elif region.chain:
                self._prefixes.drop(region.chain[0])
            self._leave(region)

    def forget(self, conversation: str) -> None:
        """Free the conversation's cached pages, except those that others use; a reply in progress leaves none."""
        with self._lock:
            self._prefixes.forget(conversation)
            for region in self._regions.values():
                if region.conversation == conversation:
                    region.conversation = None

    def counts(self) -> SlotCounts:
        with self._lock:
            speaking = {region.conversation for region in self._regions.values()}
            idle = len(self._prefixes.conversations - speaking)
            return SlotCounts(len(self._regions), idle, len(self._free()) * self._page // self._context)

    # -- reserving -----------------------------------------------------------------------------------------------------

    def _found(self, lease: Lease, prompt: Sequence[int]) -> _Found:
        if lease.conversation is None:
            return _Found()
        most = len(prompt) - lease.draws
        pages = self._prefixes.find(lease.adapter, prompt, most // self._page)
        tail = self._prefixes.tail(lease.adapter, pages[-1] if pages else None, prompt[:most])
        if tail is not None and (tail.node.users != {lease.conversation} or tail.node.home in self._placed()):
            tail = None  # it is not this conversation's to take
        return _Found(pages, tail)

    def _choose(self, lease: Lease, prompt: Sequence[int]) -> _Region:
        size, found = self.rounded(lease.room) // self._page, self._found(lease, prompt).nodes
        spots = self._spots(size, found)
        if not spots or not self._may_take(lease, size, found):
            raise NoSlot("every slot is busy; wait until a reply is finished or released")
        start = min(spots)[-1]
        region = self._regions[lease] = _Region(lease, start, size, tuple(prompt), lease.conversation)
        lease.start = start * self._page
        return region

    def _spots(self, size: int, found: Sequence[Node]) -> list[tuple[int, int, int, int]]:
        """Where `size` pages may be reserved. The best is the least by: how many cached pages would have to move out or
        in, the size of the gap between regions, how far from its edge; and the start.

        A gap is broken in its middle only if a reply of full length still fits on one side.
        """
        own, full = set(found), self._context // self._page
        stays = Counter(node.home - number for number, node in enumerate(found))
        homes = self._prefixes.homes
        others = [0, *accumulate(page in homes and homes[page] not in own for page in range(self._pages))]
        return [
            (others[start + size] - others[start] + len(found) - stays[start], end - first, edge, start)
            for first, end in self._gaps()
            for start in range(first, end - size + 1)
            if not (edge := min(start - first, end - size - start)) or max(start - first, end - size - start) >= full
        ]

    def _may_take(self, lease: Lease, size: int, found: Sequence[Node]) -> bool:
        """Whether the lease may have so many pages: free ones, those of its prompt, and those that it may drop."""
        own, placed = set(found), self._placed()
        nodes = [node for node in self._prefixes.homes.values() if node.home not in placed]
        return size <= len(self._free()) + sum(node in own or self._spends(lease, node) for node in nodes)

    @staticmethod
    def _spends(lease: Lease, node: Node) -> bool:
        """Whether a page may be dropped for the lease: any, or what its conversation alone has used."""
        return lease.conversation is not None and (lease.evicts or node.users == {lease.conversation})

    def _gaps(self) -> list[tuple[int, int]]:
        """(first page, end) between the regions."""
        gaps, at = [], 0
        for region in sorted(self._regions.values(), key=lambda region: region.first):
            gaps.append((at, region.first))
            at = region.pages.stop
        return [*gaps, (at, self._pages)]

    def _free(self) -> list[int]:
        """Pages that hold nothing and are reserved for nobody."""
        reserved = self._reserved()
        return [page for page in range(self._pages) if page not in reserved and page not in self._prefixes.homes]

    def _reserved(self) -> set[int]:
        return {page for region in self._regions.values() for page in region.pages}

    def _placed(self) -> set[int]:
        """Pages of the regions in use: what is cached there stays there."""
        return {page for region in self._regions.values() if region.placed for page in region.pages}

    # -- placing -------------------------------------------------------------------------------------------------------

    def _enter(self, region: _Region) -> list[tuple[int, int]]:
        """Move the prompt's cached pages into the region and all others out of it."""
        found = self._found(region.lease, region.prompt) if region.caches else _Found()
        nodes, placed = found.nodes, self._placed()
        if found.tail is not None:
            self._prefixes.drop_behind(found.tail.node)  # what was said there was taken back
        moves = [(node, region.first + i) for i, node in enumerate(nodes) if node.home not in placed]
        away = self._make_way(region, set(nodes), [node.home for node, _ in moves], placed)
        copies = [(node.home, region.first + i) for i, node in enumerate(nodes) if node.home != region.first + i]
        copies += [(node.home, page) for node, page in away]
        self._prefixes.move([*moves, *away])
        if found.tail is not None:
            self._prefixes.drop(found.tail.node)  # the region goes on in it
        self._clock += 1
        self._prefixes.use(found.pages, region.conversation, self._clock)
        region.placed, region.chain = True, found.pages
        region.complete = list(region.prompt[: found.length(self._page)])
        return copies

    def _make_way(
        self, region: _Region, own: set[Node], left: Sequence[int], placed: set[int]
    ) -> list[tuple[Node, int]]:
        """Where the pages in the region go that are not its `own`; `left` are the pages that those leave."""
        homes, reserved = self._prefixes.homes, self._reserved()
        free = [*self._free(), *(page for page in left if page not in reserved)]
        away = [homes[page] for page in region.pages if page in homes and homes[page] not in own]
        if len(away) > len(free):

            def keeps(node: Node) -> bool:
                return node in own or node.home in placed or not self._spends(region.lease, node)

            for node in self._prefixes.dispensable(self._clock, keeps):
                self._prefixes.drop(node)
                if node.home in region.pages:
                    away.remove(node)
                elif node.home not in reserved:
                    free.append(node.home)
                if len(away) <= len(free):
                    break
        if len(away) > len(free):
            raise NoSlot("no free page is left beside what is cached; wait until a conversation is forgotten")
        return list(zip(away, free, strict=False))

    def _follow(self, region: _Region) -> list[tuple[int, int]]:
        """Take over the prompt's next pages, if another reply has made them meanwhile."""
        copies: list[tuple[int, int]] = []
        most = (len(region.prompt) - region.lease.draws) // self._page
        while region.caches and len(region.complete) == len(region.chain) * self._page < most * self._page:
            node = self._prefixes.next(region.lease.adapter, region.last, region.prompt)
            if node is None:
                break
            copies.append((node.home, region.first + len(region.chain)))
            self._join(region, node)
            region.complete += node.keys
        return copies

    # -- while it runs, and at its end ---------------------------------------------------------------------------------

    def _cache(self, region: _Region) -> None:
        """Cache the complete pages."""
        while region.caches and len(region.chain) < len(region.complete) // self._page:
            home = region.first + len(region.chain)
            self._join(region, self._prefixes.add(region.lease.adapter, region.last, region.complete, home))

    def _cache_tail(self, region: _Region) -> None:
        """Cache the incomplete page if something was spoken in it."""
        rest = region.complete[len(region.chain) * self._page :]
        if region.caches and any(key < 0 for key in rest):
            home = region.first + len(region.chain)
            node = self._prefixes.add(region.lease.adapter, region.last, region.complete, home)
            self._prefixes.use([node], region.conversation, self._clock)

    def _join(self, region: _Region, node: Node) -> None:
        """Note that the region has the node's keys and values as its next page. What a reply in progress has is cached
        in a region in use, so it is never dropped.
        """
        home = region.first + len(region.chain)
        if node.home != home and node.home not in self._placed():
            self._prefixes.move([(node, home)])
        self._prefixes.use([node], region.conversation, self._clock)
        region.chain.append(node)

    def _leave(self, region: _Region) -> None:
        """Its cached pages stay where they are, or, if another reply has them too, in that one's region."""
        for node in region.chain:
            if not node.dropped and node.home in region.pages:
                other = next((other for other in self._regions.values() if other.placed and other.has(node)), None)
                if other is not None:
                    self._prefixes.move([(node, other.first + node.depth - 1)])
