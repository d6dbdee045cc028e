"""What multiplies a decoder's weights, chosen by how the file stores them.

In decode steps reading the weights is what takes time, so 4-bit tensors stay 4-bit and other quantised ones become
8-bit integers where there are kernels for them. Prompts take dense weights: there products are what takes time.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Protocol

import torch
from torch import Tensor

from models.gguf import file as gguf
from models.gguf.four_bit import PARTS as FOUR_BIT
from models.gguf.four_bit import four_bit
from models.language import int4, integers
from models.language.dense import Dense
from models.language.int4 import Int4
from models.language.integers import Integers
from models.language.number_formats import NumberFormats

_FLOATS = ("F32", "F16", "BF16")  # kept as they are: whoever ships them wants their precision


class Linear(Protocol):
    """x [rows, in] float32 or bfloat16 -> [rows, out] in the format that it computes in."""

    @property
    def nbytes(self) -> int: ...

    def __call__(self, x: Tensor) -> Tensor: ...


class Table(Protocol):
    """The embedding [tokens, width], which may also be the head."""

    @property
    def nbytes(self) -> int: ...

    def look_up(self, tokens: Tensor) -> Tensor:
        """tokens [...] -> their rows [..., width] float32."""
        ...

    def head(self, parts: int) -> Sequence[Linear]:
        """The head's matrix, split into `parts` of the vocabulary."""
        ...


class Stacked:
    """Matrices below one another that are stored differently: their products side by side."""

    def __init__(self, parts: Sequence[Linear]) -> None:
        self._parts = parts

    @property
    def nbytes(self) -> int:
        return sum(part.nbytes for part in self._parts)

    def __call__(self, x: Tensor) -> Tensor:
        return torch.cat([part(x) for part in self._parts], dim=-1)


def dense_of(parts: Sequence[gguf.Tensor], formats: NumberFormats, device: torch.device) -> Dense:
    """The matrices `parts`, below one another, dequantised."""
    weights = [torch.from_numpy(part.dequantise()).to(device, formats.dense) for part in parts]
    return Dense(torch.cat(weights) if len(weights) > 1 else weights[0])


def linear_of(parts: Sequence[gguf.Tensor], formats: NumberFormats, device: torch.device) -> Linear:
    """The matrices `parts`, below one another, as decode steps multiply them."""
    if not formats.packed:
        return dense_of(parts, formats, device)
    alike = [list(group) for _, group in groupby(parts, key=lambda part: part.kind.name)]
    made = [_packed(gguf.stack(group), formats, device) for group in alike]
    return made[0] if len(made) == 1 else Stacked(made)


def _packed(stored: gguf.Tensor, formats: NumberFormats, device: torch.device) -> Linear:
    name = stored.kind.name
    if name in FOUR_BIT and int4.fits(stored.shape, device):
        values, scales, minima = map(torch.from_numpy, four_bit(stored))
        return Int4(values, scales, minima, device)
    if name not in _FLOATS and integers.available(device):
        return Integers(torch.from_numpy(stored.dequantise()))
    return dense_of([stored], formats, device)
