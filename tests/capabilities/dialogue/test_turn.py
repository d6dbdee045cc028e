"""Turns over the wire: personas, one `done` per number, and interrupted turns."""

import gc
import threading
from contextlib import AsyncExitStack

import pytest

from bridge.capabilities.dialogue.turn import Turn
from bridge.v1 import error_pb2
from tests.capabilities.dialogue.turns import LONG, NAN, ends, heard, interrupt, raising
from tests.conftest import Run
from tests.serving.client import D, assert_idle, connected, read, say, until_done, until_token
from tests.serving.server import FakeServer, serving

# -- personas ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("persona", ["A smith.", LONG], ids=["fits", "does not"])
def test_the_persona_of_a_turn_that_was_cut_short_holds_if_it_fits(run: Run, persona: str) -> None:
    """It was interrupted before anybody knew, and is sent once."""
    known = [("system", persona)] if persona != LONG else []

    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            server.fakes.dialogue.tokenising.clear()
            await call.write(say("hello", persona=persona))
            await call.write(say("again", turn=2))
            assert ends(await until_done(call)) == [(1, D.TURN_FINISH_INTERRUPTED)]
            server.fakes.dialogue.tokenising.set()
            for turn in (2, 3):
                if turn == 3:
                    await call.write(say("now", turn=3))
                assert ends(await until_done(call, turn)) == [(turn, D.TURN_FINISH_END)]
                assert server.fakes.dialogue.prompts[-1][: len(known) + 1] == [*known, ("user", "hello")]

    run(scenario())


