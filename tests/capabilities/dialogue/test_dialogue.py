"""Dialogue streams over the wire: turns, interruptions, sentences, history."""

import asyncio
import re
from pathlib import Path
from typing import Any

from bridge.v1 import error_pb2, timing_pb2
from tests.conftest import Run
from tests.serving.client import D, assert_idle, connected, read, say, until_done, until_token
from tests.serving.server import FakeServer, serving


def kinds(events: list[Any]) -> list[str]:
    return [event.WhichOneof("event") for event in events]


def texts(events: list[Any], kind: str) -> list[str]:
    return [getattr(event, kind).text for event in events if event.WhichOneof("event") == kind]


def test_a_turn_is_started_spoken_and_done(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("One more. And two!", turn=5))
            events = await until_done(call)
            assert {(event.conversation_id, event.turn_id) for event in events} == {("smith", 5)}
            names = kinds(events)
            assert (names[0], names[-1], names.count("started"), names.count("done")) == ("started", "done", 1, 1)
            done = events[-1].done
            assert "".join(texts(events, "token")) == done.text == "You said: One more. And two!"
            assert texts(events, "sentence") == ["You said: One more.", "And two!"]
            assert [e.sentence.index for e in events if e.WhichOneof("event") == "sentence"] == [0, 1]
            assert done.finish == D.TURN_FINISH_END
            assert done.reply_tokens == 6
            assert done.prompt_tokens == events[0].started.prompt_tokens == 4
            assert 0 < done.first_token_micros <= done.timing.server_micros
            assert done.timing.model_version == "fake-dialogue-1"
            assert done.late_count == 0

    run(scenario())


