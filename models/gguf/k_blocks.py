"""Rows in blocks of 256 values, in groups of 16 or 32 whose scales are integers: Q2_K to Q6_K.

Source: ggml-common.h and dequantize_row_*_K in ggml-quants.c. As in `blocks`, n blocks give [n, 256] float32. The scale
of a group is a product of two short numbers and exact, so that each value is rounded once or twice, as in ggml.
"""

import numpy as np
from numpy.typing import NDArray

from models.gguf.blocks import Blocks, Values, bit_fields, scaled, wide

Q2_K = np.dtype([("groups", "u1", 16), ("low", "u1", 64), ("scale", "<f2"), ("minimum", "<f2")])
Q3_K = np.dtype([("third_bits", "u1", 32), ("low", "u1", 64), ("groups", "u1", 12), ("scale", "<f2")])
Q4_K = np.dtype([("scale", "<f2"), ("minimum", "<f2"), ("groups", "u1", 12), ("pairs", "u1", 128)])
Q5_K = np.dtype(
    [("scale", "<f2"), ("minimum", "<f2"), ("groups", "u1", 12), ("fifth_bits", "u1", 32), ("pairs", "u1", 128)]
)
Q6_K = np.dtype([("pairs", "u1", 128), ("high", "u1", 64), ("groups", "i1", 16), ("scale", "<f2")])

Integers = NDArray[np.uint8]


def q2_k(blocks: Blocks) -> Values:
    """16 groups of 16 values; a group's byte holds 4 bits of scale and 4 of minimum."""
    n = len(blocks)
    groups = bit_fields(blocks["groups"], 4)  # [n, 2, 16]
    values = scaled(_two_bits(blocks), wide(blocks["scale"])[:, None] * groups[:, 0])
    values -= (wide(blocks["minimum"])[:, None] * groups[:, 1])[..., None]
    return values.reshape(n, 256)


def q3_k(blocks: Blocks) -> Values:
    """16 groups of 16 values of -4 to 3: two bits, and a third that adds 4."""
    n = len(blocks)
    integers = bit_fields(blocks["third_bits"], 1).reshape(n, 16, 16)
    integers <<= np.uint8(2)
    integers |= _two_bits(blocks)
    scales = wide(blocks["scale"])[:, None] * _q3_k_groups(blocks["groups"])
    return scaled(integers.view(np.int8) - np.int8(4), scales).reshape(n, 256)


def q4_k(blocks: Blocks) -> Values:
    return _above_minima(q4_k_integers(blocks), blocks)


def q5_k(blocks: Blocks) -> Values:
    integers = bit_fields(blocks["fifth_bits"], 1)  # [n, 8, 32]
    integers <<= np.uint8(4)
    integers |= q4_k_integers(blocks)
    return _above_minima(integers, blocks)


def q6_k(blocks: Blocks) -> Values:
    """16 groups of 16 values of -32 to 31: in each half of the block four runs of 32, low 4 bits and high 2 apart."""
    n = len(blocks)
    integers = bit_fields(blocks["high"].reshape(n, 2, 32), 2)  # [n, 2, 4, 32]
    integers <<= np.uint8(4)
    integers |= bit_fields(blocks["pairs"].reshape(n, 2, 64), 4).reshape(n, 2, 4, 32)
    scales = wide(blocks["scale"])[:, None] * blocks["groups"]
    return scaled((integers.view(np.int8) - np.int8(32)).reshape(n, 16, 16), scales).reshape(n, 256)


def q4_k_integers(blocks: Blocks) -> Integers:
    """0-15 of Q4_K and Q5_K, [n, 8, 32]: 32 bytes hold two groups, the first in their low halves."""
    n = len(blocks)
    return bit_fields(blocks["pairs"].reshape(n, 4, 32), 4).reshape(n, 8, 32)


def scales_and_minima(blocks: Blocks) -> tuple[Values, Values]:
    """Of Q4_K and Q5_K, both [n, 8]: value = scale x integer - minimum."""
    first, second, third = (blocks["groups"][:, at : at + 4] for at in (0, 4, 8))
    # Six bits each: of groups 0-3 whole; of groups 4-7 four in the third word, two at the top of the first or second.
    scales = np.concatenate((first & 63, (third & 15) | (first >> 6 << 4)), axis=-1)
    minima = np.concatenate((second & 63, (third >> 4) | (second >> 6 << 4)), axis=-1)
    return wide(blocks["scale"])[:, None] * scales, wide(blocks["minimum"])[:, None] * minima


def _above_minima(integers: Integers, blocks: Blocks) -> Values:
    scales, minima = scales_and_minima(blocks)
    values = scaled(integers, scales)
    values -= minima[..., None]
    return values.reshape(len(blocks), 256)


def _two_bits(blocks: Blocks) -> Integers:
    """0-3 of Q2_K and Q3_K, [n, 16, 16]: 32 bytes hold four runs of 32 values, the first in their lowest bits."""
    n = len(blocks)
    return bit_fields(blocks["low"].reshape(n, 2, 32), 2).reshape(n, 16, 16)


def _q3_k_groups(packed: Integers) -> NDArray[np.int8]:
    """-32 to 31, [n, 16]: the low 4 bits in eight bytes, the high 2 in four."""
    n = len(packed)
    low = bit_fields(packed[:, :8], 4).reshape(n, 16)
    high = bit_fields(packed[:, 8:], 2).reshape(n, 16)
    return (low | (high << np.uint8(4))).view(np.int8) - np.int8(32)
