"""A language model by its name: what is read of it, and what it is called."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import transformers as hf

from models.dialogue.source import Source, source_of
from models.gguf import file as gguf
from models.language.weights import find_weights
from tests.models.language.families.cases import FEW_KEYS, made
from tests.models.language.families.converted import convert

TOKENS = 49_152


def words() -> dict[str, Any]:
    """The embedded model's tokenizer and chat template."""
    return {key: value for key, value in gguf.read(find_weights()).metadata.items() if key.startswith("tokenizer.")}


def source(path: Path, vocabulary: int) -> Source:
    model = made(hf.LlamaConfig(**{**FEW_KEYS, "vocab_size": vocabulary}, tie_word_embeddings=True))
    return source_of(str(convert(model, path, "F16", more=words())))


def test_no_name_is_the_embedded_model() -> None:
    found = source_of(None)
    assert found.name.startswith("smollm2-135m-instruct-")
    assert found.checkpoint.architecture.layers == 30


def test_an_embedding_may_be_padded(tmp_path: Path) -> None:
    found = source(tmp_path / "padded.gguf", TOKENS + 64)
    assert found.tokenizer.size == TOKENS
    assert found.tokenizer.bytes(TOKENS + 63) == b""
    assert not found.tokenizer.ends & {TOKENS + 63}


def test_a_token_that_the_embedding_lacks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^short\.gguf has 49,152 tokens and an embedding of 49,151"):
        source(tmp_path / "short.gguf", TOKENS - 1)


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("Qwen2.5-1.5B-Instruct-Q4_K_M.gguf", "qwen2.5-1.5b-instruct-q4_k_m"),
        ("héllo wörld!.gguf", "h-llo-w-rld"),
        ("日本.gguf", "model"),
        (f"{'a' * 100}.gguf", "a" * 64),
    ],
)
def test_what_it_is_called(name: str, called: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(find_weights().read_bytes()[: 4 << 20])
    with pytest.raises(ValueError, match="ends early"):
        source_of(str(tmp_path / name))
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to(find_weights())
    found = source_of(str(tmp_path / name))
    assert found.name[:-9] == called
    assert replace(found.checkpoint, name="").architecture == source_of(None).checkpoint.architecture
