"""A ragged batch: rows' tokens concatenated, each row with its own part of the KV cache.

Attention runs row by row: rows of different length need no padding, and a row's result does not depend on the rest of
the batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.language.slots import Lease


@dataclass(frozen=True, slots=True)
class Row:
    """`tokens` go to positions from `start` on in the region of `lease`, which begins at `base` in the pool."""

    lease: Lease
    base: int
    start: int
    tokens: Sequence[int]
    wanted: bool  # whether the logits of the last token are needed

    @property
    def end(self) -> int:
        return self.start + len(self.tokens)


class Batch:
    """Rows as tensors over `pool` [layers, slots, context, 2 x kv_heads, width]: `tokens`, `positions` [n], `last`."""

    def __init__(self, rows: Sequence[Row], pool: Tensor) -> None:
        def column(values: Sequence[int]) -> Tensor:
            return torch.tensor(values, dtype=torch.long, device=pool.device)

        ends = [sum(len(row.tokens) for row in rows[: i + 1]) for i in range(len(rows))]
        self.tokens = column([token for row in rows for token in row.tokens])
        self.positions = column([position for row in rows for position in range(row.start, row.end)])
        self.last = column([end - 1 for row, end in zip(rows, ends, strict=True) if row.wanted])
        self._rows, self._pool = rows, pool.flatten(1, 2)
        self._places = self.positions + column([row.base for row in rows for _ in row.tokens])
        self._reads = [_Read.of(row, end, self._pool) for row, end in zip(rows, ends, strict=True)]

    def store(self, layer: int, keys_values: Tensor) -> None:
        """Write [n, 2 x kv_heads, width] to the pool, except for rows that have ended.

        A lease may end while its run is suspended, and its region may belong to another reply by now.
        """
        places = self._places
        if any(row.lease.ended for row in self._rows):
            alive = [not row.lease.ended for row in self._rows for _ in row.tokens]
            living = torch.tensor(alive, device=places.device)
            places, keys_values = places[living], keys_values[living]
        self._pool[layer].index_put_((places,), keys_values.to(self._pool.dtype))

    def attend(self, layer: int, queries: Tensor) -> Tensor:
        """queries [n, heads, width] -> [n, heads x width]: causal attention of each token within its row."""
        count, heads, width = queries.shape
        kv_heads = self._pool.shape[2] // 2
        grouped = queries.reshape(count, kv_heads, heads // kv_heads, width).to(self._pool.dtype)
        return torch.cat([read(layer, grouped) for read in self._reads]).float()


@dataclass(frozen=True, slots=True)
class _Read:
    """One row's view of the pool, shared by all layers."""

    span: slice  # within the batch's tokens
    keys: Sequence[Tensor]  # per layer [1, kv_heads, end, width]
    values: Sequence[Tensor]
    mask: Tensor | None  # [group x tokens, end]

    @classmethod
    def of(cls, row: Row, end: int, pool: Tensor) -> "_Read":
        pages = pool[:, None, row.base : row.base + row.end].transpose(2, 3)
        keys, values = pages.chunk(2, dim=2)
        return cls(slice(end - len(row.tokens), end), keys.unbind(), values.unbind(), _causal(row, pool.device))

    def __call__(self, layer: int, queries: Tensor) -> Tensor:
        """[n, kv_heads, group, width] of the batch -> [tokens, heads x width].

        Queries that share a key are laid along the token axis, so that no key has to be repeated.
        """
        queries = queries[self.span]
        count, kv_heads, group, width = queries.shape
        queries = queries.permute(1, 2, 0, 3).reshape(1, kv_heads, group * count, width)
        mask = None if self.mask is None else self.mask.repeat(group, 1)
        read = functional.scaled_dot_product_attention(queries, self.keys[layer], self.values[layer], attn_mask=mask)
        return read.view(kv_heads, group, count, width).permute(2, 0, 1, 3).reshape(count, -1)


def _causal(row: Row, device: torch.device) -> Tensor | None:
    """[tokens, end]: the positions each token attends to; None for a single token, which attends to all."""
    count = len(row.tokens)
    if count == 1:
        return None
    return torch.ones(count, row.end, dtype=torch.bool, device=device).tril(row.start)
