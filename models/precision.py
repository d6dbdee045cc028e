"""Chooses the number format for a device: bf16 only with hardware support."""

import torch


def fast_dtype(device: torch.device) -> torch.dtype:
    """The fastest format for matrix products on `device`: bfloat16 with hardware support, else float32.

    An x86 processor without AVX512-BF16 or AMX emulates bfloat16 at about a fifth of its float32 rate. (Intel's with
    the first alone multiply float32 faster: see "Known shortfalls" in ARCHITECTURE.md.)
    """
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    if torch.backends.cpu.get_cpu_capability() in ("DEFAULT", "AVX2"):  # what the processor has, or ATEN_CPU_CAPABILITY
        return torch.float32
    has_bf16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return torch.bfloat16 if has_bf16 else torch.float32
