"""LoRA adapters: the logits of merged weights, each row with its own, and adapters that are not read."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from models.language import peft
from models.language.batch import Batch, Row
from models.language.cache.slots import Lease
from models.language.decoder import Decoder
from models.language.lora import Adapter, Update
from tests.models.dialogue.stepping import turn
from tests.models.language import tiny
from tests.models.language.tiny import CONTEXT, SHAPE, SIZES

CPU = torch.device("cpu")
WEIGHTS = tiny.weights()
TOKENS = [5, 99, 3, 42, 17, 64, 5, 8]


@pytest.fixture(scope="module", autouse=True)
def _without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


def read(folder: Path) -> Adapter:
    return peft.read(folder, SHAPE, torch.float32, CPU, pairs=True)


def logits(decoder: Decoder, adapters: Sequence[Adapter | None], chunk: int = len(TOKENS)) -> Tensor:
    """Of the last token of a row per adapter, whose tokens differ: [rows, vocabulary]."""
    pool = decoder.pool(len(adapters), torch.float32)
    for start in range(0, len(TOKENS), chunk):
        part = TOKENS[start : start + chunk]
        rows = [
            Row(Lease(None, CONTEXT), slot * CONTEXT, start, [token + slot for token in part], True, adapter=adapter)
            for slot, adapter in enumerate(adapters)
        ]
        x = turn(decoder.read(Batch(rows, pool)))
    return turn(decoder.logits(x))


@pytest.mark.parametrize(
    "names", [("q", "k", "v", "o", "gate", "up", "down"), ("q", "v"), ("k",), ("down",), ("up", "o")], ids="".join
)
@pytest.mark.parametrize("chunk", [8, 3, 1])
def test_logits_are_those_of_merged_weights(tmp_path: Path, names: tuple[str, ...], chunk: int) -> None:
    tensors = tiny.factors(4, seed=2, sizes={name: SIZES[name] for name in names})
    adapter = read(tiny.save(tmp_path, tensors, rank=4))
    ours = logits(tiny.decoder(WEIGHTS), [adapter], chunk)
    expected = logits(tiny.decoder(tiny.merged(WEIGHTS, tensors, scale=2)), [None])
    assert (ours - expected).abs().max() < 1e-3
    assert (ours - logits(tiny.decoder(WEIGHTS), [None])).abs().max() > 0.1, "the adapter does nothing"


def test_rank_stabilised_scale(tmp_path: Path) -> None:
    tensors = tiny.factors(4, seed=2)
    adapter = read(tiny.save(tmp_path, tensors, rank=4, lora_alpha=3, use_rslora=True))
    expected = logits(tiny.decoder(tiny.merged(WEIGHTS, tensors, scale=1.5)), [None])
    assert (logits(tiny.decoder(WEIGHTS), [adapter]) - expected).abs().max() < 1e-3


@pytest.mark.parametrize("chunk", [8, 1])
def test_rows_with_different_adapters_equal_each_alone(tmp_path: Path, chunk: int) -> None:
    decoder = tiny.decoder(WEIGHTS)
    first = read(tiny.save(tmp_path / "a", tiny.factors(4, seed=2), rank=4))
    second = read(tiny.save(tmp_path / "b", tiny.factors(2, seed=3, sizes={"v": SIZES["v"]}), rank=2))
    adapters = [first, None, second, first, second, None]
    together = logits(decoder, adapters, chunk)
    for slot in range(len(adapters)):
        others: list[Adapter | None] = [None] * len(adapters)
        others[slot] = adapters[slot]
        alone = logits(decoder, others, chunk)
        assert (together[slot] - alone[slot]).abs().max() < 1e-4, slot


def test_a_row_without_an_adapter_is_the_same_to_the_bit_beside_one_with(tmp_path: Path) -> None:
    """Where products are rounded, as those of 4-bit weights are."""
    decoder = tiny.decoder(WEIGHTS, torch.bfloat16)
    adapter = read(tiny.save(tmp_path, tiny.factors(4, seed=2), rank=4))
    alone = logits(decoder, [None, None], chunk=1)
    beside = logits(decoder, [None, adapter], chunk=1)
    assert torch.equal(beside[0], alone[0])
    assert (beside[1] - alone[1]).abs().max() > 0.1


def test_the_order_of_halves_is_kept_without_pairs(tmp_path: Path) -> None:
    tensors = tiny.factors(4, seed=2)
    folder = tiny.save(tmp_path, tensors, rank=4)
    update = peft.read(folder, SHAPE, torch.float32, CPU, pairs=False).updates[0, "qkv"]
    stem = "base_model.model.model.layers.0.self_attn.q_proj"
    expected = 2 * tensors[f"{stem}.lora_B.weight"] @ tensors[f"{stem}.lora_A.weight"]
    assert torch.allclose((update.up @ update.down)[:64], expected, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"use_dora": True}, "use_dora = True"),
        ({"bias": "all"}, "bias = 'all'"),
        ({"modules_to_save": ["lm_head"]}, "modules_to_save"),
        ({"rank_pattern": {"q_proj": 8}}, "rank_pattern"),
        ({"alpha_pattern": {"q_proj": 8}}, "alpha_pattern"),
        ({"fan_in_fan_out": True}, "fan_in_fan_out"),
        ({"layer_replication": [[0, 2]]}, "layer_replication"),
        ({"peft_type": "IA3"}, "kind 'IA3'"),
        ({"init_lora_weights": "pissa_niter_16"}, "pissa_niter_16"),
        ({"r": 0}, "rank 0"),
        ({"r": True}, "rank True"),
        ({"r": 100_000}, "rank 100000"),
        ({"r": 8}, "needs"),
        ({"lora_alpha": "16"}, "lora_alpha = '16'"),
        ({"lora_alpha": float("nan")}, "lora_alpha = nan"),
    ],
    ids=str,
)
def test_what_the_decoder_cannot_do_is_refused_by_name(tmp_path: Path, settings: dict[str, Any], reason: str) -> None:
    folder = tiny.save(tmp_path, tiny.factors(4, seed=2), rank=4, **settings)
    with pytest.raises(ValueError, match=reason):
        read(folder)


@pytest.mark.parametrize(
    ("renamed", "reason"),
    [
        ("base_model.model.lm_head.lora_A.weight", "lm_head"),
        ("base_model.model.model.embed_tokens.lora_embedding_A", "embed_tokens"),
        ("base_model.model.model.layers.0.self_attn.q_proj.lora_magnitude_vector", "magnitude"),
        ("base_model.model.model.layers.2.self_attn.q_proj.lora_A.weight", "another model"),
        ("base_model.model.model.layers.0.self_attn.w_proj.lora_A.weight", "another model"),
        ("base_model.model.model.layers.1.self_attn.k_proj.lora_A.weight", "no pairs"),
    ],
)
def test_other_tensors_are_refused_by_name(tmp_path: Path, renamed: str, reason: str) -> None:
    tensors = tiny.factors(4, seed=2, sizes={"q": SIZES["q"]})
    tensors[renamed] = tensors.pop("base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight")
    with pytest.raises(ValueError, match=reason):
        read(tiny.save(tmp_path, tensors, rank=4))


def test_another_models_sizes_and_numbers_that_are_none(tmp_path: Path) -> None:
    name = "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight"
    for wrong, reason in ((torch.zeros(65, 4), r"\(65, 4\)"), (torch.full((64, 4), float("nan")), "not finite")):
        tensors = tiny.factors(4, seed=2) | {name: wrong}
        with pytest.raises(ValueError, match=reason):
            read(tiny.save(tmp_path, tensors, rank=4))


def test_folders_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"adapter_config\.json cannot be read"):
        read(tmp_path)
    for text in ("[]", "{", "[" * 50_000, "{}" + " " * 100_000):
        (tmp_path / "adapter_config.json").write_text(text)
        with pytest.raises(ValueError, match=r"adapter_config\.json"):
            read(tmp_path)
    (tmp_path / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 4, "lora_alpha": 8}))
    with pytest.raises(ValueError, match=r"adapter_model\.safetensors"):
        read(tmp_path)
    for data in (b"", b"\xff" * 64):
        (tmp_path / "adapter_model.safetensors").write_bytes(data)
        with pytest.raises(ValueError, match=r"adapter_model\.safetensors cannot be read"):
            read(tmp_path)
    save_file({}, tmp_path / "adapter_model.safetensors")
    with pytest.raises(ValueError, match="no pairs"):
        read(tmp_path)


@pytest.mark.parametrize("width", [576, 1536])
def test_an_update_is_the_same_to_the_bit_whatever_shares_its_batch(width: int) -> None:
    generator = torch.Generator().manual_seed(5)
    update = Update(torch.randn(48, width, generator=generator), torch.randn(960, 48, generator=generator))
    x = torch.randn(67, width, generator=generator)
    alone = torch.cat([update(row[None]) for row in x])
    for batch in (2, 3, 4, 7, 16, 67):
        assert torch.equal(alone, torch.cat([update(part) for part in x.split(batch)])), batch
