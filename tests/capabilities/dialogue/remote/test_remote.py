"""Turns whose replies an endpoint gives: what the client hears is what it hears of a model on the device."""

import asyncio
from typing import Any

import pytest

from bridge.client import BridgeClient, Sampling
from bridge.v1 import bridge_pb2, error_pb2, timing_pb2
from models.dialogue.chat import NOBODY
from tests.capabilities.dialogue.remote.endpoint import (
    COUNTED,
    DONE,
    MODEL,
    ROLE,
    USAGE,
    Talk,
    echo,
    event,
    hold,
    remote,
)
from tests.conftest import Run
from tests.serving.client import D, connected, read, say, until_done, until_token


def texts(events: list[Any], kind: str) -> list[str]:
    return [getattr(event, kind).text for event in events if event.WhichOneof("event") == kind]


def test_a_reply_is_spoken_and_counted(run: Run) -> None:
    async def scenario() -> None:
        async with remote() as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("One more. And two!"))
            events = await until_done(call)
            done = events[-1].done
            assert events[0].WhichOneof("event") == "started"
            assert "".join(texts(events, "token")) == done.text == "You said: One more. And two!"
            assert texts(events, "sentence") == ["You said: One more.", "And two!"]
            assert done.finish == D.TURN_FINISH_END
            assert [done.prompt_tokens, done.reply_tokens, done.cached_tokens] == [41, 7, 30]
            assert done.timing.model_version == f"openai:{MODEL}"
            assert (done.timing.rung, done.timing.batch_size) == ("remote", 0)
            assert 0 < done.timing.compute_micros <= done.timing.server_micros
            stats = await client.stats()
            (work,) = [work for work in stats.work if work.name == "dialogue"]
            assert [(rung.rung, rung.count) for rung in work.rungs] == [("remote", 1)]
            assert (work.in_budget_count, work.device_micros) == (1, 0)
            assert (stats.dialogue_slot_count, stats.dialogue_busy_count, stats.job_count) == (16, 0, 0)

    run(scenario())


