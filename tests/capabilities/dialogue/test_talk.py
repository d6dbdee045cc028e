"""What one client's talk costs others, and what becomes of it when there is more than can be carried."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from bridge.v1 import error_pb2
from tests.conftest import Run
from tests.serving.client import D, connected, read, say, until_done
from tests.serving.fakes import Fakes
from tests.serving.server import FakeServer, serving
from tests.wire.test_identity import ByName

ROOM = 2048  # places of the pool of the fake model, in the tests that fill it


@asynccontextmanager
async def crowded(crowd: int, **config: Any) -> Any:
    """A server for which so many clients are one identity, and all others another."""
    server = FakeServer(Fakes(), **config)
    server.server._identify = ByName(crowd)
    await server.start()
    server.fakes.dialogue.room = ROOM
    try:
        yield server
    finally:
        server.fakes.dialogue.pace.set()
        await server.server.stop(0.0)


async def say_in(call: Any, count: int, text: str = "count 90") -> list[Any]:
    """Say it in so many conversations at once; the first event of each."""
    for index in range(count):
        await call.write(say(text, conversation=f"npc {index}"))
    firsts: dict[str, Any] = {}
    while len(firsts) < count:
        event = await read(call)
        firsts.setdefault(event.conversation_id, event)
    return list(firsts.values())


def refused(events: list[Any]) -> list[Any]:
    return [event for event in events if event.WhichOneof("event") == "done"]


def assert_can_be_asked_again(event: Any) -> None:
    outcome = event.done.outcome
    assert outcome.disposition == error_pb2.DISPOSITION_REFUSED
    assert outcome.error.reason == error_pb2.ERROR_REASON_OVERLOADED
    assert outcome.error.retryable
    assert outcome.error.retry_after_micros > 0


@pytest.mark.parametrize("crowd", [1, 2], ids=["of another identity", "of the same identity"])
@pytest.mark.parametrize("count", [64, 63 + 10])
def test_many_long_conversations_keep_nobody_waiting(run: Run, crowd: int, count: int) -> None:
    """Those that are too many are refused at once; a newcomer's prompt is the next, whoever waits."""

    async def scenario() -> None:
        async with (
            crowded(crowd, dialogue_slots=2) as server,
            connected(server.port) as greedy,
            connected(server.port) as lone,
        ):
            calls = [await greedy.open_dialogue(), await lone.open_dialogue()]
            server.fakes.dialogue.pace.clear()
            events = await say_in(calls[0], min(count, 64))
            taken = [event for event in events if event.WhichOneof("event") == "started"]
            assert 4 < len(taken) < 20
            assert len(refused(events)) == min(count, 64) - len(taken)
            for event in refused(events):
                assert_can_be_asked_again(event)
            for again in range(count - 64):
                name = refused(events)[0].conversation_id
                await calls[0].write(say("count 90", turn=2 + again, conversation=name))
                assert_can_be_asked_again(await read(calls[0]))
            await calls[1].write(say("Hello?", conversation="innkeeper"))
            assert (await read(calls[1])).WhichOneof("event") == "started"
            server.fakes.dialogue.pace.set()
            assert (await until_done(calls[1]))[-1].done.text == "You said: Hello?"
            begun = server.fakes.dialogue.begun
            assert begun.index(f"{lone.session}/innkeeper") <= 1, "behind the one that was on the device"

    run(scenario())


def test_sixteen_conversations_on_eight_slots_all_speak_before_one_has_ended(run: Run) -> None:
    async def scenario() -> None:
        fakes = Fakes()
        fakes.dialogue.slots, fakes.dialogue.room, fakes.dialogue.company = 8, 8 * 1024, 16
        async with serving(fakes, dialogue_slots=8) as server, AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(connected(server.port)) for _ in range(4)]
            calls = [await client.open_dialogue() for client in clients]
            fakes.dialogue.pace.clear()
            for call in calls:
                assert not refused(await say_in(call, 4, "count 9"))
            fakes.dialogue.pace.set()

            async def listen(call: Any) -> None:
                for _ in range(4):
                    assert (await until_done(call))[-1].done.finish == D.TURN_FINISH_END

            await asyncio.gather(*map(listen, calls))
            assert fakes.dialogue.most_busy == 16

    run(scenario())


