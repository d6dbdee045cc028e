"""Reads a picture's orientation from an EXIF block, in whichever file format it is embedded.

Reads only the first directory, and only as many entries as cameras write; follows no offset to a value, and calls no
library. Sources: EXIF 2.32, 4.6.4 and TIFF 6.0, section 2. Thread-safe.
"""

import binascii
import zlib
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 1 << 16  # of a block that are examined: what a JPEG segment can hold
_MOST_UNPACKED = 1 << 14  # of a hexadecimal profile: twice the bytes of the largest directory read
_TAG, _ENTRY_BYTES, _MOST_ENTRIES = 0x0112, 12, 256
_TYPES = {1: 1, 3: 2, 4: 4}  # BYTE, SHORT (the standard's choice) and LONG: their bytes
_PREFIX = b"Exif\0\0"
# Prefixes of PNG texts that hold EXIF, as ImageMagick wrote it before there was a chunk for it.
PROFILES = (b"Raw profile type exif\0", b"Raw profile type APP1\0")
_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}

# What makes each orientation upright: degrees clockwise, and whether to swap left and right first.
UPRIGHT = {1: (0, False), 2: (0, True), 3: (180, False), 4: (180, True)}
UPRIGHT |= {5: (270, True), 6: (90, False), 7: (90, True), 8: (270, False)}


def turned(pixels: NDArray[Any], rotation: int, mirrored: bool) -> NDArray[Any]:
    """Swap left and right if `mirrored`, then rotate clockwise by `rotation` degrees; a view of the same bytes."""
    return np.rot90(pixels[:, ::-1] if mirrored else pixels, -rotation // 90)


def orientation(block: bytes) -> int:
    """The orientation in a block, 1 to 8, with or without an "Exif" prefix; 0 if it has none or is unreadable."""
    tiff = block.removeprefix(_PREFIX)
    order = _ORDERS.get(tiff[:4])
    if order is None:
        return 0
    start = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[start : start + 2], order)
    for at in range(start + 2, start + 2 + _ENTRY_BYTES * min(count, _MOST_ENTRIES), _ENTRY_BYTES):
        if int.from_bytes(tiff[at : at + 2], order) == _TAG:
            size = _TYPES.get(int.from_bytes(tiff[at + 2 : at + 4], order), 0)
            value = int.from_bytes(tiff[at + 8 : at + 8 + size], order)
            return value if 1 <= value <= 8 else 0
    return 0


def of_profile(text: bytes, *, packed: bool) -> bytes:
    """The EXIF block in such a text, of which only the beginning is decompressed; b"" if there is none.

    The text is a name, a length and hexadecimal digits, one per line.
    """
    body = text.partition(b"\0")[2]
    if packed:
        try:
            body = zlib.decompressobj().decompress(body[1:], _MOST_UNPACKED)
        except zlib.error:
            return b""
    digits = b"".join(body[:_MOST_UNPACKED].split()[2:])
    try:
        return binascii.unhexlify(digits[: len(digits) // 2 * 2])
    except binascii.Error:
        return b""
