"""Histories that are cut and read in idle time: when, when not, and what is left of it."""

import asyncio
import functools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.capabilities.dialogue.conversation import Conversation, Conversations
from bridge.capabilities.dialogue.read_ahead import MOST_WAITING, ReadAhead, ReadRequest
from bridge.policy.work import Owner
from tests.capabilities.dialogue.turns import interrupt
from tests.conftest import Run
from tests.serving.client import B, D, assert_idle, connected, read, say, until_done, until_token
from tests.serving.server import FakeServer, serving
from tests.waiting import until

PERSONA = "You are Borin."
REPLY = ("assistant", "0 1 2 3")
ROOM = 69  # words; a persona of 3 and nine turns of 7 leave no room for the tenth's line
CUT = 31  # words of the persona and of the newest four turns, which fit half of the room
KEPT = 5  # words of what was held before: the persona, and what all lines begin with
CHUNKS = -(-(CUT - KEPT) // 4)


@asynccontextmanager
async def talking(chunks: int = 0) -> AsyncIterator[Any]:
    """A server, a client and its call, after the turn that leaves too much history. A reading stops after `chunks`."""
    async with serving() as server, connected(server.port) as client:
        server.fakes.dialogue.history_room = ROOM
        server.fakes.dialogue.stops_after = chunks
        call = await client.open_dialogue()
        for number in range(1, 10):
            done = await turn(call, number)
            assert done.prompt_tokens - done.cached_tokens == (3 if number > 1 else 6), "what is new, until then"
        if chunks:
            await until(server.fakes.dialogue.reading_stopped.is_set)
        lost: list[bool] = []
        server.backend.engine.on_lost = lost.append
        yield SimpleNamespace(server=server, client=client, call=call, model=server.fakes.dialogue)
        assert not lost, "the device has waited until that was found out"


class Somebody:
    """Who speaks until a test says otherwise."""

    over = False


async def turn(call: Any, number: int, text: str = "", name: str = "smith") -> Any:
    await call.write(say(text or f"count 4 #{number}", turn=number, conversation=name, persona=PERSONA))
    return (await until_done(call, number))[-1].done


async def all_is_read(server: FakeServer) -> None:
    await until(lambda: not len(server.dialogue.read_ahead) and not server.backend.engine.open_jobs)
    assert server.fakes.dialogue.stats().busy == 0, "no slot is left taken"


def chunks_read(model: Any) -> int:
    return sum(step == "reads" for step, _ in model.steps)


def test_the_next_turn_reads_only_what_is_new_of_a_history_that_was_cut(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as it:
            await all_is_read(it.server)
            assert chunks_read(it.model) == CHUNKS
            (conversation,) = it.server.backend.sessions.find(it.client.session).keep(Conversations).values()
            assert [line.text for line in conversation.lines] == [
                line for number in range(6, 10) for line in (f"count 4 #{number}", "0 1 2 3")
            ], "cut for good"
            done = await turn(it.call, 10)
            assert it.model.prompts[-1] == [
                ("system", PERSONA),
                *[line for number in range(6, 10) for line in (("user", f"count 4 #{number}"), REPLY)],
                ("user", "count 4 #10"),
            ]
            assert (done.prompt_tokens, done.cached_tokens) == (CUT + 3, CUT)
            await all_is_read(it.server)
            assert chunks_read(it.model) == CHUNKS, "once"

    run(scenario())


def test_a_reading_is_no_reply(run: Run) -> None:
    """The client hears nothing of it, and no share of answers in time counts it; the device's time is its session's."""

    async def scenario() -> None:
        async with talking(chunks=1) as it:
            await it.call.write(say("hello", turn=1, conversation="thief"))
            assert (await read(it.call)).conversation_id == "thief", "the next thing that it hears"
            await until_done(it.call, 1)
            await all_is_read(it.server)
            work = next(one for one in (await it.client.stats()).work if one.name == "dialogue")
            assert (work.request_count, work.in_budget_count) == (10, 10)

    run(scenario())


@pytest.mark.parametrize("speaker", ["of the same session", "of another"])
def test_whoever_speaks_ends_it_at_once_and_it_goes_on_when_all_is_quiet(run: Run, speaker: str) -> None:
    """The device waits inside a chunk until the reading is released: what is said would otherwise never be answered."""

    async def scenario() -> None:
        async with talking(chunks=2) as it, connected(it.server.port) as other:
            call = it.call if speaker == "of the same session" else await other.open_dialogue()
            engine, cancelled = it.server.backend.engine, []
            cancel, engine.cancel = engine.cancel, lambda job: (cancelled.append(job.background), cancel(job))
            assert (await turn(call, 1, "count 9", "thief")).text == "0 1 2 3 4 5 6 7 8"
            assert cancelled == [True], "a chunk that is under way is left at the next slice, not run to its end"
            await all_is_read(it.server)
            steps = [
                step for step, _ in it.model.steps[it.model.steps.index(("reads", it.client.session + "/smith")) :]
            ]
            first, last = steps.index("speaks"), len(steps) - steps[::-1].index("speaks")
            assert (first, steps[first:last]) == (2, ["speaks"] * (last - first)), "no chunk in between"
            assert chunks_read(it.model) == CHUNKS, "nothing is read twice"
            done = await turn(it.call, 10)
            assert done.prompt_tokens - done.cached_tokens == 3

    run(scenario())


def test_the_turn_that_comes_takes_over_what_has_been_read(run: Run) -> None:
    async def scenario() -> None:
        async with talking(chunks=2) as it:
            done = await turn(it.call, 10)
            assert (done.prompt_tokens, done.cached_tokens) == (CUT + 3, KEPT + 2 * 4)
            await all_is_read(it.server)
            assert chunks_read(it.model) == 2, "it has read the rest itself"

    run(scenario())


def test_nothing_is_read_while_a_reply_is_under_way(run: Run) -> None:
    """The device has nothing else to do between two words of a reply that stalls."""

    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            model, call = server.fakes.dialogue, await client.open_dialogue()
            model.history_room = ROOM
            await call.write(say("count 3 and stall", conversation="thief"))
            await until_token(call)
            for number in range(1, 10):
                await turn(call, number)
            steps = len(model.steps)
            await until(lambda: len(model.steps) > steps + 50)
            assert chunks_read(model) == 0
            assert len(server.dialogue.read_ahead) == 1, "it waits"
            model.stalled.set()
            await until_done(call, 1)
            await all_is_read(server)
            assert chunks_read(model) == CHUNKS

    run(scenario())


def test_nothing_is_read_while_a_prompt_is_made(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor when another turn is refused meanwhile, which is over then."""

    async def scenario() -> None:
        async with talking(chunks=1) as it:
            it.model.tokenising.clear()
            await it.call.write(say("hello", conversation="thief"))
            await until(lambda: not it.server.backend.engine.open_jobs)
            with monkeypatch.context() as patch:
                patch.setattr("bridge.capabilities.dialogue.preparation._MOST_WAITING", 0)
                await it.call.write(say("hello", conversation="innkeeper"))
                assert (await read(it.call)).done.finish == D.TURN_FINISH_FAILED
                await it.client.stats()
            it.model.tokenising.set()
            await until_done(it.call, 1)
            await all_is_read(it.server)
            assert chunks_read(it.model) == CHUNKS

    run(scenario())


def test_a_turn_that_is_refused_leaves_it_to_go_on(run: Run) -> None:
    async def scenario() -> None:
        async with talking(chunks=1) as it:
            await it.call.write(say("hello", turn=10, persona="x " * 300))
            assert (await until_done(it.call, 10))[-1].done.finish == D.TURN_FINISH_FAILED
            await all_is_read(it.server)
            assert chunks_read(it.model) == CHUNKS

    run(scenario())


async def forget(it: Any) -> None:
    await it.call.write(D.ConverseRequest(forget=D.ConverseForget(conversation_id="smith")))


async def end(it: Any) -> None:
    await it.client.bridge.EndSession(B.EndSessionRequest(session_id=it.client.session))


async def unload(it: Any) -> None:
    await it.client.bridge.UnloadModel(B.UnloadModelRequest(name="dialogue"))


async def stop(it: Any) -> None:
    await it.server.server.stop(0.0)


@pytest.mark.parametrize("over", [forget, end, unload, stop])
def test_it_ends_with_what_it_is_for(run: Run, over: Any) -> None:
    async def scenario() -> None:
        async with talking(chunks=1) as it:
            await over(it)
            await all_is_read(it.server)
            assert chunks_read(it.model) == 1
            if over is end:
                await assert_idle(it.server.port)

    run(scenario())


def test_one_that_is_forgotten_makes_room_for_the_next(run: Run) -> None:
    async def scenario() -> None:
        async with talking(chunks=1) as it:
            somebody, it.model.stops_after = Somebody(), 2
            it.server.dialogue.read_ahead.yield_to(somebody)
            for number in range(1, 10):
                await turn(it.call, number, name="thief")
            assert chunks_read(it.model) == 1
            somebody.over = True
            it.server.dialogue.read_ahead.schedule()
            await until(lambda: chunks_read(it.model) == 2)
            assert len(it.server.dialogue.read_ahead) == 2
            await forget(it)
            await all_is_read(it.server)
            readers = [name.rpartition("/")[2] for step, name in it.model.steps if step == "reads"]
            assert readers == ["smith"] * 2 + ["thief"] * CHUNKS

    run(scenario())


def test_a_turn_that_is_forgotten_in_the_middle_leaves_nothing_to_read(run: Run) -> None:
    async def scenario() -> None:
        async with talking(chunks=1) as it:
            it.model.stalled.clear()
            await it.call.write(say("count 40 and stall", turn=10))
            await until_token(it.call)
            await forget(it)
            await until_done(it.call, 10)
            await all_is_read(it.server)
            assert chunks_read(it.model) == 1

    run(scenario())


def test_nothing_is_read_once_the_server_stops(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            model, call = server.fakes.dialogue, await client.open_dialogue()
            model.history_room = ROOM
            for number in range(1, 9):
                await turn(call, number)
            await call.write(say("count 4 and stall", turn=9, persona=PERSONA))
            await until_token(call)
            stopping = asyncio.ensure_future(server.server.stop(20.0))
            await until(lambda: server.backend.stopping)
            model.stalled.set()
            assert (await until_done(call, 9))[-1].done.finish == D.TURN_FINISH_END
            await stopping
            assert chunks_read(model) == 0

    run(scenario())


@pytest.mark.parametrize("trouble", ["a fault", "no room"])
def test_one_that_fails_costs_nothing_but_itself(run: Run, trouble: str) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            model, call = server.fakes.dialogue, await client.open_dialogue()
            model.history_room = ROOM
            if trouble == "a fault":
                model.fault = ValueError("not finite")
            model.has_room = trouble != "no room"
            for number in range(1, 10):
                await turn(call, number)
            await all_is_read(server)
            assert chunks_read(model) == (trouble == "a fault"), "it is not tried for ever"
            done = await turn(call, 10)
            assert (done.prompt_tokens, done.cached_tokens) == (CUT + 3, KEPT), (
                "the turn reads it all, as it would have"
            )

    run(scenario())


def test_what_was_said_over_a_reply_is_read_ahead_too(run: Run) -> None:
    """A turn that was interrupted leaves its words; the history is as long as after any other."""

    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            model, call = server.fakes.dialogue, await client.open_dialogue()
            model.history_room = ROOM
            for number in range(1, 9):
                await turn(call, number)
            await call.write(say("count 9 and stall for me now", turn=9, persona=PERSONA))
            await until_token(call)
            await call.write(interrupt(9))
            await until_done(call, 9)
            await all_is_read(server)
            read_ahead = chunks_read(model)
            done = await turn(call, 10)
            assert (read_ahead > 0, done.prompt_tokens - done.cached_tokens) == (True, 3)

    run(scenario())


def test_few_wait_at_most() -> None:
    """Who has waited longest is left out; one conversation waits once."""
    read_ahead = ReadAhead(*[SimpleNamespace()] * 4, "lane")  # type: ignore[arg-type]
    request = functools.partial(ReadRequest, owner=Owner("x", "x"), counts=SimpleNamespace(), sampling=None)  # type: ignore[arg-type]
    conversations = [Conversation(str(number)) for number in range(MOST_WAITING + 3)]
    for conversation in conversations:
        for _ in range(2):
            read_ahead.request(request(conversation))
        assert len(read_ahead) <= MOST_WAITING
    for conversation in conversations[3:]:
        read_ahead.drop(conversation)
    assert len(read_ahead) == 0
