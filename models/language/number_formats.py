"""Chooses the number formats of weights and KV cache, by fixed rules, so that a machine always answers alike.

Measurements in models/weights/dialogue/README.md.
"""

from dataclasses import dataclass

import torch

from models.precision import fast_dtype


@dataclass(frozen=True, slots=True)
class NumberFormats:
    """`dense` weights serve prompts; with `packed`, additional 4-bit weights serve decode steps. `cache` is for the KV
    cache.
    """

    dense: torch.dtype
    packed: bool
    cache: torch.dtype

    def __str__(self) -> str:
        return f"{_short(self.dense)}{'-int4' if self.packed else ''}-kv{_short(self.cache)}"


def choose(device: torch.device, dtype: torch.dtype | None = None) -> NumberFormats:
    """`dtype` for everything if given, else what is fastest on `device`.

    On x86 a decode step is bound by reading weights: 4-bit weights are two to four times as fast as dense ones. Keys
    and values are kept in 16 bits: float16 without bfloat16 hardware, for its three extra bits of precision.
    """
    if dtype is not None:
        return NumberFormats(dtype, False, dtype)
    dense = fast_dtype(device)
    packed = device.type == "cpu" and torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")
    cache = torch.bfloat16 if dense == torch.bfloat16 else torch.float16
    return NumberFormats(dense, packed, cache)


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.").replace("float", "f")
