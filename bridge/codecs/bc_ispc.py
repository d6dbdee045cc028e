"""BC1, BC3 and BC7 by `ispc_texcomp`: premultiplied RGBA, uint8 [H, W, 4], top row first, to blocks.

Thread-safe: the library keeps no state. It releases the GIL while it encodes (another thread went on within 0.3 ms
during a call of 5 ms, within 3 ms during one of 200 ms).
"""

import ispc_texcomp
import numpy as np
from ispc_texcomp import BC7EncSettings, RGBASurface
from numpy.typing import NDArray

from bridge.codecs import blocks
from bridge.codecs.formats import TextureFormat, size_bytes

_SIDE = 4
_BC7_BYTES = 16
_OPAQUE = BC7EncSettings.from_profile("ultrafast")  # makes whatever it is given opaque
_ALPHA = BC7EncSettings.from_profile("alpha_ultrafast")


def bc1(picture: NDArray[np.uint8]) -> bytes:
    """Opaque; alpha is dropped, so what is transparent comes out as its premultiplied colour, black."""
    height, width = picture.shape[:2]
    encoded: bytes = ispc_texcomp.compress_blocks_bc1(_surface(picture))
    return encoded[: size_bytes(TextureFormat.BC1, width, height)]  # the library's buffer is twice too long


def bc3(picture: NDArray[np.uint8]) -> bytes:
    """BC1 colours and 8 levels of alpha a block."""
    encoded: bytes = ispc_texcomp.compress_blocks_bc3(_surface(picture))
    return encoded


def bc7(picture: NDArray[np.uint8]) -> bytes:
    """Colours and alpha, each block with the quick profile where it is opaque.

    The profile for alpha costs ten times as much. Of an avatar's blocks one in twenty needs it at 256 x 256: the others
    are opaque, or of one colour, which is encoded once. That makes it four times as fast, at the same dB.
    """
    split = blocks.split(blocks.whole(picture, _SIDE), _SIDE)
    pixels = split.reshape(-1, _SIDE * _SIDE * 4).view(np.uint32)  # [N, 16], a pixel in each
    opaque = (split[..., 3] == 255).all(axis=(1, 2))
    solid = (pixels == pixels[:, :1]).all(axis=1) & ~opaque
    encoded = np.empty((len(split), _BC7_BYTES), np.uint8)
    encoded[opaque] = _bc7(pixels[opaque], _OPAQUE)
    colours, which = np.unique(pixels[solid, 0], return_inverse=True)
    encoded[solid] = _bc7(np.repeat(colours[:, None], _SIDE * _SIDE, axis=1), _ALPHA)[which]
    mixed = ~(opaque | solid)
    encoded[mixed] = _bc7(pixels[mixed], _ALPHA)
    return encoded.tobytes()


def _surface(picture: NDArray[np.uint8]) -> RGBASurface:
    whole = blocks.whole(picture, _SIDE)
    return RGBASurface(whole.tobytes(), whole.shape[1], whole.shape[0])


def _bc7(pixels: NDArray[np.uint32], settings: BC7EncSettings) -> NDArray[np.uint8]:
    """Blocks, uint32 [N, 16], to uint8 [N, 16], laid side by side as one picture a block high."""
    if not len(pixels):
        return np.empty((0, _BC7_BYTES), np.uint8)
    strip = pixels.reshape(-1, _SIDE, _SIDE).transpose(1, 0, 2).tobytes()
    encoded = ispc_texcomp.compress_blocks_bc7(RGBASurface(strip, _SIDE * len(pixels), _SIDE), settings)
    return np.frombuffer(encoded, np.uint8).reshape(-1, _BC7_BYTES)
