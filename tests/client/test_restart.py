"""Conversations over what servers do to them: a restart, a session that is over, a persona that changes meanwhile."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.client import BridgeClient, Dialogue, Disposition, Sampling, Turn
from bridge.errors import BridgeError, CallFailed, ServerUnavailable
from tests.client.wire import wired
from tests.serving.fakes import Fakes
from tests.serving.server import FakeServer, serving
from tests.waiting import until

MIRA, BRAM = "You are Mira, the innkeeper.", "You are Bram, the smith."
SO_FAR = [("user", "hello"), ("assistant", "You said: hello")]


async def said(talk: Dialogue, name: str, text: str, **more: Any) -> Turn:
    """Say it, once the connection is back."""
    while True:
        try:
            return talk.say(name, text, **more)
        except ServerUnavailable:
            await asyncio.sleep(0)


def prompt(server: FakeServer) -> list[tuple[str, str]]:
    """What the model was given last."""
    return server.fakes.dialogue.prompts[-1]


@asynccontextmanager
async def restarted(server: FakeServer) -> AsyncIterator[FakeServer]:
    """Another server on the port of one that stops, as after a crash: it knows nobody."""
    await server.server.stop(0.0)
    async with serving(port=server.port) as other:
        yield other


@asynccontextmanager
async def talking(address: str) -> AsyncIterator[tuple[BridgeClient, Dialogue]]:
    async with BridgeClient(address) as bridge, bridge.dialogue() as talk:
        yield bridge, talk


def play(scene: Any) -> None:
    asyncio.run(asyncio.wait_for(scene(), 60))


def test_a_restart_keeps_persona_and_what_was_said_and_tells_the_game() -> None:
    async def scene() -> None:
        async with serving() as first, talking(f"127.0.0.1:{first.port}") as (bridge, talk):
            done = await talk.say("inn", "hello", persona=MIRA).reply()
            assert not done.memory_lost
            session = bridge.session_id
            async with restarted(first) as second:
                await until(lambda: not talk._stream.connected or bridge.session_id != session)
                turn = await said(talk, "inn", "again")
                assert turn.memory_lost
                assert (await turn.reply()).memory_lost
                assert bridge.session_id != session
                assert prompt(second) == [("system", MIRA), *SO_FAR, ("user", "again")]
                done = await talk.say("inn", "and now").reply()
                assert not done.memory_lost
                assert prompt(second) == [
                    ("system", MIRA),
                    *SO_FAR,
                    ("user", "again"),
                    ("assistant", "You said: again"),
                    ("user", "and now"),
                ]

    play(scene)


def test_two_conversations_each_keep_their_own() -> None:
    async def scene() -> None:
        async with serving() as first, talking(f"127.0.0.1:{first.port}") as (bridge, talk):
            await talk.say("inn", "hello", persona=MIRA).reply()
            await talk.say("forge", "good day", persona=BRAM).reply()
            session = bridge.session_id
            async with restarted(first) as second:
                await until(lambda: bridge.session_id != session)
                await (await said(talk, "forge", "again")).reply()
                said_there = [("user", "good day"), ("assistant", "You said: good day"), ("user", "again")]
                assert prompt(second) == [("system", BRAM), *said_there]
                assert talk.say("inn", "again").memory_lost
                done = await talk.say("attic", "boo", persona="A ghost.").reply()
                assert not done.memory_lost
                assert prompt(second) == [("system", "A ghost."), ("user", "boo")]

    play(scene)


def test_a_turn_under_way_ends_with_a_clear_error_and_the_next_has_the_persona() -> None:
    async def scene() -> None:
        async with serving() as first, talking(f"127.0.0.1:{first.port}") as (_, talk):
            turn = talk.say("inn", "count 30 and wait", persona=MIRA)
            await until(lambda: turn.text)
            async with restarted(first) as second:
                with pytest.raises(BridgeError, match=r"connection broke|server is stopping"):
                    await turn.reply()
                spoken = turn.text
                again = await said(talk, "inn", "hello")
                while not again.memory_lost:  # the old server was still listening
                    with pytest.raises(BridgeError):
                        await again.reply()
                    again = await said(talk, "inn", "hello")
                await again.reply()
                assert prompt(second)[:3] == [
                    ("system", MIRA),
                    ("user", "count 30 and wait"),
                    ("assistant", spoken.strip()),
                ]

    play(scene)


def test_a_persona_that_changes_while_the_connection_is_lost_goes_up_afterwards() -> None:
    async def scene() -> None:
        async with serving() as server, wired(server.port) as (wire, address), talking(address) as (_, talk):
            await talk.say("inn", "hello", persona=MIRA).reply()
            turn = talk.say("inn", "count 30 and wait")
            await until(lambda: turn.text)
            wire.cut()
            await until(lambda: turn.over)
            with pytest.raises(ServerUnavailable):
                talk.say("inn", "who are you?", persona=BRAM)
            done = await (await said(talk, "inn", "again")).reply()
            assert not done.memory_lost
            assert prompt(server)[0] == ("system", BRAM)
            assert ("user", "hello") in prompt(server)  # the session, and all that was said in it, is still there

    play(scene)


def test_a_session_whose_grace_is_over_begins_anew() -> None:
    async def scene() -> None:
        async with (
            serving(session_grace_seconds=0.05) as server,
            wired(server.port) as (wire, address),
            talking(address) as (_, talk),
        ):
            await talk.say("inn", "hello", persona=MIRA).reply()
            wire.is_down = True
            wire.cut()
            await until(lambda: not len(server.backend.sessions))
            wire.is_down = False
            done = await (await said(talk, "inn", "again")).reply()
            assert done.memory_lost
            assert prompt(server) == [("system", MIRA), *SO_FAR, ("user", "again")]

    play(scene)


def test_a_session_that_the_server_ends_begins_anew() -> None:
    async def scene() -> None:
        async with serving() as server, talking(f"127.0.0.1:{server.port}") as (bridge, talk):
            await talk.say("inn", "hello", persona=MIRA).reply()
            turn = talk.say("inn", "count 30 and wait")
            await until(lambda: turn.text)
            session = bridge.session_id
            server.backend.sessions.end(server.backend.sessions.find(session))
            assert (await turn.reply()).finish == "interrupted"
            await until(lambda: bridge.session_id != session)
            done = await (await said(talk, "inn", "again")).reply()
            assert done.memory_lost
            assert prompt(server)[:3] == [("system", MIRA), *SO_FAR]

    play(scene)


def test_first_words_that_are_refused_leave_the_persona_here() -> None:
    """The server takes the persona from words that it takes."""

    async def scene() -> None:
        async with serving() as server, talking(f"127.0.0.1:{server.port}") as (bridge, talk):
            await bridge.unload_model("dialogue")
            done = await talk.say("inn", "hello", persona=MIRA).reply()
            assert (done.finish, done.memory_lost) == ("failed", False)
            assert done.failure is not None
            assert "not loaded" in done.failure.message
            await bridge.load_model("dialogue")
            with pytest.raises(CallFailed, match="temperature"):
                await talk.say("inn", "hello", sampling=Sampling(temperature=9.0)).reply()
            await talk.say("inn", "hello").reply()
            assert prompt(server) == [("system", MIRA), ("user", "hello")]

    play(scene)


def test_a_conversation_that_the_game_forgets_is_forgotten_here_too() -> None:
    async def scene() -> None:
        async with serving() as server, talking(f"127.0.0.1:{server.port}") as (_, talk):
            await talk.say("inn", "hello", persona=MIRA).reply()
            talk.forget("inn")
            await talk.say("inn", "hello").reply()
            assert prompt(server) == [("user", "hello")]

    play(scene)


class Slow(Fakes):
    """A dialogue model that takes its time to load."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded = threading.Event()

    def _loads(self, name: str) -> Any:
        load = super()._loads(name)

        def wait(device: Any, **options: Any) -> Any:
            if name == "dialogue":
                self.loaded.wait(20.0)
            return load(device, **options)

        return wait


