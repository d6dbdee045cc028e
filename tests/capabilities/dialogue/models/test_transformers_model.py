"""A server whose characters speak with a model that only transformers knows."""

import asyncio
from pathlib import Path

import pytest

from bridge.client import BridgeClient, Sampling
from bridge.config import Config
from bridge.errors import ModelFailed
from bridge.server import Server
from bridge.sources import language
from tests.conftest import Run
from tests.models.hf.dialogue.talkers import save

GREEDY = Sampling(temperature=0.0, repetition_penalty=1.0, max_tokens=8)


def config(folder: Path) -> Config:
    name = language.absolute(f"hf:./{folder.name}", folder.parent)
    assert name == f"hf:{folder}"
    language.check(name)
    return Config(port=0, models=("dialogue",), dialogue_model=name, dialogue_slots=4, dialogue_context=256)


@pytest.mark.parametrize("kind", ["plain", "window"])
def test_characters_speak_with_it(run: Run, kind: str, tmp_path: Path) -> None:
    async def scenario() -> None:
        server = Server(config(save(kind, tmp_path / "Tiny")))
        port = await server.start()
        try:
            await server.ready
            async with BridgeClient(f"127.0.0.1:{port}") as bridge, bridge.dialogue() as talk:
                (found,) = [model for model in await bridge.list_models() if model.name == "dialogue"]
                assert found.version.startswith("hf-tiny-")
                first = await talk.say("smith", "Hello", persona="A smith.", sampling=GREEDY).reply()
                assert (first.failure, first.finish) == (None, "length")
                turns = [talk.say(name, "Hello", persona="A smith.", sampling=GREEDY) for name in ("a", "b")]
                replies = [turn.reply() for turn in turns]
                assert [done.text for done in await asyncio.gather(*replies)] == [first.text] * 2
                again = await talk.say("smith", "And?", sampling=GREEDY).reply()
                assert again.failure is None
                assert (again.cached_tokens > 0) == (kind == "plain")
        finally:
            await server.stop(0.0)

    run(scenario())


def test_what_cannot_be_loaded_ends_the_start_with_its_sentence(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        save("plain", tmp_path / "tiny")
        (tmp_path / "tiny" / "model.safetensors").unlink()
        server = Server(config(tmp_path / "tiny"))
        await server.start()
        try:
            with pytest.raises(ModelFailed, match=r"has no model\.safetensors; save or download the model again"):
                await server.ready
        finally:
            await server.stop(0.0)

    run(scenario())
