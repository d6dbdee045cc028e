"""The table of sessions: who finds room, whose time runs, and what the end of a session frees."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bridge.config import Limits
from bridge.errors import BridgeError, Overloaded, UnknownSession
from bridge.observe.stats import Stats
from bridge.sessions.sessions import Session, Sessions

GRACE = 3600.0  # no time passes here


class Stream:
    def __init__(self) -> None:
        self.ended_by: BridgeError | None = None

    def fail(self, error: BridgeError) -> None:
        self.ended_by = error

    async def drain(self) -> None: ...

    def abandon(self) -> None: ...


def played(play: Callable[[Sessions], None], **limits: int) -> None:
    async def scenario() -> None:
        sessions = Sessions(Limits(**limits), GRACE, Stats(("avatar",)))
        try:
            play(sessions)
        finally:
            sessions.end_all()

    asyncio.run(scenario())


def opened(sessions: Sessions, identity: str = "a", resume: str = "") -> Session:
    return sessions.open(resume, "game", identity)[0]


def test_the_grace_time_runs_while_a_session_has_no_stream() -> None:
    def play(sessions: Sessions) -> None:
        session, streams = opened(sessions), [Stream(), Stream()]
        assert session.timer is not None
        for stream in streams:
            sessions.attach(session, stream)
            assert session.timer is None
        sessions.detach(session, streams[0])
        assert session.timer is None, "another stream is still open"
        sessions.detach(session, streams[1])
        assert session.timer is not None
        assert GRACE - 60 < session.timer.when() - asyncio.get_running_loop().time() <= GRACE

    played(play)


def test_a_session_has_so_many_streams() -> None:
    def play(sessions: Sessions) -> None:
        session = opened(sessions)
        for _ in range(2):
            sessions.attach(session, Stream())
        with pytest.raises(Overloaded, match="2 open streams"):
            sessions.attach(session, Stream())
        assert len(session.streams) == 2

    played(play, streams_per_session=2)


def test_who_shakes_hands_without_end_pushes_out_only_its_own_that_were_never_used() -> None:
    def play(sessions: Sessions) -> None:
        used, unused, other = opened(sessions), opened(sessions), opened(sessions, "b")
        stream = Stream()
        sessions.attach(used, stream)
        sessions.detach(used, stream)
        newest = opened(sessions)
        assert list(sessions) == [used, other, newest]
        sessions.attach(newest, Stream())
        with pytest.raises(Overloaded, match="2 of them from your address"):
            opened(sessions)
        assert unused.timer is None, "what has ended is waited for no more"

    played(play, sessions_per_identity=2)


def test_all_sessions_together_are_bounded() -> None:
    def play(sessions: Sessions) -> None:
        for number in range(3):
            sessions.attach(opened(sessions, f"{number}"), Stream())
        with pytest.raises(Overloaded, match="3 sessions are open, 0 of them"):
            opened(sessions, "another")

    played(play, sessions=3)


def test_a_session_is_found_again_with_what_was_kept() -> None:
    def play(sessions: Sessions) -> None:
        session = opened(sessions)
        session.keep(dict)["look"] = 7
        again, resumed = sessions.open(session.id, "game", "elsewhere")
        assert (again, resumed, again.resumptions, again.identity) == (session, True, 1, "elsewhere")
        assert again.keep(dict) == {"look": 7}
        assert sessions.find(session.id) is session
        assert not sessions.open("no such session", "game", "a")[1]

    played(play)


def test_the_end_of_a_session_frees_what_was_kept_and_ends_its_streams() -> None:
    def play(sessions: Sessions) -> None:
        session, stream, freed = opened(sessions), Stream(), list[Any]()
        sessions.on_end.append(lambda ended: freed.append(ended.keep(dict)["look"]))
        session.keep(dict)["look"] = 7
        sessions.attach(session, stream)
        sessions.end(session)
        assert isinstance(stream.ended_by, UnknownSession)
        assert (freed, session.kept, len(sessions)) == ([7], {}, 0)
        sessions.detach(session, stream)
        assert session.timer is None, "no grace time runs for what has ended"
        with pytest.raises(UnknownSession):
            sessions.find(session.id)

    played(play)


def test_an_identity_has_half_of_the_shared_memory_at_the_most() -> None:
    def play(sessions: Sessions) -> None:
        mine = [opened(sessions) for _ in range(3)]
        for session in mine:
            sessions.share(session, wanted=True)
        assert [session.shared is not None for session in mine] == [True, True, False]
        other = opened(sessions, "b")
        sessions.share(other, wanted=False)
        assert other.shared is None
        sessions.share(other, wanted=True)
        assert other.shared is not None
        sessions.share(mine[0], wanted=False)
        sessions.share(mine[2], wanted=True)
        assert mine[2].shared is not None, "what was given back is free"

    played(play, shared_memory_bytes=4096, shared_memory_total_bytes=4 * 4096)
