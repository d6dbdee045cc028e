"""Attention and products of a step in fixed shapes: no shape depends on how long rows are or whose they are.

Keys are read in chunks of `CHUNK` positions, up to that of the longest row. Each kernel sees the same shape for every
chunk, the chunks' sums are added in order, and a chunk in which a row has nothing to read adds exact zeros. So a row's
result is the same, to the bit, however many chunks the others need.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import torch
from torch import Tensor

from models.language.linear import Linear
from models.language.lora import Adapter, Place
from models.language.static.inputs import Inputs

CHUNK = 256  # positions


def chunks_up_to(position: int) -> int:
    """How many chunks are read for a row at `position`: a power of two, so that few graphs serve all lengths."""
    return 1 << (position // CHUNK).bit_length()


@dataclass(frozen=True, slots=True)
class Adaptation:
    """An adapter and the rows that have it: [rows, 1] bool."""

    adapter: Adapter
    rows: Tensor


class StaticBatch:
    """One token for each of the rows of `inputs`, over `pool` [layers, positions, 2 x kv_heads, width].

    Rows may be of one reply, at neighbouring positions: all write to a layer's cache before any of them reads it.
    """

    def __init__(self, inputs: Inputs, pool: Tensor, chunks: int, adapted: Sequence[Adaptation] = ()) -> None:
        self._inputs, self._pool, self._adapted = inputs, pool, adapted
        keys = torch.arange(chunks * CHUNK, device=pool.device).view(chunks, 1, CHUNK)
        own = inputs.positions[:, None]
        # Beyond its position a row reads its own token again: never what another reply, or a fault, has left there.
        self._reads = (inputs.bases[:, None] + torch.minimum(keys, own)).flatten(1).unbind()
        self._hidden = (keys > own)[:, None, :, None]  # [chunks, 1, rows, 1, CHUNK]

    def project(self, linear: Linear, place: Place, x: Tensor) -> Tensor:
        """x [rows, in] -> [rows, out]. An adapter is multiplied with all rows, so that its shapes are fixed too."""
        product = linear(x)
        for one in self._adapted:
            update = one.adapter.updates.get(place)
            if update is not None:
                product = torch.where(one.rows, (product.float() + update(x)).to(product.dtype), product)
        return product

    def store(self, layer: int, keys_values: Tensor) -> None:
        """Write [rows, 2 x kv_heads, width] to the pool."""
        written = keys_values[self._inputs.sources].to(self._pool.dtype)
        self._pool[layer].index_put_((self._inputs.places,), written)

    def attend(self, layer: int, queries: Tensor) -> Tensor:
        """queries [rows, heads, width] -> [rows, heads x width] float32: attention to the row's positions up to its
        own.
        """
        rows, heads, width = queries.shape
        keys, values = self._pool[layer].transpose(0, 1).chunk(2)  # [kv_heads, positions, width]
        kv_heads = len(keys)
        grouped = queries.float().mul(width**-0.5).view(rows, kv_heads, heads // kv_heads, width)
        grouped = grouped.transpose(0, 1).reshape(rows * kv_heads, -1, width)
        scores = torch.stack([grouped @ self._read(keys, at).mT for at in self._reads])
        by_row = scores.view(len(scores), kv_heads, rows, -1, CHUNK).masked_fill_(self._hidden, -torch.inf)
        weights = (by_row - by_row.amax((0, -1), keepdim=True)).exp_().view_as(scores)
        sums = [chunk @ self._read(values, at) for chunk, at in zip(weights, self._reads, strict=True)]
        total = reduce(torch.add, weights.unbind()).sum(-1, keepdim=True)
        read: Tensor = reduce(torch.add, sums) / total
        return read.view(kv_heads, rows, -1, width).transpose(0, 1).reshape(rows, -1)

    @staticmethod
    def _read(cached: Tensor, at: Tensor) -> Tensor:
        """[heads, positions, width] -> a chunk of each head and row: [heads x rows, CHUNK, width] float32."""
        return cached.index_select(1, at).float().view(-1, CHUNK, cached.shape[-1])
