"""LoRA adapters (Hu et al., 2021) beside a decoder's weights: each row of a batch may have its own.

A product becomes y + up (down x), with the adapter's scale in `up`. Rows without an adapter pay nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

# Products of a multiple of so many rows, and of no fewer than _LEAST, agree to the bit in float32: a single row takes
# another order of sums, and on some processors fewer than 16 do, where the sums are as long as a layer is wide.
_ROWS, _LEAST = 4, 16

Place = tuple[int, str]  # a matrix of the decoder: its layer, and "qkv", "out", "gate_up" or "down"


@dataclass(frozen=True, slots=True)
class Update:
    """What an adapter adds to one matrix; projections that are stacked there are one update."""

    down: Tensor  # [rank, in]
    up: Tensor  # [out, rank]

    @property
    def nbytes(self) -> int:
        return self.down.nbytes + self.up.nbytes

    def __call__(self, x: Tensor) -> Tensor:
        """[rows, in] -> [rows, out], in the adapter's format."""
        rows = max(_LEAST, len(x) + -len(x) % _ROWS)
        more = rows - len(x)
        padded = functional.pad(x.to(self.down.dtype), (0, 0, 0, more)) if more else x.to(self.down.dtype)
        inside = functional.linear(padded, self.down)[: len(x) + -len(x) % _ROWS]
        return functional.linear(inside, self.up)[: len(x)]


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """The updates of a decoder's matrices."""

    updates: Mapping[Place, Update]

    @property
    def nbytes(self) -> int:
        return sum(update.nbytes for update in self.updates.values())


class Adapted:
    """Which tokens of a batch have which adapter."""

    def __init__(self, groups: Sequence[tuple[Adapter, Tensor | None]]) -> None:
        """`groups`: adapters and the places of their tokens in the batch; None for all of them."""
        self._groups = groups

    @classmethod
    def of(cls, adapters: Sequence[Adapter | None], device: torch.device) -> "Adapted | None":
        """By the adapter of each token; None if none has any."""
        different = dict.fromkeys(adapter for adapter in adapters if adapter is not None)
        if not different:
            return None
        places = {one: [i for i, adapter in enumerate(adapters) if adapter is one] for one in different}
        everywhere = len(different) == 1 and None not in adapters
        return cls([(one, None if everywhere else torch.tensor(at, device=device)) for one, at in places.items()])

    def add(self, place: Place, x: Tensor, product: Tensor) -> Tensor:
        """The product [tokens, out] of the matrix at `place` and x [tokens, in], with the updates, in its format: the
        tokens without any go on as if alone.
        """
        kind, product = product.dtype, product.float()
        for adapter, tokens in self._groups:
            update = adapter.updates.get(place)
            if update is None:
                continue
            product = product + update(x) if tokens is None else product.index_add(0, tokens, update(x[tokens]).float())
        return product.to(kind)
