"""WebP encoder for texture frames, and reader of WebP headers (RFC 9649, section 2)."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_METHOD = 0  # the fastest
_HEAD = 30  # bytes that hold the size, for every kind of WebP
_HAS_EXIF = 0x08  # bit of the flags
_MOST_CHUNKS = 4096  # skipped while searching: the frames of an animation
_MOST_EXIF = 1 << 16  # bytes


def encode(picture: NDArray[np.uint8]) -> bytes:
    """uint8 [H, W, 4], RGBA, top row first, to a lossless WebP file.

    Lossy encoding left colours up to 74 of 255 above their alpha, and took four times as long.
    """
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "WEBP", lossless=True, quality=0, method=_METHOD, exact=True)
    return file.getvalue()


def is_one(file: bytes) -> bool:
    """Whether bytes start like a WebP file, however short."""
    return file[:4] == b"RIFF" and b"WEBP".startswith(file[8:12])


def is_cut(file: bytes) -> bool:
    """Whether a file is shorter than its header says."""
    return len(file) < max(_HEAD, 8 + int.from_bytes(file[4:8], "little"))


def exif(file: bytes) -> bytes:
    """The EXIF block, truncated to the size that can matter; b"" if there is none."""
    if file[12:16] != b"VP8X" or not file[20] & _HAS_EXIF:
        return b""
    at = 12
    for _ in range(_MOST_CHUNKS):
        name, count = file[at : at + 4], int.from_bytes(file[at + 4 : at + 8], "little")
        if name == b"EXIF":
            return file[at + 8 : at + 8 + min(count, _MOST_EXIF)]
        if not name:
            break
        at += 8 + count + count % 2
    return b""


def size(file: bytes) -> tuple[int, int] | None:
    """Width and height from the header (RFC 9649, sections 2.5 to 2.7); None if it is not a WebP header."""
    head = file[:_HEAD]
    if len(head) < _HEAD or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    match head[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
        case b"VP8 ":
            return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None
