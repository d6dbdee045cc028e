"""PNG encoder for texture frames."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def encode(picture: NDArray[np.uint8]) -> bytes:
    """uint8 [H, W, 4], RGBA, top row first, to a PNG file; fast rather than small."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    return file.getvalue()
