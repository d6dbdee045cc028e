"""Whether a device takes steps in fixed shapes, and in which numbers of rows, tried before the first.

No library documents in which shapes it sums in which order, nor everything that a capture allows. It depends on the
library and the device alone, so one machine always finds the same.
"""

import logging
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TypeVar

import torch
from torch import Tensor

from models.language.batch import Batch, Row
from models.language.cache.slots import Lease
from models.language.decoder import Decoder
from models.language.row_invariance import least_rows
from models.language.static.batch import CHUNK
from models.language.static.graphs import CudaRecorder, Direct, Recorder
from models.language.static.step import StaticStep

log = logging.getLogger("framebridge.language")

T = TypeVar("T")
_SIZES = (1, 2, 4, 8)
_APART = 0.02  # of their length, how far hidden states may be from those of another order of sums
_LIKELIEST = 64


def graphed_step(decoder: Decoder, pool: Tensor, most: int) -> StaticStep | None:
    """Steps of up to `most` rows as CUDA graphs; None, with a warning, if graphs do not give the same there."""
    try:
        recorder = CudaRecorder(pool.device)
        if agrees(decoder, pool, most, recorder):
            return StaticStep(decoder, pool, row_sizes(decoder, pool, most), recorder)
        reason = "they differ from plain steps"
    except RuntimeError as error:
        reason = str(error)
    log.warning("decode steps run without CUDA graphs, several times slower: %s", reason)
    return None


def agrees(decoder: Decoder, pool: Tensor, most: int, recorder: Recorder) -> bool:
    """Whether a layer repeated gives what it gives without a recording, to the bit, and about what `Batch` gives."""
    tried = _Tried(decoder, pool, most)
    before, plain = tried.pool.clone(), tried.plain()
    true = tried.static(most, tried.rows)
    written = tried.pool.clone()
    step = StaticStep(tried.decoder, tried.pool, [most], recorder)
    _result(step.run(tried.rows[::-1]))  # recorded with other inputs
    tried.pool.copy_(before)
    same = _equal(_result(step.run(tried.rows)), true[:2], 0) and torch.equal(tried.pool, written)
    return same and bool((plain - true[0]).norm() < _APART * plain.norm())


def row_sizes(decoder: Decoder, pool: Tensor, most: int) -> list[int]:
    """The numbers of rows, `most` among them, in which a row gives the same to the bit wherever it is among them."""
    least = least_rows(decoder, most, pool.device)
    tried = _Tried(decoder, pool, most)
    whole = tried.static(most, tried.rows)

    def same(size: int) -> bool:
        firsts = range(0, most - size + 1, max(1, size // 2))
        return all(_equal(tried.static(size, tried.rows[i : i + size]), whole, i) for i in firsts)

    return [*(size for size in _SIZES if least <= size < most and same(size)), most]


class _Tried:
    """One layer of a decoder, and rows of any tokens at different positions of a pool of their own."""

    def __init__(self, decoder: Decoder, pool: Tensor, rows: int) -> None:
        positions = min(2 * CHUNK, pool.shape[2])
        self.decoder = replace(
            decoder,
            shape=replace(decoder.shape, layers=1),
            layers=decoder.layers[:1],
            rotations=decoder.rotations[:positions],
        )
        self.pool = self.decoder.pool(rows, pool.dtype)
        self.pool.copy_(torch.randn(self.pool.shape, generator=torch.Generator().manual_seed(0)))
        self.rows = [self._row(number, positions) for number in range(rows)]

    def _row(self, number: int, positions: int) -> Row:
        token, start = number * 37 % self.decoder.shape.vocabulary, (positions - 1) * (number + 1) // len(self.pool[0])
        return Row(Lease(None, positions), number * positions, start, [token], wanted=True)

    def static(self, size: int, rows: Sequence[Row]) -> tuple[Tensor, ...]:
        """Hidden states, logits, and the likeliest tokens with theirs, of a step in so many rows."""
        x, logits = _result(StaticStep(self.decoder, self.pool, [size], Direct()).run(rows))
        return x, logits, *self.decoder.likeliest(x, logits, _LIKELIEST)

    def plain(self) -> Tensor:
        """Hidden states of the same rows as `Batch` reads them."""
        return _result(self.decoder.read(Batch(self.rows, self.pool)))


def _equal(some: Sequence[Tensor], whole: Sequence[Tensor], first: int) -> bool:
    return all(torch.equal(one, all_[first : first + len(one)]) for one, all_ in zip(some, whole, strict=True))


def _result(run: Generator[None, None, T]) -> T:
    """Of a run that nothing suspends."""
    while True:
        try:
            next(run)
        except StopIteration as stop:
            result: T = stop.value
            return result
