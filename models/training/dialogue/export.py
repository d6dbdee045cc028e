"""Writes the adapter as PEFT does: `models/language/peft.py` and PEFT itself read it."""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from models.language import peft
from models.training.dialogue.network import Layer, Network, Projection, Stack

ROOMS = {"q": "self_attn", "k": "self_attn", "v": "self_attn", "o": "self_attn"}  # the others are "mlp"


def export(network: Network, folder: Path) -> None:
    """The adapter in float16, with its configuration. Rows of queries and keys go back to the order of transformers."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors: dict[str, Tensor] = {}
    heads = {"q": network.shape.heads, "k": network.shape.kv_heads} if not network.shape.halves else {}
    for number, layer in enumerate(network.layers):
        for name, one in _projections(layer):
            up = _halves(one.up.detach(), heads[name]) if name in heads else one.up.detach()
            stem = f"base_model.model.model.layers.{number}.{ROOMS.get(name, 'mlp')}.{name}_proj"
            tensors[f"{stem}.lora_A.weight"] = one.down.detach().half().contiguous()
            tensors[f"{stem}.lora_B.weight"] = up.half().contiguous()
    save_file(tensors, folder / peft.WEIGHTS, metadata={"format": "pt"})
    names = sorted({name.rsplit(".", 3)[1] for name in tensors})
    settings = {
        "peft_type": "LORA",
        "base_model_name_or_path": "HuggingFaceTB/SmolLM2-135M-Instruct",
        "task_type": "CAUSAL_LM",
        "r": network.rank,
        "lora_alpha": network.rank * network.scale,
        "lora_dropout": 0.0,
        "bias": "none",
        "use_dora": False,
        "use_rslora": False,
        "target_modules": names,
    }
    text = json.dumps(settings, indent=2)
    (folder / peft.CONFIGURATION).write_text(text + "\n", encoding="utf-8")


def _projections(layer: torch.nn.Module) -> list[tuple[str, Projection]]:
    found: list[tuple[str, Projection]] = []
    assert isinstance(layer, Layer)
    for stack in layer.stacks.values():
        assert isinstance(stack, Stack)
        found += [(name, one) for name, one in stack.projections.items() if isinstance(one, Projection)]
    return found


def _halves(rows: Tensor, heads: int) -> Tensor:
    """Rows [heads x width, ...] with the two values of a rotary pair side by side, as two halves of each head."""
    return rows.view(heads, -1, 2, rows.shape[1]).transpose(1, 2).reshape(rows.shape)
