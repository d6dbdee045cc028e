"""Pairs rows with columns so that the sum of their gains is greatest; every row and column is used once at most."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Gains = NDArray[np.float64]  # [N, M], at least 0; 0 forbids the pair
Pairs = list[tuple[int, int]]


def best_pairs(gains: Gains) -> Pairs:
    """The pairs (row, column) with a gain above 0 whose sum is greatest, by rows.

    Rows and columns that compete with no others are paired at once, so the cubic part sees crowds only.
    """
    allowed = gains > 0
    alone = allowed & (allowed.sum(axis=1) == 1)[:, None] & (allowed.sum(axis=0) == 1)
    pairs: Pairs = [(row, column) for row, column in np.argwhere(alone).tolist()]
    for rows, columns in groups(allowed & ~alone):
        part = gains[np.ix_(rows, columns)]
        if len(rows) == 1 or len(columns) == 1:
            row, column = divmod(int(part.argmax()), len(columns))
            pairs.append((rows[row], columns[column]))
        elif len(rows) <= len(columns):
            pairs += [(rows[row], columns[column]) for row, column in _assigned(part)]
        else:
            pairs += [(rows[row], columns[column]) for column, row in _assigned(part.T)]
    return sorted(pairs)


def groups(allowed: NDArray[np.bool_]) -> Iterator[tuple[list[int], list[int]]]:
    """Rows and columns of [N, M] that are connected by allowed pairs; those without any are left out."""
    free = set(np.flatnonzero(allowed.any(axis=1)).tolist())
    while free:
        rows, columns = {min(free)}, set[int]()
        new = rows
        while new:
            columns |= set(np.flatnonzero(allowed[sorted(new)].any(axis=0)).tolist())
            new = set(np.flatnonzero(allowed[:, sorted(columns)].any(axis=1)).tolist()) - rows
            rows |= new
        free -= rows
        yield sorted(rows), sorted(columns)


def _assigned(gains: Gains) -> Iterator[tuple[int, int]]:
    """The Hungarian method by shortest augmenting paths, [N, M] with N <= M: pairs with a gain above 0."""
    count, width = gains.shape
    costs = gains.max() - gains
    row_prices, column_prices = np.zeros(count), np.zeros(width)
    owner = np.full(width, -1)  # the row of each column
    for start in range(count):
        shortest, came_from = np.full(width, np.inf), np.full(width, -1)
        done = np.zeros(width, dtype=bool)
        row, column, length = start, -1, 0.0
        while row >= 0:
            if column >= 0:
                done[column] = True
            through = length + costs[row] - row_prices[row] - column_prices
            shorter = ~done & (through < shortest)
            shortest[shorter], came_from[shorter] = through[shorter], column
            column = int(np.where(done, np.inf, shortest).argmin())
            length = float(shortest[column])
            row = int(owner[column])
        row_prices[start] += length
        row_prices[owner[done]] += length - shortest[done]
        column_prices[done] -= length - shortest[done]
        while column >= 0:  # move the rows along the path, back to `start`
            before = int(came_from[column])
            owner[column] = owner[before] if before >= 0 else start
            column = before
    return ((int(row), column) for column, row in enumerate(owner) if row >= 0 and gains[row, column] > 0)
