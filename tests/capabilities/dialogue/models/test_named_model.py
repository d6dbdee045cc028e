"""A server whose characters speak with a language model that the configuration names."""

import json
from pathlib import Path
from typing import Any

import pytest
import transformers as hf
from tokenizers import AddedToken, Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel, Digits
from tokenizers.pre_tokenizers import Sequence as Steps

from bridge.client import BridgeClient, Sampling
from bridge.config import Config
from bridge.errors import ModelFailed
from bridge.server import Server
from models.gguf import file as gguf
from models.language.weights import find_weights
from tests.conftest import Run
from tests.models.gguf.writing import write
from tests.models.language.families.cases import FEW_KEYS, made, saved
from tests.models.language.families.converted import convert
from tests.serving.client import connected

CONTROL = 3


def words() -> dict[str, Any]:
    """The embedded model's tokenizer and chat template."""
    return {key: value for key, value in gguf.read(find_weights()).metadata.items() if key.startswith("tokenizer.")}


def model() -> Any:
    """A Qwen2 of a tenth of a million parameters beside its embedding."""
    return made(hf.Qwen2Config(**{**FEW_KEYS, "vocab_size": 49_152}, tie_word_embeddings=True))


def as_file(folder: Path) -> Path:
    return convert(model(), folder / "Tiny Qwen.gguf", "Q8_0", more=words())


def as_folder(folder: Path) -> Path:
    path, said = saved(model(), folder / "Tiny Qwen", shard="5MB"), words()
    tokens, kinds = said["tokenizer.ggml.tokens"], said["tokenizer.ggml.token_type"]
    merges = [tuple(merge.split(" ")) for merge in said["tokenizer.ggml.merges"]]
    engine = Tokenizer(BPE({token: i for i, token in enumerate(tokens)}, merges))
    engine.pre_tokenizer = Steps([Digits(individual_digits=True), ByteLevel(add_prefix_space=False)])
    control = [token for token, kind in zip(tokens, kinds, strict=True) if kind == CONTROL]
    engine.add_special_tokens([AddedToken(token, special=True) for token in control])
    engine.save(str(path / "tokenizer.json"))
    settings = {"eos_token": "<|im_end|>", "chat_template": said["tokenizer.chat_template"]}
    (path / "tokenizer_config.json").write_text(json.dumps(settings))
    return path


def config(path: Path, **more: Any) -> Config:
    fields = {"dialogue_slots": 2, "dialogue_context": 256, **more}
    return Config(port=0, models=("dialogue",), dialogue_model=str(path), **fields)


async def last(turn: Any) -> Any:
    """The event that ends a turn."""
    return [event async for event in turn][-1]


@pytest.mark.parametrize("kind", [as_file, as_folder])
def test_characters_speak_with_it(run: Run, kind: Any, tmp_path: Path) -> None:
    async def scenario() -> None:
        server = Server(config(kind(tmp_path)))
        port = await server.start()
        try:
            await server.ready
            async with BridgeClient(f"127.0.0.1:{port}") as bridge, bridge.dialogue() as talk:
                (found,) = [model for model in await bridge.list_models() if model.name == "dialogue"]
                assert found.version.startswith("tiny-qwen-")
                assert 3 << 20 < found.resident_bytes < 64 << 20
                sampling = Sampling(temperature=0.0, max_tokens=8)
                done = await last(talk.say("smith", "Hello", persona="A smith.", sampling=sampling))
                assert (done.failure, done.reply_tokens) == (None, 8)
                again = await last(talk.say("other", "Hello", persona="A smith.", sampling=sampling))
                assert again.text == done.text
        finally:
            await server.stop(0.0)

    run(scenario())


def refused(run: Run, configuration: Config) -> str:
    """Why the server's start ends, though it answers those who ask about it."""

    async def scenario() -> str:
        server = Server(configuration)
        port = await server.start()
        try:
            with pytest.raises(ModelFailed, match=r"^model 'dialogue' could not be loaded: ") as failure:
                await server.ready
            async with connected(port) as client:
                assert client.session
            return str(failure.value).partition("loaded: ")[2]
        finally:
            await server.stop(0.0)

    said: str = run(scenario())
    return said


def test_what_cannot_be_loaded_ends_the_start_with_its_sentence(run: Run, tmp_path: Path) -> None:
    long = "a context of 512 tokens is longer than the model knows; ask for 256 at most"
    assert refused(run, config(as_file(tmp_path), dialogue_context=512)) == long
    other = write(tmp_path / "gemma.gguf", {"general.architecture": "gemma3"})
    assert "architecture is 'gemma3'; llama, qwen2, qwen3 are read" in refused(run, config(other))
    wide = convert(model(), tmp_path / "wide.gguf", "Q8_0", more={**words(), "qwen2.context_length": 131_072})
    much = {"dialogue_slots": 256, "dialogue_context": 131_072, "memory_limit_bytes": 1 << 28}
    said = refused(run, config(wide, **much))
    assert "MiB for 33,554,432 tokens of conversations, where 256 MiB may be used; choose fewer slots" in said
