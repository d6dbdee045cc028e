"""Picture files made by hand, as no encoder would make them."""

import struct
import zlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def chunk(kind: bytes, data: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, data: bytes, extras: bytes = b"", *, depth: int = 8) -> bytes:
    """RGB, with `extras` before the pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extras + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def deep_png(values: NDArray[np.uint16], colour: int) -> bytes:
    """A PNG of 16 bits from [H, W, channels]; `colour` is the number of its colour type."""
    height, width = values.shape[:2]
    rows = values.astype(">u2").reshape(height, -1)
    lines = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 16, colour, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


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


def tiff(orientation: int, *, big: bool = False, kind: int = 3) -> bytes:
    """What an EXIF block holds, of a camera that writes its maker first, in either order of bytes."""
    order, value = (">" if big else "<"), {1: "B3x", 3: "H2x", 4: "L"}[kind]
    maker = struct.pack(order + "HHL4s", 0x010F, 2, 4, b"Cam\0")
    entry = struct.pack(order + "HHL" + value, 0x0112, kind, 1, orientation)
    head = (b"MM\0*" if big else b"II*\0") + struct.pack(order + "L", 8)
    return head + struct.pack(order + "H", 2) + maker + entry + bytes(4)


def with_exif(file: bytes, form: str, *blocks: bytes) -> bytes:
    """A file with EXIF blocks where its format has them, before the pixels of a PNG."""
    if form == "JPEG":
        return file[:2] + b"".join(segment(0xE1, b"Exif\0\0" + block) for block in blocks) + file[2:]
    if form == "PNG":
        return file[:33] + b"".join(chunk(b"eXIf", block) for block in blocks) + file[33:]
    return webp_with(file, *((b"EXIF", block) for block in blocks))


def webp_with(file: bytes, *chunks: tuple[bytes, bytes], flags: int = 0x08) -> bytes:
    """A simple WebP file made an extended one, with chunks after the picture."""
    width, height = _webp_size(file)
    head = bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBP" + _riff(b"VP8X", head) + file[12:] + b"".join(_riff(name, data) for name, data in chunks)
    return b"RIFF" + struct.pack("<L", len(body)) + body


def _riff(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<L", len(data)) + data + bytes(len(data) % 2)


def _webp_size(file: bytes) -> tuple[int, int]:
    if file[12:16] == b"VP8L":
        bits = int.from_bytes(file[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(file[26:28], "little"), int.from_bytes(file[28:30], "little")
