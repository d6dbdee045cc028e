"""Removes glowing edges from block formats: pixels whose encoded colour exceeds their alpha.

A premultiplied colour never exceeds its alpha. But a block has few colours, so a nearly clear pixel may get one far
above: by up to 119 of 255 on avatars in ETC2, 83 in BC3. Encoded blocks are decoded here, and those more than MOST
above are re-encoded in a way specific to the format. Blocks that were wrong before encoding stay so.
"""

from collections.abc import Callable

import numpy as np
import texture2ddecoder
from numpy.typing import NDArray

from bridge.codecs import blocks
from bridge.codecs.formats import TextureFormat

Blocks = NDArray[np.uint8]  # [N, side, side, 4], premultiplied RGBA
Encoded = NDArray[np.uint8]  # [N, 16]
Remake = Callable[[Blocks, NDArray[np.uint8], Encoded], Encoded]  # from blocks, decoded alpha and encoded blocks

MOST = 8  # how far a colour may exceed its alpha, of 255
_SHARES = (1.0, 1.0, 1.0, 0.9, 0.8, 0.6, 0.3, 0.0)  # scale of the colours, retry by retry; at last they are black

_BRIGHTEST = 4  # pixels of a block
_NEVER = np.float32(1e9)  # above any squared error

_DECODERS: dict[TextureFormat, Callable[[bytes, int, int], bytes]] = {
    TextureFormat.BC3: texture2ddecoder.decode_bc3,
    TextureFormat.BC7: texture2ddecoder.decode_bc7,
    TextureFormat.ETC2_RGBA: texture2ddecoder.decode_etc2a8,
    TextureFormat.ASTC_4X4: lambda data, width, height: texture2ddecoder.decode_astc(data, width, height, 4, 4),
    TextureFormat.ASTC_6X6: lambda data, width, height: texture2ddecoder.decode_astc(data, width, height, 6, 6),
}


def removed(encoded: Encoded, split: Blocks, form: TextureFormat, remake: Remake) -> Encoded:
    """Re-encode every block that has a colour too far above its alpha."""
    faded = np.flatnonzero((split[..., 3] < 255).any(axis=(1, 2)) & split.any(axis=(1, 2, 3)))
    if not len(faded):
        return encoded
    seen = decoded(encoded[faded], form, split.shape[1])
    bad = (excess(seen) > MOST) & (excess(split[faded]) <= 0)
    if not bad.any():
        return encoded
    made = encoded.copy()
    made[faded[bad]] = remake(split[faded[bad]], seen[bad][..., 3], encoded[faded[bad]])
    return made


def excess(pixels: Blocks) -> NDArray[np.int16]:
    """How far the brightest channel of any pixel exceeds its alpha, [N]."""
    above: NDArray[np.int16] = (pixels[..., :3].max(axis=3).astype(np.int16) - pixels[..., 3]).max(axis=(1, 2))
    return above


def decoded(encoded: Encoded, form: TextureFormat, side: int) -> Blocks:
    """Blocks as a client decodes them."""
    width = side * len(encoded)
    bgra = np.frombuffer(_DECODERS[form](encoded.tobytes(), width, side), np.uint8)
    rgba = bgra.reshape(side, len(encoded), side, 4)[..., [2, 1, 0, 3]]
    return rgba.transpose(1, 0, 2, 3)


def brightest(split: Blocks) -> NDArray[np.float32]:
    """The mean of each block's four brightest pixels, [N, 3]."""
    pixels = split.reshape(len(split), -1, 4)[..., :3]
    order = np.argpartition(pixels.max(axis=2), -_BRIGHTEST, axis=1)[:, -_BRIGHTEST:]
    mean: NDArray[np.float32] = np.take_along_axis(pixels, order[..., None], axis=1).mean(axis=1, dtype=np.float32)
    return mean


def nearest(
    split: Blocks, alpha: NDArray[np.uint8], shades: NDArray[np.float32]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The best of several palettes, [N, ways, shades, 3]: its index [N], and the shade of each pixel.

    A pixel takes the nearest shade that is not too far above its alpha.
    """
    pixels = split.reshape(len(split), -1, 4)[..., :3].astype(np.float32)
    room = alpha.reshape(len(split), -1).astype(np.float32) + MOST
    flat = shades.reshape(len(split), -1, 3)
    error = (pixels**2).sum(axis=2)[:, None] + (flat**2).sum(axis=2)[:, :, None] - 2 * flat @ pixels.transpose(0, 2, 1)
    error[flat.max(axis=2)[:, :, None] > room[:, None]] = _NEVER
    by_way = error.reshape(*shades.shape[:3], -1)
    way = by_way.min(axis=2).sum(axis=2).argmin(axis=1)
    return way, by_way[np.arange(len(split)), way].argmin(axis=1)


def darkened(encode: Callable[[NDArray[np.uint8]], Encoded], form: TextureFormat) -> Remake:
    """A remake that calls `encode` on a picture one block high, with darker colours until the result is dark enough."""

    def remake(split: Blocks, _alpha: NDArray[np.uint8], _encoded: Encoded) -> Encoded:
        made = encode(blocks.strip(split))
        wanted = split.astype(np.float32)
        for share in _SHARES:
            seen = decoded(made, form, split.shape[1]).astype(np.float32)
            above = seen[..., :3] - seen[..., 3:]
            bad = above.max(axis=(1, 2, 3)) > MOST
            if not bad.any():
                break
            lower = wanted[bad][..., :3] * share - np.clip(above[bad], 0, None)
            wanted[bad, ..., :3] = lower.clip(0, 255)
            made[bad] = encode(blocks.strip(wanted[bad].astype(np.uint8)))
        return made

    return remake
