"""Which way up a camera was held: the orientation out of an EXIF block, in whichever file format it lies.

Only the first directory of a block is read, and of that only as much as a camera writes; no offset is followed to a
value, and no library sees it.
Sources: EXIF 2.32, 4.6.4 and TIFF 6.0, section 2. Thread-safe.
"""

import binascii
import zlib
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

MOST_BYTES = 1 << 16  # of a block that are looked at: what a JPEG's segment may hold
_MOST_UNPACKED = 1 << 14  # of a profile in hexadecimal: twice the bytes of the largest directory that is read
_TAG, _ENTRY_BYTES, _MOST_ENTRIES = 0x0112, 12, 256
_TYPES = {1: 1, 3: 2, 4: 4}  # BYTE, SHORT, which is what the standard says, and LONG: their bytes
_PREFIX = b"Exif\0\0"
# How a text of a PNG begins that holds EXIF: so ImageMagick wrote it before there was a chunk for it.
PROFILES = (b"Raw profile type exif\0", b"Raw profile type APP1\0")
_ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}

# What makes a picture of each orientation upright: degrees clockwise, after left and right were swapped or not.
UPRIGHT = {1: (0, False), 2: (0, True), 3: (180, False), 4: (180, True)}
UPRIGHT |= {5: (270, True), 6: (90, False), 7: (90, True), 8: (270, False)}


def turned(pixels: NDArray[Any], rotation: int, mirrored: bool) -> NDArray[Any]:
    """Left and right swapped if `mirrored`, then turned clockwise by so many degrees; a view of the same bytes."""
    return np.rot90(pixels[:, ::-1] if mirrored else pixels, -rotation // 90)


def orientation(block: bytes) -> int:
    """1 to 8 as a block says, with "Exif" before it or without; 0 where it says nothing that can be read."""
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
    """The EXIF block of such a text, of which only the beginning is unpacked; b"" where there is none.

    It is a name, a length and hexadecimal digits, a line each.
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
