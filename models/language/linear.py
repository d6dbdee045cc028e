"""Weight matrices: dense, in 4-bit blocks, or in 8-bit rows.

All take and return float32 activations, whatever they compute in. The packed formats use PyTorch's x86 kernels (AVX2
and up), which take bfloat16 activations.
"""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from models.gguf import file as gguf

GROUP = 32  # values that share a scale: a Q4_1 block


class Linear(Protocol):
    """x [rows, in] float32 -> [rows, out] float32."""

    @property
    def nbytes(self) -> int: ...

    def __call__(self, x: Tensor) -> Tensor: ...


class Table(Protocol):
    """The embedding [tokens, width], which is also the head."""

    @property
    def nbytes(self) -> int: ...

    def look_up(self, tokens: Tensor) -> Tensor:
        """tokens [...] -> their rows [..., width] float32."""
        ...

    def head(self, parts: int) -> Sequence[Linear]:
        """The head's matrix, split into `parts` of the vocabulary."""
        ...


class Dense:
    """Weights [out, in] in the format they are multiplied in."""

    def __init__(self, weight: Tensor) -> None:
        self.weight = weight

    @property
    def nbytes(self) -> int:
        return self.weight.nbytes

    def __call__(self, x: Tensor) -> Tensor:
        return functional.linear(x.to(self.weight.dtype), self.weight).float()

    def look_up(self, tokens: Tensor) -> Tensor:
        return self.weight[tokens].float()

    def head(self, parts: int) -> Sequence[Linear]:
        return [Dense(weight) for weight in self.weight.chunk(parts)]


class Blocks:
    """A 4-bit tensor of the file: integers are repacked, only scales and minima are rounded (to bfloat16)."""

    def __init__(self, weight: gguf.Tensor) -> None:
        integers, scale, minimum = (torch.from_numpy(part) for part in gguf.four_bit(weight))
        self.packed: Tensor = torch.ops.aten._convert_weight_to_int4pack_for_cpu(integers.int(), 1)
        # The kernel computes (integer - 8) x scale + zero, over [blocks of a row, out, 2].
        self.scales = torch.stack((scale, minimum + 8 * scale), -1).transpose(0, 1).to(torch.bfloat16).contiguous()

    @property
    def nbytes(self) -> int:
        return self.packed.nbytes + self.scales.nbytes

    def __call__(self, x: Tensor) -> Tensor:
        product: Tensor = torch.ops.aten._weight_int4pack_mm_for_cpu(x.bfloat16(), self.packed, GROUP, self.scales)
        return product.float()


class Rows:
    """8-bit values [out, in] with a scale [out] per row."""

    def __init__(self, values: Tensor, scales: Tensor) -> None:
        self.values, self.scales = values, scales

    @classmethod
    def of(cls, weight: Tensor) -> "Rows":
        # Round the scale before dividing by it, and upwards, so that nothing overflows.
        scales = (weight.abs().amax(1) * (1.01 / 127)).to(torch.bfloat16)
        return cls((weight / scales.float()[:, None]).round_().to(torch.int8), scales)

    @property
    def nbytes(self) -> int:
        return self.values.nbytes + self.scales.nbytes

    def __call__(self, x: Tensor) -> Tensor:
        product: Tensor = torch.ops.aten._weight_int8pack_mm(x.bfloat16(), self.values, self.scales)
        return product.float()


class PackedTable:
    """Q8_0 from the file for look-ups; for the head the same in rows, since no kernel takes Q8_0 blocks."""

    def __init__(self, weight: gguf.Tensor) -> None:
        self._values = torch.from_numpy(weight.blocks["values"].copy())  # [tokens, blocks, 32]
        self._scales = torch.from_numpy(weight.blocks["scale"].copy())  # [tokens, blocks]
        self._rows = Rows.of(torch.from_numpy(weight.dequantise()))

    @property
    def nbytes(self) -> int:
        return self._values.nbytes + self._scales.nbytes + self._rows.nbytes

    def look_up(self, tokens: Tensor) -> Tensor:
        return (self._values[tokens].float() * self._scales[tokens].float().unsqueeze(-1)).flatten(-2)

    def head(self, parts: int) -> Sequence[Linear]:
        pairs = zip(self._rows.values.chunk(parts), self._rows.scales.chunk(parts), strict=True)
        return [Rows(values, scales) for values, scales in pairs]
