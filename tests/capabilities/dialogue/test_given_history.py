"""A history that the client gives with a turn replaces the server's; what is dropped of one is told."""

from collections.abc import Sequence
from typing import Any

import pytest

from bridge.capabilities.dialogue.conversation import Conversations
from bridge.config import MOST_HISTORY_LINES, Limits
from bridge.v1 import bridge_pb2, error_pb2
from tests.capabilities.dialogue.turns import LONG, ends, given, heard, interrupt
from tests.conftest import Run
from tests.serving.client import D, connected, say, until_done, until_token
from tests.serving.server import FakeServer, serving
from tests.waiting import until

MINOR_5: dict[str, Any] = {"protocol": bridge_pb2.ProtocolVersion(major=1, minor=5)}
TALK = given("> Who are you?", "Mira.", "> Ada.", "Well met, Ada.")
PROMPT = [("user", "Who are you?"), ("assistant", "Mira."), ("user", "Ada."), ("assistant", "Well met, Ada.")]


def kept(server: FakeServer, client: Any, name: str = "smith") -> Sequence[str]:
    """The lines that the server has."""
    conversations = server.backend.sessions.find(client.session).keep(Conversations)
    return [("> " if line.speaker == "user" else "") + line.text for line in conversations[name].lines]


def dropped(events: Sequence[Any]) -> list[tuple[int, int]]:
    cuts = [event.history_cut for event in events if event.WhichOneof("event") == "history_cut"]
    return [(cut.dropped_line_count, cut.kept_line_count) for cut in cuts]


def test_a_talk_that_was_saved_goes_on_in_a_session_that_never_heard_of_it(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port, **MINOR_5) as client:
            call = await client.open_dialogue()
            await call.write(say("And now?", history=TALK, persona="An innkeeper."))
            done = (await until_done(call))[-1].done
            assert fake.fakes.dialogue.prompts[-1] == [("system", "An innkeeper."), *PROMPT, ("user", "And now?")]
            assert done.history_line_count == 6
            await call.write(say("Good.", turn=2))
            assert (await until_done(call))[-1].done.history_line_count == 8
            assert fake.fakes.dialogue.prompts[-1][1:5] == PROMPT
            assert kept(fake, client)[-4:] == ["> And now?", "You said: And now?", "> Good.", "You said: Good."]

    run(scenario())


@pytest.mark.parametrize("lines", [TALK, D.ConverseHistory()], ids=["another", "empty"])
def test_it_takes_the_place_of_what_the_server_has(run: Run, fake: FakeServer, lines: Any) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_done(call)
            await call.write(say("again", turn=2, history=lines))
            await until_done(call)
            assert fake.fakes.dialogue.prompts[-1] == [*(PROMPT if lines.lines else []), ("user", "again")]

    run(scenario())


def test_with_a_turn_that_is_answered_it_replaces_that_turn_too(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port, **MINOR_5) as client:
            call = await client.open_dialogue()
            await call.write(say("count 5 and wait"))
            await until_token(call)
            await call.write(say("stop", turn=2, history=TALK))
            events = await until_done(call, 2)
            assert ends(events) == [(1, D.TURN_FINISH_INTERRUPTED), (2, D.TURN_FINISH_END)]
            counts = [event.done.history_line_count for event in events if event.WhichOneof("event") == "done"]
            assert counts == [2, 6]
            assert fake.fakes.dialogue.prompts[-1] == [*PROMPT, ("user", "stop")]

    run(scenario())


def test_a_turn_that_is_cut_short_before_it_began_leaves_its_history(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port, **MINOR_5) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_done(call)
            server.fakes.dialogue.tokenising.clear()
            await call.write(say("wait", turn=2, history=TALK))
            await call.write(interrupt(2))
            done = (await until_done(call, 2))[-1].done
            server.fakes.dialogue.tokenising.set()
            assert (done.finish, done.history_line_count) == (D.TURN_FINISH_INTERRUPTED, 5)
            await call.write(say("now", turn=3))
            await until_done(call, 3)
            assert server.fakes.dialogue.prompts[-1] == [*PROMPT, ("user", "wait"), ("user", "now")]

    run(scenario())


