"""A ragged batch: rows' tokens concatenated, each row with its own part of the KV cache.

Attention runs row by row, so rows of different length need no padding. Products run over all rows at once, and a kernel
may sum in another order for another number of rows: so a chunk of a prompt always takes as many rows (`Row.width`), and
a step at least `least`. What a row gives then depends on its own tokens alone, to the last bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from models.language.cache.slots import Lease
from models.language.linear import Linear
from models.language.lora import Adapted, Adapter, Place


@dataclass(frozen=True, slots=True)
class Row:
    """`tokens` go to positions from `start` on in the region of `lease`, which begins at `base` in the pool.

    With a `width`, padding follows up to that many positions: it is written behind the tokens, where the region has to
    have room, and no token attends to it. The first `kept` are in the pool already and stay as they are: they are
    there for the shape.
    """

    lease: Lease
    base: int
    start: int
    tokens: Sequence[int]
    wanted: bool  # whether the logits of the last token are needed
    width: int = 0  # 0: as many as there are tokens
    adapter: Adapter | None = None
    kept: int = 0

    @property
    def end(self) -> int:
        """Where its tokens end."""
        return self.start + len(self.tokens)

    @property
    def count(self) -> int:
        """Its positions in the batch, with padding."""
        return max(self.width, len(self.tokens))


class Batch:
    """Rows as tensors over `pool` [layers, slots, context, 2 x kv_heads, width]: `tokens`, `positions` [n], and `last`,
    where each row is that wants logits.

    Idle tokens follow the rows' own, up to `least`, and `last` names a token again, up to `least`: `spans` are the
    rows' parts of n, and the first `wanted` of `last` are real.
    """

    def __init__(self, rows: Sequence[Row], pool: Tensor, least: int = 0) -> None:
        def column(values: Sequence[int]) -> Tensor:
            return torch.tensor(values, dtype=torch.long, device=pool.device)

        ends = [sum(row.count for row in rows[: i + 1]) for i in range(len(rows))]
        self.spans = [slice(end - row.count, end) for row, end in zip(rows, ends, strict=True)]
        self._used = ends[-1] if ends else 0
        idle = [0] * (least - self._used)
        self.tokens = column([*(token for row in rows for token in _padded(row)), *idle])
        positions = [position for row in rows for position in range(row.start, row.start + row.count)]
        self.positions = column([*positions, *idle])
        last = [span.start + len(row.tokens) - 1 for row, span in zip(rows, self.spans, strict=True) if row.wanted]
        self.wanted = len(last)
        self.last = column([*last, *last[:1] * (least - len(last))])
        self._rows, self._pool = rows, pool.flatten(1, 2)
        self._written = _written(rows, self.spans, column)
        bases = column([row.base for row in rows for _ in range(row.count)])
        self._places = (self.positions[: self._used] + bases)[self._written]
        self._reads = [_Read.of(row, span, self._pool) for row, span in zip(rows, self.spans, strict=True)]
        self._adapted = Adapted.of(
            [*(row.adapter for row in rows for _ in range(row.count)), *[None] * len(idle)], pool.device
        )

    def project(self, linear: Linear, place: Place, x: Tensor) -> Tensor:
        """x [n, in] -> [n, out]: the product of the matrix at `place`, with what the rows' adapters add to it."""
        product = linear(x)
        return product if self._adapted is None else self._adapted.add(place, x, product)

    def store(self, layer: int, keys_values: Tensor) -> None:
        """Write [n, 2 x kv_heads, width] to the pool, except for rows that have ended.

        A lease may end while its run is suspended, and its region may belong to another reply by now.
        """
        places, keys_values = self._places, keys_values[self._written]
        if any(row.lease.ended for row in self._rows):
            alive = [not row.lease.ended for row in self._rows for _ in range(row.count - row.kept)]
            living = torch.tensor(alive, device=places.device)
            places, keys_values = places[living], keys_values[living]
        self._pool[layer].index_put_((places,), keys_values.to(self._pool.dtype))

    def attend(self, layer: int, queries: Tensor) -> Tensor:
        """queries [n, heads, width] -> [n, heads x width]: causal attention of each token within its row."""
        count, heads, width = queries.shape
        kv_heads = self._pool.shape[2] // 2
        grouped = queries.reshape(count, kv_heads, heads // kv_heads, width).to(_multiplied(self._pool))
        found = [read(layer, grouped) for read in self._reads]
        if self._used < count:
            found.append(grouped.new_zeros(count - self._used, heads * width))
        return torch.cat(found)


@dataclass(frozen=True, slots=True)
class _Read:
    """One row's view of the pool, shared by all layers."""

    span: slice  # within the batch's tokens
    keys: Sequence[Tensor]  # per layer [1, kv_heads, end, width]
    values: Sequence[Tensor]
    mask: Tensor | None  # [group x tokens, end]

    @classmethod
    def of(cls, row: Row, span: slice, pool: Tensor) -> "_Read":
        pages = pool[:, None, row.base : row.base + row.start + row.count].transpose(2, 3)
        keys, values = pages.chunk(2, dim=2)
        return cls(span, keys.unbind(), values.unbind(), _causal(row, pool.device))

    def __call__(self, layer: int, queries: Tensor) -> Tensor:
        """[n, kv_heads, group, width] of the batch -> [tokens, heads x width].

        Queries that share a key are laid along the token axis, so that no key has to be repeated.
        """
        queries = queries[self.span]
        count, kv_heads, group, width = queries.shape
        keys, values = self.keys[layer].to(queries.dtype), self.values[layer].to(queries.dtype)
        if count == 1:
            return functional.scaled_dot_product_attention(queries, keys, values).reshape(1, -1)
        queries = queries.permute(1, 2, 0, 3).reshape(1, kv_heads, group * count, width)
        mask = None if self.mask is None else self.mask.repeat(group, 1)
        read = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        return read.view(kv_heads, group, count, width).permute(2, 0, 1, 3).reshape(count, -1)


def _written(rows: Sequence[Row], spans: Sequence[slice], column: Callable[[Sequence[int]], Tensor]) -> slice | Tensor:
    """Where the rows' tokens are whose keys and values are written."""
    if not any(row.kept for row in rows):
        return slice(0, spans[-1].stop if spans else 0)
    return column([i for row, span in zip(rows, spans, strict=True) for i in range(span.start + row.kept, span.stop)])


def _multiplied(pool: Tensor) -> torch.dtype:
    """What attention computes in. On processors float16 takes four times as long as a copy in float32."""
    return torch.float32 if pool.dtype == torch.float16 and pool.device.type == "cpu" else pool.dtype


def _padded(row: Row) -> Sequence[int]:
    """Its tokens and padding: token 0, which every vocabulary has."""
    return [*row.tokens, *[0] * (row.count - len(row.tokens))]


def _causal(row: Row, device: torch.device) -> Tensor | None:
    """[tokens, end]: the positions each token attends to; None for a single token, which attends to all."""
    if row.count == 1:
        return None
    return torch.ones(row.count, row.start + row.count, dtype=torch.bool, device=device).tril(row.start)
