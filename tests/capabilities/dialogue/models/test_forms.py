"""Replies kept to a form, over the wire, by the real model; and forms that are refused."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bridge.client import BridgeClient, Dialogue, Done, Form, Sampling
from bridge.config import Config
from bridge.errors import CallFailed
from bridge.server import Server
from tests.conftest import Run
from tests.serving.client import D, connected, say, until_done

SALE = {
    "type": "object",
    "properties": {"action": {"enum": ["sell", "refuse"]}, "price": {"type": "integer", "minimum": 1, "maximum": 99}},
    "required": ["action", "price"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def port(run: Run) -> Iterator[int]:
    server = Server(Config(port=0, models=("dialogue",), dialogue_slots=2, dialogue_context=256))

    async def start() -> int:
        listens_at = await server.start()
        await server.ready
        return listens_at

    yield run(start())
    run(server.stop(0.0))


@asynccontextmanager
async def talking(port: int) -> AsyncIterator[Dialogue]:
    async with BridgeClient(f"127.0.0.1:{port}") as bridge, bridge.dialogue() as talk:
        yield talk


async def reply(talk: Dialogue, name: str, text: str, **settings: Any) -> Done:
    done: Done = await talk.say(name, text, persona="You are Borin, a blacksmith.", budget=30.0, **settings).reply()
    return done


def test_replies_fit_their_forms(run: Run, port: int) -> None:
    async def scenario() -> None:
        async with talking(port) as talk:
            lively = Sampling(temperature=1.5, seed=4, max_tokens=48)
            sale = await reply(talk, "a", "A sword, please!", sampling=lively, form=Form(json_schema=SALE))
            found = json.loads(sale.text)
            assert found["action"] in ("sell", "refuse")
            assert 1 <= found["price"] <= 99
            assert sale.finish == "end"
            word = await reply(talk, "a", "Are you sure?", sampling=lively, form=Form(regex="Aye|Nay, (sir|my lady)"))
            assert re.fullmatch("Aye|Nay, (sir|my lady)", word.text)
            place = await reply(talk, "a", "Where?", sampling=lively, form=Form(lark='start: "to the " /inn|mill/'))
            assert place.text in ("to the inn", "to the mill")
            assert [line.text for line in talk.history("a").lines][1::2] == [sale.text, word.text, place.text]

    run(scenario())


def test_a_form_is_of_one_turn(run: Run, port: int) -> None:
    async def scenario() -> None:
        async with talking(port) as talk:
            greedy = Sampling(temperature=0.0, max_tokens=8)
            free = await reply(talk, "a", "Who are you?", sampling=greedy)
            await reply(talk, "b", "Hm?", sampling=greedy, form=Form(regex="Aye"))
            again = await reply(talk, "c", "Who are you?", sampling=greedy)
            assert again.text == free.text != "Aye"

    run(scenario())


def test_a_reply_at_its_limit_is_cut_short_and_says_so(run: Run, port: int) -> None:
    async def scenario() -> None:
        async with talking(port) as talk:
            done = await reply(talk, "a", "A sword!", sampling=Sampling(max_tokens=3), form=Form(json_schema=SALE))
            assert done.finish == "length"
            assert done.text.startswith('{"action"')

    run(scenario())


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (Form(regex="("), "the regex cannot be used"),
        (Form(json_schema="{"), "the JSON schema is not JSON"),
        (Form(json_schema={"$ref": "http://127.0.0.1:1/schema"}), "not fetch"),
        (Form(lark="start: nowhere"), "the lark cannot be used"),
        (Form(regex="a" * 16_385), "send 1 to 16384"),
        (Form(regex=""), "send 1 to 16384"),
    ],
    ids=["regex", "json", "fetched", "lark", "long", "empty"],
)
def test_a_wrong_form_is_the_clients_fault_and_changes_nothing(run: Run, port: int, form: Form, says: str) -> None:
    async def scenario() -> None:
        async with talking(port) as talk:
            before = await reply(talk, "a", "Hello!", sampling=Sampling(max_tokens=4))
            with pytest.raises(CallFailed, match=re.escape(says)) as caught:
                await reply(talk, "a", "And?", form=form)
            assert not caught.value.retryable
            after = await reply(talk, "a", "And now?", sampling=Sampling(max_tokens=4))
            assert after.history_lines == before.history_lines + 2

    run(scenario())


def test_a_form_without_any_is_refused(run: Run, port: int) -> None:
    async def scenario() -> None:
        async with connected(port) as client:
            call = await client.open_dialogue()
            await call.write(say("Hello!", turn=1, conversation="a", form=D.ReplyForm()))
            done = (await until_done(call, 1))[-1].done
            assert done.finish == D.TURN_FINISH_FAILED
            assert "the form of the reply is empty" in done.outcome.error.message

    run(scenario())


def test_a_form_is_exactly_one() -> None:
    for wrong in ({}, {"regex": "a", "lark": "start: /a/"}):
        with pytest.raises(ValueError, match="exactly one"):
            Form(**wrong)
