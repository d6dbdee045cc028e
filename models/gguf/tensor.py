"""A matrix or vector of a GGUF file as it is stored, and its values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.gguf.kinds import Kind

VALUES_AT_ONCE = 1 << 18  # 1 MiB of float32 with its intermediate results: about a processor's L2 cache


@dataclass(frozen=True, slots=True)
class Tensor:
    """`shape` counts values, slowest axis first; `blocks` is [..., blocks per row]."""

    kind: Kind
    shape: tuple[int, ...]
    blocks: NDArray[Any]

    def dequantise(self) -> NDArray[np.float32]:
        """All values as float32, of shape `shape`; takes a few MiB beside them.

        A damaged file may have scales that are infinite or not a number; its values then are, too.
        """
        blocks, kind = self.blocks.reshape(-1), self.kind
        values = np.empty((len(blocks), kind.values), np.float32)
        step = VALUES_AT_ONCE // kind.values
        with np.errstate(all="ignore"):
            for at in range(0, len(blocks), step):
                values[at : at + step] = kind.dequantise(blocks[at : at + step])
        return values.reshape(self.shape)


def stack(tensors: Sequence[Tensor]) -> Tensor:
    """One tensor of all rows, for matrices of the same kind and width; ValueError for others."""
    first = tensors[0]
    if any(t.kind != first.kind or t.shape[1:] != first.shape[1:] for t in tensors):
        raise ValueError("matrices of different kinds or widths cannot be stacked; dequantise them before")
    blocks = np.concatenate([t.blocks for t in tensors])
    return Tensor(first.kind, (sum(t.shape[0] for t in tensors), *first.shape[1:]), blocks)
