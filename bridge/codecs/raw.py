"""Raw pictures: rows of three or four bytes a pixel, in the order that a game engine reads them back in."""

import enum

import numpy as np
from numpy.typing import NDArray

from bridge.codecs.exif import turned
from bridge.codecs.headers import Bounds, ImageError, ImageTooLarge, check_side


class Layout(enum.Enum):
    """Which byte is which colour. The value is the place of red, green and blue, and the bytes of a pixel."""

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
    """Raw bytes to uint8 [H, W, 3], RGB, top row first. `stride` is the bytes from row to row, 0 for no padding.

    In this order: the rows are put top to bottom, left and right are swapped, the picture is turned clockwise.
    """
    check(len(data), layout, width, height, stride=stride, bounds=bounds)
    pixel = layout.value[3]
    rows = np.ndarray((height, width, pixel), np.uint8, data, strides=(stride or width * pixel, pixel, 1))
    if bottom_up:
        rows = rows[::-1]
    rows = turned(rows, rotation, mirrored)
    picture = np.empty((*rows.shape[:2], 3), np.uint8)
    for place, source in enumerate(layout.value[:3]):  # channel by channel: five times as fast as all at once
        picture[..., place] = rows[..., source]
    return picture


def check(size: int, layout: Layout, width: int, height: int, *, stride: int, bounds: Bounds) -> None:
    """ImageError when `size` bytes are not the picture that they are said to be, ImageTooLarge beyond the bounds."""
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
    """uint8 [H, W, 4], RGBA, of any strides, to rows of four bytes a pixel, without padding."""
    return picture.tobytes()


def view(picture: NDArray[np.uint8], *, bottom_up: bool = False) -> memoryview:
    """As `encode`, without a copy where the rows lie so already. The picture must not be written to any more."""
    return np.ascontiguousarray(picture[::-1] if bottom_up else picture).data.cast("B")
