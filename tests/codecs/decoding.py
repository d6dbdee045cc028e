"""Textures back to pictures, by a decoder that shares no code with the encoders."""

import io
from collections.abc import Callable

import numpy as np
import texture2ddecoder
from numpy.typing import NDArray
from PIL import Image

from bridge.codecs.formats import TextureFormat

Picture = NDArray[np.uint8]  # [H, W, 4], RGBA

_DECODERS: dict[TextureFormat, Callable[[bytes, int, int], bytes]] = {
    TextureFormat.BC1: texture2ddecoder.decode_bc1,
    TextureFormat.BC3: texture2ddecoder.decode_bc3,
    TextureFormat.BC7: texture2ddecoder.decode_bc7,
    TextureFormat.ETC2_RGBA: texture2ddecoder.decode_etc2a8,
    TextureFormat.ASTC_4X4: lambda data, width, height: texture2ddecoder.decode_astc(data, width, height, 4, 4),
    TextureFormat.ASTC_6X6: lambda data, width, height: texture2ddecoder.decode_astc(data, width, height, 6, 6),
}
BLOCK_FORMATS = tuple(_DECODERS)


def decoded(data: bytes, form: TextureFormat, width: int, height: int) -> Picture:
    """The picture that a client would see, in the order of rows that it was sent in."""
    if form.is_file:
        return np.asarray(Image.open(io.BytesIO(data), formats=[form.name]).convert("RGBA"))
    if form is TextureFormat.RGBA32:
        return np.frombuffer(data, np.uint8).reshape(height, width, 4)
    bgra = np.frombuffer(_DECODERS[form](data, width, height), np.uint8).reshape(height, width, 4)
    return bgra[..., [2, 1, 0, 3]]


def decibels(one: Picture, other: Picture) -> float:
    """Peak signal to noise, over whatever channels there are; 99 where nothing differs."""
    error = np.square(one.astype(np.float64) - other).mean()
    return float(10 * np.log10(255**2 / error)) if error else 99.0
