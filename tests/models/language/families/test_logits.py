"""The logits of each family, from folders of safetensors and from GGUF files, against transformers in float32."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as hf

from models.gguf import file as gguf
from models.gguf.kinds import KINDS
from models.language.architecture import Architecture
from models.language.checkpoints.folder import folder_checkpoint
from models.language.checkpoints.gguf_metadata import gguf_checkpoint
from models.language.decoder import weight_bytes
from models.language.number_formats import NumberFormats, choose
from models.language.weights import assemble
from tests.models.dialogue.stepping import turn
from tests.models.language.families.cases import CASES, FEW_KEYS, TOKENS, expected, made, saved
from tests.models.language.families.converted import convert, restored
from tests.models.language.families.running import EXACT, logits

CLOSE = 1e-3
WIDE = {**FEW_KEYS, "hidden_size": 256, "intermediate_size": 256, "initializer_range": 0.1}  # whole blocks of 256
QUANTISED = [kind.name for kind in KINDS.values()]
IN_GGUF = [name for name in CASES if name != "odd yarn"]  # the converter writes less than that


def far(ours: torch.Tensor, theirs: torch.Tensor) -> float:
    return float((ours - theirs).abs().max())


@pytest.mark.parametrize("name", CASES)
def test_a_folder_agrees_with_transformers(name: str, tmp_path: Path) -> None:
    model = made(CASES[name])
    folder = saved(model, tmp_path / "model")
    assert len(list(folder.glob("*.safetensors"))) > 3
    theirs = expected(model)
    assert theirs.std() > 0.5
    assert far(logits(folder_checkpoint(folder)), theirs) < CLOSE


@pytest.mark.parametrize("name", IN_GGUF)
def test_a_gguf_file_agrees_with_transformers(name: str, tmp_path: Path) -> None:
    model = made(CASES[name])
    file = gguf.read(convert(model, tmp_path / "model.gguf"))
    assert far(logits(gguf_checkpoint(file, "model.gguf")), expected(model)) < CLOSE


@pytest.mark.parametrize("name", ["llama3", "qwen2", "qwen3"])
def test_pieces_make_no_difference(name: str, tmp_path: Path) -> None:
    checkpoint = folder_checkpoint(saved(made(CASES[name]), tmp_path / "model"))
    whole = logits(checkpoint)
    for chunk in (1, 7):
        assert far(logits(checkpoint, chunk=chunk), whole) < CLOSE


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_half_precision_in_a_folder(dtype: torch.dtype, tmp_path: Path) -> None:
    folder = saved(made(CASES["qwen2"]).to(dtype), tmp_path / "model")
    theirs = hf.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    assert far(logits(folder_checkpoint(folder)), expected(theirs)) < CLOSE


CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "scaling of llama3": ("llama3", {"scaling": None}),
    "linear scaling": ("linear", {"scaling": None}),
    "scaling of yarn": ("yarn", {"scaling": None}),
    "base": ("llama2", {"rope_base": 5_000.0}),
    "order of pairs": ("qwen2", {"halves": False}),
    "epsilon": ("qwen3", {"epsilon": 0.1}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_part_shows_in_the_logits(change: str, tmp_path: Path) -> None:
    """So that agreement says something."""
    name, fields = CHANGES[change]
    checkpoint = folder_checkpoint(saved(made(CASES[name]), tmp_path / "model"))
    changed = replace(checkpoint, architecture=replace(checkpoint.architecture, **fields))
    assert far(logits(changed), logits(checkpoint)) > 20 * CLOSE


# -- quantised ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", QUANTISED)
@pytest.mark.parametrize("family", ["llama", "qwen2"])
def test_every_type_agrees_with_its_dequantised_weights(kind: str, family: str, tmp_path: Path) -> None:
    config = {"llama": hf.LlamaConfig, "qwen2": hf.Qwen2Config}[family](**WIDE)
    model = made(config)
    file = gguf.read(convert(model, tmp_path / "model.gguf", kind))
    assert {tensor.kind.name for tensor in file.tensors.values()} == {kind, "F32"}
    theirs = expected(restored(model, file))
    assert far(logits(gguf_checkpoint(file, "model.gguf")), theirs) < CLOSE * max(1.0, float(theirs.std()))


MIXED = {
    "attn_q": "Q4_K",
    "attn_k": "Q4_K",
    "attn_v": "Q6_K",
    "ffn_down": "Q6_K",
    "token_embd": "Q6_K",
    "output": "Q8_0",
}


@pytest.mark.parametrize("formats", [None, "as here", "without a dense copy"])
def test_queries_keys_and_values_of_different_types(formats: str | None, tmp_path: Path) -> None:
    model = made(hf.Qwen2Config(**WIDE))
    file = gguf.read(convert(model, tmp_path / "model.gguf", "Q4_K", MIXED))
    theirs = expected(restored(model, file))
    here = choose(torch.device("cpu"))
    if formats is None:
        assert far(logits(gguf_checkpoint(file, "m")), theirs) < CLOSE * max(1.0, float(theirs.std()))
        return
    chosen = here if formats == "as here" else replace(here, dense_prompts=not here.packed)
    for chunk in (128, 1):
        ours = logits(gguf_checkpoint(file, "m"), TOKENS[:40], chosen, chunk)
        assert divergence(theirs[:40], ours) < 0.05


@pytest.mark.parametrize("name", ["smollm", "qwen3"])
def test_packed_weights_stay_close_to_exact(name: str, tmp_path: Path) -> None:
    model = made(CASES[name])
    file = gguf.read(convert(model, tmp_path / "model.gguf", "Q4_1"))
    checkpoint, here = gguf_checkpoint(file, "model.gguf"), choose(torch.device("cpu"))
    exact = logits(checkpoint)
    for formats in (here, replace(here, dense_prompts=not here.packed)):
        for chunk in (128, 1):
            assert divergence(exact, logits(checkpoint, formats=formats, chunk=chunk)) < 0.05


def divergence(true: torch.Tensor, other: torch.Tensor) -> float:
    """Mean Kullback-Leibler divergence in nats."""
    p, q = true.log_softmax(-1), other.log_softmax(-1)
    return float((p.exp() * (p - q)).sum(-1).mean())


def test_the_likeliest_are_looked_up_in_the_head(tmp_path: Path) -> None:
    """Not in the embedding, where the model has a head of its own."""
    checkpoint = folder_checkpoint(saved(made(CASES["qwen2"]), tmp_path / "model"))
    decoder, _ = assemble(checkpoint, EXACT, torch.device("cpu"), 128)
    x = torch.randn(3, 64, generator=torch.Generator().manual_seed(0))
    rough = turn(decoder.logits(x))
    tokens, exact = decoder.likeliest(x, rough, 5)
    assert far(exact, rough.gather(-1, tokens)) < CLOSE
    assert torch.equal(tokens, rough.topk(5).indices)


def test_what_prompts_and_steps_share_is_held_once(tmp_path: Path) -> None:
    file = gguf.read(convert(made(CASES["qwen2"]), tmp_path / "model.gguf", "F16"))
    formats = NumberFormats(torch.float32, packed=True, cache=torch.float32)
    prompts, steps = assemble(gguf_checkpoint(file, "m"), formats, torch.device("cpu"), 128)
    assert weight_bytes(prompts, steps) == weight_bytes(prompts)
    matrices = sum(2 * t.blocks.nbytes for t in file.tensors.values() if len(t.shape) == 2)  # F16 as float32
    assert weight_bytes(prompts) == matrices


def test_the_shapes_are_named_once() -> None:
    """A checkpoint's tensors follow from its architecture alone."""
    names = dict(Architecture("qwen2", 1, 64, 4, 2, 16, 96, 100, 1e-6, 256).tensors())
    assert names["blk.0.attn_k.bias"] == (32,)
    assert names["output.weight"] == (100, 64)
    assert "blk.0.attn_q_norm.weight" not in names
