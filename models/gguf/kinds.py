"""The tensor types of ggml by their number in a file: those that are read, with how, and the names of the others.

Source: enum ggml_type in ggml.h.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.gguf import blocks, i_blocks, k_blocks


@dataclass(frozen=True, slots=True)
class Kind:
    """How a tensor's values are stored: `values` of them per element of `block`.

    `dequantise` takes n blocks and returns [n, values] float32.
    """

    name: str
    values: int
    block: np.dtype[Any]
    dequantise: Callable[[NDArray[Any]], NDArray[np.float32]]


KINDS = {
    0: Kind("F32", 1, blocks.F32, blocks.plain),
    1: Kind("F16", 1, blocks.F16, blocks.plain),
    30: Kind("BF16", 1, blocks.BF16, blocks.bf16),
    8: Kind("Q8_0", 32, blocks.Q8_0, blocks.q8_0),
    2: Kind("Q4_0", 32, blocks.Q4_0, blocks.q4_0),
    3: Kind("Q4_1", 32, blocks.Q4_1, blocks.q4_1),
    6: Kind("Q5_0", 32, blocks.Q5_0, blocks.q5_0),
    7: Kind("Q5_1", 32, blocks.Q5_1, blocks.q5_1),
    10: Kind("Q2_K", 256, k_blocks.Q2_K, k_blocks.q2_k),
    11: Kind("Q3_K", 256, k_blocks.Q3_K, k_blocks.q3_k),
    12: Kind("Q4_K", 256, k_blocks.Q4_K, k_blocks.q4_k),
    13: Kind("Q5_K", 256, k_blocks.Q5_K, k_blocks.q5_k),
    14: Kind("Q6_K", 256, k_blocks.Q6_K, k_blocks.q6_k),
    20: Kind("IQ4_NL", 32, i_blocks.IQ4_NL, i_blocks.iq4_nl),
    23: Kind("IQ4_XS", 256, i_blocks.IQ4_XS, i_blocks.iq4_xs),
}

NOT_READ = {
    4: "Q4_2",
    5: "Q4_3",
    9: "Q8_1",
    15: "Q8_K",
    16: "IQ2_XXS",
    17: "IQ2_XS",
    18: "IQ3_XXS",
    19: "IQ1_S",
    21: "IQ3_S",
    22: "IQ2_S",
    24: "I8",
    25: "I16",
    26: "I32",
    27: "I64",
    28: "F64",
    29: "IQ1_M",
    31: "Q4_0_4_4",
    32: "Q4_0_4_8",
    33: "Q4_0_8_8",
    34: "TQ1_0",
    35: "TQ2_0",
    36: "IQ4_NL_4_4",
    37: "IQ4_NL_4_8",
    38: "IQ4_NL_8_8",
    39: "MXFP4",
    40: "NVFP4",
    41: "Q1_0",
}
