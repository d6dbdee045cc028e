"""A ragged batch: rows' tokens concatenated, each row with its own part of the KV cache.

Attention runs row by row, so rows of different length need no padding. Products run over all rows at once, and a kernel
may sum in another order for another number of rows: so a chunk of a prompt always takes as many rows (`Row.width`), and
a step at least `least`. What a row gives then depends on its own tokens alone, to the last bit.
"""

from collections.abc import Sequence
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
        self._pool = pool.flatten(1, 2)
        self._writes = [_Write.of(row, span, self._pool) for row, span in zip(rows, self.spans, strict=True)]
        longest = max((row.end for row in rows if row.count == 1), default=0)
        room = self._pool.new_empty(longest * self._pool[0, 0].numel(), dtype=torch.float32)
        self._reads = [_read_of(row, span, self._pool, room) for row, span in zip(rows, self.spans, strict=True)]
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
        for write in self._writes:
            write(layer, keys_values)

    def attend(self, layer: int, queries: Tensor) -> Tensor:
        """queries [n, heads, width] -> [n, heads x width]: causal attention of each token within its row."""
        count, heads, width = queries.shape
        kv_heads = self._pool.shape[2] // 2
        grouped = queries.reshape(count, kv_heads, heads // kv_heads, width)
        found = [read(layer, grouped[read.span]) for read in self._reads]
        if self._used < count:
            found.append(queries.new_zeros(count - self._used, heads * width))
        return found[0] if len(found) == 1 else torch.cat(found)


@dataclass(frozen=True, slots=True)
class _Write:
    """Where one row's keys and values go."""

    lease: Lease
    span: slice  # within the batch's tokens, without those that are kept
    places: Sequence[Tensor]  # per layer [tokens, 2 x kv_heads, width]

    @classmethod
    def of(cls, row: Row, span: slice, pool: Tensor) -> "_Write":
        first, end = row.base + row.start + row.kept, row.base + row.start + row.count
        return cls(row.lease, slice(span.start + row.kept, span.stop), pool[:, first:end].unbind())

    def __call__(self, layer: int, keys_values: Tensor) -> None:
        if not self.lease.ended:
            self.places[layer].copy_(keys_values[self.span])


@dataclass(frozen=True, slots=True)
class _Step:
    """What a row of one token reads on a processor, where attention to a copy in float32 takes less time.

    All rows of a batch make theirs in the same `room`: for long rows the copies would take gigabytes, and one that has
    just been written is still in the processor's cache.
    """

    span: slice  # within the batch's tokens
    pages: Sequence[Tensor]  # per layer [2 x kv_heads, end, width]
    copy: Tensor  # of one layer's pages
    keys: Tensor  # in the copy [1, kv_heads, end, width]
    values: Tensor

    @classmethod
    def of(cls, span: slice, pages: Tensor, room: Tensor) -> "_Step":
        copy = room[: pages[0].numel()].view(pages[0].shape)
        keys, values = copy.unsqueeze(0).chunk(2, dim=1)
        return cls(span, pages.unbind(), copy, keys, values)

    def __call__(self, layer: int, queries: Tensor) -> Tensor:
        """[1, kv_heads, group, width] -> [1, heads x width]."""
        self.copy.copy_(self.pages[layer])
        return functional.scaled_dot_product_attention(queries, self.keys, self.values).reshape(1, -1)


@dataclass(frozen=True, slots=True)
class _Read:
    """What another row reads."""

    span: slice  # within the batch's tokens
    keys: Sequence[Tensor]  # per layer [1, kv_heads, end, width]
    values: Sequence[Tensor]
    mask: Tensor | None  # [group x tokens, end]

    @classmethod
    def of(cls, row: Row, span: slice, pages: Tensor) -> "_Read":
        """`pages`: [layers, 2 x kv_heads, end, width]."""
        keys, values = pages.unsqueeze(1).chunk(2, dim=2)
        return cls(span, keys.unbind(), values.unbind(), _causal(row, pages.device))

    def __call__(self, layer: int, queries: Tensor) -> Tensor:
        """[tokens, kv_heads, group, width] -> [tokens, heads x width].

        Queries that share a key are laid along the token axis, so that no key has to be repeated.
        """
        count, kv_heads, group, width = queries.shape
        dtype = _multiplied(self.keys[layer])
        keys, values = self.keys[layer].to(dtype), self.values[layer].to(dtype)
        queries = queries.to(dtype).permute(1, 2, 0, 3).reshape(1, kv_heads, group * count, width)
        mask = None if self.mask is None else self.mask.repeat(group, 1)
        read = functional.scaled_dot_product_attention(queries, keys, values, attn_mask=mask)
        return read.view(kv_heads, group, count, width).permute(2, 0, 1, 3).reshape(count, -1)


def _read_of(row: Row, span: slice, pool: Tensor, room: Tensor) -> _Step | _Read:
    pages = pool[:, row.base : row.base + row.start + row.count].transpose(1, 2)
    if row.count == 1 and pool.device.type == "cpu" and pool.dtype != torch.float32:
        return _Step.of(span, pages, room)
    return _Read.of(row, span, pages)


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
