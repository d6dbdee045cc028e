"""usearch's graph beside the exact search: recall of the ten nearest, time and memory."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from harness.record import show
from numpy.typing import NDArray

from models.embedding.index import VectorIndex

COUNTS, QUERIES, WIDTH, NEAREST = (10_000, 30_000, 100_000), 200, 384, 10
A_CENTRE = 40  # vectors around one centre: texts about one thing
SPREAD = 0.6

Vectors = NDArray[np.float32]


def index() -> dict[str, Any]:
    """Vectors around random centres, whose directions differ in how much they vary, as those of texts do."""
    results = {}
    for count in COUNTS:
        results[str(count)] = _of(*_drawn(count))
    columns = ("vectors", "recall@10", "build s", "graph ms", "exact ms")
    rows = [(name, *(row[key] for key in list(row))) for name, row in results.items()]
    show("index", columns, rows)
    return results


def _drawn(count: int) -> tuple[Vectors, Vectors]:
    """The vectors and the queries."""
    random = np.random.default_rng(0)
    scale = np.arange(1, WIDTH + 1) ** -0.5
    centres = random.standard_normal((count // A_CENTRE, WIDTH))
    every = centres[random.integers(0, len(centres), count + QUERIES)]
    every = (every + SPREAD * random.standard_normal(every.shape)) * scale
    every = (every / np.linalg.norm(every, axis=1, keepdims=True)).astype(np.float32)
    return every[QUERIES:], every[:QUERIES]


def _of(vectors: Vectors, queries: Vectors) -> dict[str, float]:
    began = time.perf_counter()
    graph = VectorIndex(vectors)
    built = time.perf_counter() - began
    exact, exact_ms = _asked(lambda query: _exact(vectors, query), queries)
    found, graph_ms = _asked(lambda query: {row for row, _ in graph.nearest(query, NEAREST, -1.0)}, queries)
    shared = sum(len(one & other) for one, other in zip(exact, found, strict=True))
    return {
        "recall": shared / (NEAREST * len(queries)),
        "build_seconds": built,
        "graph_ms": graph_ms,
        "exact_ms": exact_ms,
    }


def _exact(vectors: Vectors, query: Vectors) -> set[int]:
    cosines = vectors @ query
    return set(np.argpartition(-cosines, NEAREST)[:NEAREST].tolist())


def _asked(search: Callable[[Vectors], set[int]], queries: Vectors) -> tuple[list[set[int]], float]:
    """The rows for each query, and the median of the times in milliseconds."""
    answers, times = [], []
    for query in queries:
        began = time.perf_counter()
        answers.append(search(query))
        times.append(time.perf_counter() - began)
    return answers, statistics.median(times) * 1e3
