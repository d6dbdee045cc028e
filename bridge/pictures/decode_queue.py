"""The decode queue: fair between clients, earliest deadline first within a client.

Workers cannot be interrupted, so two things are decided here. *Which picture is next:* clients that recently used more
than their fair share of the workers go behind those that did not, by how much they exceeded it, first between
identities and then between the clients of one (`fair_share.py`); ties go by deadline. *Which worker stays free:* while
others send pictures too, no client's slow pictures take the last worker, or the next arrival would wait for all of it.

Pure: times are arguments.
"""

import heapq
import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from bridge.policy.learned.fair_share import Shares
from bridge.policy.work import NEVER, Owner

_SLOW_SECONDS = 0.05  # three frames at 60 fps
_PRESENT_SECONDS = 2.0  # a client counts as active this long after its last picture


@dataclass(slots=True, eq=False)
class Ticket:
    """A camera's entry in the queue. Its picture may be replaced while it waits; its position stays."""

    owner: Owner
    place: float = NEVER  # queue position: the earliest due time of the pictures it has held
    cost: float = 0.0  # predicted worker seconds
    waiting: bool = False
    asked: float = 0.0  # when it was queued
    began: float = 0.0  # when a worker took it
    behind: float = 0.0  # seconds spent waiting while other clients' pictures were decoded

    # The queue's own notes.
    charged: float = 0.0  # seconds charged when it began
    stamp: int = 0  # of its newest heap entry; older entries are stale
    others: float = 0.0  # worker seconds that other clients had used when it was queued


@dataclass(slots=True)
class _Line:
    """Waiting tickets of one client, as heaps by place; slow pictures are kept apart."""

    quick: list[tuple[float, int, Ticket]] = field(default_factory=list)
    slow: list[tuple[float, int, Ticket]] = field(default_factory=list)

    def first(self, *, slow: bool) -> Ticket | None:
        """The first quick, or slow, ticket."""
        entries = self.slow if slow else self.quick
        while entries:
            _, stamp, ticket = entries[0]
            if ticket.waiting and ticket.stamp == stamp:
                return ticket
            heapq.heappop(entries)
        return None


