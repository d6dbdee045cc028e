"""The index of many vectors: what the exact search finds, in its form and with its cosines."""

import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from models.embedding.index import VectorIndex
from models.npc.retrieval import nearest

WIDTH, GROUPS, COUNT = 64, 50, 5_000


def drawn(count: int, seed: int) -> NDArray[np.float32]:
    """Directions around a few centres, as those of texts about a few things."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((GROUPS, WIDTH))
    near = centres[random.integers(0, GROUPS, count)] + 0.5 * random.standard_normal((count, WIDTH))
    return (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    return drawn(COUNT, seed=1)


@pytest.fixture(scope="module")
def index(vectors: NDArray[np.float32]) -> VectorIndex:
    return VectorIndex(vectors)


def test_it_finds_nearly_all_that_an_exact_search_finds(index: VectorIndex, vectors: NDArray[np.float32]) -> None:
    queries, shared = drawn(100, seed=2), 0
    for query in queries:
        exact, found = dict(nearest(query, vectors, 10)), index.nearest(query, 10)
        assert len(found) == 10
        shared += len(exact.keys() & dict(found).keys())
        for row, cosine in found:
            assert cosine == pytest.approx(float(vectors[row] @ query), abs=1e-6), "not that of a rounded vector"
        assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)
    assert shared >= 0.97 * 10 * len(queries)


def test_what_is_not_close_enough_is_left_out(index: VectorIndex, vectors: NDArray[np.float32]) -> None:
    exact = nearest(vectors[7], vectors, 10, 0.8)
    assert len(exact) > 0
    found = index.nearest(vectors[7], 10, 0.8)
    assert found[0][0] == 7
    assert all(cosine >= 0.8 for _, cosine in found)
    assert index.nearest(vectors[7], 10, 1.1) == ()


def test_no_direction_is_near_nothing() -> None:
    few = np.zeros((3, WIDTH), np.float32)
    few[1, 0] = few[2, 0] = 2.0
    index = VectorIndex(few)
    query = np.eye(1, WIDTH, dtype=np.float32)[0]
    assert index.nearest(query, 5) == ((1, 1.0), (2, 1.0)), "those with a direction, the earlier first"
    assert index.nearest(np.zeros(WIDTH, np.float32), 5) == ()
    assert index.nearest(query, 0) == ()


def test_other_shapes_are_told(index: VectorIndex) -> None:
    with pytest.raises(ValueError, match=r"a query of shape \(3,\)"):
        index.nearest(np.zeros(3, np.float32), 1)
    for shape in ((0, WIDTH), (WIDTH,)):
        with pytest.raises(ValueError, match="cannot be searched"):
            VectorIndex(np.zeros(shape, np.float32))


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usearch.index", None)
    with pytest.raises(ValueError, match=r"pip install 'framebridge\[vectors\]'"):
        VectorIndex(np.ones((1, 2), np.float32))
