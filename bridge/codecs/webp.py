"""WebP texture frames."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_QUALITY = 90
_METHOD = 0  # the quickest


def encode(picture: NDArray[np.uint8]) -> bytes:
    """uint8 [H, W, 4], RGBA, top row first, to a WebP file; lossy, and exact where it is transparent."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "WEBP", quality=_QUALITY, method=_METHOD, exact=True)
    return file.getvalue()
