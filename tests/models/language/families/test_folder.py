"""Folders of safetensors: shards, their index, and files that cannot be trusted."""

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file

from models.language.checkpoints import safetensors
from models.language.checkpoints.folder import folder_checkpoint
from tests.models.language.families.cases import CASES, made, saved


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model in shards, which may be damaged."""
    return saved(made(CASES["smollm"]), tmp_path / "model")


def index(folder: Path, **changes: Any) -> None:
    """Change where tensors are said to be."""
    path = folder / "model.safetensors.index.json"
    found = json.loads(path.read_text())
    found["weight_map"] |= changes
    path.write_text(json.dumps(found))


def refused(folder: Path) -> str:
    with pytest.raises(ValueError, match=r"\w") as refusal:
        folder_checkpoint(folder)
    return str(refusal.value)


def small(path: Path, header: Any, data: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


# -- shards ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["../outside.safetensors", "/etc/passwd", "sub/model.safetensors", "..", "a\\b.safetensors", "model.bin"]
)
def test_no_shard_lies_outside_of_the_folder(name: str, folder: Path) -> None:
    index(folder, **{"model.norm.weight": name})
    assert "which is no safetensors file of this folder" in refused(folder)


def test_what_is_missing_is_named(folder: Path, tmp_path: Path) -> None:
    shards = sorted(folder.glob("model-*.safetensors"))
    shards[1].rename(tmp_path / "elsewhere")
    assert f"lacks {shards[1].name}" in refused(folder)
    for path in folder.glob("*.safetensors*"):
        path.unlink()
    assert "has no model.safetensors" in refused(folder)
    (folder / "pytorch_model.bin").write_bytes(b"pickle")
    assert "as pickle only (pytorch_model.bin)" in refused(folder)
    (folder / "config.json").unlink()
    assert "has no config.json" in refused(folder)


def test_an_index_of_something_else_is_refused(folder: Path) -> None:
    path = folder / "model.safetensors.index.json"
    for text, said in (
        ("[]", "no JSON object"),
        ("{", "cannot be read as JSON"),
        ('{"weight_map": []}', "names 0 files"),
    ):
        path.write_text(text)
        assert said in refused(folder)


def test_a_tensor_in_two_shards_is_refused(folder: Path) -> None:
    first, second, *_ = sorted(folder.glob("model-*.safetensors"))
    save_file({**load_file(first), **load_file(second)}, second)
    assert "in two files" in refused(folder)


def test_a_second_copy_of_a_tied_embedding_is_one_too_many_if_it_differs(folder: Path) -> None:
    shard = next(path for path in folder.glob("model-*.safetensors") if "model.embed_tokens.weight" in load_file(path))
    tensors = load_file(shard)
    save_file({**tensors, "lm_head.weight": tensors["model.embed_tokens.weight"].clone()}, shard)
    assert "lm_head.weight" not in folder_checkpoint(folder).tensors
    save_file({**tensors, "lm_head.weight": tensors["model.embed_tokens.weight"] + 1}, shard)
    assert "head of its own" in refused(folder)


def test_frequencies_that_old_checkpoints_hold_are_left_out(folder: Path) -> None:
    shard = next(folder.glob("model-*.safetensors"))
    save_file({**load_file(shard), "model.layers.0.self_attn.rotary_emb.inv_freq": torch.ones(8)}, shard)
    folder_checkpoint(folder)


# -- safetensors -------------------------------------------------------------------------------------------------------


def test_values_are_those_of_the_library(tmp_path: Path) -> None:
    tensors = {
        "f32": torch.randn(3, 5),
        "f16": torch.randn(7).half(),
        "bf16": torch.randn(2, 2, 2).bfloat16(),
    }
    save_file(tensors, tmp_path / "a.safetensors", metadata={"format": "pt"})
    found = safetensors.read(tmp_path / "a.safetensors")
    assert found.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert np.array_equal(found[name].dequantise(), tensor.float().numpy())


GOOD = {"a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ({"a": GOOD["a"] | {"dtype": "I64"}}, "of type I64; F32, F16, BF16 are read"),
        ({"a": GOOD["a"] | {"dtype": ["F32"]}}, "of type"),
        ({"a": 7}, "of type 7"),
        ({"a": GOOD["a"] | {"shape": [2, 3]}}, "not where the header says"),
        ({"a": GOOD["a"] | {"shape": [-2, -2]}}, "no shape or no place"),
        ({"a": GOOD["a"] | {"shape": [True, 4]}}, "no shape or no place"),
        ({"a": GOOD["a"] | {"shape": []}}, "no shape or no place"),
        ({"a": GOOD["a"] | {"shape": [0, 2], "data_offsets": [0, 0]}}, "is empty"),
        ({"a": GOOD["a"] | {"data_offsets": [4, 20]}}, "not where the header says"),
        ({"a": GOOD["a"] | {"data_offsets": [16, 0]}}, "not where the header says"),
        ({"a": GOOD["a"] | {"data_offsets": [0]}}, "no shape or no place"),
        ({"a": GOOD["a"] | {"data_offsets": "ab"}}, "no shape or no place"),
        (b"[]", "no JSON object"),
        (b"[" * 90_000, "no JSON object"),
        (b'{"a": 1, "a": 2}', "a name occurs twice"),
        (b"\xff\xfe", "no JSON object"),
    ],
)
def test_a_damaged_header_is_named(header: Any, said: str, tmp_path: Path) -> None:
    path = small(tmp_path / "a.safetensors", header, bytes(16))
    with pytest.raises(ValueError, match=r"^a\.safetensors cannot be read") as refusal:
        safetensors.read(path)
    assert said in str(refusal.value)


def test_every_truncation_is_named(tmp_path: Path) -> None:
    whole = small(tmp_path / "a.safetensors", GOOD, bytes(16)).read_bytes()
    for length in range(len(whole)):
        (tmp_path / "a.safetensors").write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"^a\.safetensors cannot be read"):
            safetensors.read(tmp_path / "a.safetensors")


@settings(
    derandomize=True, max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 90), st.binary(min_size=1, max_size=6))
def test_damage_is_read_or_refused(tmp_path: Path, at: int, junk: bytes) -> None:
    path = small(tmp_path / "a.safetensors", GOOD, bytes(16))
    data = bytearray(path.read_bytes())
    data[at : at + len(junk)] = junk
    path.write_bytes(bytes(data))
    try:
        found = safetensors.read(path)
    except ValueError:
        return
    for tensor in found.values():
        assert tensor.dequantise().shape == tensor.shape
