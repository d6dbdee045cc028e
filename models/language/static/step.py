"""A decode step in fixed shapes, in parts that a recorder may repeat as CUDA graphs.

The parts are groups of layers, and the head. Between two of them a run can be suspended, and another may begin: what a
run needs later it keeps in tensors of its own, which each part copies in and out. Rows are padded to one of a few
sizes, and keys are read up to one of a few lengths (`StaticBatch`).

A step with an adapter, or with a row beyond `RECORDED` positions, does the same work without a recording.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor

from models.language.batch import Row
from models.language.decoder import Decoder
from models.language.static.batch import CHUNK, Adaptation, StaticBatch, chunks_up_to
from models.language.static.graphs import Graphs, Recorder
from models.language.static.inputs import COLUMNS, Inputs, columns

GROUPS = 8  # of layers
RECORDED = 16 * CHUNK  # positions


@dataclass(slots=True)
class _Run:
    """A step under way."""

    rows: Sequence[Row]
    size: int  # rows with padding
    chunks: int
    adapted: Sequence[Adaptation]
    hidden: Tensor  # [size, width], as the last part left it
    inputs: Tensor | None = None  # None if all rows have ended
    ended: tuple[bool, ...] = ()  # which had, when the inputs were made

    @property
    def recorded(self) -> bool:
        return not self.adapted and self.chunks * CHUNK <= RECORDED

    def refresh(self) -> None:
        """Make the inputs, anew once a row has ended."""
        ended = tuple(row.lease.ended for row in self.rows)
        if ended != self.ended:
            made = columns(self.rows, self.size)
            self.inputs = None if made is None else made.to(self.hidden.device, non_blocking=True)
            self.ended = ended


class StaticStep:
    """Decode steps of `decoder` over `pool` [layers, slots, context, 2 x kv_heads, width]. `sizes` are the numbers of
    rows that steps are padded to.
    """

    def __init__(self, decoder: Decoder, pool: Tensor, sizes: Sequence[int], recorder: Recorder) -> None:
        self.sizes, self.graphs = sorted(sizes), Graphs(recorder)
        self._decoder, self._pool = decoder, pool.flatten(1, 2)
        # What recorded work reads and writes has to stay where it is.
        self._inputs = torch.zeros(COLUMNS * self.most, dtype=torch.long, device=pool.device)
        self._hidden = torch.zeros(self.most, decoder.shape.width, device=pool.device)
        logits = torch.cat([part(self._hidden[:1]) for part in decoder.head], -1)
        self._logits = logits.new_zeros(self.most, logits.shape[-1])

    @property
    def most(self) -> int:
        """The most rows of a step."""
        return self.sizes[-1]

    def run(self, rows: Sequence[Row]) -> Generator[None, None, tuple[Tensor, Tensor]]:
        """The final hidden state [size, width] and logits [size, vocabulary], first of the rows that want them; what
        follows is padding. Without any of these, none.

        Each row has one token; ValueError for others, or more than `most` rows. Yields as often as `Decoder.read` and
        `logits`, and does each part's work before the part's first. A row may end between two yields: then nothing more
        is written for it.
        """
        run = self._begin(rows)
        for layers in self._groups():
            self._do(run, (layers.start, run.chunks), partial(self._layers, layers, run.size, run.chunks, run.adapted))
            for _ in range(3 * len(layers)):
                yield
        self._do(run, "head", partial(self._head, run.size))
        wanted = [i for i, row in enumerate(rows) if row.wanted]
        places = _sent([*wanted, *wanted[:1] * (run.size - len(wanted))], self._pool.device)
        x, logits = run.hidden[places], self._logits[places]  # copies: the next run may begin before they are read
        for _ in self._decoder.head:
            yield
        return x, logits

    def _begin(self, rows: Sequence[Row]) -> _Run:
        if any(len(row.tokens) != 1 for row in rows):
            raise ValueError("a step takes one token a row; give each token a row of its own")
        if not 0 < len(rows) <= self.most:
            raise ValueError(f"a step takes 1 to {self.most} rows, and these are {len(rows)}; share them among steps")
        size = next(size for size in self.sizes if size >= len(rows))
        chunks = chunks_up_to(max(row.start for row in rows))
        return _Run(rows, size, chunks, self._adapted(rows, size), self._hidden[:size].clone())

    def _adapted(self, rows: Sequence[Row], size: int) -> list[Adaptation]:
        adapters = [row.adapter for row in rows] + [None] * (size - len(rows))
        return [
            Adaptation(one, _sent([[adapter is one] for adapter in adapters], self._pool.device, torch.bool))
            for one in dict.fromkeys(adapters)
            if one is not None
        ]

    def _groups(self) -> Iterator[range]:
        """The layers of each part."""
        number = len(self._decoder.layers)
        most = -(-number // GROUPS)
        for first in range(0, number, most):
            yield range(first, min(first + most, number))

    def _do(self, run: _Run, part: object, work: Callable[[], None]) -> None:
        """A part's work, unless all rows have ended."""
        run.refresh()
        if run.inputs is None:
            return
        self._inputs[: run.inputs.numel()].copy_(run.inputs.flatten())
        self._hidden[: run.size].copy_(run.hidden)
        if run.recorded:
            self.graphs.run((part, run.size), work)
        else:
            work()
        run.hidden = self._hidden[: run.size].clone()

    def _layers(self, layers: range, size: int, chunks: int, adapted: Sequence[Adaptation]) -> None:
        inputs, hidden = Inputs.of(self._inputs[: COLUMNS * size].view(COLUMNS, size)), self._hidden[:size]
        batch = StaticBatch(inputs, self._pool, chunks, adapted)
        rotation = self._decoder.rotations[inputs.positions].unsqueeze(1)
        x = hidden if layers.start else self._decoder.embedding.look_up(inputs.tokens)
        for layer in layers:
            attention, feed_forward = self._decoder.layers[layer]
            x = attention(x, batch, layer, rotation)
            x = feed_forward.narrow(x, feed_forward.widen(x, batch, layer), batch, layer)
        hidden.copy_(x)

    def _head(self, size: int) -> None:
        hidden = self._hidden[:size]
        hidden.copy_(self._decoder.norm(hidden))
        torch.cat([part(hidden) for part in self._decoder.head], -1, out=self._logits[:size])


def _sent(values: Sequence[Any], device: torch.device, dtype: torch.dtype = torch.long) -> Tensor:
    """As a tensor on the device. Waits for nothing: a copy from ordinary memory is staged before it returns."""
    return torch.tensor(values, dtype=dtype).to(device, non_blocking=True)
