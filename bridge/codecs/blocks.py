"""Splits pictures into the pixel blocks that block formats encode."""

import numpy as np
from numpy.typing import NDArray


def whole(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Pad uint8 [H, W, 4] to multiples of `side`, contiguous, by repeating the last row and column."""
    height, width = picture.shape[:2]
    below, right = -height % side, -width % side
    if below or right:
        picture = np.pad(picture, ((0, below), (0, right), (0, 0)), mode="edge")
    return np.ascontiguousarray(picture)


def strip(split: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Blocks [N, side, side, 4] side by side as a picture one block high, which encoders accept."""
    count, side = split.shape[:2]
    return np.ascontiguousarray(split.transpose(1, 0, 2, 3)).reshape(side, count * side, 4)


def split(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Whole blocks of uint8 [H, W, 4] to [N, side, side, 4], in row order."""
    height, width = picture.shape[:2]
    rows = picture.reshape(height // side, side, width // side, side, 4)
    return rows.transpose(0, 2, 1, 3, 4).reshape(-1, side, side, 4)
