"""Boxes as arrays [N, 4] of x1, y1, x2, y2: IoU and class-wise non-maximum suppression."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]
Real = TypeVar("Real", np.float32, np.float64)


def overlaps(some: NDArray[Real], others: NDArray[Real]) -> NDArray[Real]:
    """IoU of every box of [N, 4] with every one of [M, 4]: [N, M], 0 if both are empty."""
    low = np.maximum(some[:, None, :2], others[None, :, :2])
    high = np.minimum(some[:, None, 2:], others[None, :, 2:])
    shared = np.maximum(high - low, 0).prod(axis=2)
    union = areas(some)[:, None] + areas(others)[None, :] - shared
    shares: NDArray[Real] = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return shares


def areas(boxes: NDArray[Real]) -> NDArray[Real]:
    """[N, 4] to [N]; an inverted box has area 0."""
    sides: NDArray[Real] = np.maximum(boxes[:, 2:] - boxes[:, :2], 0)
    return np.asarray(sides.prod(axis=1))


def distinct(boxes: Boxes, class_ids: NDArray[np.integer], limit: float) -> NDArray[np.intp]:
    """Greedy class-wise NMS of boxes in descending order of score: the indices of those kept.

    A box is dropped if a box of its class that is kept, and comes before it, has an IoU above `limit` with it.
    """
    rival = (overlaps(boxes, boxes) > limit) & (class_ids[:, None] == class_ids[None, :])
    stays = np.ones(len(boxes), dtype=bool)
    for place in range(len(boxes)):
        if stays[place]:
            stays[place + 1 :] &= ~rival[place, place + 1 :]
    return np.flatnonzero(stays)