def test_a_blank_persona_is_none(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            for turn, persona in enumerate(("A smith.", "", " \n"), 1):
                await call.write(say("hello", turn=turn, persona=persona))
                await until_done(call)
                assert fake.fakes.dialogue.prompts[-1][0] == ("system", "A smith.")

    run(scenario())


# -- one number, one done ----------------------------------------------------------------------------------------------


def test_the_number_of_the_turn_that_is_answered_said_again_is_the_same_turn(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("count 5 and wait", turn=4))
            await until_token(call)
            for again in (say("count 5 and wait", turn=4), say("else", turn=4), say("", turn=4)):
                await call.write(again)
            await call.write(say("hello", turn=4, sampling=NAN))
            assert ends(await heard(call)) == []
            await call.write(interrupt(4))
            assert ends(await until_done(call)) == [(4, D.TURN_FINISH_INTERRUPTED)]
            assert ends(await heard(call)) == []

    run(scenario())


def test_the_number_of_a_turn_that_is_prepared_said_again_is_the_same_turn(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            server.fakes.dialogue.tokenising.clear()
            await call.write(say("hello"))
            await call.write(say("hello"))
            assert await heard(call) == []
            server.fakes.dialogue.tokenising.set()
            assert ends(await until_done(call)) == [(1, D.TURN_FINISH_END)]
            assert ends(await heard(call)) == []
            assert len(server.fakes.dialogue.prompts) == 1

    run(scenario())


def test_a_number_said_again_when_its_turn_is_over_is_dropped_however_old(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            for turn in range(1, 81):
                await call.write(say("hello", turn=turn))
                await until_done(call, turn)
                await call.write(say("hello", turn=turn))
            for turn in (1, 40, 80):
                await call.write(say("hello", turn=turn))
            assert await heard(call) == []
            await call.write(say("hello", turn=81))
            assert ends(await until_done(call)) == [(81, D.TURN_FINISH_END)]

    run(scenario())


def test_a_number_said_again_on_another_stream_is_refused_there_and_the_turn_goes_on(
    run: Run, fake: FakeServer
) -> None:
    """Its `done` comes on the stream where it was said: without one here, who said it here would wait for ever."""

    async def scenario() -> None:
        async with connected(fake.port) as client:
            one, other = await client.open_dialogue(), await client.open_dialogue()
            await one.write(say("count 5 and wait", turn=3))
            await until_token(one)
            for turn in (3, 2):
                await other.write(say("hello", turn=turn))
                (event,) = await until_done(other)
                assert event.turn_id == turn
                assert event.done.outcome.disposition == error_pb2.DISPOSITION_INVALID
                assert "must rise" in event.done.outcome.error.message
            assert ends(await heard(one)) == []
            await one.write(interrupt(3))
            assert ends(await until_done(one)) == [(3, D.TURN_FINISH_INTERRUPTED)]
            await other.write(say("hello", turn=4))
            assert ends(await until_done(other)) == [(4, D.TURN_FINISH_END)]
            await one.write(say("hello", turn=3))
            assert await heard(one) == []

    run(scenario())


def test_a_number_said_again_by_another_session_is_a_turn_of_its_own(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client, connected(fake.port) as other:
            calls = [await client.open_dialogue(), await other.open_dialogue()]
            for call in calls:
                await call.write(say("hello", turn=9))
                assert ends(await until_done(call)) == [(9, D.TURN_FINISH_END)]

    run(scenario())


def test_a_number_of_a_forgotten_conversation_is_a_new_turn(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            for _ in range(2):
                await call.write(say("hello"))
                assert ends(await until_done(call)) == [(1, D.TURN_FINISH_END)]
                await call.write(D.ConverseRequest(forget=D.ConverseForget(conversation_id="smith")))
            assert len(fake.fakes.dialogue.prompts[-1]) == 1

    run(scenario())


def test_a_fault_after_a_turn_was_admitted_leaves_nothing_taken(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(
                    "bridge.capabilities.dialogue.conversation.Conversation.begin", raising(RuntimeError("broken"))
                )
                await call.write(say("hello"))
                assert ends(await until_done(call)) == [(1, D.TURN_FINISH_FAILED)]
            assert len(server.dialogue.replies) == server.fakes.dialogue.stats().busy == 0
            await call.write(say("hello"))
            assert ends(await until_done(call)) == [(1, D.TURN_FINISH_END)]

    run(scenario())


def test_turns_that_are_over_are_not_kept(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            for number in range(1, 12):
                await call.write(say("hello", turn=number))
                await until_done(call)
            gc.collect()
            turns = [
                one
                for one in gc.get_objects()
                if isinstance(one, Turn) and one.on_interrupt.__self__._backend is server.backend
            ]
            assert len(turns) <= 3, "the newest, and what the last messages hold"

    run(scenario())


# -- what is cut short -------------------------------------------------------------------------------------------------


def test_turns_that_cut_each_other_short_are_remembered_in_their_order(run: Run) -> None:
    """One turn speaks, the next is being prepared, and a third one comes: the history has them in this order."""

    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("count 5 and wait"))
            await until_token(call)
            server.fakes.dialogue.tokenising.clear()
            await call.write(say("wait", turn=2))
            await call.write(say("stop", turn=3))
            events = [*(await until_done(call, 1)), *(await until_done(call, 2))]
            assert ends(events) == [(1, D.TURN_FINISH_INTERRUPTED), (2, D.TURN_FINISH_INTERRUPTED)]
            said = next(event.done.text for event in events if event.turn_id == 1 and event.HasField("done"))
            server.fakes.dialogue.tokenising.set()
            await until_done(call, 3)
            assert server.fakes.dialogue.prompts[-1] == [
                ("user", "count 5 and wait"),
                ("assistant", said.strip()),
                ("user", "wait"),
                ("user", "stop"),
            ]

    run(scenario())


def test_an_interruption_ends_what_speaks_and_what_is_prepared(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("count 5 and wait"))
            await until_token(call)
            server.fakes.dialogue.tokenising.clear()
            await call.write(say("hello", turn=2))
            await call.write(interrupt(2))
            events = [*(await until_done(call, 1)), *(await until_done(call, 2))]
            assert ends(events) == [(1, D.TURN_FINISH_INTERRUPTED), (2, D.TURN_FINISH_INTERRUPTED)]
            server.fakes.dialogue.tokenising.set()
            await call.write(say("now", turn=3))
            await until_done(call, 3)
            assert [text for role, text in server.fakes.dialogue.prompts[-1] if role == "user"][-2:] == ["hello", "now"]

    run(scenario())


def test_a_reply_that_ends_while_the_next_is_prepared_is_in_its_prompt(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            fakes = server.fakes.dialogue
            fakes.pace.clear()
            await call.write(say("count 3"))
            assert (await read(call)).WhichOneof("event") == "started"
            fakes.tokenising.clear()
            await call.write(say("hello", turn=2))
            assert await heard(call) == []
            fakes.pace.set()
            assert ends(await until_done(call)) == [(1, D.TURN_FINISH_END)]
            fakes.tokenising.set()
            assert ends(await until_done(call)) == [(2, D.TURN_FINISH_END)]
            assert fakes.prompts[-1] == [("user", "count 3"), ("assistant", "0 1 2"), ("user", "hello")]

    run(scenario())


def test_what_is_said_over_a_reply_needs_no_place_beside_it(run: Run) -> None:
    """A pool that holds one reply, on the same conversation: the one that it ends makes room."""

    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            server.fakes.dialogue.room = 150
            await call.write(say("count 5 and wait"))
            await until_token(call)
            await call.write(say("stop", turn=2))
            assert (2, D.TURN_FINISH_END) in ends(await until_done(call, 2))
            await call.write(say("count 5 and wait", conversation="innkeeper"))
            assert (await read(call)).WhichOneof("event") == "started"
            await call.write(say("hello", turn=3))
            refused = (await until_done(call, 3))[-1].done.outcome.error
            assert refused.reason == error_pb2.ERROR_REASON_OVERLOADED

    run(scenario())


def test_a_stream_that_ends_in_the_middle_leaves_what_was_said(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("count 5 and wait"))
            await until_token(call)
            call.cancel()
            await client.stats_until(lambda stats: stats.dialogue_busy_count == stats.job_count == 0)
            again = await client.open_dialogue()
            await again.write(say("hello", turn=2))
            await until_done(again)
            first, partial, _ = fake.fakes.dialogue.prompts[-1]
            assert first == ("user", "count 5 and wait")
            assert partial[1].startswith("0")
        await assert_idle(fake.port)

    run(scenario())


def test_the_threads_that_make_prompts_are_there_before_anybody_speaks(run: Run) -> None:
    """Else a crowd would leave more threads behind than it found."""

    async def scenario() -> None:
        before = sum(thread.name.startswith("framebridge-prompt") for thread in threading.enumerate())
        async with serving() as server:
            names = [thread.name for thread in threading.enumerate()]
            assert sum(name.startswith("framebridge-prompt") for name in names) == before + 2
            async with connected(server.port) as client, AsyncExitStack() as stack:
                others = [await stack.enter_async_context(connected(server.port)) for _ in range(8)]
                calls = [await one.open_dialogue() for one in (client, *others)]
                for call in calls:
                    await call.write(say("hello"))
                for call in calls:
                    await until_done(call)
            after = sum(thread.name.startswith("framebridge-prompt") for thread in threading.enumerate())
            assert after == before + 2

    run(scenario())