class DecodeQueue:
    """Tickets waiting for, or running on, a number of workers."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._shares = Shares()
        self._lines: dict[Owner, _Line] = {}
        self._waiting: dict[Owner, int] = {}  # tickets
        self._running: set[Ticket] = set()
        self._came: dict[Owner, float] = {}  # when each client sent its last picture
        self._used: dict[Owner, float] = {}  # worker seconds, kept while a client has a ticket
        self._total = 0.0
        self._stamps = itertools.count(1)

    def __len__(self) -> int:
        return sum(self._waiting.values())

    def put(self, ticket: Ticket, due: float, cost: float, now: float) -> None:
        """Queue a picture, due at `due` and predicted to take `cost` seconds; it replaces its ticket's previous one."""
        if not ticket.waiting:
            ticket.waiting, ticket.asked, ticket.place, ticket.behind = True, now, NEVER, 0.0
            self._waiting[ticket.owner] = self._waiting.get(ticket.owner, 0) + 1
            ticket.others = self._others(ticket.owner, now)
            ticket.stamp = 0
        before = ticket.place, _slow(ticket)
        ticket.place, ticket.cost = min(ticket.place, due), cost
        if ticket.owner not in self._came:
            self._forget_absent(now)
        self._came[ticket.owner] = now
        if not ticket.stamp or before != (ticket.place, _slow(ticket)):
            ticket.stamp = next(self._stamps)
            line = self._lines.setdefault(ticket.owner, _Line())
            heapq.heappush(line.slow if _slow(ticket) else line.quick, (ticket.place, ticket.stamp, ticket))

    def drop(self, ticket: Ticket, now: float) -> None:
        """Withdraw a ticket."""
        if ticket.waiting:
            ticket.behind = self.waited_behind(ticket, now)
            self._leave(ticket)
            self._tidy(ticket.owner)

    def take(self, now: float, may: Callable[[Owner], bool] = lambda owner: True) -> Ticket | None:
        """The next ticket for a free worker, of clients that `may` start one; None if no worker or ticket qualifies."""
        if not self._waiting or len(self._running) >= self._workers:
            return None
        ticket = self._only(now, may) if len(self._waiting) == 1 else self._fairest(now, may)
        if ticket is not None:
            self._begin(ticket, now)
        return ticket

    def _only(self, now: float, may: Callable[[Owner], bool]) -> Ticket | None:
        """The next ticket when only one client waits, the common case."""
        owner = next(iter(self._waiting))
        return self._first(owner, now) if may(owner) else None

    def _fairest(self, now: float, may: Callable[[Owner], bool]) -> Ticket | None:
        best: tuple[tuple[tuple[float, float], float], Ticket] | None = None
        wanting = {*self._waiting, *(ticket.owner for ticket in self._running)}
        identities = Counter(owner.identity for owner in wanting)
        for owner in self._waiting:
            ticket = self._first(owner, now) if may(owner) else None
            if ticket is None:
                continue
            more = ticket.cost / self._workers
            above = self._shares.above(owner, more, now, len(identities), identities[owner.identity])
            if best is None or (above, ticket.place) < best[0]:
                best = (above, ticket.place), ticket
        return best[1] if best is not None else None

    def done(self, ticket: Ticket, now: float) -> None:
        """Free the worker that ran a ticket, and charge the client for it."""
        took = now - ticket.began
        self._running.discard(ticket)
        self._shares.charge(ticket.owner, (took - ticket.charged) / self._workers, now)
        self._used[ticket.owner] = self._used.get(ticket.owner, 0.0) + took
        self._total += took
        self._tidy(ticket.owner)

    def contended(self, owner: Owner, now: float) -> bool:
        """Whether another identity is active."""
        return any(
            other.identity != owner.identity and now - came <= _PRESENT_SECONDS for other, came in self._came.items()
        )

    def waited_behind(self, ticket: Ticket, now: float) -> float:
        """The part of a ticket's wait, up to now, that is due to other clients' pictures."""
        if not ticket.waiting:
            return ticket.behind
        return min(now - ticket.asked, (self._others(ticket.owner, now) - ticket.others) / self._workers)

    def _begin(self, ticket: Ticket, now: float) -> None:
        ticket.began, ticket.behind, ticket.charged = now, self.waited_behind(ticket, now), ticket.cost
        self._leave(ticket)
        self._running.add(ticket)
        self._shares.charge(ticket.owner, ticket.cost / self._workers, now)  # up front, as it may run for long

    def _leave(self, ticket: Ticket) -> None:
        ticket.waiting = False
        self._waiting[ticket.owner] -= 1
        if not self._waiting[ticket.owner]:
            del self._waiting[ticket.owner]
            del self._lines[ticket.owner]

    def _first(self, owner: Owner, now: float) -> Ticket | None:
        """A client's earliest ticket that may start."""
        line = self._lines[owner]
        quick, slow = line.first(slow=False), line.first(slow=True)
        if slow is not None and not self._may_be_slow(owner, now):
            slow = None
        if quick is None or slow is None:
            return quick or slow
        return min(quick, slow, key=lambda ticket: ticket.place)

    def _may_be_slow(self, owner: Owner, now: float) -> bool:
        """Whether a slow picture of this client would leave a worker free for others."""
        self._forget_absent(now)
        clients = self._came.keys()
        most = max(1, self._workers - 1)
        slow = [ticket.owner for ticket in self._running if _slow(ticket)]
        if any(other.identity != owner.identity for other in clients):
            return sum(other.identity == owner.identity for other in slow) < most
        return clients == {owner} or slow.count(owner) < most

    def _forget_absent(self, now: float) -> None:
        """Drop clients that are no longer active."""
        for owner in [owner for owner, came in self._came.items() if now - came > _PRESENT_SECONDS]:
            if owner not in self._waiting:
                del self._came[owner]
        self._shares.tidy(now)

    def _others(self, owner: Owner, now: float) -> float:
        """Worker seconds that other clients have used so far."""
        running = sum(now - ticket.began for ticket in self._running if ticket.owner != owner)
        return self._total - self._used.get(owner, 0.0) + running

    def _tidy(self, owner: Owner) -> None:
        if owner not in self._waiting and all(ticket.owner != owner for ticket in self._running):
            self._used.pop(owner, None)


def _slow(ticket: Ticket) -> bool:
    return ticket.cost > _SLOW_SECONDS
