"""Picture files made by hand, as no encoder would make them."""

import struct
import zlib
from collections.abc import Iterable


def chunk(kind: bytes, data: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes, extras: bytes = b"", *, depth: int = 8) -> bytes:
    """RGB, with `extras` before the pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extras + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def segment(number: int, data: bytes) -> bytes:
    """Of a JPEG."""
    return bytes((0xFF, number)) + struct.pack(">H", len(data) + 2) + data


def many_scans(progressive: bytes, more: int) -> bytes:
    """A progressive JPEG that goes over its pixels so many times more."""
    last = progressive[progressive.rindex(b"\xff\xda") : -2]
    return progressive[:-2] + last * more + progressive[-2:]


def exif_of(entries: Iterable[tuple[int, int, int, bytes]]) -> bytes:
    """A block of one directory: tag, type, count and value or offset of each entry."""
    rows = [struct.pack("<HHL4s", *entry) for entry in entries]
    return b"Exif\0\0II*\0" + struct.pack("<LH", 8, len(rows)) + b"".join(rows)
