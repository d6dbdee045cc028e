"""Client sessions: each outlives its last stream by a grace time, and frees its resources when it ends."""

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
    """A stream as session and server see it."""

    def fail(self, error: BridgeError) -> None:
        """End it with an error."""
        ...

    async def drain(self) -> None:
        """Answer outstanding requests, then end it: the server is stopping."""
        ...

    def abandon(self) -> None:
        """End it at once: the server is stopping."""
        ...


@dataclass(slots=True, eq=False)
class Session:
    """One client, across all its streams and reconnections."""

    id: str
    counts: ClientCounts
    identity: str = ""  # as of its newest handshake
    minor: int = 0  # version of the client's contract, as of then too
    bundles: bool = False  # both sides may send them
    used: bool = False  # it has had a stream
    formats: Sequence[media_pb2.TextureFormat] = ()
    row_order: media_pb2.RowOrder = media_pb2.ROW_ORDER_TOP_DOWN
    resumptions: int = 0
    kept: dict[type, Any] = field(default_factory=dict)  # state of the capabilities; see `keep`
    streams: set[OpenStream] = field(default_factory=set)
    timer: asyncio.TimerHandle | None = None
    shared: SharedMemory | None = None  # from the newest handshake

    def keep(self, kind: type[Kept]) -> Kept:
        """A capability's state in this session: one object per `kind`, made on first use, freed with the session."""
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
        self.on_end: list[Callable[[Session], None]] = []  # each frees a capability's state

    def __len__(self) -> int:
        return len(self._sessions)

    def __iter__(self) -> Iterator[Session]:
        return iter(list(self._sessions.values()))

    def open(self, resume: str, name: str, identity: str = "") -> tuple[Session, bool]:
        """Resume a session, or open a new one if it is gone; also returns whether it was resumed. Overloaded if there
        are too many.
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
        """Evict this identity's oldest session without a stream if a limit is reached, so that endless handshakes push
        out nobody else.
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
        """The session of this id. UnknownSession if there is none."""
        if session_id not in self._sessions:
            raise UnknownSession("no session has this id, or its grace time is over; call Handshake for a new one")
        return self._sessions[session_id]

    def share(self, session: Session, *, wanted: bool) -> None:
        """Replace the session's shared memory, if `wanted` and within the limits."""
        if session.shared is not None:
            session.shared.retire()
            session.shared = None
        if wanted and self._has_memory(session.identity):
            try:
                session.shared = SharedMemory(self._limits.shared_memory_bytes, self._grace)
            except OSError as error:
                note(log, logging.WARNING, "no shared memory", session=session.id[:8], error=str(error))

    def _has_memory(self, identity: str) -> bool:
        """Whether one more block of shared memory fits the total, and this identity's half of it."""
        size, most = self._limits.shared_memory_bytes, self._limits.shared_memory_total_bytes
        shared = [session for session in self._sessions.values() if session.shared is not None]
        mine = [session for session in shared if session.identity == identity]
        return size > 0 and (len(shared) + 1) * size <= most and (len(mine) + 1) * size <= most // 2

    def attach(self, session: Session, stream: OpenStream) -> None:
        """Add a stream to the session. Overloaded if it has too many."""
        if len(session.streams) >= self._limits.streams_per_session:
            raise Overloaded(f"the session already has {len(session.streams)} open streams; close one first")
        session.streams.add(stream)
        session.used = True
        self._unwatch(session)

    def detach(self, session: Session, stream: OpenStream) -> None:
        """Remove a stream from the session; after the last one the grace time starts."""
        session.streams.discard(stream)
        if session.id in self._sessions and not session.streams:
            self._watch(session)

    def end(self, session: Session) -> None:
        """End a session and its streams at once."""
        self._unwatch(session)
        self._sessions.pop(session.id, None)
        for stream in list(session.streams):
            stream.fail(UnknownSession("the session has been ended; call Handshake for a new one"))
        for free in self.on_end:
            free(session)
        if session.shared is not None:
            session.shared.close()
        session.kept.clear()
        session.counts.fold()

    def end_all(self) -> None:
        """End all sessions: the server is stopping."""
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