def test_what_is_equal_stays_cached(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            server.fakes.dialogue.history_room = 200
            call = await client.open_dialogue()
            for turn in range(1, 4):
                lines = given(*kept(server, client)) if turn > 1 else None
                await call.write(say("hello there", turn=turn, history=lines))
                done = (await until_done(call))[-1].done
                assert done.cached_tokens == done.prompt_tokens - 2 or turn == 1, "all but what is new"

    run(scenario())


MANY = given(*(["> x", "y"] * 193))
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a line without words": ({"history": given("> Hello", " \n")}, "line 1 of the history is empty"),
    "a line of nobody": ({"history": D.ConverseHistory(lines=[D.ConverseLine()])}, "set `player` or `character`"),
    "too many lines": ({"history": MANY}, "send the newest 384"),
    "too many bytes": ({"history": given(*(["> " + "x" * 8000] * 9))}, "send the newest 65,536"),
    "a line that no prompt holds": ({"history": given("x" * 33_000)}, "the history: a message has 33000 characters"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_history_is_refused_in_a_sentence_and_changes_nothing(run: Run, fake: FakeServer, case: str) -> None:
    fields, sentence = WRONG[case]

    async def scenario() -> None:
        async with connected(fake.port, **MINOR_5) as client:
            call = await client.open_dialogue()
            await call.write(say("hello", persona="A smith."))
            await until_done(call)
            before = kept(fake, client)
            await call.write(say("again", turn=2, persona="A thief.", **fields))
            (event,) = await until_done(call)
            assert event.done.outcome.disposition == error_pb2.DISPOSITION_INVALID
            assert sentence in event.done.outcome.error.message
            assert event.done.history_line_count == 0
            assert kept(fake, client) == before

    run(scenario())


def test_a_turn_that_does_not_fit_leaves_the_history(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_done(call)
            await call.write(say(LONG, turn=2, history=TALK))
            assert ends(await until_done(call)) == [(2, D.TURN_FINISH_FAILED)]
            assert kept(fake, client) == ["> hello", "You said: hello"]

    run(scenario())


def test_the_most_that_a_server_keeps_can_be_given(run: Run, fake: FakeServer) -> None:
    """Its fields and its bytes are within a message's limits."""

    async def scenario() -> None:
        async with connected(fake.port, **MINOR_5) as client:
            call = await client.open_dialogue()
            most = given(*(["> " + "x" * 169, "y" * 171] * 192))
            await call.write(say("x " * 300, persona="y" * 15_000, history=most))
            done = (await until_done(call))[-1].done
            assert done.outcome.error.message.startswith("the prompt has"), "read, and only then found too long"
            await call.write(say("hello", turn=2, history=most))
            done = (await until_done(call))[-1].done
            assert done.finish == D.TURN_FINISH_END
            assert 384 / 2 - 3 < done.history_line_count < 384, "the oldest are dropped for what is new"

    run(scenario())


# -- what is dropped ---------------------------------------------------------------------------------------------------


def test_lines_that_no_longer_fit_are_told_to_clients_that_know_it(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port, **MINOR_5) as client, connected(server.port) as older:
            server.fakes.dialogue.history_room = 10
            server.dialogue.read_ahead.request = lambda request: None
            for one, tells in ((client, True), (older, False)):
                call = await one.open_dialogue()
                events = []
                for turn in range(1, 4):
                    await call.write(say("one two three", turn=turn))
                    events += await until_done(call)
                assert dropped(events) == ([(2, 0), (2, 0)] if tells else [])
                places = [event.WhichOneof("event") for event in events]
                assert not tells or places[places.index("history_cut") - 1] == "started"
                counts = [event.done.history_line_count for event in events if event.WhichOneof("event") == "done"]
                assert counts == ([2, 2, 2] if tells else [0, 0, 0])
                assert len(kept(server, one)) == 2

    run(scenario())


def test_lines_that_were_dropped_between_turns_are_told_with_the_next(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port, **MINOR_5) as client:
            server.fakes.dialogue.history_room = 19
            call = await client.open_dialogue()
            for turn in range(1, 3):
                await call.write(say("one two three", turn=turn))
                assert dropped(await until_done(call)) == []
            await until(lambda: len(kept(server, client)) == 2)
            await call.write(say("now", turn=3))
            assert dropped(await until_done(call)) == [(2, 2)]
            await call.write(say("now", turn=4))
            assert dropped(await until_done(call)) == [], "told once"

    run(scenario())


def test_of_a_given_history_only_its_own_lines_count_as_dropped(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port, **MINOR_5) as client:
            server.dialogue.read_ahead.request = lambda request: None
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_done(call)
            server.backend.sessions.find(client.session).keep(Conversations)["smith"].cut(1)
            server.fakes.dialogue.history_room = 9
            lines = given("> one two three four five six", "seven", "> a", "b")
            await call.write(say("now", turn=2, history=lines))
            assert dropped(await until_done(call)) == [(2, 2)]

    run(scenario())


def test_an_older_client_hears_nothing_that_it_does_not_know(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port, protocol=bridge_pb2.ProtocolVersion(major=1, minor=4)) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            done = (await until_done(call))[-1].done
            newer = {"cut_text", "history_line_count", "prompt_compute_micros"}
            assert newer.isdisjoint(field.name for field, _ in done.ListFields())
            assert await heard(call) == []
            assert (await read_limits(client)) == {0}

    run(scenario())


async def read_limits(client: Any) -> set[int]:
    limits = (await client.handshake(protocol=bridge_pb2.ProtocolVersion(major=1, minor=4))).limits
    return {limits.max_history_lines, limits.max_history_bytes}


def test_the_most_lines_that_can_be_configured_fit_into_a_message(run: Run) -> None:
    async def scenario() -> None:
        limits = Limits(history_lines=MOST_HISTORY_LINES)
        async with serving(limits=limits) as server, connected(server.port, **MINOR_5) as client:
            call = await client.open_dialogue()
            lines = given(*["> x", "y"] * (MOST_HISTORY_LINES // 2))
            await call.write(say("hello", history=lines, sampling_changes=D.SamplingChanges(stop=["END"] * 8)))
            assert (await until_done(call))[-1].done.history_line_count > MOST_HISTORY_LINES / 3

    run(scenario())
