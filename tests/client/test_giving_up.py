"""Replies that their caller gives up, against the real server with quick models: whatever the way, the reply ends there
and here, once, and the next words are answered.
"""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bridge.capabilities.dialogue.conversation import Conversations
from bridge.client import BridgeClient, Dialogue, Done, Token, Turn
from bridge.client.observer import Observer
from bridge.errors import ServerUnavailable
from tests.client.fake import FakeBridge
from tests.client.fake import serving as faking
from tests.client.wire import wired
from tests.serving.server import FakeServer, serving
from tests.waiting import until

LONG = "count 30 and wait"  # holds the device before its last word until it is released
WHOLE = " ".join(map(str, range(30)))
Way = Callable[[Dialogue], Awaitable[None]]


class Fault(Exception):
    """What goes wrong in the body of a loop."""


async def first_token(events: AsyncIterator[Any]) -> None:
    while not isinstance(await anext(events), Token):
        pass


async def wait_for_reply(talk: Dialogue) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(talk.say("inn", LONG).reply(), 0.01)


async def wait_for_event(talk: Dialogue) -> None:
    turn = talk.say("inn", LONG)
    events = aiter(turn)
    await first_token(events)
    with contextlib.suppress(TimeoutError):
        while True:
            await asyncio.wait_for(anext(events), 0.01)


async def break_out(talk: Dialogue) -> None:
    async for event in talk.say("inn", LONG):
        if isinstance(event, Token):
            break


async def break_out_and_keep(talk: Dialogue) -> None:
    turn = talk.say("inn", LONG)
    async for event in turn:
        if isinstance(event, Token):
            break
    assert (await turn.reply()).finish == "interrupted"


async def cancel_the_task(talk: Dialogue) -> None:
    turn = talk.say("inn", LONG)
    task = asyncio.create_task(turn.reply())
    await until(lambda: turn.text)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def cancel_in_the_loop(talk: Dialogue) -> None:
    came = asyncio.Event()

    async def listen() -> None:
        async for _ in talk.say("inn", LONG):
            came.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(listen())
    await came.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def leave_a_task_group(talk: Dialogue) -> None:
    with contextlib.suppress(ExceptionGroup):
        async with asyncio.TaskGroup() as group:
            turn = talk.say("inn", LONG)
            group.create_task(turn.reply())
            await until(lambda: turn.text)
            raise Fault


async def exception_in_the_loop(talk: Dialogue) -> None:
    with contextlib.suppress(Fault):
        async for event in talk.say("inn", LONG):
            if isinstance(event, Token):
                raise Fault


async def close_the_iterator(talk: Dialogue) -> None:
    turn = talk.say("inn", LONG)
    events = aiter(turn)
    await first_token(events)
    await events.aclose()
    assert turn.over


async def close_an_iterator_that_never_began(talk: Dialogue) -> None:
    turn = talk.say("inn", LONG)
    await aiter(turn).aclose()
    assert turn.over


async def close_the_turn(talk: Dialogue) -> None:
    async with contextlib.aclosing(talk.say("inn", LONG)) as turn:
        await first_token(aiter(turn))
    assert turn.over


async def drop_before_anything_was_read(talk: Dialogue) -> None:
    talk.say("inn", LONG)
    gc.collect()


async def drop_in_a_cycle(talk: Dialogue) -> None:
    turn = talk.say("inn", LONG)
    holder: list[Any] = [turn, aiter(turn)]
    holder.append(holder)
    await first_token(holder[1])
    del turn
    holder = []
    gc.collect()


async def drop_an_iterator(talk: Dialogue) -> None:
    events = aiter(talk.say("inn", LONG))
    await first_token(events)
    del events
    gc.collect()


async def drop_on_another_thread(talk: Dialogue) -> None:
    turns = [talk.say("inn", LONG)]
    await until(lambda: turns[0].text)
    await asyncio.to_thread(turns.clear)


WAYS: list[Way] = [
    wait_for_reply,
    wait_for_event,
    break_out,
    break_out_and_keep,
    cancel_the_task,
    cancel_in_the_loop,
    leave_a_task_group,
    exception_in_the_loop,
    close_the_iterator,
    close_an_iterator_that_never_began,
    close_the_turn,
    drop_before_anything_was_read,
    drop_in_a_cycle,
    drop_an_iterator,
    drop_on_another_thread,
]


def play(scene: Callable[[FakeServer, Dialogue], Awaitable[None]]) -> None:
    async def main() -> None:
        async with (
            serving() as server,
            BridgeClient(f"127.0.0.1:{server.port}") as bridge,
            bridge.dialogue() as talk,
        ):
            await scene(server, talk)

    asyncio.run(asyncio.wait_for(main(), 60))


def conversation(server: FakeServer, name: str = "inn") -> Any:
    """What the server has of one."""
    kept = (session.keep(Conversations) for session in server.backend.sessions)
    return next((conversations[name] for conversations in kept if name in conversations), None)


