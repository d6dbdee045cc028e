"""Decodes picture files sent by clients: JPEG, PNG, WebP.

The header is checked against the bounds before a library sees the file (`headers.py`), so that a small file cannot
become a huge picture or a long wait. Grey, palette, CMYK and 16-bit pictures become RGB; transparency is dropped;
EXIF's orientation is applied; only the first frame of an animation is read. Does not touch Pillow's global settings or
Python's warning filters. Thread-safe.
"""

import functools
import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from bridge.codecs import exif, headers
from bridge.codecs.headers import Bounds, Header, ImageError

# Readers by name. `Image.open` is not used, since it warns of huge pictures through global state.
READERS: dict[str, type[ImageFile]] = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WEBP": WebPImageFile}
FORMATS = tuple(READERS)

_Read = Callable[[bytes], NDArray[np.uint8]]

_BLOCK = 8  # side of a JPEG block in pixels
_DEEP = 16  # bits per channel
_END = b"\xff\xd9"  # a JPEG's end marker
_TAIL = bytes((37 * at + 91) % 255 for at in range(1024))  # contains no marker, and decodes to no plausible pixels


@dataclass(frozen=True, slots=True)
class Decoded:
    """An upright picture. `pixels` may be a reduced copy of the `width` x `height` original."""

    pixels: NDArray[np.uint8]  # [H, W, 3], RGB, top row first
    width: int
    height: int


def decode(data: bytes, form: str, *, bounds: Bounds, width: int = 0, height: int = 0) -> NDArray[np.uint8]:
    """Decode a file of one of FORMATS to uint8 [H, W, 3], RGB. A non-zero width or height must match the file's."""
    return decode_enough(data, form, None, bounds=bounds, width=width, height=height).pixels


def decode_enough(
    data: bytes,
    form: str,
    enough: tuple[int, int] | None,
    *,
    bounds: Bounds,
    width: int = 0,
    height: int = 0,
    significant_bits: int = 0,
) -> Decoded:
    """Like `decode`, but a JPEG may be decoded at 1/2, 1/4 or 1/8 if that leaves `enough` pixels each way.

    For a network that takes 416 pixels, decoding a 1080p JPEG this way costs a fifth. `significant_bits` says how many
    of a channel's 16 bits count, from the lowest up.
    """
    header = header_of(data, form, enough, bounds=bounds, width=width, height=height)
    if significant_bits:
        check_depth(header, form, significant_bits)
    headers.check_scans(data, header, bounds)
    read = functools.partial(_read, form=form, header=header, enough=enough, bits=significant_bits or _DEEP)
    endless = form == "JPEG" and headers.lacks_end(data, header)
    pixels = _without_end(data, header, read) if endless else read(data)
    if form == "JPEG" and not endless and _may_be_cut(data, header, pixels, header.reduction(enough)):
        _check_whole(data, header, pixels, read)
    pixels = exif.turned(pixels, *exif.UPRIGHT[header.orientation])
    return Decoded(np.ascontiguousarray(pixels), *header.upright)


def check_depth(header: Header, form: str, significant_bits: int) -> None:
    """ImageError for a file without 16-bit channels, to which `significant_bits` cannot apply."""
    if header.heavy == 1:
        raise ImageError(
            f"the {form} file has 8 bits a channel, of which no {significant_bits} can count; "
            "send a PNG of 16 bits, or leave significant_bits out"
        )


def header_of(
    data: bytes, form: str, enough: tuple[int, int] | None, *, bounds: Bounds, width: int = 0, height: int = 0
) -> Header:
    """The header of a file, checked against the bounds and the stated size."""
    if not data:
        raise ImageError("the picture is empty; send its bytes in image.data")
    header = headers.read(data, form)
    headers.check(header, enough, bounds)
    sizes = (header.width, header.height), header.upright
    if not any(width in (0, own[0]) and height in (0, own[1]) for own in sizes):
        raise ImageError(
            f"the picture is {header.width} x {header.height} but is said to be {width} x {height}; "
            "send the file's own size, or 0"
        )
    return header


