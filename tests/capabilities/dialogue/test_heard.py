"""What the player has heard of a reply: the history keeps that, however far the server was ahead."""

from typing import Any

import pytest

from bridge.v1 import error_pb2
from tests.capabilities.dialogue.turns import ends
from tests.conftest import Run
from tests.serving.client import B, D, connected, say, until_done, until_token
from tests.serving.server import FakeServer


def heard(turn: int, characters: int) -> Any:
    return D.ConverseRequest(interrupt=D.ConverseInterrupt(conversation_id="smith", turn_id=turn, heard=characters))


async def remembered(call: Any, fake: FakeServer, turn: int) -> list[tuple[str, str]]:
    """The lines that the prompt of a next turn has, without its own."""
    await call.write(say("now", turn=turn))
    assert ends(await until_done(call, turn)) == [(turn, D.TURN_FINISH_END)]
    return list(fake.fakes.dialogue.prompts[-1][:-1])


@pytest.mark.parametrize(
    ("characters", "kept"), [(8, "You said"), (9, "You said:"), (10**6, "You said: hello"), (0, None)]
)
def test_of_a_turn_that_is_over_the_history_keeps_what_was_heard(
    run: Run, fake: FakeServer, characters: int, kept: str | None
) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_done(call)
            await call.write(heard(1, characters))
            lines = [("user", "hello")] + ([("assistant", kept)] if kept else [])
            assert await remembered(call, fake, 2) == lines

    run(scenario())


def test_of_a_turn_that_is_ended_the_history_keeps_what_was_heard(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("count 5 and wait"))
            await until_token(call)
            await call.write(heard(1, 1))
            done = (await until_done(call))[-1].done
            assert done.finish == D.TURN_FINISH_INTERRUPTED
            assert len(done.text) > 1
            assert await remembered(call, fake, 2) == [("user", "count 5 and wait"), ("assistant", "0")]

    run(scenario())


def test_of_an_older_turn_all_stays(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            for turn in (1, 2):
                await call.write(say("hello", turn=turn))
                await until_done(call, turn)
            await call.write(heard(1, 3))
            assert [text for _, text in await remembered(call, fake, 3)] == ["hello", "You said: hello"] * 2

    run(scenario())


def test_less_than_nothing_is_refused(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_done(call)
            await call.write(heard(1, -1))
            error = (await until_done(call))[-1].done.outcome.error
            assert (error.reason, "heard is -1" in error.message) == (error_pb2.ERROR_REASON_OUT_OF_RANGE, True)

    run(scenario())


@pytest.mark.parametrize("minor", [5, 6])
def test_sentences_say_where_they_stand(run: Run, fake: FakeServer, minor: int) -> None:
    async def scenario() -> None:
        async with connected(fake.port, protocol=B.ProtocolVersion(major=1, minor=minor)) as client:
            call = await client.open_dialogue()
            await call.write(say("One. Two? One."))
            events = await until_done(call)
            text = events[-1].done.text
            found = [event.sentence for event in events if event.WhichOneof("event") == "sentence"]
            places = [(one.start, one.end) for one in found]
            if minor == 6:
                assert [text[start:end] for start, end in places] == [one.text for one in found]
                assert places == sorted(set(places))
            else:
                assert set(places) == {(0, 0)}

    run(scenario())
