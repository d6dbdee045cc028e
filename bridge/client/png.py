"""Encodes a frame as a PNG file, without an image library. Source: PNG specification (W3C, third edition)."""

import struct
import zlib

import numpy as np
import numpy.typing as npt

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGBA_8 = (8, 6, 0, 0, 0)  # bits a channel, colour with alpha, and the only compression, filters and order of rows


def encode(premultiplied: npt.NDArray[np.uint8]) -> bytes:
    """uint8 [H, W, 4], premultiplied RGBA, top row first, to a PNG file, whose colours are straight."""
    height, width, _ = premultiplied.shape
    rows = np.zeros((height, 1 + 4 * width), np.uint8)  # each begins with its filter: none
    rows[:, 1:] = _straight(premultiplied).reshape(height, -1)
    header = struct.pack(">II5B", width, height, *_RGBA_8)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes())), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _straight(premultiplied: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Colours divided by their alpha; those of transparent pixels stay as they are."""
    pixels = premultiplied.astype(np.uint32)
    alpha = np.where(pixels[..., 3:] == 0, 255, pixels[..., 3:])
    pixels[..., :3] = np.minimum((pixels[..., :3] * 255 + alpha // 2) // alpha, 255)
    return pixels.astype(np.uint8)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
