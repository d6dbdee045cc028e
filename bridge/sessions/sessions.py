"""Who is connected: sessions outlive their last stream by a grace time, and free what they hold at their end."""

import asyncio
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from bridge.config import Limits
from bridge.errors import BridgeError, Overloaded, UnknownSession
from bridge.logs import note
from bridge.observe.stats import ClientCounts, Stats
from bridge.sessions.shared_memory import SharedMemory
from bridge.v1 import media_pb2

log = logging.getLogger("framebridge.sessions")

Kept = TypeVar("Kept")


class OpenStream(Protocol):
    """A stream, as far as session and server are concerned."""

    def fail(self, error: BridgeError) -> None:
        """End it with an error."""
        ...

    async def wind_down(self) -> None:
        """Answer what was asked, then end it: the server stops."""
        ...

    def abandon(self) -> None:
        """End it at once: the server stops."""
        ...


@dataclass(slots=True, eq=False)
class Session:
    """One client, over all its streams and through reconnections."""

    id: str
    counts: ClientCounts
    identity: str = ""  # who is behind it, since its newest handshake
    minor: int = 0  # of the contract that its client was built for, since then too
    used: bool = False  # whether it ever had a stream
    formats: Sequence[media_pb2.TextureFormat] = ()
    row_order: media_pb2.RowOrder = media_pb2.ROW_ORDER_TOP_DOWN
    resumptions: int = 0
    kept: dict[type, Any] = field(default_factory=dict)  # by capability; see `keep`
    streams: set[OpenStream] = field(default_factory=set)
    timer: asyncio.TimerHandle | None = None
    shared: SharedMemory | None = None  # of the newest handshake

    def keep(self, kind: type[Kept]) -> Kept:
        """What a capability keeps of this session: one object of its `kind`, empty at first, until the session ends."""
        if kind not in self.kept:
            self.kept[kind] = kind()
        kept: Kept = self.kept[kind]
        return kept


class Sessions:
    """All sessions of a server. Belongs to the event loop."""

    def __init__(self, limits: Limits, grace: float, stats: Stats) -> None:
        self._limits = limits
        self._grace = grace
        self._stats = stats
        self._sessions: dict[str, Session] = {}
        self.on_end: list[Callable[[Session], None]] = []  # each frees what a capability keeps

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    def open(self, resume: str, name: str, identity: str = "") -> tuple[Session, bool]:
        """The session to resume, if it is still there, else a new one, and which of both, for a client of `identity`
        that calls itself `name`. Overloaded: too many.
        """
        session = self._sessions.get(resume)
        if session is not None:
            session.resumptions += 1
            session.identity = identity
            self._stats.rename(session.counts, name)
            self._watch(session)
            return session, True
        self._make_room(identity)
        session = Session(secrets.token_urlsafe(18), self._stats.client(name), identity)
        self._sessions[session.id] = session
        self._watch(session)
        return session, False

    def _make_room(self, identity: str) -> None:
        """An identity at its limit gives up its oldest session that never had a stream: who shakes hands without end
        pushes out nobody else.
        """
        mine = [session for session in self._sessions.values() if session.identity == identity]
        if len(self._sessions) < self._limits.sessions and len(mine) < self._limits.sessions_per_identity:
            return
        unused = next((session for session in mine if not session.used), None)
        if unused is None:
            raise Overloaded(
                f"{len(self._sessions)} sessions are open, {len(mine)} of them from your address; end one, or wait "
                f"{self._grace:g} s"
            )
        self.end(unused)

    def find(self, session_id: str) -> Session:
        """UnknownSession when there is none of this id."""
        if session_id not in self._sessions:
            raise UnknownSession("no session of this id, or its grace time is over; call Handshake for a new one")
        return self._sessions[session_id]

    def share(self, session: Session, *, wanted: bool) -> None:
        """Have new memory to share, where it is `wanted` and there is room, in place of what was offered before."""
        if session.shared is not None:
            session.shared.retire()
            session.shared = None
        if wanted and self._has_memory(session.identity):
            try:
                session.shared = SharedMemory(self._limits.shared_memory_bytes, self._grace)
            except OSError as error:
                note(log, logging.WARNING, "no shared memory", session=session.id[:8], error=str(error))

    def _has_memory(self, identity: str) -> bool:
        """Whether one more piece of shared memory is within the limits of all, and of an identity's half of them."""
        size, most = self._limits.shared_memory_bytes, self._limits.shared_memory_total_bytes
        shared = [session for session in self._sessions.values() if session.shared is not None]
        mine = [session for session in shared if session.identity == identity]
        return size > 0 and (len(shared) + 1) * size <= most and (len(mine) + 1) * size <= most // 2

    def attach(self, session: Session, stream: OpenStream) -> None:
        """A stream of the session begins. Overloaded when it has too many."""
        if len(session.streams) >= self._limits.streams_per_session:
            raise Overloaded(f"the session has {len(session.streams)} open streams already; close one first")
        session.streams.add(stream)
        session.used = True
        self._unwatch(session)

    def detach(self, session: Session, stream: OpenStream) -> None:
        """A stream of the session is over; after the last one the grace time runs."""
        session.streams.discard(stream)
        if session.id in self._sessions and not session.streams:
            self._watch(session)

    def end(self, session: Session) -> None:
        """End a session at once, and its streams with it."""
        self._unwatch(session)
        self._sessions.pop(session.id, None)
        for stream in list(session.streams):
            stream.fail(UnknownSession("the session has been ended; call Handshake for a new one"))
        for free in self.on_end:
            free(session)
        if session.shared is not None:
            session.shared.close()
        session.kept.clear()

    def end_all(self) -> None:
        """The server stops."""
        for session in list(self._sessions.values()):
            self.end(session)

    def _watch(self, session: Session) -> None:
        self._unwatch(session)
        if not session.streams:
            session.timer = asyncio.get_running_loop().call_later(self._grace, self.end, session)

    def _unwatch(self, session: Session) -> None:
        if session.timer is not None:
            session.timer.cancel()
            session.timer = None
