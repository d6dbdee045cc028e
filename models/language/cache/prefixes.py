"""Which beginnings of prompts are cached: a tree of pages, as SGLang's radix tree (Zheng et al., 2024).

A node is one page of tokens behind those of its ancestors, and says where in the pool their keys and values are. These
depend on the tokens up to there and on how each was read (`keys.py`), never on who said them: conversations that begin
alike share pages. Holds no tensor, and knows nothing of replies. Not thread-safe: `Slots` guards it.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Node:
    """One page; a last one may be incomplete, and then nothing follows it. Only `Prefixes` changes it."""

    keys: tuple[int, ...]
    parent: "Node | None"
    depth: int  # pages from the prompt's start up to this one
    home: int  # page of the pool
    used: int = 0  # when last, by the clock of `Slots`
    dropped: bool = False
    children: "dict[tuple[int, ...], Node]" = field(default_factory=dict)
    users: set[str] = field(default_factory=set)  # conversations whose prompts begin with it


class Prefixes:
    """A tree for each adapter, since keys and values depend on the weights. `homes` has every node by its page.

    The users of a node are users of its parent too, so the last one to go takes whole branches.
    """

    def __init__(self, page: int) -> None:
        self.homes: dict[int, Node] = {}
        self._page = page
        self._roots: dict[str | None, Node] = {}
        self._of: dict[str, set[Node]] = {}  # by conversation

    @property
    def conversations(self) -> set[str]:
        """Those with cached pages."""
        return set(self._of)

    def find(self, adapter: str | None, keys: Sequence[int], most: int) -> list[Node]:
        """The cached pages that `keys` begin with, in order; at most `most`."""
        node, found = self._roots.get(adapter), list[Node]()
        while node is not None and len(found) < most:
            node = node.children.get(self._cut(keys, len(found)))
            if node is not None:
                found.append(node)
        return found

    def next(self, adapter: str | None, parent: Node | None, keys: Sequence[int]) -> Node | None:
        """The page of `keys` behind `parent` (None: the first page), if it is cached."""
        above = self._roots.get(adapter) if parent is None else parent
        return None if above is None else above.children.get(self._cut(keys, 0 if parent is None else parent.depth))

    def tail(self, adapter: str | None, parent: Node | None, keys: Sequence[int]) -> "Tail | None":
        """The page behind `parent` that agrees with `keys` furthest, up to a key that was spoken.

        What was read in a chunk is read again with the rest of its page, which costs nothing; what was spoken is not.
        """
        above = self._roots.get(adapter) if parent is None else parent
        if above is None:
            return None
        page = self._cut(keys, above.depth)
        tails = (Tail(node, _agree(node.keys, page)) for node in above.children.values())
        best = max(tails, key=lambda tail: tail.length, default=None)
        return best if best is not None and best.length else None

    def add(self, adapter: str | None, parent: Node | None, keys: Sequence[int], home: int) -> Node:
        """The page of `keys` behind `parent`, which is at `home`, unless it is cached elsewhere already."""
        above = parent or self._roots.setdefault(adapter, Node((), None, 0, -1))
        page = self._cut(keys, above.depth)
        node = above.children.get(page)
        if node is None:
            node = above.children[page] = Node(page, above, above.depth + 1, home)
            self.homes[home] = node
        return node

    def use(self, nodes: Sequence[Node], conversation: str | None, now: int) -> None:
        """Note that the conversation uses `nodes`."""
        for node in nodes:
            if not node.dropped:
                node.used = now
                if conversation is not None:
                    node.users.add(conversation)
                    self._of.setdefault(conversation, set()).add(node)

    def move(self, moves: Sequence[tuple[Node, int]]) -> None:
        """Give nodes new homes, all at once: one may move to where another one leaves."""
        for node, _ in moves:
            del self.homes[node.home]
        for node, home in moves:
            node.home = home
            self.homes[home] = node

    def drop(self, node: Node) -> None:
        """Remove a node and all behind it."""
        if node.dropped:
            return
        assert node.parent is not None
        del node.parent.children[node.keys]
        branch = [node]
        while branch:
            gone = branch.pop()
            branch += gone.children.values()
            gone.dropped = True
            del self.homes[gone.home]
            for user in gone.users:
                self._of[user].discard(gone)
                if not self._of[user]:
                    del self._of[user]

    def drop_behind(self, node: Node) -> None:
        """Remove all behind a node."""
        for child in list(node.children.values()):
            self.drop(child)

    def forget(self, conversation: str) -> None:
        """Remove what no other conversation uses."""
        nodes = self._of.pop(conversation, set())
        for node in nodes:
            node.users.discard(conversation)
        for node in nodes:
            if not node.users:
                self.drop(node)

    def dispensable(self, now: int, keeps: Callable[[Node], bool]) -> Iterator[Node]:
        """Nodes to drop, the most dispensable first; each must be dropped before the next is asked for. Never one that
        `keeps` names, or that has such a one behind it.

        A page can be made again only after all before it, so the last of a chain goes first. Making one again costs the
        same for every page; what differs is how likely that is. A page near the start fits more prompts than a deep
        one, and one that many use is used again sooner: the order is by age times depth over users. So many talks lose
        their newest pages before one loses all, even where they come round in turn.
        """

        def rank(node: Node) -> tuple[float, int, int]:
            return -(now - node.used) * node.depth / len(node.users), -node.depth, node.home

        leaves = [(rank(node), node) for node in self.homes.values() if not node.children and not keeps(node)]
        heapq.heapify(leaves)
        while leaves:
            _, node = heapq.heappop(leaves)
            yield node
            above = node.parent
            assert above is not None
            if above.parent is not None and not above.children and not keeps(above):
                heapq.heappush(leaves, (rank(above), above))

    def _cut(self, keys: Sequence[int], number: int) -> tuple[int, ...]:
        """The page of this number."""
        return tuple(keys[number * self._page : (number + 1) * self._page])


@dataclass(frozen=True, slots=True)
class Tail:
    """The first `length` keys of a page."""

    node: Node
    length: int


def _agree(keys: Sequence[int], page: Sequence[int]) -> int:
    """How many keys agree, up to the last of them that was spoken."""
    agreed = 0
    for number, (one, other) in enumerate(zip(keys, page, strict=False), 1):
        if one != other:
            break
        if one < 0:
            agreed = number
    return agreed
