"""Back-pressure accounting: bytes of answers that clients have not read yet, with limits on them.

There is a limit per call, per session, per identity and for all; past one, the call with the most droppable bytes drops
its oldest payloads first. Bytes handed to gRPC count until gRPC releases them, even after the call has ended.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bridge.config import Limits
from bridge.errors import Overloaded

Session = tuple[str, str]  # an identity, and its session or, for a call without one, its connection


def nothing_to_drop() -> bool:
    """The `drop` of a call whose answers are all needed."""
    return False


@dataclass(slots=True, eq=False)
class Holding:
    """The unread bytes of one call. `droppable` counts payloads that a status may replace; `drop` replaces one, and
    returns whether there was any.
    """

    unread: "Unread"
    session: Session
    drop: Callable[[], bool]
    held: int = 0
    droppable: int = 0

    @property
    def identity(self) -> str:
        """The identity of the client."""
        return self.session[0]

    def take(self, size: int, *, droppable: bool = False) -> None:
        """Add bytes. Overloaded if they do not fit the limits."""
        unread, session, limits = self.unread, self.session, self.unread.limits
        if (
            self.held + size > limits.unread_call_bytes
            or unread.sessions[session] + size > limits.unread_session_bytes
            or unread.identities[session[0]] + size > limits.unread_identity_bytes
            or unread.total + size > limits.unread_total_bytes
        ):
            unread.make_room(self, size)
        if droppable:
            self.droppable += size
        self.held += size
        unread.sessions[session] += size
        unread.identities[session[0]] += size
        unread.total += size

    def give_back(self, size: int, *, droppable: bool = False) -> None:
        """Release bytes that have been read or dropped."""
        self.droppable -= size * droppable
        self._add(-size)

    def close(self) -> None:
        """The call is over."""
        self.droppable = 0
        self._add(-self.held)
        self.unread.forget(self)

    def _add(self, size: int) -> None:
        unread = self.unread
        self.held += size
        unread.sessions[self.session] += size
        unread.identities[self.session[0]] += size
        unread.total += size


class Unread:
    """The unread bytes of all calls of a server. Belongs to the event loop."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._holdings: dict[str, dict[Session, set[Holding]]] = {}
        self.sessions: Counter[Session] = Counter()
        self.identities: Counter[str] = Counter()
        self.total = 0

    def open(self, identity: str, session: str, drop: Callable[[], bool] = nothing_to_drop) -> Holding:
        """Start counting for a call."""
        holding = Holding(self, (identity, session), drop)
        self._holdings.setdefault(identity, {}).setdefault(holding.session, set()).add(holding)
        return holding

    def of_identity(self, identity: str) -> int:
        """The unread bytes of one identity."""
        return self.identities[identity]

    def make_room(self, holding: Holding, size: int) -> None:
        """Make `size` more bytes of a call fit all limits, dropping payloads as needed. Overloaded names the limit."""
        limits, (identity, _) = self.limits, holding.session
        self._within("this call", lambda: holding.held, size, limits.unread_call_bytes, lambda: holding)
        self._within(
            "this session",
            lambda: self.sessions[holding.session],
            size,
            limits.unread_session_bytes,
            lambda: _fullest(self._holdings[identity][holding.session]),
        )
        self._within(
            "your address",
            lambda: self.identities[identity],
            size,
            limits.unread_identity_bytes,
            lambda: self._fullest_of(identity),
        )
        self._within("all clients", lambda: self.total, size, limits.unread_total_bytes, self._fullest)

    @staticmethod
    def _within(whose: str, held: Callable[[], int], size: int, most: int, fullest: Callable[[], Holding]) -> None:
        while held() + size > most:
            if not fullest().drop():
                raise Overloaded(
                    f"{held():,} bytes of answers to {whose} have not been read, and {size:,} more would exceed the "
                    f"limit of {most:,}; read the answers first"
                )

    def _fullest_of(self, identity: str) -> Holding:
        sessions = self._holdings[identity].values()
        return _fullest(max(sessions, key=_droppable))

    def _fullest(self) -> Holding:
        identities = self._holdings
        most = max(identities, key=lambda name: sum(_droppable(calls) for calls in identities[name].values()))
        return self._fullest_of(most)

    def forget(self, holding: Holding) -> None:
        """Remove a call that is over and holds nothing."""
        identity = holding.session[0]
        sessions = self._holdings.get(identity, {})
        calls = sessions.get(holding.session, set())
        calls.discard(holding)
        if not calls and sessions.pop(holding.session, None) is not None:
            del self.sessions[holding.session]
        if not sessions and self._holdings.pop(identity, None) is not None:
            del self.identities[identity]


def _droppable(calls: Iterable[Holding]) -> int:
    return sum(call.droppable for call in calls)


def _fullest(calls: Iterable[Holding]) -> Holding:
    return max(calls, key=lambda call: call.droppable)
