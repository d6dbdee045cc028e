"""Reads LoRA adapters as PEFT saves them: a folder with adapter_config.json and adapter_model.safetensors.

Both are read as data, and every shape is known before a tensor is loaded. Whatever changes more than the seven
projections' products (DoRA, biases, saved modules, embeddings) is refused by name.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from models.language.architecture import Architecture
from models.language.lora import Adapter, Place, Update

CONFIGURATION, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
LONGEST_CONFIGURATION = 1 << 16  # bytes
GREATEST_RANK = 512

# PEFT's settings under which more changes than products, and the values with which it does not.
_PLAIN: dict[str, tuple[Any, ...]] = {
    "use_dora": (False, None),
    "bias": ("none", None),
    "lora_bias": (False, None),
    "modules_to_save": (None, []),
    "fan_in_fan_out": (False, None),
    "rank_pattern": ({}, None),
    "alpha_pattern": ({}, None),
    "layer_replication": (None, []),
    "trainable_token_indices": (None, []),
    "target_parameters": (None, []),
    "alora_invocation_tokens": (None, []),
    "use_qalora": (False, None),
    "arrow_config": (None,),
}
_CHANGED_WEIGHTS = ("pissa", "olora", "corda", "loftq", "lora_ga")  # ways to begin that change the model's own weights

_NAME = re.compile(
    r"base_model\.model\.model\.layers\.([0-9]{1,4})\.(?:self_attn|mlp)\.([a-z]+)_proj\.lora_([AB])\.weight"
)
_STACKS = {"qkv": ("q", "k", "v"), "out": ("o",), "gate_up": ("gate", "up"), "down": ("down",)}


def read(folder: Path, sizes: Architecture, dtype: torch.dtype, device: torch.device, *, pairs: bool) -> Adapter:
    """The adapter in `folder`, multiplied in `dtype`.

    `pairs`: the decoder rotates neighbouring values of queries and keys, as GGUF's Llama does, so their rows are put in
    that order. ValueError if the adapter is another model's, or does more than the decoder can.
    """
    rank, scale = _configuration(folder / CONFIGURATION)
    projections = _projections(sizes)
    factors = _factors(folder / WEIGHTS, projections, sizes.layers, rank)
    updates: dict[Place, Update] = {}
    for layer in range(sizes.layers):
        for matrix, names in _STACKS.items():
            found = {name: factors[layer, name] for name in names if (layer, name) in factors}
            if found:
                made = _stacked(
                    [projections[name] for name in names], [found.get(name) for name in names], scale, pairs
                )
                updates[layer, matrix] = Update(*(part.to(device, dtype) for part in made))
    return Adapter(updates)


@dataclass(frozen=True, slots=True)
class _Projection:
    """`out` x `width`; `heads` of queries or keys that are rotated, else 0."""

    out: int
    width: int
    heads: int = 0


_Factors = tuple[Tensor, Tensor]  # A [rank, in], B [out, rank]


def _projections(s: Architecture) -> dict[str, _Projection]:
    queries, keys = s.heads * s.head_width, s.kv_heads * s.head_width
    return {
        "q": _Projection(queries, s.width, s.heads),
        "k": _Projection(keys, s.width, s.kv_heads),
        "v": _Projection(keys, s.width),
        "o": _Projection(s.width, queries),
        "gate": _Projection(s.hidden, s.width),
        "up": _Projection(s.hidden, s.width),
        "down": _Projection(s.width, s.hidden),
    }


def _stacked(
    projections: Sequence[_Projection], factors: Sequence[_Factors | None], scale: float, pairs: bool
) -> tuple[Tensor, Tensor]:
    """One update of projections below one another: all A, and each B in its own rows and columns."""
    downs, ups = [], []
    for projection, pair in zip(projections, factors, strict=True):
        down, up = pair or (torch.empty(0, projection.width), torch.empty(projection.out, 0))
        if pair and pairs and projection.heads:
            up = _neighbours(up, projection.heads)
        downs.append(down)
        ups.append(up * scale)
    return torch.cat(downs), torch.block_diag(*ups)


def _neighbours(rows: Tensor, heads: int) -> Tensor:
    """Rows [heads x width, ...] of which each head's two halves are rotated together, with such rows side by side."""
    return rows.view(heads, 2, -1, rows.shape[1]).transpose(1, 2).reshape(rows.shape)


