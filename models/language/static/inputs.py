"""What a step in fixed shapes reads: numbers for each row, in one tensor."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.language.batch import Row

COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Inputs:
    """Each [rows] int64. `bases` are where the rows' regions begin in the pool. Row i writes the keys and values of row
    `sources[i]` to position `places[i]` of the pool: its own, unless it must not write.
    """

    tokens: Tensor
    positions: Tensor
    bases: Tensor
    places: Tensor
    sources: Tensor

    @classmethod
    def of(cls, columns: Tensor) -> "Inputs":
        """Views of [5, rows]."""
        return cls(*columns.unbind())


def columns(rows: Sequence[Row], size: int) -> Tensor | None:
    """The inputs of `rows`, of one token each, padded to `size`: [5, size] on the CPU; None once all have ended.

    A row that has ended must not write any more, for its region may belong to another reply by now. So it repeats what
    a living row writes, as padding does: the same values to the same place, in whichever order.
    """
    living = next((i for i, row in enumerate(rows) if not row.lease.ended), None)
    if living is None:
        return None
    sources = [living if row.lease.ended else i for i, row in enumerate(rows)]
    padding = size - len(rows)
    padded = [*rows, *[rows[living]] * padding]
    sources += [living] * padding
    places = [rows[source].base + rows[source].start for source in sources]
    numbers = [[row.tokens[0], row.start, row.base] for row in padded]
    return torch.tensor([*zip(*numbers, strict=True), places, sources])
