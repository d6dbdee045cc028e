"""Which number format holds what: measured rules, so that one machine always answers alike.

Figures in models/weights/dialogue/README.md.
"""

from dataclasses import dataclass

import torch

from models.precision import fast_dtype


@dataclass(frozen=True, slots=True)
class Formats:
    """`dense` weights serve prompts; with `packed`, 4-bit ones beside them serve steps. `cache`: keys and values."""

    dense: torch.dtype
    packed: bool
    cache: torch.dtype

    def __str__(self) -> str:
        return f"{_short(self.dense)}{'-int4' if self.packed else ''}-kv{_short(self.cache)}"


def choose(device: torch.device, dtype: torch.dtype | None = None) -> Formats:
    """`dtype` for everything if it is given, else what is fastest on `device`.

    On x86 a decode step is bound by reading weights: 4 bits a value are two to four times faster than dense ones. Keys
    and values are kept in 16 bits: float16 where nothing multiplies bfloat16, for its three more bits of precision.
    """
    if dtype is not None:
        return Formats(dtype, False, dtype)
    dense = fast_dtype(device)
    packed = device.type == "cpu" and torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")
    cache = torch.bfloat16 if dense == torch.bfloat16 else torch.float16
    return Formats(dense, packed, cache)


def _short(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.").replace("float", "f")
