"""Reads picture headers and bounds the cost of decoding, before any library touches the file.

A small file may be a huge picture, have hundreds of scans, or hide behind millions of empty segments. All of these are
found here, by bounded walks. Sources: ITU-T T.81 annex B (JPEG), the PNG specification (third edition, chapter 5), RFC
9649 (WebP). Thread-safe.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from bridge.codecs import exif, webp


class ImageError(ValueError):
    """A picture that cannot be read; says why, and what to send instead."""


class ImageTooLarge(ImageError):
    """A picture beyond a limit; names the limit."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The largest accepted picture. `pixels` limits decoded pixels, `scans` a JPEG's passes over them."""

    pixels: int
    side: int = 16384
    scans: int = 32


@dataclass(frozen=True, slots=True)
class Header:
    """A file's header. `kind` determines the decoding time per pixel."""

    kind: str
    width: int
    height: int
    reducible: bool = False  # a JPEG that can be decoded at 1/2, 1/4 or 1/8
    multi_scan: bool = False  # a JPEG of several scans, held in full until the last of them
    heavy: int = 1  # how many pixels each of its pixels counts as
    first_scan: int = 0  # its offset in the file
    orientation: int = 1  # as written by the camera, 1 to 8: EXIF 2.32, 4.6.4

    @property
    def pixels(self) -> int:
        return self.width * self.height

    @property
    def upright(self) -> tuple[int, int]:
        """Width and height of the upright picture."""
        return (self.width, self.height) if self.orientation < 5 else (self.height, self.width)

    def work(self, enough: tuple[int, int] | None) -> int:
        """Decoding work: all its pixels, plus the pixels produced, weighted."""
        return self.pixels + self.decoded(enough) * _MADE.get(self.kind, 0)

    def reduction(self, enough: tuple[int, int] | None) -> int:
        """The divisor of each side that leaves `enough` pixels each way."""
        if enough is None or not self.reducible:
            return 1
        left = min(self.width // enough[0], self.height // enough[1])
        return next(by for by in (8, 4, 2, 1) if by <= max(1, left))

    def decoded(self, enough: tuple[int, int] | None) -> int:
        """The pixels produced, which `Bounds.pixels` limits."""
        by = self.reduction(enough)
        return -(-self.width // by) * -(-self.height // by) * self.heavy


_MADE = {"JPEG": 4, "JPEG in scans": 1}  # passes over a pixel that cost as much as producing one
_HELD_PIXELS = 3  # a third of a JPEG's pixels count while held as coefficients: 6 bytes each, 8 with four components
_MOST_SEGMENTS = 1024  # of a JPEG, including its scans' tables
_MOST_CHUNKS = 16384  # of a PNG: 12 MiB in chunks of 1 KiB; writers make chunks of 8 KiB or more
_MOST_JUNK = 1024  # bytes between two segments of a JPEG
_WINDOW = 1 << 18  # bytes searched before yielding to other threads; 5 ms at worst


def read(data: bytes, form: str) -> Header:
    """The header of a "JPEG", "PNG" or "WEBP" file. ImageError if there is none."""
    header = _READERS[form](data)
    if header is None:
        raise ImageError(f"the bytes are not a {form} file; send one, or name its real format")
    if header.width < 1 or header.height < 1:
        raise ImageError(
            f"the {form} file declares {header.width} x {header.height} pixels; send one of at least 1 x 1"
        )
    return header


def cut_short(form: str) -> ImageError:
    """The error for a truncated file."""
    return ImageError(f"the {form} file is cut short; send it whole")


def check(header: Header, enough: tuple[int, int] | None, bounds: Bounds) -> None:
    """ImageTooLarge if the header shows that a picture exceeds a limit."""
    size = f"the picture has {header.width} x {header.height} pixels"
    pixels = header.decoded(enough)
    if pixels > bounds.pixels:
        twice = " of 16 bits, which count twice" if header.heavy > 1 else ""
        read_at = f", {pixels:,} at the size that it is read at" if header.reduction(enough) > 1 else ""
        raise ImageTooLarge(f"{size}{twice}{read_at}; send at most {bounds.pixels:,} in all (Limits.max_image_pixels)")
    check_side(header.width, header.height, bounds.side)
    if header.multi_scan and header.pixels > _HELD_PIXELS * bounds.pixels:
        raise ImageTooLarge(
            f"{size} in several scans, of which a third counts; send at most {_HELD_PIXELS * bounds.pixels:,} "
            "(three times Limits.max_image_pixels), or a JPEG of one scan"
        )


def check_side(width: int, height: int, most: int) -> None:
    """ImageTooLarge for a picture longer than `most` pixels either way."""
    if max(width, height) > most:
        raise ImageTooLarge(
            f"the picture has {width} x {height} pixels; send at most {most:,} each way (Limits.max_image_side)"
        )


def check_scans(data: bytes, header: Header, bounds: Bounds) -> None:
    """ImageTooLarge for a JPEG with too many scans. Reads through the file once."""
    if not header.multi_scan:
        return
    most = min(bounds.scans, bounds.scans * bounds.pixels // header.pixels)
    if _scans(data, header.first_scan, most) > most:
        because = f"; {bounds.scans} go with at most {bounds.pixels:,} pixels" if most < bounds.scans else ""
        raise ImageTooLarge(
            f"the JPEG has {header.width} x {header.height} pixels and more than {most} scans; send at most {most} "
            f"(Limits.max_image_scans{because}), or a JPEG of one scan"
        )


# -- JPEG --------------------------------------------------------------------------------------------------------------

_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_MOST_EXIF = 4  # blocks examined, including those without an orientation
_END = bytes((0xFF, _EOI))
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # start of frame: the number gives the process
_BASELINE = frozenset((0xC0, 0xC1))
_PROGRESSIVE = 0xC2
_EXIF, _KEPT = 0xE1, frozenset((0xE0, 0xEE))  # application segments that define the colour space
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")  # excludes fill, stuffing, TEM and RSTn


def _read_jpeg(data: bytes) -> Header | None:
    if data[:2] != b"\xff\xd8":
        return None
    frame: tuple[int, int] | None = None  # its number and offset
    at, blocks = 2, list[bytes]()
    for _ in range(_MOST_SEGMENTS):
        found = _MARKER.search(data, at, at + _MOST_JUNK)
        if found is None:
            if len(data) <= at + _MOST_JUNK and not data[at:].strip(b"\xff"):
                raise cut_short("JPEG")
            return None
        number, at = data[found.start() + 1], found.end()
        if number in _FRAMES and frame is None:
            frame = number, at
        if number == _SOS:
            return _jpeg(data, frame, at, blocks) if frame is not None else None
        if number in (_SOI, _EOI):
            return None
        if number == _EXIF and len(blocks) < _MOST_EXIF and data[at + 2 : at + 8] == b"Exif\0\0":
            blocks.append(data[at + 2 : at + int.from_bytes(data[at : at + 2])])
        at += int.from_bytes(data[at : at + 2])
    raise ImageError(f"the JPEG has more than {_MOST_SEGMENTS:,} segments; send it without its metadata")


def _jpeg(data: bytes, frame: tuple[int, int], scan: int, blocks: list[bytes]) -> Header:
    number, at = frame
    if len(data) < scan + 3:
        raise cut_short("JPEG")
    if (bits := data[at + 2]) != 8:
        raise ImageError(f"the JPEG has {bits} bits a channel; send one of 8, or a PNG of 16")
    height, width = int.from_bytes(data[at + 3 : at + 5]), int.from_bytes(data[at + 5 : at + 7])
    components, scanned = data[at + 7], data[scan + 2]
    if number not in _BASELINE and number != _PROGRESSIVE:  # lossless, hierarchical or arithmetic-coded
        raise ImageError("the JPEG is neither baseline nor progressive; send one of these")
    whole = number == _PROGRESSIVE or scanned < components
    orientation = next(filter(None, map(exif.orientation, blocks)), 1)
    return Header(
        "JPEG in scans" if whole else "JPEG", width, height, True, whole, first_scan=scan, orientation=orientation
    )


def without_metadata(data: bytes, header: Header) -> bytes:
    """A JPEG without its metadata: an EXIF directory of a few bytes can make a reader copy gigabytes."""
    kept, at = [data[:2]], 2
    while True:
        found = _MARKER.search(data, at)
        if found is None or found.end() == header.first_scan:
            break
        number, begin = data[found.start() + 1], found.start()
        at = found.end() + int.from_bytes(data[found.end() : found.end() + 2])
        if number < 0xE0 or number in _KEPT:  # those above are application segments and comments
            kept.append(data[begin:at])
    kept.append(data[header.first_scan - 2 :])
    return b"".join(kept)


def _scans(data: bytes, at: int, most: int) -> int:
    """Number of scans from the first one on, whose parameters are at `at`; counts up to `most` + 1."""
    count, segments = 1, 0
    while count <= most:
        at = _marker(data, at + int.from_bytes(data[at : at + 2]))
        if at < 0 or data[at - 1] in (_SOI, _EOI):
            break
        segments += 1
        if segments > _MOST_SEGMENTS:
            raise ImageError(f"the JPEG has more than {_MOST_SEGMENTS:,} segments; send it without its metadata")
        count += data[at - 1] == _SOS
    return count


def lacks_end(data: bytes, header: Header) -> bool:
    """Whether a JPEG lacks its end marker, as from many cameras' firmware."""
    if data.endswith(_END):
        return False
    return all(data.find(_END, at, at + _WINDOW + 1) < 0 for at in range(header.first_scan, len(data), _WINDOW))


def check_complete(data: bytes, header: Header) -> None:
    """ImageError if a JPEG of several scans never sends some of its coefficients, or not at full precision.

    Only the decoder can tell whether a scan itself is complete.
    """
    if not header.multi_scan:
        return
    missing = {number: set(range(64)) for number in _components(data, header)}
    at, segments = header.first_scan, 0
    while at >= 0 and segments <= _MOST_SEGMENTS:
        if len(data) < at + 3:  # cut within a scan header
            break
        if data[at - 1] == _SOS:
            scanned = data[at + 2]
            first, last, precision = data[at + 3 + 2 * scanned : at + 6 + 2 * scanned].ljust(3, b"\xff")
            if not precision & 0x0F:  # no bit left for a later scan
                for number in data[at + 3 : at + 3 + 2 * scanned : 2]:
                    missing.get(number, set()).difference_update(range(first, last + 1))
        at, segments = _marker(data, at + int.from_bytes(data[at : at + 2])), segments + 1
    if any(missing.values()):
        raise cut_short("JPEG")


def _components(data: bytes, header: Header) -> bytes:
    """The component numbers in a JPEG's frame header."""
    at = 2
    while at < header.first_scan:
        at = _marker(data, at)
        if data[at - 1] in _FRAMES:
            return data[at + 8 : at + 8 + 3 * data[at + 7] : 3]
        at += int.from_bytes(data[at : at + 2])
    return b""


def _marker(data: bytes, at: int) -> int:
    """End offset of the next marker; -1 if there is none."""
    while at < len(data):
        found = _MARKER.search(data, at, at + _WINDOW + 1)
        if found is not None:
            return found.end()
        at += _WINDOW
    return -1


# -- PNG ---------------------------------------------------------------------------------------------------------------

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_ANCILLARY = 0x20  # bit of the first letter of a chunk's name: readers may skip it
_TEXTS = frozenset((b"tEXt", b"zTXt"))
_CHUNK = struct.Struct(">I4s")  # its first fields: size and name


def _read_png(data: bytes) -> Header | None:
    if data[:8] != _SIGNATURE or (len(data) >= 16 and data[12:16] != b"IHDR"):
        return None
    if len(data) < 33:
        raise cut_short("PNG")
    width, height, depth = int.from_bytes(data[16:20]), int.from_bytes(data[20:24]), data[24]
    kind, heavy = ("PNG of 16 bits", 2) if depth > 8 else ("PNG", 1)
    return Header(kind, width, height, heavy=heavy, orientation=_png_orientation(data) or 1)


def _png_orientation(data: bytes) -> int:
    """The orientation from EXIF anywhere in the file, else from the text in which older writers put it."""
    blocks, profiles = list[bytes](), list[bytes]()
    for name, at, end in _chunks(data):
        if name == b"eXIf" and len(blocks) < _MOST_EXIF:
            blocks.append(data[at + 8 : min(end - 4, at + 8 + exif.MOST_BYTES)])
        elif name in _TEXTS and len(profiles) < _MOST_EXIF and data.startswith(exif.PROFILES, at + 8):
            text = data[at + 8 : min(end - 4, at + 8 + exif.MOST_BYTES)]
            profiles.append(exif.of_profile(text, packed=name == b"zTXt"))
    return next(filter(None, map(exif.orientation, blocks + profiles)), 0)


def _chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of each chunk, up to the last one or to bytes that are not a chunk."""
    at, last = len(_SIGNATURE), len(data) - 8
    for _ in range(_MOST_CHUNKS):
        if at > last:
            return
        size, name = _CHUNK.unpack_from(data, at)
        if not name.isalpha():
            return
        end = at + 12 + size
        yield name, at, end
        if name == b"IEND":
            return
        at = end
    raise ImageError(f"the PNG has more than {_MOST_CHUNKS:,} chunks; send one of larger chunks")


def without_extras(data: bytes) -> bytes:
    """Only the chunks needed to decode a PNG's first picture: texts, profiles and further pictures may each expand a
    thousandfold. Bytes that are not chunks stay, for the decoder to find.
    """
    kept, begin = [], 0
    for name, at, end in _chunks(data):
        if name[0] & _ANCILLARY:
            kept.append(data[begin:at])
            begin = min(end, len(data))
    if not begin:
        return data
    kept.append(data[begin:])
    return b"".join(kept)


def _read_webp(data: bytes) -> Header | None:
    if not webp.is_one(data):
        return None
    if webp.is_cut(data):
        raise cut_short("WEBP")
    size = webp.size(data)
    return Header("WEBP", *size, orientation=exif.orientation(webp.exif(data)) or 1) if size is not None else None


_READERS = {"JPEG": _read_jpeg, "PNG": _read_png, "WEBP": _read_webp}