def test_the_character_knows_who_it_is_and_what_was_said(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello", persona="A smith."))
            await until_done(call)
            await call.write(say("again", turn=2))
            await until_done(call)
            await call.write(say("now", turn=3, persona="A thief."))
            await until_done(call)
            assert fake.fakes.dialogue.prompts[-1] == [
                ("system", "A thief."),
                ("user", "hello"),
                ("assistant", "You said: hello"),
                ("user", "again"),
                ("assistant", "You said: again"),
                ("user", "now"),
            ]

    run(scenario())


def test_a_new_turn_ends_the_one_before(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("count 5 and wait"))
            await until_token(call)
            await call.write(say("stop", turn=2))
            events = await until_done(call, turn=2)
            ended = [place for place, event in enumerate(events) if event.turn_id == 1]
            begun = [place for place, event in enumerate(events) if event.turn_id == 2]
            assert max(ended) < min(begun)
            assert events[max(ended)].done.finish == D.TURN_FINISH_INTERRUPTED
            assert events[-1].done.text == "You said: stop"
            prompt = fake.fakes.dialogue.prompts[-1]
            assert [role for role, _ in prompt] == ["user", "assistant", "user"]
            assert prompt[1][1].startswith("0")  # what had been said stays

    run(scenario())


def test_the_player_cuts_in(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("count 5 and wait", turn=4))
            await until_token(call)
            older = D.ConverseInterrupt(conversation_id="smith", turn_id=3)
            await call.write(D.ConverseRequest(interrupt=older))  # a newer turn goes on
            mine = D.ConverseInterrupt(conversation_id="smith", turn_id=4)
            await call.write(D.ConverseRequest(interrupt=mine))
            done = (await until_done(call))[-1].done
            assert done.finish == D.TURN_FINISH_INTERRUPTED
            assert not done.HasField("outcome")
            await client.stats_until(lambda stats: stats.dialogue_busy_count == 0 and stats.job_count == 0)
            await call.write(say("still here", turn=5))
            assert (await until_done(call, 5))[-1].done.finish == D.TURN_FINISH_END

    run(scenario())


def test_a_number_that_does_not_rise_is_refused(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello", turn=7))
            await until_done(call)
            await call.write(say("hello", turn=6))
            (event,) = await until_done(call)
            assert event.turn_id == 6
            assert event.done.outcome.disposition == error_pb2.DISPOSITION_INVALID
            assert "must rise" in event.done.outcome.error.message

    run(scenario())


def test_the_longest_reply_is_kept(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            sampling = D.Sampling(temperature=1, top_p=1, repetition_penalty=1, max_new_tokens=3)
            await call.write(say("count 50", sampling=sampling))
            done = (await until_done(call))[-1].done
            assert (done.finish, done.text) == (D.TURN_FINISH_LENGTH, "0 1 2")

    run(scenario())


DEFAULTS = re.search(
    r"defaults: temperature (\S+), top_p (\S+),\s+// repetition_penalty (\S+), and (\d+) tokens",
    Path("protos/bridge/v1/dialogue.proto").read_text(encoding="utf-8"),
)


def test_a_turn_without_sampling_is_drawn_by_the_defaults_of_the_contract(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_done(call)
            drawn = fake.fakes.dialogue.samplings[-1]
            assert DEFAULTS is not None
            told = [float(number) for number in DEFAULTS.groups()]
            assert [drawn.temperature, drawn.top_p, drawn.repetition_penalty, drawn.max_new_tokens] == told
            assert (drawn.seed, drawn.stop) == (0, ())

    run(scenario())


def test_a_sampling_that_is_sent_counts_whole(run: Run, fake: FakeServer) -> None:
    """No temperature is the likeliest token; only the length has a default of its own."""

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello", sampling=D.Sampling(top_p=0.5, repetition_penalty=2)))
            await until_done(call)
            drawn = fake.fakes.dialogue.samplings[-1]
            assert (drawn.temperature, drawn.top_p, drawn.repetition_penalty) == (0, 0.5, 2)
            assert DEFAULTS is not None
            assert drawn.max_new_tokens == int(DEFAULTS[4])
            await call.write(say("hello", turn=2, sampling=D.Sampling(seed=3)))
            refused = (await until_done(call))[-1].done.outcome
            assert refused.disposition == error_pb2.DISPOSITION_INVALID
            assert refused.error.reason == error_pb2.ERROR_REASON_OUT_OF_RANGE

    run(scenario())


def test_forgetting_ends_the_turn_and_frees_the_memory(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("count 5 and wait"))
            await until_token(call)
            await call.write(D.ConverseRequest(forget=D.ConverseForget(conversation_id="smith")))
            assert (await until_done(call))[-1].done.finish == D.TURN_FINISH_INTERRUPTED
            assert f"{client.session}/smith" in fake.fakes.dialogue.forgotten
            await call.write(say("who are you?"))  # turn 1 of a new conversation
            await until_done(call)
            assert [text for _, text in fake.fakes.dialogue.prompts[-1]] == ["who are you?"]

    run(scenario())


def test_tokens_after_their_time_are_marked_and_delivered(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client:
            call = await client.open_dialogue()
            server.fakes.dialogue.pace.clear()
            await call.write(say("count 3", budget=timing_pb2.Budget(budget_micros=1)))
            assert (await read(call)).WhichOneof("event") == "started"
            server.fakes.dialogue.pace.set()
            events = await until_done(call)
            assert texts(events, "token") == ["0 ", "1 2"]  # the last character waits for the next
            assert events[0].token.late
            assert events[-1].done.late_count >= 1
            work = {work.name: work for work in (await client.stats()).work}["dialogue"]
            assert (work.request_count, work.in_budget_count) == (1, 0)

    run(scenario())


def test_a_stream_that_ends_frees_its_room(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            for i in range(6):
                await call.write(say("count 5 and wait", conversation=f"npc {i}"))
            await call.write(say("", conversation="nobody"))
            while (await read(call)).conversation_id != "nobody":
                pass  # all that was said before has been heard
            call.cancel()
            await client.stats_until(lambda stats: stats.dialogue_busy_count == stats.job_count == 0)
            again = await client.open_dialogue()
            assert sorted(again.opened.conversation_ids) == [f"npc {i}" for i in range(6)]
            for i in range(3):
                await again.write(say("hello", turn=2, conversation=f"npc {i}"))
            for _ in range(3):
                assert (await until_done(again))[-1].done.text == "You said: hello"
        await assert_idle(fake.port)

    run(scenario())


def test_conversations_go_on_side_by_side(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as one, connected(fake.port) as other:
            calls = [await one.open_dialogue(), await other.open_dialogue()]
            for call in calls:
                await call.write(say("count 20"))
            ends = await asyncio.gather(*(until_done(call) for call in calls))
            assert [events[-1].done.reply_tokens for events in ends] == [20, 20]

    run(scenario())
