"""A small copy of a picture, from which the looks of tracked objects are taken: 192 pixels are enough for colours."""

import numpy as np
from numpy.typing import NDArray

from models.recognition.scaling import scaled

SIDE = 192  # of the longer side, in pixels


def colours(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """[H, W, 3] scaled down so that the longer side is SIDE; a copy of one that is small enough."""
    height, width = picture.shape[:2]
    share = SIDE / max(height, width)
    if share >= 1:
        return picture.copy()  # the picture may be a view of something larger
    return scaled(picture, max(1, round(width * share)), max(1, round(height * share)), "bilinear")
