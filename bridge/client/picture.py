"""Pictures as the wire wants them: a file's bytes as they are, an array as raw pixels."""

from typing import Any

import numpy as np
import numpy.typing as npt

from bridge.v1 import media_pb2

Picture = bytes | npt.NDArray[np.uint8]

_FILES: tuple[tuple[bytes, int, Any], ...] = (
    (b"\xff\xd8\xff", 0, media_pb2.IMAGE_FORMAT_JPEG),
    (b"\x89PNG\r\n\x1a\n", 0, media_pb2.IMAGE_FORMAT_PNG),
    (b"WEBP", 8, media_pb2.IMAGE_FORMAT_WEBP),
)


def image_of(picture: Picture, *, bgra: bool = False, bottom_up: bool = False) -> media_pb2.Image:
    """The message for a picture.

    `picture` is the bytes of a JPEG, PNG or WebP file, or an array [height, width, 3 or 4] of uint8 in RGB, RGBA or,
    with `bgra`, BGRA order; `bottom_up` says that the array's first row is the lowest, as game engines read back
    theirs. Raises ValueError for anything else.
    """
    if isinstance(picture, bytes):
        return media_pb2.Image(format=_file_format(picture), data=picture)
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] not in (3, 4):
        raise ValueError(
            f"an array of {picture.dtype} in shape {picture.shape} is no picture; give uint8 [height, width, 3 or 4]"
        )
    height, width, channels = picture.shape
    if channels == 3:
        form = media_pb2.IMAGE_FORMAT_RGB24
    else:
        form = media_pb2.IMAGE_FORMAT_BGRA32 if bgra else media_pb2.IMAGE_FORMAT_RGBA32
    order = media_pb2.ROW_ORDER_BOTTOM_UP if bottom_up else media_pb2.ROW_ORDER_TOP_DOWN
    return media_pb2.Image(format=form, width=width, height=height, row_order=order, data=picture.tobytes())


def _file_format(data: bytes) -> Any:
    for magic, at, form in _FILES:
        if data[at : at + len(magic)] == magic:
            return form
    raise ValueError("these bytes are neither JPEG, PNG nor WebP; give one of these, or an array of pixels")
