"""Raw pictures: reads rows of three or four bytes per pixel, and writes RGBA32 textures."""

import enum

import numpy as np
from numpy.typing import NDArray

from bridge.codecs.exif import turned
from bridge.codecs.headers import Bounds, ImageError, ImageTooLarge, check_side


class Layout(enum.Enum):
    """Byte order of a pixel: the indices of red, green and blue, and the bytes per pixel."""

    RGB24 = (0, 1, 2, 3)
    RGBA32 = (0, 1, 2, 4)
    BGRA32 = (2, 1, 0, 4)
    BGR24 = (2, 1, 0, 3)


def decode(
    data: bytes,
    layout: Layout,
    width: int,
    height: int,
    *,
    stride: int,
    bottom_up: bool,
    bounds: Bounds,
    rotation: int = 0,
    mirrored: bool = False,
) -> NDArray[np.uint8]:
    """Decode raw bytes to uint8 [H, W, 3], RGB, top row first. `stride` is the bytes per row, 0 for no padding.

    Rows are put in top-down order first; then left and right are swapped, then the picture is rotated clockwise.
    """
    check(len(data), layout, width, height, stride=stride, bounds=bounds)
    pixel = layout.value[3]
    rows = np.ndarray((height, width, pixel), np.uint8, data, strides=(stride or width * pixel, pixel, 1))
    if bottom_up:
        rows = rows[::-1]
    rows = turned(rows, rotation, mirrored)
    picture = np.empty((*rows.shape[:2], 3), np.uint8)
    for place, source in enumerate(layout.value[:3]):  # five times as fast as all channels at once
        picture[..., place] = rows[..., source]
    return picture


def check(size: int, layout: Layout, width: int, height: int, *, stride: int, bounds: Bounds) -> None:
    """ImageError if `size` does not match the stated picture, ImageTooLarge beyond the bounds."""
    if width < 1 or height < 1:
        raise ImageError(f"the picture is said to be {width} x {height}; send its width and height, 1 or more")
    if width * height > bounds.pixels:
        raise ImageTooLarge(
            f"the picture has {width} x {height} pixels; send at most {bounds.pixels:,} (Limits.max_image_pixels)"
        )
    check_side(width, height, bounds.side)
    pixel = layout.value[3]
    step = stride or width * pixel
    if step < width * pixel:
        raise ImageError(f"row_stride_bytes is {stride}; a row of {width} pixels takes {width * pixel} at least")
    needed = step * (height - 1) + width * pixel
    if not needed <= size <= step * height:
        raise ImageError(f"the picture has {size:,} bytes; {width} x {height} {layout.name} takes {needed:,}")


def encode(picture: NDArray[np.uint8]) -> bytes:
    """uint8 [H, W, 4], RGBA, with any strides, to rows of four bytes per pixel without padding."""
    return picture.tobytes()


def view(picture: NDArray[np.uint8], *, bottom_up: bool = False) -> memoryview:
    """Like `encode`, without a copy if the rows are already in place. The picture must not be modified afterwards."""
    return np.ascontiguousarray(picture[::-1] if bottom_up else picture).data.cast("B")
