"""Embeddings as they are stored, and heads."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from models.gguf import file as gguf
from models.language.linear import Linear, Table, dense_of, linear_of
from models.language.number_formats import NumberFormats

_ROWS = 64  # a part of a head is a multiple, as the kernels for packed weights like it


class StoredTable:
    """Quantised rows, dequantised when they are looked up. As a head they are what decode steps multiply."""

    def __init__(self, stored: gguf.Tensor, formats: NumberFormats, device: torch.device) -> None:
        # A copy, so that a look-up never waits for the disk.
        self._stored = gguf.Tensor(stored.kind, stored.shape, np.array(stored.blocks))
        self._formats, self._device = formats, device
        self._head_bytes = 0

    @property
    def nbytes(self) -> int:
        return int(self._stored.blocks.nbytes) + self._head_bytes

    def look_up(self, tokens: Tensor) -> Tensor:
        blocks = self._stored.blocks[tokens.flatten().numpy(force=True)]
        rows = gguf.Tensor(self._stored.kind, (len(blocks), self._stored.shape[1]), blocks)
        return torch.from_numpy(rows.dequantise()).view(*tokens.shape, rows.shape[1]).to(self._device)

    def head(self, parts: int) -> Sequence[Linear]:
        made = head_of(self._stored, self._formats, self._device, parts)
        self._head_bytes = sum(part.nbytes for part in made)
        return made


def table_of(stored: gguf.Tensor, formats: NumberFormats, device: torch.device) -> Table:
    """The embedding [tokens, width]; its `head` serves models that have no matrix of their own for it."""
    if formats.packed and device.type == "cpu" and stored.kind.values > 1:
        return StoredTable(stored, formats, device)
    return dense_of([stored], formats, device)


def head_of(stored: gguf.Tensor, formats: NumberFormats, device: torch.device, parts: int) -> Sequence[Linear]:
    """A matrix [tokens, width] for logits, in at most `parts` of the vocabulary."""
    rows = -(-stored.shape[0] // (parts * _ROWS)) * _ROWS
    cuts = [stored.blocks[at : at + rows] for at in range(0, stored.shape[0], rows)]
    tensors = [gguf.Tensor(stored.kind, (len(cut), *stored.shape[1:]), cut) for cut in cuts]
    return [linear_of([tensor], formats, device) for tensor in tensors]