async def assert_over(server: FakeServer, talk: Dialogue) -> None:
    """The server answers no more; nothing is left, there or here."""
    await until(lambda: conversation(server) is not None and conversation(server).turn is None)
    await until(lambda: server.fakes.dialogue.stats().busy == 0)
    async with Observer(f"127.0.0.1:{server.port}") as observer:
        stats, _ = await observer.look()
    work = next(work for work in stats.work if work.name == "dialogue")
    assert (work.cancelled_count, work.failed_count) == (1, 0)  # and not ended by whoever watches for slices that hang
    assert WHOLE not in [line.text for line in conversation(server).lines]
    assert not talk._turns
    assert not talk._held


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_giving_up_ends_the_reply_and_the_next_words_are_answered(way: Way) -> None:
    async def scene(server: FakeServer, talk: Dialogue) -> None:
        await way(talk)
        await assert_over(server, talk)
        done = await talk.say("inn", "hello").reply()
        assert (done.finish, done.text) == ("end", "You said: hello")

    play(scene)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_words_that_follow_at_once_are_answered_whole(way: Way) -> None:
    """They may go up before the interrupt of the turn that was given up, which must not end them."""

    async def scene(server: FakeServer, talk: Dialogue) -> None:
        await way(talk)
        done = await talk.say("inn", "count 40").reply()
        assert (done.finish, done.reply_tokens) == ("end", 40)

    play(scene)


def test_a_reply_that_was_given_up_has_one_end() -> None:
    async def scene(server: FakeServer, talk: Dialogue) -> None:
        turn = talk.say("inn", LONG)
        async for event in turn:
            if isinstance(event, Token):
                break
        done = await turn.reply()
        assert (done.finish, done.failure) == ("interrupted", None)
        assert WHOLE.startswith(done.text)
        assert done.text
        rest = [event async for event in turn]
        assert [event for event in rest if isinstance(event, Done)] == [done] == rest[-1:]
        assert [event async for event in turn] == []
        assert await turn.reply() is done
        await turn.aclose()
        turn.interrupt()
        await assert_over(server, talk)
        assert conversation(server).lines[-1].text.startswith(done.text)  # what has been said stays

    play(scene)


def test_giving_up_one_conversation_leaves_the_other_alone() -> None:
    async def scene(server: FakeServer, talk: Dialogue) -> None:
        other = talk.say("smith", "count 30")
        await break_out(talk)
        assert (await other.reply()).reply_tokens == 30
        await assert_over(server, talk)

    play(scene)


def test_an_older_turn_that_is_given_up_later_does_not_hide_a_newer_one_s_interrupt() -> None:
    """Only one interrupt of a conversation waits for its way up."""

    async def main() -> None:
        fake = FakeBridge()
        fake.on_dialogue = lambda message: []
        async with faking(fake) as address, BridgeClient(address) as bridge, bridge.dialogue() as talk:
            old, new = talk.say("inn", "One"), talk.say("inn", "Two")
            await new.aclose()
            await old.aclose()
            await fake.until("interrupt")
            assert [interrupt.turn_id for interrupt in fake.of_kind("interrupt")] == [new.turn_id]

    asyncio.run(asyncio.wait_for(main(), 30))


def test_giving_up_before_the_prompt_is_made() -> None:
    async def scene(server: FakeServer, talk: Dialogue) -> None:
        server.fakes.dialogue.tokenising.clear()
        turn = talk.say("inn", LONG)
        await until(lambda: conversation(server) is not None)
        await turn.aclose()
        await until(lambda: conversation(server).turn is None)
        server.fakes.dialogue.tokenising.set()
        assert (await talk.say("inn", "hello").reply()).text == "You said: hello"
        await assert_over(server, talk)

    play(scene)


def test_a_shielded_wait_that_is_given_up_leaves_the_reply_alone() -> None:
    async def scene(server: FakeServer, talk: Dialogue) -> None:
        server.fakes.dialogue.tokenising.clear()
        turn = talk.say("inn", "count 5")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(turn.reply()), 0.01)
        server.fakes.dialogue.tokenising.set()
        assert (await turn.reply()).finish == "end"

    play(scene)


def test_giving_up_at_done_sends_nothing() -> None:
    async def main() -> None:
        fake = FakeBridge()
        async with faking(fake) as address, BridgeClient(address) as bridge, bridge.dialogue() as talk:
            turn = talk.say("inn", "Hello!")
            async for _ in turn:
                await until(lambda: turn.over)
                break
            assert (await turn.reply()).finish == "end"
            assert (await talk.say("inn", "Again").reply()).finish == "end"
            assert not fake.of_kind("interrupt")

    asyncio.run(asyncio.wait_for(main(), 30))


def test_giving_up_while_the_connection_is_lost_is_quiet() -> None:
    async def main() -> None:
        async with (
            serving() as server,
            wired(server.port) as (wire, address),
            BridgeClient(address) as bridge,
            bridge.dialogue() as talk,
        ):
            turn = talk.say("inn", LONG)
            events = aiter(turn)
            await first_token(events)
            wire.cut()
            await until(lambda: turn.over)
            with pytest.raises(ServerUnavailable, match="being restored"):
                talk.say("inn", "hello")
            await events.aclose()
            await turn.aclose()
            with pytest.raises(ServerUnavailable, match="broke before the reply was complete"):
                await turn.reply()
            with pytest.raises(ServerUnavailable, match="broke before the reply was complete"):
                [event async for event in turn]
            assert [event async for event in turn] == []
            await assert_over(server, talk)

    asyncio.run(asyncio.wait_for(main(), 60))


def test_who_waits_for_a_reply_is_not_collected_with_it() -> None:
    """A task that nobody keeps is kept by what it waits for."""
    heard: list[str] = []

    async def listen(turn: Turn) -> None:
        heard.append((await turn.reply()).text)

    async def scene(server: FakeServer, talk: Dialogue) -> None:
        server.fakes.dialogue.tokenising.clear()
        asyncio.create_task(listen(talk.say("inn", "hello")))  # noqa: RUF006
        await until(lambda: talk._held)
        gc.collect()
        server.fakes.dialogue.tokenising.set()
        await until(lambda: heard)

    play(scene)
    assert heard == ["You said: hello"]
