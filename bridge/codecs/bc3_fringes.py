"""Re-encodes BC3 blocks at faded edges: with end points from bright to black, or their own if those do.

Format: Khronos Data Format Specification 1.3, chapter "S3TC Compressed Texture Image Formats".
"""

import numpy as np
from numpy.typing import NDArray

from bridge.codecs import fringes

_SHARES = np.array([1.0, 0.85, 0.7, 0.55, 0.4], np.float32)  # of the brightest colours: end points to try against black
_MOST = np.array([31, 63, 31], np.uint16)
_SHIFTS = np.array([11, 5, 0], np.uint16)
_PLACES = np.arange(0, 32, 2, dtype=np.uint32)


def remade(split: fringes.Blocks, alpha: NDArray[np.uint8], encoded: fringes.Encoded) -> fringes.Encoded:
    """Re-encode blocks [N, 4, 4, 4] that decode to `alpha`, with no colour far above it: uint8 [N, 16]."""
    own = encoded[:, 8:12].copy().view("<u2")  # two end points, RGB565
    bright = fringes.brightest(split)[:, None] * _SHARES[:, None]
    steps = np.rint(bright * (_MOST / 255)).clip(0, _MOST).astype(np.uint16)
    tries = np.zeros((len(split), 1 + len(_SHARES), 2), "<u2")
    tries[:, 0] = own
    tries[:, 1:, 0] = (steps << _SHIFTS).sum(axis=2, dtype=np.uint16)
    way, index = fringes.nearest(split, alpha, _shades(tries))
    words = (index.astype(np.uint32) << _PLACES).sum(axis=1, dtype="<u4")
    ends = tries[np.arange(len(split)), way].view(np.uint8)
    return np.concatenate([encoded[:, :8], ends, words.view(np.uint8).reshape(-1, 4)], axis=1)


def _shades(ends: NDArray[np.uint16]) -> NDArray[np.float32]:
    """End points [N, tries, 2] to the four colours each gives, [N, tries, 4, 3]."""
    steps = ends[..., None] >> _SHIFTS & _MOST
    bits = np.array([5, 6, 5], np.uint16)
    wide = (steps << 8 - bits | steps >> 2 * bits - 8).astype(np.float32)
    first, second = wide[:, :, 0], wide[:, :, 1]
    return np.stack([first, second, (2 * first + second) // 3, (first + 2 * second) // 3], axis=2)
