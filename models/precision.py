"""Chooses the number format for a device: bf16 only with hardware support."""

import functools
from pathlib import Path

import torch


def fast_dtype(device: torch.device) -> torch.dtype:
    """The fastest format for matrix products on `device`: bfloat16 with hardware support, else float32.

    An x86 processor without AVX512-BF16 or AMX emulates bfloat16 at about a fifth of its float32 rate. With AVX512-BF16
    alone an AMD multiplies it twice as fast as float32; an Intel has half as many units for it, and loses by packing.
    """
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    if torch.backends.cpu.get_cpu_capability() in ("DEFAULT", "AVX2"):  # what the processor has, or ATEN_CPU_CAPABILITY
        return torch.float32
    has_bf16 = torch.cpu._is_avx512_bf16_supported() and not _is_intel()
    return torch.bfloat16 if has_bf16 or torch.cpu._is_amx_tile_supported() else torch.float32


@functools.cache
def _is_intel() -> bool:
    """Whether the processor is one of Intel's; False where the system does not say."""
    try:
        return "GenuineIntel" in Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
