"""Talk with NPCs by the Python client: handlers, grounds and traces, what was heard, and servers that know none."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.client import ActionFailed, BridgeClient, Dialogue, Npc, Player, Sentence
from bridge.errors import VersionMismatch
from tests.capabilities.dialogue.npc.scenes import action, mara
from tests.capabilities.dialogue.npc.test_actions import NIGHTS
from tests.client.fake import FakeBridge
from tests.client.scenes import play
from tests.conftest import Run
from tests.serving.server import FakeServer, serving

KEY = "Give me the key to a room for three nights."
MARA = Npc(mara(actions=[action(parameters_json=NIGHTS)]))


@asynccontextmanager
async def talking(**config: Any) -> AsyncIterator[tuple[FakeServer, Dialogue]]:
    async with (
        serving(**config) as server,
        BridgeClient(f"127.0.0.1:{server.port}") as bridge,
        bridge.dialogue() as talk,
    ):
        yield server, talk


def test_a_handler_is_called_and_its_result_goes_back(run: Run) -> None:
    called: list[int] = []

    async def hand_over_key(nights: int) -> dict[str, int]:
        called.append(nights)
        return {"room": 5}

    async def scenario() -> None:
        async with talking() as (server, talk):
            server.fakes.dialogue.scripts.append("Room 5 is yours.")
            turn = talk.say("inn", KEY, npc=MARA, actions={"hand_over_key": hand_over_key}, trace=True)
            sentences = [event async for event in turn if isinstance(event, Sentence)]
            assert called == [3]
            (one,) = sentences
            assert one.grounds is not None
            assert (one.text, one.start, one.end, one.emotion) == ("Room 5 is yours.", 0, 16, "neutral")
            assert (one.grounds.stage, list(one.grounds.sources)) == ("free", ["action:hand_over_key"])
            assert turn.trace is not None
            assert turn.trace.intent == "actions[0]"
            assert [known.text for known in turn.trace.known] == ["Hand over key: room 5."]

    run(scenario())


async def _fails(nights: int) -> None:
    raise ActionFailed("The door is stuck.")


async def _breaks() -> None:
    """Takes no nights."""


@pytest.mark.parametrize(
    ("handlers", "known"),
    [
        ({"hand_over_key": _fails}, "The door is stuck."),
        ({"hand_over_key": _breaks}, "Hand over key could not be done."),
        ({}, "Hand over key cannot be done."),
    ],
    ids=["fails", "breaks", "is missing"],
)
def test_a_handler_that_fails_is_told(run: Run, handlers: dict[str, Any], known: str) -> None:
    async def scenario() -> None:
        async with talking() as (_, talk):
            turn = talk.say("inn", KEY, npc=MARA, actions=handlers, trace=True)
            await turn.reply()
            assert turn.trace is not None
            assert [one.text for one in turn.trace.known] == [known]

    run(scenario())


def test_a_handler_is_cancelled_with_its_turn(run: Run) -> None:
    async def scenario() -> None:
        begun, ended = asyncio.Event(), asyncio.Event()

        async def hand_over_key(nights: int) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        async with talking() as (_, talk):
            turn = talk.say("inn", KEY, npc=MARA, actions={"hand_over_key": hand_over_key})
            await begun.wait()
            turn.interrupt()
            await asyncio.wait_for(ended.wait(), 20)
            assert (await turn.reply()).finish == "interrupted"

    run(scenario())


def test_an_npc_is_sent_once_and_again_where_the_server_has_lost_it(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, talk):
            for text in ("hello", "And again, who are you?"):
                await talk.say("inn", text, npc=MARA, player=Player("Joan", ["friend"])).reply()
            assert server.fakes.dialogue.prompts[-1][0][1].startswith("You are Mara Quill, innkeeper.")
            memory = talk._memories["inn"]
            assert memory.npc_to_send() is None
            memory.opened(kept=False)
            assert memory.npc_to_send() == MARA
            await talk.say("inn", "Still you?", persona="A thief.").reply()
            assert server.fakes.dialogue.prompts[-1][0] == ("system", "A thief.")

    run(scenario())


def test_what_was_heard_is_kept_by_both(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (server, talk):
            turn = talk.say("inn", "hello", npc=MARA)
            done = await turn.reply()
            turn.interrupt(heard=7)
            assert done.text[:7] == talk.history("inn").lines[-1].text == "Come in"
            await talk.say("inn", "Is it warm?").reply()
            assert server.fakes.dialogue.prompts[-1][2] == ("assistant", "Come in")
            assert [line.text for line in talk.history("inn").lines[:2]] == ["hello", "Come in"]

    run(scenario())


def test_a_name_that_the_server_does_not_know_is_refused(run: Run) -> None:
    async def scenario() -> None:
        async with talking() as (_, talk):
            with pytest.raises(
                Exception, match="npc_id 'mara': there is no such NPC; the server has no folder of NPCs"
            ):
                await talk.say("inn", "hello", npc="mara").reply()

    run(scenario())


def test_a_server_before_minor_6_is_not_asked() -> None:
    async def scene(bridge: BridgeClient, fake: FakeBridge) -> None:
        async with bridge.dialogue() as talk:
            for given in ({"npc": "mara"}, {"npc": MARA}, {"player": Player("Joan")}, {"trace": True}):
                with pytest.raises(VersionMismatch, match="this server is older than NPCs"):
                    talk.say(f"inn {given}", "hello", **given)

    fake = FakeBridge()
    fake.minor = 5
    play(scene, fake)
    assert not [one for one in fake.asked if getattr(one, "say", None) and one.say.text]
