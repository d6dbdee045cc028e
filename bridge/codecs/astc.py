"""ASTC, low dynamic range, by `astc-encoder-py`: premultiplied RGBA, uint8 [H, W, 4], top row first, to blocks.

Thread-safe: a context serves one picture at a time, so each thread makes its own at its first picture of a block size
and keeps it. The library releases the GIL while it encodes (another thread went on within 0.3 ms during a call of
22 ms).
"""

import threading

import numpy as np
from astc_encoder import ASTCConfig, ASTCContext, ASTCImage, ASTCProfile, ASTCQualityPreset, ASTCSwizzle, ASTCType
from numpy.typing import NDArray

from bridge.codecs import blocks


class _Contexts(threading.local):
    """The encoders of this thread by the pixels of a block each way. One takes 4 MB, and 13 ms to make."""

    def __init__(self) -> None:
        self.by_side: dict[int, ASTCContext] = {}

    def of(self, side: int) -> ASTCContext:
        if side not in self.by_side:
            config = ASTCConfig(ASTCProfile.LDR, side, side, quality=ASTCQualityPreset.FASTEST)
            self.by_side[side] = ASTCContext(config)
        return self.by_side[side]


_contexts = _Contexts()


def astc_4x4(picture: NDArray[np.uint8]) -> bytes:
    """16 bytes for 4 x 4 pixels."""
    return _encode(picture, 4)


def astc_6x6(picture: NDArray[np.uint8]) -> bytes:
    """16 bytes for 6 x 6 pixels."""
    return _encode(picture, 6)


def _encode(picture: NDArray[np.uint8], side: int) -> bytes:
    whole = blocks.whole(picture, side)
    image = ASTCImage(ASTCType.U8, whole.shape[1], whole.shape[0], data=whole.tobytes())
    encoded: bytes = _contexts.of(side).compress(image, ASTCSwizzle())
    return encoded