def _without_end(data: bytes, header: Header, read: _Read) -> NDArray[np.uint8]:
    """Decode a JPEG that lacks only its end marker. Decoders invent missing pixels, so none is missing if the picture
    does not depend on the bytes that follow.
    """
    headers.check_complete(data, header)
    data = data.rstrip(_END[:1])  # drop half a marker
    pixels = read(data + _END)
    if not np.array_equal(pixels, read(data + _TAIL + _END)):
        raise headers.cut_short("JPEG")
    return pixels


def _may_be_cut(data: bytes, header: Header, pixels: NDArray[np.uint8], reduction: int) -> bool:
    """Whether a JPEG may be truncated although it has an end marker, as when software repairs a cut file: a decoder
    fills the rest with one colour, and some scans may be missing.
    """
    corner = pixels[-1, -max(2, _BLOCK // reduction) :]
    if (corner == corner[-1]).all():
        return True
    try:
        headers.check_complete(data, header)
    except ImageError:
        return True
    return False


def _check_whole(data: bytes, header: Header, pixels: NDArray[np.uint8], read: _Read) -> None:
    """ImageError if the pixels depend on bytes inserted before the end marker: some of them are invented."""
    end = data.find(_END, header.first_scan)
    if not np.array_equal(pixels, read(data[:end] + _TAIL + data[end:])):
        raise headers.cut_short("JPEG")


def _read(
    data: bytes, *, form: str, header: Header, enough: tuple[int, int] | None, bits: int = _DEEP
) -> NDArray[np.uint8]:
    """The pixels in the file's orientation."""
    picture = _opened(data, form, header)
    try:
        if header.reduction(enough) > 1:
            picture.draft(None, enough)
        if bits < _DEEP:
            return _shallow(_deep(picture, lambda: _opened(data, form, header)), bits)
        picture.load()
        return _rgb(picture)
    except Exception as error:  # whatever a decoder raises on hostile bytes
        raise _damaged(form, error) from error


def _damaged(form: str, error: Exception) -> ImageError:
    return ImageError(f"the {form} file is damaged or cut short: {error}; send it whole")


def _deep(picture: ImageFile, again: Callable[[], ImageFile]) -> NDArray[np.uint16]:
    """uint16 [H, W, 1 or more] of a 16-bit PNG.

    Pillow keeps only the upper eight bits of most kinds. So the bytes are read as another pixel format, or a second
    time with the lower byte in place of the upper.
    """
    stored = picture.tile[0].args
    if stored == "I;16B":
        return np.asarray(picture).astype(np.uint16)[..., None]
    if stored == "LA;16B":
        picture.tile = [picture.tile[0]._replace(args="RGBA")]
        high, low = np.split(np.asarray(picture)[..., :2].astype(np.uint16), 2, axis=2)
    else:
        other = again()
        other.tile = [other.tile[0]._replace(args=str(stored).replace("16B", "16L"))]
        high, low = (np.asarray(part)[..., :3].astype(np.uint16) for part in (picture, other))
    return (high << 8 | low).astype(np.uint16)


def _shallow(deep: NDArray[np.uint16], bits: int) -> NDArray[np.uint8]:
    """uint8 [H, W, 3] of the lowest `bits`; larger values become white."""
    pixels = np.minimum(deep >> (bits - 8), 255).astype(np.uint8)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def _opened(data: bytes, form: str, header: Header) -> ImageFile:
    if form == "PNG":
        data = headers.without_extras(data)
    elif form == "JPEG":
        data = headers.without_metadata(data, header)
    try:
        picture = READERS[form](io.BytesIO(data))
    except Exception as error:
        raise _damaged(form, error) from error
    if picture.size != (header.width, header.height):
        raise ImageError(f"the {form} file states two sizes; send it as a camera or an encoder has made it")
    return picture


def _rgb(picture: Image.Image) -> NDArray[np.uint8]:
    """uint8 [H, W, 3]. 16-bit channels keep their upper eight bits."""
    if picture.mode.startswith("I"):
        high = (np.asarray(picture).astype(np.uint32) >> 8).astype(np.uint8)
        return np.repeat(high[..., None], 3, axis=2)
    picture.info.pop("transparency", None)  # dropped anyway, and converting it may warn
    return np.asarray(picture.convert("RGB"))