def test_words_to_a_model_that_loads_are_refused_in_a_sentence_and_answered_once_it_is_ready() -> None:
    async def scene() -> None:
        fakes = Slow()
        server = FakeServer(fakes)
        port = await server.server.start()
        try:
            async with talking(f"127.0.0.1:{port}") as (bridge, talk):
                done = await talk.say("inn", "hello", persona=MIRA).reply()
                assert (done.finish, done.text) == ("failed", "")
                failure = done.failure
                assert failure is not None
                assert (failure.disposition, failure.reason) == (Disposition.REFUSED, "unknown_model")
                assert "dialogue" in failure.message
                assert "is still loading" in failure.message
                assert failure.retry_after > 0
                fakes.loaded.set()
                await bridge.until_ready("dialogue")
                await talk.say("inn", "hello").reply()
                assert prompt(server) == [("system", MIRA), ("user", "hello")]
        finally:
            fakes.loaded.set()
            await server.server.stop(0.0)

    play(scene)


def test_what_is_kept_of_conversations_is_bounded() -> None:
    async def scene() -> None:
        async with serving() as server, talking(f"127.0.0.1:{server.port}") as (bridge, talk):
            most = bridge.limits.max_conversations_per_session
            await talk.say("inn", "hello", persona=MIRA).reply()
            for number in range(2 * most):
                await talk.say(f"npc-{number}", "count 1").reply()
            assert len(talk._memories) <= most + 1
            assert talk._memories["inn"].known

    play(scene)