def _configuration(path: Path) -> tuple[int, float]:
    """Rank and scale."""
    settings = _settings(path)
    kind, begun = settings.get("peft_type"), settings.get("init_lora_weights")
    if kind != "LORA":
        raise ValueError(f"{path} is of the kind {kind!r}; only LORA adapters are supported")
    for name, plain in _PLAIN.items():
        if settings.get(name, plain[0]) not in plain:
            raise ValueError(
                f"the adapter in {path.parent} has {name} = {settings[name]!r}, which is not supported; train without"
            )
    if isinstance(begun, str) and begun.startswith(_CHANGED_WEIGHTS):
        raise ValueError(
            f"the adapter in {path.parent} began as {begun!r}, which changes the model's own weights; save it with "
            "path_initial_model_for_weight_conversion"
        )
    rank, alpha = settings.get("r"), settings.get("lora_alpha")
    if type(rank) is not int or not 1 <= rank <= GREATEST_RANK:
        raise ValueError(f"the adapter in {path.parent} has the rank {rank!r}; 1 to {GREATEST_RANK} are supported")
    if not isinstance(alpha, int | float) or isinstance(alpha, bool) or not math.isfinite(alpha):
        raise ValueError(f"the adapter in {path.parent} has lora_alpha = {alpha!r}, which is no number; save it again")
    return rank, alpha / math.sqrt(rank) if settings.get("use_rslora") else alpha / rank


def _settings(path: Path) -> Mapping[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(LONGEST_CONFIGURATION + 1)
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}); name a folder that PEFT saved") from error
    try:
        settings = json.loads(data) if len(data) <= LONGEST_CONFIGURATION else None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON; save the adapter again") from error
    if not isinstance(settings, dict):
        raise ValueError(f"{path} is no configuration of an adapter; save the adapter again")
    return settings


def _factors(
    path: Path, projections: Mapping[str, _Projection], layers: int, rank: int
) -> dict[tuple[int, str], _Factors]:
    """A and B of each layer's projections that the file has, in float32."""
    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            places = {_place(name, path.name): name for name in names}
            for (layer, projection, side), name in places.items():
                wanted = _shape(projections.get(projection), side, rank)
                if layer >= layers or wanted is None:
                    raise ValueError(
                        f"{path.name} has {name!r}, which the model has not; it is another model's adapter"
                    )
                if (shape := tuple(file.get_slice(name).get_shape())) != wanted:
                    raise ValueError(f"{path.name} has {name!r} of {shape} where the model needs {wanted}")
            loaded = {place: _finite(file.get_tensor(name), name, path.name) for place, name in places.items()}
    except (OSError, SafetensorError) as error:
        raise ValueError(f"{path} cannot be read ({error}); save the adapter again") from error
    found = {(layer, projection) for layer, projection, _ in loaded}
    if not found or len(loaded) != 2 * len(found):
        raise ValueError(f"{path.name} has no pairs of lora_A and lora_B; save the adapter again")
    return {place: (loaded[*place, "A"], loaded[*place, "B"]) for place in found}


def _place(name: str, file: str) -> tuple[int, str, str]:
    """Layer, projection and side of a tensor."""
    found = _NAME.fullmatch(name)
    if not found:
        raise ValueError(
            f"{file} has {name[:200]!r}; only adapters of attention and feed-forward projections are supported"
        )
    return int(found[1]), found[2], found[3]


def _shape(projection: _Projection | None, side: str, rank: int) -> tuple[int, int] | None:
    if projection is None:
        return None
    return (rank, projection.width) if side == "A" else (projection.out, rank)


def _finite(tensor: Tensor, name: str, file: str) -> Tensor:
    if not tensor.is_floating_point() or not tensor.isfinite().all():
        raise ValueError(f"{file} has values in {name!r} that are not finite numbers; save the adapter again")
    return tensor.float()
