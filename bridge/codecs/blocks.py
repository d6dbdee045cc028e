"""Pictures as whole blocks of pixels, which is what the block formats are made of."""

import numpy as np
from numpy.typing import NDArray


def whole(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """uint8 [H, W, 4] to the next multiples of `side`, contiguous; the last row and column are repeated."""
    height, width = picture.shape[:2]
    below, right = -height % side, -width % side
    if below or right:
        picture = np.pad(picture, ((0, below), (0, right), (0, 0)), mode="edge")
    return np.ascontiguousarray(picture)


def strip(split: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Blocks [N, side, side, 4] side by side, as one picture a block high: what libraries take."""
    count, side = split.shape[:2]
    return np.ascontiguousarray(split.transpose(1, 0, 2, 3)).reshape(side, count * side, 4)


def split(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """uint8 [H, W, 4] of whole blocks to [N, side, side, 4], blocks of the first row of blocks first."""
    height, width = picture.shape[:2]
    rows = picture.reshape(height // side, side, width // side, side, 4)
    return rows.transpose(0, 2, 1, 3, 4).reshape(-1, side, side, 4)