def test_who_was_refused_can_say_it_again_and_is_not_half_remembered(run: Run) -> None:
    async def scenario() -> None:
        async with crowded(1) as server, connected(server.port) as client:
            call = await client.open_dialogue()
            server.fakes.dialogue.room = 300
            server.fakes.dialogue.pace.clear()
            events = await say_in(call, 5)
            (name, *_) = [event.conversation_id for event in refused(events)]
            server.fakes.dialogue.pace.set()
            for _ in range(5 - len(refused(events))):
                await until_done(call)
            await call.write(say("Good evening!", turn=2, conversation=name))
            while (event := (await until_done(call))[-1]).conversation_id != name:
                pass
            assert event.done.text == "You said: Good evening!"
            assert server.fakes.dialogue.prompts[-1] == [("user", "Good evening!")]

    run(scenario())


def test_three_thousand_says_on_one_conversation_are_each_answered_once(run: Run) -> None:
    """While one prompt is in the making the newest say waits, and those between are over without any work."""
    many = 3000

    async def scenario() -> None:
        async with crowded(1) as server, connected(server.port) as client, connected(server.port) as lone:
            call, other = await client.open_dialogue(), await lone.open_dialogue()
            server.fakes.dialogue.tokenising.clear()

            async def speak() -> None:
                for turn in range(1, many + 1):
                    await call.write(say(f"number {turn}", turn=turn))

            speaking = asyncio.create_task(speak())
            finishes: dict[int, list[int]] = {}
            while len(finishes) < many - 1:
                event = await read(call)
                assert event.WhichOneof("event") == "done"
                finishes.setdefault(event.turn_id, []).append(event.done.finish)
            await speaking
            await other.write(say("Hello?"))
            server.fakes.dialogue.tokenising.set()
            (done,) = [event for event in await until_done(call) if event.WhichOneof("event") == "done"]
            assert (done.turn_id, done.done.finish) == (many, D.TURN_FINISH_END)
            assert (await until_done(other))[-1].done.finish == D.TURN_FINISH_END
            assert set(finishes) == set(range(1, many))
            assert Counter(map(tuple, finishes.values())) == {(D.TURN_FINISH_INTERRUPTED,): many - 1}
            assert len(server.fakes.dialogue.prompts) <= 3, "the first, the newest, and the other client's"

    run(scenario())


def test_prompts_of_identities_are_made_in_turn(run: Run) -> None:
    async def scenario() -> None:
        async with crowded(1) as server, connected(server.port) as greedy, connected(server.port) as lone:
            calls = [await greedy.open_dialogue(), await lone.open_dialogue()]
            server.fakes.dialogue.tokenising.clear()
            for index in range(40):
                await calls[0].write(say("mine", conversation=f"npc {index}"))
            await calls[0].write(say("", conversation="nobody"))
            await read(calls[0])  # all that was said before has been heard
            await calls[1].write(say("Hello?"))
            await calls[1].write(say("", conversation="nobody"))
            await read(calls[1])
            server.fakes.dialogue.tokenising.set()
            await until_done(calls[1])
            texts = [prompt[-1][1] for prompt in server.fakes.dialogue.prompts]
            assert texts.index("Hello?") <= 4

    run(scenario())


def test_an_identity_has_only_so_many_prompts_waiting(run: Run) -> None:
    async def scenario() -> None:
        async with crowded(5) as server:
            clients = [connected(server.port) for _ in range(5)]
            opened = [await client.__aenter__() for client in clients]
            calls = [await client.open_dialogue() for client in opened]
            server.fakes.dialogue.tokenising.clear()
            for index in range(5 * 60):
                await calls[index % 5].write(say("mine", conversation=f"npc {index}"))
            assert_can_be_asked_again(await read(calls[4]))
            async with connected(server.port) as lone:
                call = await lone.open_dialogue()
                await call.write(say("Hello?"))
                server.fakes.dialogue.tokenising.set()
                assert (await read(call)).WhichOneof("event") == "started"
            for client in clients:
                await client.__aexit__(None, None, None)

    run(scenario())
