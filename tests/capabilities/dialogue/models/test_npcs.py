"""NPCs over the wire by the real small model: what it says is whole, in order, and never a wrong number."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bridge.capabilities.dialogue.npc import meaning
from bridge.client import BridgeClient, Done, Sampling, Sentence, Token
from bridge.config import Config
from bridge.server import Server
from tests.conftest import Run

EXAMPLES = Path(__file__).parents[4] / "models/npc/examples"
SEEDED = Sampling(seed=11, max_tokens=48)
QUESTIONS = ("What does a room cost?", "What would three nights cost me?", "How many rooms are free?")
NUMBERS = {"2", "3", "7", "9", "21"}  # what the facts and the sum say of rooms and beds


@pytest.fixture(scope="module")
def port(run: Run) -> Iterator[int]:
    config = Config(port=0, models=("dialogue",), dialogue_slots=4, npcs_folder=str(EXAMPLES))
    server = Server(config)

    async def start() -> int:
        listens_at = await server.start()
        await server.ready
        return listens_at

    with pytest.MonkeyPatch.context() as patch:  # on a busy machine too, lines are compared by vectors
        patch.setattr(meaning, "_SECONDS", 30.0)
        patch.setattr(meaning, "_PATIENCE", 300.0)
        yield run(start())
        run(server.stop(0.0))


async def asked(bridge: BridgeClient, conversation: str) -> list[tuple[Done, list[Any], Any]]:
    found = []
    async with bridge.dialogue() as talk:
        for question in QUESTIONS:
            turn = talk.say(conversation, question, npc="mara", sampling=SEEDED, budget=30.0, trace=True)
            events = [event async for event in turn]
            assert turn.done is not None
            found.append((turn.done, events, turn.trace))
        talk.forget(conversation)
    return found


def test_what_is_released_is_the_reply_and_has_no_wrong_number(run: Run, port: int) -> None:
    async def scenario() -> None:
        async with BridgeClient(f"127.0.0.1:{port}") as bridge:
            for done, events, trace in await asked(bridge, "numbers"):
                sentences = [event for event in events if isinstance(event, Sentence)]
                tokens = "".join(event.text for event in events if isinstance(event, Token))
                assert done.finish in ("end", "length")
                assert done.text == tokens
                assert [done.text[one.start : one.end] for one in sentences] == [one.text for one in sentences]
                assert sentences
                assert all(one.grounds is not None and one.grounds.stage for one in sentences)
                assert trace is not None
                assert set(re.findall(r"\d+", done.text)) <= NUMBERS, done.text
                assert not [one for one in trace.rejected if one.text in done.text]

    run(scenario())


def test_one_seed_has_one_text_although_sentences_are_written_again(run: Run, port: int) -> None:
    async def scenario() -> None:
        async with BridgeClient(f"127.0.0.1:{port}") as bridge:
            first, second = [await asked(bridge, name) for name in ("first", "second")]
            assert [done.text for done, _, _ in first] == [done.text for done, _, _ in second]
            assert [trace for _, _, trace in first] == [trace for _, _, trace in second]

    run(scenario())
