"""The integers, scales and minima of 4-bit tensors, for kernels that multiply them as they are."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.gguf import blocks, k_blocks
from models.gguf.tensor import Tensor

GROUP = 32  # values that share a scale and a minimum


class FourBit(NamedTuple):
    """value = scale x integer + minimum, without a difference to `Tensor.dequantise` but the sign of zero.

    Shapes for a tensor [rows, width]; a tensor of more axes keeps them.
    """

    integers: NDArray[np.uint8]  # [rows, width], 0-15
    scales: NDArray[np.float32]  # [rows, width / 32]
    minima: NDArray[np.float32]  # [rows, width / 32]


def four_bit(tensor: Tensor) -> FourBit:
    """The parts of a tensor of a kind in `PARTS`; ValueError for another."""
    parts = PARTS.get(tensor.kind.name)
    if parts is None:
        raise ValueError(f"a tensor in {tensor.kind.name} has no 4-bit integers; those in {', '.join(PARTS)} have")
    with np.errstate(all="ignore"):  # scales of a damaged file
        integers, scales, minima = parts(tensor.blocks.reshape(-1))
    groups = (*tensor.shape[:-1], tensor.shape[-1] // GROUP)
    return FourBit(integers.reshape(tensor.shape), scales.reshape(groups), minima.reshape(groups))


def _q4_0(stored: blocks.Blocks) -> FourBit:
    scales = blocks.wide(stored["scale"])
    return FourBit(blocks.q4_integers(stored), scales, -8 * scales)


def _q4_1(stored: blocks.Blocks) -> FourBit:
    return FourBit(blocks.q4_integers(stored), blocks.wide(stored["scale"]), blocks.wide(stored["minimum"]))


def _q4_k(stored: blocks.Blocks) -> FourBit:
    scales, minima = k_blocks.scales_and_minima(stored)
    return FourBit(k_blocks.q4_k_integers(stored), scales, -minima)


PARTS: dict[str, Callable[[blocks.Blocks], FourBit]] = {"Q4_0": _q4_0, "Q4_1": _q4_1, "Q4_K": _q4_k}
