"""Rows whose 4-bit integers are places in a table of 16 uneven steps: IQ4_NL, blocks of 32, and IQ4_XS, of 256.

Source: ggml-common.h (kvalues_iq4nl) and dequantize_row_iq4_* in ggml-quants.c. As in `blocks`, n blocks give their
values [n, values of a block] in float32.
"""

import numpy as np

from models.gguf.blocks import Blocks, Values, bit_fields, q4_integers, scaled, wide

IQ4_NL = np.dtype([("scale", "<f2"), ("pairs", "u1", 16)])
IQ4_XS = np.dtype([("scale", "<f2"), ("groups_high", "<u2"), ("groups_low", "u1", 4), ("pairs", "u1", 128)])

STEPS = np.array([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], np.int8)


def iq4_nl(blocks: Blocks) -> Values:
    return scaled(STEPS[q4_integers(blocks)], wide(blocks["scale"]))


def iq4_xs(blocks: Blocks) -> Values:
    """8 groups of 32 values, each as in IQ4_NL; a group's scale is six bits, the low 4 and the high 2 apart."""
    n = len(blocks)
    places = bit_fields(blocks["pairs"].reshape(n, 8, 16), 4).reshape(n, 8, 32)
    low = np.stack((blocks["groups_low"] & 15, blocks["groups_low"] >> 4), axis=-1).reshape(n, 8)
    high = (blocks["groups_high"][:, None] >> np.arange(0, 16, 2, dtype=np.uint16)) & np.uint16(3)
    groups = (low | (high << np.uint16(4))).astype(np.int8) - np.int8(32)
    return scaled(STEPS[places], wide(blocks["scale"])[:, None] * groups).reshape(n, 256)
