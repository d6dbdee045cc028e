"""Pictures that clients send, from the wire to arrays. This belongs on a worker thread."""

import numpy as np
from numpy.typing import NDArray

from bridge.codecs import images, raw
from bridge.codecs.images import Decoded, ImageError
from bridge.codecs.raw import Layout
from bridge.config import Limits
from bridge.errors import InvalidImage
from bridge.v1 import media_pb2

Pixels = NDArray[np.uint8]  # [height, width, 3], RGB
Size = tuple[int, int]  # width and height


_FILE_FORMATS = {
    media_pb2.IMAGE_FORMAT_JPEG: "JPEG",
    media_pb2.IMAGE_FORMAT_PNG: "PNG",
    media_pb2.IMAGE_FORMAT_WEBP: "WEBP",
}
_LAYOUTS = {
    media_pb2.IMAGE_FORMAT_RGB24: Layout.RGB24,
    media_pb2.IMAGE_FORMAT_RGBA32: Layout.RGBA32,
    media_pb2.IMAGE_FORMAT_BGRA32: Layout.BGRA32,
}


def decode(image: media_pb2.Image, enough: Size, limits: Limits) -> Decoded:
    """The picture that a client sent, smaller where `enough` pixels are left. InvalidImage says what is wrong."""
    try:
        if image.format in _FILE_FORMATS:
            return _file(image, enough, limits.image_pixels)
        return Decoded(_raw(image, limits.image_pixels), image.width, image.height)
    except ImageError as error:
        raise InvalidImage(str(error)) from error


def _file(image: media_pb2.Image, enough: Size, max_pixels: int) -> Decoded:
    form = _FILE_FORMATS[image.format]
    return images.decode_enough(image.data, form, enough, max_pixels=max_pixels, width=image.width, height=image.height)


def _raw(image: media_pb2.Image, max_pixels: int) -> Pixels:
    return raw.decode(
        image.data,
        _LAYOUTS[image.format],
        image.width,
        image.height,
        stride=image.row_stride_bytes,
        bottom_up=image.row_order == media_pb2.ROW_ORDER_BOTTOM_UP,
        max_pixels=max_pixels,
    )
