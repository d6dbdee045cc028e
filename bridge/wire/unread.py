"""How many bytes of answers are unread: made, and not taken by their client's connection yet.

Limited for each call, for a session, for an identity, and for all; where a limit is passed, the call that could drop
most drops its oldest payloads first. What a call has handed to gRPC when it ends counts until gRPC lets go of it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bridge.config import Limits
from bridge.errors import Overloaded

Session = tuple[str, str]  # an identity, and its session or, for a call without one, its connection


def nothing_to_drop() -> bool:
    """Of a call whose answers are all needed."""
    return False


@dataclass(slots=True, eq=False)
class Holding:
    """The unread bytes of one call; `droppable` are those of payloads that a status may replace, and `drop` replaces
    one, unless there is none.
    """

    unread: "Unread"
    session: Session
    drop: Callable[[], bool]
    held: int = 0
    droppable: int = 0

    @property
    def identity(self) -> str:
        """Who is behind the call."""
        return self.session[0]

    def take(self, size: int, *, droppable: bool = False) -> None:
        """Hold so many bytes more. Overloaded where they find no room."""
        self.unread.make_room(self, size)
        self.droppable += size * droppable
        self._add(size)

    def give_back(self, size: int, *, droppable: bool = False) -> None:
        """So many have been read, or dropped."""
        self.droppable -= size * droppable
        self._add(-size)

    def close(self) -> None:
        """The call is over."""
        self.droppable = 0
        self._add(-self.held)
        self.unread.forget(self)

    def _add(self, size: int) -> None:
        self.held += size
        self.unread.count(self.session, size)


class Unread:
    """The unread bytes of all calls of a server. Belongs to the event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._holdings: dict[str, dict[Session, set[Holding]]] = {}
        self._sessions: Counter[Session] = Counter()
        self._identities: Counter[str] = Counter()
        self.total = 0

    def open(self, identity: str, session: str, drop: Callable[[], bool] = nothing_to_drop) -> Holding:
        """Begin to count for one call."""
        holding = Holding(self, (identity, session), drop)
        self._holdings.setdefault(identity, {}).setdefault(holding.session, set()).add(holding)
        return holding

    def of_identity(self, identity: str) -> int:
        """The unread bytes of one identity."""
        return self._identities[identity]

    def make_room(self, holding: Holding, size: int) -> None:
        """See that `size` bytes more of a call are within all limits. Overloaded names the one that they are not in."""
        limits, (identity, _) = self._limits, holding.session
        if (  # as nearly always: this is asked of every answer
            holding.held + size <= limits.unread_call_bytes
            and self._sessions[holding.session] + size <= limits.unread_session_bytes
            and self._identities[identity] + size <= limits.unread_identity_bytes
            and self.total + size <= limits.unread_total_bytes
        ):
            return
        self._within("this call", lambda: holding.held, size, limits.unread_call_bytes, lambda: holding)
        self._within(
            "this session",
            lambda: self._sessions[holding.session],
            size,
            limits.unread_session_bytes,
            lambda: _fullest(self._holdings[identity][holding.session]),
        )
        self._within(
            "your address",
            lambda: self._identities[identity],
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
                    f"{held():,} bytes of answers to {whose} have not been read, and {size:,} more would pass the "
                    f"limit of {most:,}; read what has been answered first"
                )

    def _fullest_of(self, identity: str) -> Holding:
        sessions = self._holdings[identity].values()
        return _fullest(max(sessions, key=_droppable))

    def _fullest(self) -> Holding:
        identities = self._holdings
        most = max(identities, key=lambda name: sum(_droppable(calls) for calls in identities[name].values()))
        return self._fullest_of(most)

    def count(self, session: Session, size: int) -> None:
        """So many bytes more, or less, are unread."""
        self._sessions[session] += size
        self._identities[session[0]] += size
        self.total += size

    def forget(self, holding: Holding) -> None:
        """A call is over, and holds nothing."""
        identity = holding.session[0]
        sessions = self._holdings.get(identity, {})
        calls = sessions.get(holding.session, set())
        calls.discard(holding)
        if not calls and sessions.pop(holding.session, None) is not None:
            del self._sessions[holding.session]
        if not sessions and self._holdings.pop(identity, None) is not None:
            del self._identities[identity]


def _droppable(calls: Iterable[Holding]) -> int:
    return sum(call.droppable for call in calls)


def _fullest(calls: Iterable[Holding]) -> Holding:
    return max(calls, key=lambda call: call.droppable)
