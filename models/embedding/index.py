"""Finds the nearest of more vectors than an exact search looks at (`models/npc/retrieval.py`), approximately.

A graph (HNSW) of usearch, extra `[vectors]`. It keeps vectors in bfloat16, which halves its memory; what it finds is
compared again with the vectors as they are, so that a cosine means the same as in an exact search. Building it takes
about a millisecond for each vector: build it once, off the event loop.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

CONNECTIVITY, BUILT, SEARCHED = 16, 64, 64  # neighbours of a vector; candidates while building, and while searching
_SPARE = 2  # times as many are taken from the graph as are wanted

Vectors = NDArray[np.float32]


class VectorIndex:
    """Immutable once it is built; searches may come from any thread."""

    def __init__(self, vectors: Vectors) -> None:
        """`vectors` (n, d) are kept, not copied. ValueError for another shape, or without usearch."""
        if vectors.ndim != 2 or not vectors.size:
            raise ValueError(f"vectors of shape {vectors.shape} cannot be searched; give (n, d) of at least one")
        self._vectors = vectors
        self._graph = _graph(vectors.shape[1])
        self._graph.add(np.arange(len(vectors)), vectors, threads=1)

    def nearest(self, query: Vectors, most: int, least: float = 0.0) -> tuple[tuple[int, float], ...]:
        """The rows with the highest cosine to `query` (d,): (row, cosine), the highest first; some may be missed.

        Rows below `least` are left out, as are rows and queries without a direction. Equal cosines: the earlier row.
        """
        if query.shape != self._vectors.shape[1:]:
            raise ValueError(f"a query of shape {query.shape} has no cosine to vectors of {self._vectors.shape}")
        if most <= 0:
            return ()
        count = min(_SPARE * most, len(self._vectors))
        rows = np.sort(np.asarray(self._graph.search(query, count, threads=1).keys, np.int64))
        found = self._vectors[rows]
        with np.errstate(divide="ignore", invalid="ignore"):
            cosines = found @ query / (np.linalg.norm(found, axis=1) * np.linalg.norm(query))
        cosines = np.where(np.isfinite(cosines), cosines, -np.inf)
        order = np.argsort(-cosines, kind="stable")[:most]
        return tuple((int(rows[at]), float(cosines[at])) for at in order if cosines[at] >= least)


def _graph(width: int) -> Any:
    try:
        from usearch.index import Index
    except ImportError as error:
        raise ValueError(
            "a search of so many vectors needs usearch; run `pip install 'framebridge[vectors]'`"
        ) from error
    return Index(
        ndim=width,
        metric="cos",
        dtype="bf16",
        connectivity=CONNECTIVITY,
        expansion_add=BUILT,
        expansion_search=SEARCHED,
    )
