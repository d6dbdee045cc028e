"""4-bit weights whose groups of 32 share a scale and a minimum, multiplied by PyTorch's kernels.

The integers of the file are repacked as they are; only scales and minima are rounded, to bfloat16. x86 processors (AVX2
and up) and CUDA (8.0 and up) take the same numbers in different layouts, and bfloat16 activations.

On x86 each value of the product is one sum in the order of the columns, so a row's product does not depend on the rest
of the batch, to the bit.
"""

from functools import cache

import torch
from torch import Tensor

GROUP = 32  # values that share a scale and a minimum
_MIDDLE = 8  # the kernels compute (integer - 8) x scale + zero
_COLUMNS_AT_ONCE = 16  # of x86's kernel: `out` must be a multiple
_TILE = 16  # CUDA's: `in` must be a multiple of tiles of 16, and `out` of 8


class Int4:
    """Weights [out, in] = scale x integer + minimum."""

    def __init__(self, integers: Tensor, scales: Tensor, minima: Tensor, device: torch.device) -> None:
        """`integers` [out, in] of 0-15 in uint8; `scales`, `minima` [out, in / 32] float32."""
        zeros = minima + _MIDDLE * scales
        pairs = torch.stack((scales, zeros), -1).transpose(0, 1)  # [in / 32, out, 2]
        self.scales = pairs.to(device, torch.bfloat16).contiguous()
        cuda = device.type == "cuda"
        self.packed = _packed_for_cuda(integers.to(device)) if cuda else _packed_for_x86(integers)
        self._multiply = torch._weight_int4pack_mm if cuda else torch._weight_int4pack_mm_for_cpu

    @property
    def nbytes(self) -> int:
        return self.packed.nbytes + self.scales.nbytes

    def __call__(self, x: Tensor) -> Tensor:
        """[rows, in] -> [rows, out] bfloat16."""
        product: Tensor = self._multiply(x.bfloat16(), self.packed, GROUP, self.scales)
        return product


def fits(shape: tuple[int, ...], device: torch.device) -> bool:
    """Whether the device's kernel takes a matrix of [out, in]."""
    out, width = shape
    return width % GROUP == 0 and out % (8 if device.type == "cuda" else _COLUMNS_AT_ONCE) == 0


def available(device: torch.device) -> bool:
    """Whether the device has a kernel for 4-bit weights."""
    if device.type == "cuda":
        return _cuda_agrees(device)
    return device.type == "cpu" and torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")


def _packed_for_x86(integers: Tensor) -> Tensor:
    packed: Tensor = torch._convert_weight_to_int4pack_for_cpu(integers.int(), 1)
    return packed


def _packed_for_cuda(integers: Tensor) -> Tensor:
    """Two values a byte, the even one in the high half, then as the tensor cores' tiles want them."""
    width = integers.shape[1]
    tiles = next(number for number in (8, 4, 2) if width % (_TILE * number) == 0)
    pairs = integers[:, ::2] << 4 | integers[:, 1::2]
    packed: Tensor = torch._convert_weight_to_int4pack(pairs.contiguous(), tiles)
    return packed


@cache
def _cuda_agrees(device: torch.device) -> bool:
    """Whether this device's kernel computes what it should, tried on a small product.

    The operators are PyTorch's own but not documented, and older GPUs lack them.
    """
    generator = torch.Generator().manual_seed(0)
    integers = torch.randint(16, (64, 128), generator=generator, dtype=torch.uint8)
    scales, minima = torch.rand(2, 64, 128 // GROUP, generator=generator)
    x = torch.rand(3, 128, generator=generator)
    weight = scales.repeat_interleave(GROUP, 1) * integers + minima.repeat_interleave(GROUP, 1)
    try:
        product = Int4(integers, scales, minima, device)(x.to(device)).float().cpu()
    except (RuntimeError, NotImplementedError):
        return False
    return torch.allclose(product, x @ weight.T, rtol=0.02)
