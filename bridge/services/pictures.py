"""Pictures between wire and arrays. Raw textures are quick; everything else belongs on a worker thread."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from bridge.config import Limits
from bridge.errors import InvalidImage
from bridge.services.avatar_slot import Picture
from bridge.v1 import media_pb2

RAW = media_pb2.TEXTURE_FORMAT_RGBA32
Pixels = NDArray[np.uint8]  # [height, width, 3], RGB


def raw_bytes(picture: Picture, *, bottom_up: bool) -> bytes:
    """Four bytes a pixel, row by row."""
    return (picture[::-1] if bottom_up else picture).tobytes()


def _png(picture: Picture) -> bytes:
    from bridge.codecs import png

    return png.encode(picture)


def _webp(picture: Picture) -> bytes:
    from bridge.codecs import webp

    return webp.encode(picture)


FILES: Mapping[int, Callable[[Picture], bytes]] = {
    media_pb2.TEXTURE_FORMAT_PNG: _png,
    media_pb2.TEXTURE_FORMAT_WEBP: _webp,
}


def decode(image: media_pb2.Image, limits: Limits) -> Pixels:
    """The picture that a client sent. InvalidImage says what is wrong with it."""
    from bridge.codecs import images

    try:
        return images.decode(image, limits)
    except ValueError as error:
        raise InvalidImage(str(error)) from error