def test_the_endpoint_hears_persona_and_history(run: Run) -> None:
    async def scenario() -> None:
        async with remote() as (fake, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_done(call)
            await call.write(say("again", turn=2, persona="A smith."))
            await until_done(call)
            assert [message["role"] for message in fake.asked[0]["messages"]] == ["system", "user"]
            assert fake.asked[0]["messages"][0]["content"] == NOBODY.text
            assert fake.asked[1]["messages"] == [
                {"role": "system", "content": "A smith."},
                {"role": "user", "content": "hello"},
                {"role": "assistant", "content": "You said: hello"},
                {"role": "user", "content": "again"},
            ]
            assert fake.connections == 2, "one for the list of models, one for both turns"

    run(scenario())


@pytest.mark.parametrize(
    ("owner", "penalty"),
    [("vllm", {"repetition_penalty": 1.5}), ("llamacpp", {"repeat_penalty": 1.5}), ("somebody", {})],
)
def test_the_sampling_is_sent_as_the_endpoint_knows_it(run: Run, owner: str, penalty: dict[str, float]) -> None:
    async def scenario() -> None:
        models = {"data": [{"id": MODEL, "owned_by": owner}]}
        async with remote() as (fake, server), connected(server.port) as client:
            fake.models = models
            await server.roster.unload("dialogue")
            await server.roster.load("dialogue")
            call = await client.open_dialogue()
            sampling = D.Sampling(
                temperature=0.25, top_p=0.5, repetition_penalty=1.5, seed=-7, max_new_tokens=9, stop=["\n", "!"]
            )
            await call.write(say("hello", sampling=sampling))
            await until_done(call)
            asked = fake.asked[0]
            del asked["messages"]
            assert asked == {
                "model": MODEL,
                "stream": True,
                "stream_options": {"include_usage": True},
                "temperature": 0.25,
                "top_p": 0.5,
                "max_tokens": 9,
                "stop": ["\n", "!"],
                "seed": -7,
                **penalty,
            }

    run(scenario())


ENDS: dict[str, tuple[list[str], str, Any, int]] = {
    "the end": ([event("Hi"), event(" you"), event(finish="stop"), COUNTED, DONE], "Hi you", "END", 7),
    "no count": ([event("Hi"), event(" you"), event(finish="stop"), DONE], "Hi you", "END", 2),
    "no [DONE]": ([event("Hi"), event(" you"), event(finish="stop")], "Hi you", "END", 2),
    "no reason": ([event("Hi"), event(" you"), DONE], "Hi you", "END", 2),
    "the last piece with its reason": ([event("Hi"), event(" you", "stop"), DONE], "Hi you", "END", 2),
    "a stop string": ([event("Hi"), event(finish="stop", stop_reason="\n"), DONE], "Hi", "STOP", 1),
    "its limit": ([event("Hi"), event(finish="length"), DONE], "Hi", "LENGTH", 1),
    "text after the end": ([event("Hi"), event(finish="stop"), event("!"), DONE], "Hi", "END", 1),
    "an unknown reason": ([event("Hi"), event(finish="tool_calls"), DONE], "Hi", "END", 1),
    "nothing said": ([ROLE, event(""), event(finish="stop"), DONE], "", "END", 0),
    "comments between": ([": ping\n\n", event("Hi"), ": ping\n\n", event(finish="stop"), DONE], "Hi", "END", 1),
}


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("at_once", [True, False])
def test_a_reply_ends_as_the_endpoint_says(run: Run, name: str, at_once: bool) -> None:
    sent, text, finish, tokens = ENDS[name]

    async def answer(talk: Talk) -> None:
        await talk.head()
        for part in ["".join(sent)] if at_once else sent:
            await talk.send(part)
        await talk.finish()

    async def scenario() -> None:
        async with remote(answer) as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            events = await until_done(call)
            done = events[-1].done
            assert (done.text, done.finish) == (text, D.TurnFinish.Value(f"TURN_FINISH_{finish}"))
            assert "".join(texts(events, "token")) == text
            assert done.reply_tokens == tokens
            assert not done.HasField("outcome")

    run(scenario())


def test_an_endpoint_that_runs_on_is_cut_at_the_limit(run: Run) -> None:
    left = asyncio.Event()

    async def answer(talk: Talk) -> None:
        await talk.head()
        await talk.send(*(event(f" {number}") for number in range(50)))
        await talk.until_left()
        left.set()

    async def scenario() -> None:
        async with remote(answer) as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            sampling = D.Sampling(temperature=1, top_p=1, repetition_penalty=1, max_new_tokens=3)
            await call.write(say("count", sampling=sampling))
            done = (await until_done(call))[-1].done
            assert (done.text, done.finish) == (" 0 1 2", D.TURN_FINISH_LENGTH)
            await left.wait()

    run(scenario())


def test_sixteen_characters_speak_at_once(run: Run) -> None:
    talks: list[Talk] = []
    all_there = asyncio.Event()

    async def answer(talk: Talk) -> None:
        talks.append(talk)
        if len(talks) == 16:
            all_there.set()
        await all_there.wait()
        await echo(talk)

    async def scenario() -> None:
        async with (
            remote(answer, dialogue_requests=32) as (_, server),
            connected(server.port) as one,
            connected(server.port) as two,
        ):
            calls = [await client.open_dialogue() for client in (one, two)]
            for number in range(16):
                await calls[number % 2].write(say(f"I am {number}", conversation=f"npc {number}"))
            done: dict[str, str] = {}
            for call in calls:
                while len(done) < 8 * (calls.index(call) + 1):
                    found = await read(call)
                    if found.WhichOneof("event") == "done":
                        done[found.conversation_id] = found.done.text
            assert done == {f"npc {number}": f"You said: I am {number}" for number in range(16)}

    run(scenario())


def test_replies_beyond_the_bound_are_refused_with_the_time_to_wait(run: Run) -> None:
    async def scenario() -> None:
        async with remote(hold, dialogue_requests=4) as (fake, server), connected(server.port) as client:
            call = await client.open_dialogue()
            for number in range(3):
                await call.write(say("hello", conversation=f"npc {number}"))
                await until_token(call)
            await call.write(say("hello", conversation="one too many"))
            done = (await until_done(call))[-1].done
            assert done.finish == D.TURN_FINISH_FAILED
            assert done.outcome.disposition == error_pb2.DISPOSITION_REFUSED
            assert done.outcome.error.reason == error_pb2.ERROR_REASON_OVERLOADED
            assert "the requests that the model's endpoint may have at once" in done.outcome.error.message
            assert done.outcome.error.retry_after_micros > 0
            assert len(fake.asked) == 3
            interrupted = D.ConverseInterrupt(conversation_id="npc 0", turn_id=1)
            await call.write(D.ConverseRequest(interrupt=interrupted))
            await until_done(call)
            await call.write(say("hello", conversation="one too many", turn=2))
            assert (await read(call)).WhichOneof("event") == "started"

    run(scenario())


def test_a_first_token_past_its_budget_is_late_and_counted(run: Run) -> None:
    async def scenario() -> None:
        async with remote() as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello", budget=timing_pb2.Budget(budget_micros=1), pace_micros=60_000_000))
            events = await until_done(call)
            late = [event.token.late for event in events if event.WhichOneof("event") == "token"]
            assert late[0]
            assert not any(late[1:])
            assert events[-1].done.late_count == 1
            (work,) = [work for work in (await client.stats()).work if work.name == "dialogue"]
            assert work.in_budget_count == 0
            assert sum(one.count for one in work.late_stages) == 1

    run(scenario())


def test_the_python_client_needs_to_know_nothing_of_it(run: Run) -> None:
    async def scenario() -> None:
        async with (
            remote() as (fake, server),
            BridgeClient(f"127.0.0.1:{server.port}") as bridge,
            bridge.dialogue() as talk,
        ):
            await bridge.until_ready("dialogue")
            done = await talk.say("innkeeper", "Good evening!", persona="Mira.", sampling=Sampling(seed=3)).reply()
            assert (done.text, done.finish) == ("You said: Good evening!", "end")
            assert (done.prompt_tokens, done.cached_tokens) == (USAGE["prompt_tokens"], 30)
            assert fake.asked[0]["seed"] == 3
            fake.answer = hold
            async for heard in (turn := talk.say("innkeeper", "And?")):
                turn.interrupt()
                last = heard
            assert last.finish == "interrupted"

    run(scenario())


async def full(talk: Talk) -> None:
    """Take four messages at most, as a model of a short context would."""
    if len(talk.asked["messages"]) <= 4:
        await echo(talk)
    else:
        says = "This model's maximum context length is 16 tokens. However, you requested 17 tokens."
        await talk.answer(400, f'{{"error": {{"message": "{says}", "code": 400}}}}')


def test_a_history_too_long_for_the_endpoint_is_halved_for_good(run: Run) -> None:
    async def scenario() -> None:
        minor = bridge_pb2.ProtocolVersion(major=1, minor=5)
        async with remote(full) as (fake, server), connected(server.port, protocol=minor) as client:
            call, cuts = await client.open_dialogue(), []
            for number in range(1, 5):
                await call.write(say(f"line {number}", turn=number, persona="A smith." if number == 1 else ""))
                events = await until_done(call, number)
                cuts += [
                    (event.turn_id, event.history_cut.dropped_line_count)
                    for event in events
                    if event.WhichOneof("event") == "history_cut"
                ]
                done = events[-1].done
                assert done.history_line_count == (2, 4, 4, 4)[number - 1]
                assert (done.text, done.finish) == (f"You said: line {number}", D.TURN_FINISH_END)
            assert [len(asked["messages"]) for asked in fake.asked] == [2, 4, 6, 4, 6, 4]
            assert cuts == [(4, 2)], "the third turn's is told with the fourth"
            assert [message["content"] for message in fake.asked[-1]["messages"]] == [
                "A smith.",
                "line 3",
                "You said: line 3",
                "line 4",
            ]

    run(scenario())


def test_a_prompt_that_never_fits_is_refused_as_too_long(run: Run) -> None:
    async def never(talk: Talk) -> None:
        await talk.answer(400, '{"error": {"message": "no", "type": "exceed_context_size_error"}}')

    async def scenario() -> None:
        async with remote() as (fake, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello"))
            await until_done(call)
            fake.answer = never
            for turn, requests in ((2, 2), (3, 2)):
                before = len(fake.asked)
                await call.write(say("again", turn=turn))
                done = (await until_done(call, turn))[-1].done
                assert done.outcome.error.reason == error_pb2.ERROR_REASON_PROMPT_TOO_LONG
                assert done.outcome.disposition == error_pb2.DISPOSITION_INVALID
                assert len(fake.asked) - before == requests

    run(scenario())


def test_a_form_is_refused(run: Run) -> None:
    async def scenario() -> None:
        async with remote() as (_, server), connected(server.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello", form=D.ReplyForm(regex="yes|no")))
            outcome = (await until_done(call))[-1].done.outcome
            assert outcome.error.reason == error_pb2.ERROR_REASON_MALFORMED
            assert "not kept to a grammar" in outcome.error.message

    run(scenario())
