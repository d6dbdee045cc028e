"""Chooses the number formats of weights and KV cache, by fixed rules, so that a machine always answers alike.

Measurements in models/weights/dialogue/README.md.
"""

from dataclasses import dataclass

import torch

from models.language import int4
from models.precision import fast_dtype


@dataclass(frozen=True, slots=True)
class NumberFormats:
    """`dense` weights serve prompts; with `packed`, additional 4-bit weights serve decode steps, and prompts too where
    there is no room for `dense_prompts`. `cache` is for the KV cache.
    """

    dense: torch.dtype
    packed: bool
    cache: torch.dtype
    dense_prompts: bool = True

    def __str__(self) -> str:
        weights = [_short(self.dense)] * self.dense_prompts + ["int4"] * self.packed
        return f"{'-'.join(weights)}-kv{_short(self.cache)}"


def choose(device: torch.device, dtype: torch.dtype | None = None) -> NumberFormats:
    """`dtype` for everything if given, else what is fastest on `device`.

    A decode step is bound by reading weights: on x86 4-bit weights are two to four times as fast as dense ones. Keys
    and values are kept in 16 bits: float16 without bfloat16 hardware, for its three extra bits of precision.
    """
    if dtype is not None:
        return NumberFormats(dtype, False, dtype)
    dense = fast_dtype(device)
    packed = int4.available(device)
    cache = torch.bfloat16 if dense == torch.bfloat16 else torch.float16
    return NumberFormats(dense, packed, cache)


def lora_dtype(device: torch.device, formats: NumberFormats) -> torch.dtype:
    """What LoRA adapters are multiplied in: on a processor few rows take longer in bfloat16 than in float32."""
    return torch.float32 if device.type == "cpu" else formats.dense


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.").replace("float", "f")
