"""Plain values, and rows in blocks of 32 values with one scale: Q4_0, Q4_1, Q5_0, Q5_1, Q8_0.

Source: ggml-common.h and dequantize_row_* in ggml-quants.c. Each function takes n blocks of its type and returns their
values [n, values of a block] in float32, rounded where ggml rounds.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Blocks = NDArray[Any]  # [n] of one of the types below
Values = NDArray[np.float32]

F32 = np.dtype("<f4")
F16 = np.dtype("<f2")
BF16 = np.dtype("<u2")
Q4_0 = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
Q4_1 = np.dtype([("scale", "<f2"), ("minimum", "<f2"), ("pairs", "u1", 16)])
Q5_0 = np.dtype([("scale", "<f2"), ("fifth_bits", "u1", 4), ("pairs", "u1", 16)])
Q5_1 = np.dtype([("scale", "<f2"), ("minimum", "<f2"), ("fifth_bits", "u1", 4), ("pairs", "u1", 16)])
Q8_0 = np.dtype([("scale", "<f2"), ("values", "i1", 32)])


def bit_fields(packed: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """Bytes [..., k] -> [..., 8 / width, k]: the lowest `width` bits of all k bytes, then the next, to the highest."""
    shifts = np.arange(0, 8, width, dtype=np.uint8)[:, None]
    fields: NDArray[np.uint8] = packed[..., None, :] >> shifts
    fields &= np.uint8((1 << width) - 1)
    return fields


def scaled(integers: NDArray[Any], scales: Values) -> Values:
    """Integers [..., k] and a scale [...] of each k."""
    values = integers.astype(np.float32)
    values *= scales[..., None]
    return values


def wide(numbers: NDArray[Any]) -> Values:
    return numbers.astype(np.float32)


def plain(blocks: Blocks) -> Values:
    """F32 and F16."""
    return wide(blocks)[:, None]


def bf16(blocks: Blocks) -> Values:
    """The upper half of a float32."""
    return (blocks.astype(np.uint32) << 16).view(np.float32)[:, None]


def q4_integers(blocks: Blocks) -> NDArray[np.uint8]:
    """0-15 of Q4_0, Q4_1, Q5_0 and Q5_1, [n, 32]: the low halves of the 16 bytes, then the high halves."""
    return bit_fields(blocks["pairs"], 4).reshape(len(blocks), 32)


def q5_integers(blocks: Blocks) -> NDArray[np.uint8]:
    """0-31 of Q5_0 and Q5_1, [n, 32]."""
    fifth = np.unpackbits(blocks["fifth_bits"], axis=-1, bitorder="little")
    fifth <<= np.uint8(4)
    fifth |= q4_integers(blocks)
    return fifth


def q4_0(blocks: Blocks) -> Values:
    return scaled(q4_integers(blocks).view(np.int8) - np.int8(8), wide(blocks["scale"]))


def q4_1(blocks: Blocks) -> Values:
    values = scaled(q4_integers(blocks), wide(blocks["scale"]))
    values += wide(blocks["minimum"])[:, None]
    return values


def q5_0(blocks: Blocks) -> Values:
    return scaled(q5_integers(blocks).view(np.int8) - np.int8(16), wide(blocks["scale"]))


def q5_1(blocks: Blocks) -> Values:
    values = scaled(q5_integers(blocks), wide(blocks["scale"]))
    values += wide(blocks["minimum"])[:, None]
    return values


def q8_0(blocks: Blocks) -> Values:
    return scaled(blocks["values"], wide(blocks["scale"]))
