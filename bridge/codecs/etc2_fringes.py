"""Re-encodes ETC2 blocks at faded edges with black as one of four colours, so that clear pixels add no light.

Such a block is in T mode: one separate colour, here black, and three shades of another, each with four bits per
channel. Format: Khronos Data Format Specification 1.3, chapter "ETC2 Compressed Texture Image Formats".
"""

import numpy as np
from numpy.typing import NDArray

from bridge.codecs import fringes

_DISTANCES = np.array([3, 6, 11, 16, 23, 32, 41, 64], np.float32)
_SHARES = np.array([1.0, 0.75, 0.5], np.float32)  # of the brightest colours, to try as the middle shade
_T_MODE = np.uint64(1 << 58 | 1 << 33)  # black first colour; red overflows downwards, which selects T mode; opaque
_COLOUR_SHIFTS = np.array([44, 40, 36], np.uint64)
_HIGH, _LOW = np.uint64(34), np.uint64(32)  # bit positions of the distance
_PLACES = np.arange(16, dtype=np.uint64).reshape(4, 4).T.reshape(16)  # pixels are numbered by columns
_ONE, _HALF = np.uint64(1), np.uint64(16)


def remade(split: fringes.Blocks, alpha: NDArray[np.uint8], encoded: fringes.Encoded) -> fringes.Encoded:
    """Re-encode blocks [N, 4, 4, 4] that decode to `alpha`, with no colour far above it: uint8 [N, 16]."""
    tries = fringes.brightest(split)[:, None] * _SHARES[:, None]
    middle = np.rint(tries / 17).clip(0, 15).astype(np.uint64)
    way, index = fringes.nearest(split, alpha, _shades(middle))
    tried, distance = np.divmod(way, len(_DISTANCES))
    colours = _packed(middle[np.arange(len(split)), tried], distance.astype(np.uint64), index.astype(np.uint64))
    return np.concatenate([encoded[:, :8], colours], axis=1)  # alpha comes first


def _shades(middle: NDArray[np.uint64]) -> NDArray[np.float32]:
    """Middle shades [N, tries, 3] to the four colours at each distance, [N, tries * 8, 4, 3]."""
    base = middle[:, :, None].astype(np.float32) * 17
    step = np.broadcast_to(_DISTANCES[:, None], (*middle.shape[:2], len(_DISTANCES), 3))
    shades = np.stack([0 * step, base + step, base + 0 * step, base - step], axis=3).clip(0, 255)
    return shades.reshape(len(middle), -1, 4, 3)


def _packed(middle: NDArray[np.uint64], distance: NDArray[np.uint64], index: NDArray[np.uint64]) -> NDArray[np.uint8]:
    word = _T_MODE | (middle << _COLOUR_SHIFTS).sum(axis=1, dtype=np.uint64)
    word |= distance >> _ONE << _HIGH | (distance & _ONE) << _LOW
    word |= (index >> _ONE << _PLACES + _HALF).sum(axis=1, dtype=np.uint64)
    word |= ((index & _ONE) << _PLACES).sum(axis=1, dtype=np.uint64)
    colours: NDArray[np.uint8] = word.astype(">u8").view(np.uint8).reshape(-1, 8)
    return colours
