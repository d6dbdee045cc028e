"""Vectors of texts without a server: the program, run in batches as the server would."""

from collections.abc import Generator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.embedding.embedding_program import EmbeddingProgram, Text


def finished(run: Generator[None, None, Any]) -> Any:
    """What a run returns when nothing suspends it."""
    while True:
        try:
            next(run)
        except StopIteration as stop:
            return stop.value


def vectors(program: EmbeddingProgram, texts: Sequence[str]) -> NDArray[np.float32]:
    """[n, 384], in the order of the texts."""
    rows: dict[str, list[tuple[int, Text]]] = {}
    for place, text in enumerate(texts):
        row = program.text(text)
        rows.setdefault(row.lane, []).append((place, row))
    found = np.empty((len(texts), 384), np.float32)
    for lane in program.lanes:
        mine = rows.get(lane.name, [])
        for first in range(0, len(mine), lane.max_batch):
            places, batch = zip(*mine[first : first + lane.max_batch], strict=True)
            found[list(places)] = finished(program.start(lane.name, batch))
    return found
