"""Replies of an endpoint that end early: its request is closed at once, so that it stops too."""

import asyncio

from tests.capabilities.dialogue.remote.endpoint import FakeEndpoint, Talk, echo, hold, remote
from tests.capabilities.dialogue.turns import interrupt
from tests.conftest import Run
from tests.serving.client import D, connected, say, until_done, until_token
from tests.waiting import until


def test_the_endpoint_stops_when_the_player_cuts_in(run: Run) -> None:
    left = asyncio.Event()

    async def answer(talk: Talk) -> None:
        await hold(talk)
        left.set()

    async def scenario() -> None:
        async with remote(answer) as (fake, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_token(call)
            await call.write(D.ConverseRequest(interrupt=D.ConverseInterrupt(conversation_id="smith", turn_id=1)))
            done = (await until_done(call))[-1].done
            assert (done.finish, done.text) == (D.TURN_FINISH_INTERRUPTED, "Once upon a time")
            await left.wait()
            await client.stats_until(lambda stats: stats.dialogue_busy_count == 0)
            fake.answer = echo
            await call.write(say("and?", turn=2))
            assert (await until_done(call, 2))[-1].done.finish == D.TURN_FINISH_END
            assert fake.asked[1]["messages"][2] == {"role": "assistant", "content": "Once upon a time"}

    run(scenario())


def test_a_new_turn_ends_the_one_before_and_so_does_a_stream_that_closes(run: Run) -> None:
    left = asyncio.Queue[str]()

    async def answer(talk: Talk) -> None:
        await hold(talk)
        left.put_nowait(talk.asked["messages"][-1]["content"])

    async def scenario() -> None:
        async with remote(answer) as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("one"))
            await until_token(call)
            await call.write(say("two", turn=2))
            ended = (await until_done(call, 1))[-1].done
            assert ended.finish == D.TURN_FINISH_INTERRUPTED
            assert await left.get() == "one"
            await until_token(call)
            call.cancel()
            assert await left.get() == "two"
            await client.stats_until(lambda stats: stats.dialogue_busy_count == 0)

    run(scenario())


def test_a_turn_can_be_interrupted_before_the_endpoint_answers(run: Run) -> None:
    asked = asyncio.Event()

    async def answer(talk: Talk) -> None:
        asked.set()
        await talk.until_left()

    async def scenario() -> None:
        async with remote(answer) as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await asked.wait()
            await call.write(interrupt(1))
            done = (await until_done(call))[-1].done
            assert (done.finish, done.text) == (D.TURN_FINISH_INTERRUPTED, "")

    run(scenario())


def test_the_connection_is_closed_with_the_model_and_with_the_server(run: Run) -> None:
    async def scenario() -> None:
        async with remote() as (fake, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_done(call)
            await server.roster.unload("dialogue")
            await call.write(say("hello", turn=2))
            done = (await until_done(call, 2))[-1].done
            assert "is not loaded" in done.outcome.error.message
            await until_closed(fake)
            await server.roster.load("dialogue")
            await call.write(say("hello", turn=3))
            assert (await until_done(call, 3))[-1].done.finish == D.TURN_FINISH_END
            assert len(fake.open) == 1
            await server.stop(0.0)
            await until_closed(fake)

    async def until_closed(fake: FakeEndpoint) -> None:
        await until(lambda: not fake.open)

    run(scenario())
