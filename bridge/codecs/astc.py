"""ASTC (LDR) encoder by `astc-encoder-py`: premultiplied RGBA, uint8 [H, W, 4], top row first, to blocks.

Thread-safe: a context encodes one picture at a time, so each thread makes its own per block size on first use and keeps
it. The library releases the GIL while it encodes (another thread ran within 0.3 ms during a call of 22 ms).
"""

import threading

import numpy as np
from astc_encoder import ASTCConfig, ASTCContext, ASTCImage, ASTCProfile, ASTCQualityPreset, ASTCSwizzle, ASTCType
from numpy.typing import NDArray

from bridge.codecs import blocks, fringes
from bridge.codecs.formats import TextureFormat

_BYTES = 16
_FORMS = {4: TextureFormat.ASTC_4X4, 6: TextureFormat.ASTC_6X6}


class _Contexts(threading.local):
    """This thread's encoders by block side. One takes 4 MB, and 13 ms to create."""

    def __init__(self) -> None:
        self.made: dict[tuple[int, float], ASTCContext] = {}

    def of(self, side: int, quality: float) -> ASTCContext:
        if (side, quality) not in self.made:
            config = ASTCConfig(ASTCProfile.LDR, side, side, quality=quality)
            self.made[side, quality] = ASTCContext(config)
        return self.made[side, quality]


_contexts = _Contexts()


def astc_4x4(picture: NDArray[np.uint8]) -> bytes:
    """16 bytes for 4 x 4 pixels."""
    return _encode(picture, 4)


def astc_6x6(picture: NDArray[np.uint8]) -> bytes:
    """16 bytes for 6 x 6 pixels."""
    return _encode(picture, 6)


def _encode(picture: NDArray[np.uint8], side: int) -> bytes:
    whole = blocks.whole(picture, side)
    encoded = _compressed(whole, side, ASTCQualityPreset.FASTEST)
    remake = fringes.darkened(lambda strip: _compressed(strip, side, ASTCQualityPreset.THOROUGH), _FORMS[side])
    return fringes.removed(encoded, blocks.split(whole, side), _FORMS[side], remake).tobytes()


def _compressed(whole: NDArray[np.uint8], side: int, quality: float) -> NDArray[np.uint8]:
    image = ASTCImage(ASTCType.U8, whole.shape[1], whole.shape[0], data=whole.tobytes())
    encoded = _contexts.of(side, quality).compress(image, ASTCSwizzle())
    return np.frombuffer(encoded, np.uint8).reshape(-1, _BYTES).copy()
