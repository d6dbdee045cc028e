"""How a client wants a reply sampled, in both forms of the contract, and what a turn has used."""

from typing import Any

import pytest

from bridge.v1 import error_pb2
from models.dialogue.sampling import Sampling
from tests.capabilities.dialogue.test_given_history import MINOR_5
from tests.conftest import Run
from tests.serving.client import D, connected, say, until_done
from tests.serving.server import FakeServer, serving

OLDER = D.Sampling(temperature=1, top_p=1, repetition_penalty=1)


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({}, {}),
        ({"temperature": 0.0}, {"temperature": 0.0}),
        ({"top_p": 0.5}, {"top_p": 0.5}),
        ({"repetition_penalty": 1.5}, {"repetition_penalty": 1.5}),
        ({"seed": 7}, {"seed": 7}),
        ({"seed": 0}, {"seed": 0}),
        ({"max_new_tokens": 3}, {"max_new_tokens": 3}),
        ({"stop": ["END"]}, {"stop": ("END",)}),
        ({"stop": [], "seed": -1}, {"seed": -1}),
    ],
    ids=str,
)
def test_what_is_present_changes_and_nothing_else(
    run: Run, fake: FakeServer, changes: dict[str, Any], differs: dict[str, Any]
) -> None:
    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello", sampling_changes=D.SamplingChanges(**changes)))
            await until_done(call)
            drawn, usual = fake.fakes.dialogue.samplings[-1], Sampling()
            for name in ("temperature", "top_p", "repetition_penalty", "seed", "max_new_tokens", "stop"):
                assert getattr(drawn, name) == pytest.approx(differs.get(name, getattr(usual, name))), name

    run(scenario())


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "both": ({"sampling": OLDER, "sampling_changes": D.SamplingChanges(seed=1)}, "send one of them"),
    "hot": ({"sampling_changes": D.SamplingChanges(temperature=9)}, "temperature is 9"),
    "no number": ({"sampling_changes": D.SamplingChanges(temperature=float("nan"))}, "finite"),
    "no probability": ({"sampling_changes": D.SamplingChanges(top_p=0)}, "top_p is 0"),
    "no tokens": ({"sampling_changes": D.SamplingChanges(max_new_tokens=0)}, "max_new_tokens is 0"),
    "too many tokens": ({"sampling_changes": D.SamplingChanges(max_new_tokens=1024)}, "from 1 to 1023"),
    "a long stop string": ({"sampling_changes": D.SamplingChanges(stop=["x" * 65])}, "stop string"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_changes_are_refused_in_a_sentence(run: Run, fake: FakeServer, case: str) -> None:
    fields, sentence = WRONG[case]

    async def scenario() -> None:
        async with connected(fake.port) as client:
            call = await client.open_dialogue()
            await call.write(say("hello", **fields))
            (event,) = await until_done(call)
            assert event.done.outcome.disposition == error_pb2.DISPOSITION_INVALID
            assert sentence in event.done.outcome.error.message

    run(scenario())


def test_a_turn_tells_what_its_prompt_took_of_the_device(run: Run, fake: FakeServer) -> None:
    async def scenario() -> None:
        async with connected(fake.port, **MINOR_5) as client:
            call = await client.open_dialogue()
            await call.write(say("count 30"))
            done = (await until_done(call))[-1].done
            assert 0 < done.prompt_compute_micros < done.timing.compute_micros
            await call.write(say("count 1", turn=2))
            done = (await until_done(call))[-1].done
            assert done.prompt_compute_micros == done.timing.compute_micros > 0, "all of it, for one token"

    run(scenario())


def test_tokens_are_counted_by_client(run: Run) -> None:
    async def scenario() -> None:
        async with serving() as server, connected(server.port) as client, connected(server.port) as other:
            server.fakes.dialogue.history_room = 100
            call = await client.open_dialogue()
            tokens = [0, 0, 0]
            for turn in range(1, 4):
                await call.write(say("one two", turn=turn))
                done = (await until_done(call))[-1].done
                used = (done.prompt_tokens, done.cached_tokens, done.reply_tokens)
                tokens = [total + more for total, more in zip(tokens, used, strict=True)]
            assert tokens[1] > 0
            stats = await client.stats(minor=5)
            works = {work.name: work for work in stats.work}
            mine, others = ({work.name: work for work in one.work} for one in stats.clients)
            for work in (works["dialogue"], mine["dialogue"]):
                assert [work.prompt_token_count, work.cached_token_count, work.reply_token_count] == tokens
            assert others == {}
            older = await other.stats(minor=4)
            assert {work.prompt_token_count for work in older.work} == {0}

    run(scenario())
