"""WebP: texture frames into files, and the size that a file's header states."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_METHOD = 0  # the quickest


def encode(picture: NDArray[np.uint8]) -> bytes:
    """uint8 [H, W, 4], RGBA, top row first, to a WebP file without loss.

    With loss colours came out up to 74 of 255 above their alpha, and it took four times as long.
    """
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "WEBP", lossless=True, quality=0, method=_METHOD, exact=True)
    return file.getvalue()


def size(file: bytes) -> tuple[int, int] | None:
    """Width and height as the header has them (RFC 9649, sections 2.5 to 2.7); None when it is no WebP header."""
    head = file[:30]
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
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
