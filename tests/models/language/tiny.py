"""A Llama of two layers with random weights, and adapters for it as PEFT saves them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from models.language.architecture import Architecture
from models.language.decoder import Attention, Decoder, FeedForward, Norm
from models.language.dense import Dense
from models.language.rope import rotations

SHAPE = Architecture(
    family="llama",
    layers=2,
    width=64,
    heads=4,
    kv_heads=2,
    head_width=16,
    hidden=96,
    vocabulary=128,
    epsilon=1e-5,
    context=256,
)
CONTEXT = 32
SIZES = {"q": (64, 64), "k": (32, 64), "v": (32, 64), "o": (64, 64), "gate": (96, 64), "up": (96, 64), "down": (64, 96)}
Weights = dict[tuple[int, str], Tensor]  # by layer and projection, [out, in], as transformers has them


def weights(seed: int = 0) -> Weights:
    generator = torch.Generator().manual_seed(seed)
    return {
        (layer, name): torch.randn(size, generator=generator) * 0.2
        for layer in range(SHAPE.layers)
        for name, size in SIZES.items()
    }


def decoder(of: Weights, dtype: torch.dtype = torch.float32) -> Decoder:
    """With queries and keys in the order of a GGUF file; `dtype` is that of the layers' products."""
    generator = torch.Generator().manual_seed(1)
    embedding = Dense(torch.randn(SHAPE.vocabulary, SHAPE.width, generator=generator))
    norm = Norm(torch.ones(SHAPE.width), SHAPE.epsilon)

    def made(layer: int, *names: str) -> Dense:
        return Dense(torch.cat([_as_in_gguf(of[layer, name], name) for name in names]).to(dtype))

    layers = [
        (
            Attention(SHAPE, norm, made(layer, "q", "k", "v"), made(layer, "o")),
            FeedForward(norm, made(layer, "gate", "up"), made(layer, "down")),
        )
        for layer in range(SHAPE.layers)
    ]
    return Decoder(SHAPE, embedding, layers, norm, embedding, embedding.head(2), rotations(SHAPE, CONTEXT))


def _as_in_gguf(weight: Tensor, name: str) -> Tensor:
    """`permute` of llama.cpp's convert_hf_to_gguf.py."""
    heads = {"q": SHAPE.heads, "k": SHAPE.kv_heads}.get(name)
    if heads is None:
        return weight
    return weight.reshape(heads, 2, weight.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(weight.shape)


def factors(rank: int, seed: int, sizes: Mapping[str, tuple[int, int]] = SIZES, layers: int = 2) -> dict[str, Tensor]:
    """The tensors of an adapter, by PEFT's names."""
    generator = torch.Generator().manual_seed(seed)
    made = {}
    for layer in range(layers):
        for name, (out, width) in sizes.items():
            room = "self_attn" if name in "qkvo" else "mlp"
            stem = f"base_model.model.model.layers.{layer}.{room}.{name}_proj"
            made[f"{stem}.lora_A.weight"] = torch.randn(rank, width, generator=generator) * 0.3
            made[f"{stem}.lora_B.weight"] = torch.randn(out, rank, generator=generator) * 0.3
    return made


def save(folder: Path, tensors: Mapping[str, Tensor], rank: int, **settings: Any) -> Path:
    """An adapter's folder; `settings` differ from PEFT's usual ones."""
    folder.mkdir(parents=True, exist_ok=True)
    usual = {"peft_type": "LORA", "r": rank, "lora_alpha": 2 * rank, "bias": "none", "use_dora": False}
    (folder / "adapter_config.json").write_text(json.dumps({**usual, **settings}))
    save_file(dict(tensors), folder / "adapter_model.safetensors")
    return folder


def merged(of: Weights, tensors: Mapping[str, Tensor], scale: float) -> Weights:
    """The model's weights with the adapter added to them."""
    result = dict(of)
    for name, down in tensors.items():
        if ".lora_A." in name:
            parts = name.split(".")
            place = int(parts[4]), parts[6].removesuffix("_proj")
            result[place] = of[place] + scale * tensors[name.replace("lora_A", "lora_B")] @ down
    return result
