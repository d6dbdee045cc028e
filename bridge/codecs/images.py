"""Picture files that clients send: JPEG, PNG, WebP.

The header is read and held against the bounds before a library sees the file (`headers.py`), so that a small file
cannot become a huge picture or a long wait. Grey, palette, CMYK and 16-bit pictures become RGB; transparency is
dropped; EXIF's orientation is applied; of an animation the first frame counts. Pillow's global settings, and Python's
warning filters, stay as they are. Thread-safe.
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

# The readers by name, without `Image.open`: it warns of huge pictures through state that all threads share.
READERS: dict[str, type[ImageFile]] = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WEBP": WebPImageFile}
FORMATS = tuple(READERS)

_Read = Callable[[bytes], NDArray[np.uint8]]

_BLOCK = 8  # pixels of a JPEG's block
_DEEP = 16  # bits a channel
_END = b"\xff\xd9"  # of a JPEG
_TAIL = bytes((37 * at + 91) % 255 for at in range(1024))  # no marker, and nothing that pixels would be made of


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture, upright. `pixels` may be a smaller copy of what is `width` x `height`."""

    pixels: NDArray[np.uint8]  # [H, W, 3], RGB, top row first
    width: int
    height: int


def decode(data: bytes, form: str, *, bounds: Bounds, width: int = 0, height: int = 0) -> NDArray[np.uint8]:
    """A file of one of FORMATS to uint8 [H, W, 3], RGB. A width or height other than 0 must be the file's."""
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
    """As `decode`, but a JPEG may come out at a half, a quarter or an eighth, if `enough` pixels are left each way.

    Reading a 1080p JPEG so for a network that takes 416 pixels costs a fifth of reading it whole. `significant_bits`
    tells how many of sixteen bits a channel count, from the lowest up.
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
    """ImageError for a file whose channels have no sixteen bits of which fewer could count."""
    if header.heavy == 1:
        raise ImageError(
            f"the {form} file has 8 bits a channel, of which no {significant_bits} can count; "
            "send a PNG of 16 bits, or leave significant_bits out"
        )


def header_of(
    data: bytes, form: str, enough: tuple[int, int] | None, *, bounds: Bounds, width: int = 0, height: int = 0
) -> Header:
    """The header of a file that is within the bounds, as far as the header tells, and is of the size that is said."""
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
    """A JPEG that lacks the marker of its end and nothing else. A decoder makes something up where pixels are missing:
    that nothing is missing shows in that the picture is the same whatever comes next.
    """
    headers.check_complete(data, header)
    data = data.rstrip(_END[:1])  # half a marker is none
    pixels = read(data + _END)
    if not np.array_equal(pixels, read(data + _TAIL + _END)):
        raise headers.cut_short("JPEG")
    return pixels


def _may_be_cut(data: bytes, header: Header, pixels: NDArray[np.uint8], reduction: int) -> bool:
    """Whether a JPEG may end within its pixels although its end is marked, as by software that mends what a camera has
    cut: a decoder goes on in one colour, and of several scans some may be missing.
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
    """ImageError when the pixels depend on what comes before the marker of the end: some of them are made up."""
    end = data.find(_END, header.first_scan)
    if not np.array_equal(pixels, read(data[:end] + _TAIL + data[end:])):
        raise headers.cut_short("JPEG")


def _read(
    data: bytes, *, form: str, header: Header, enough: tuple[int, int] | None, bits: int = _DEEP
) -> NDArray[np.uint8]:
    """The pixels as the file has them."""
    picture = _opened(data, form, header)
    try:
        if header.reduction(enough) > 1:
            picture.draft(None, enough)
        if bits < _DEEP:
            return _shallow(_deep(picture, lambda: _opened(data, form, header)), bits)
        picture.load()
        return _rgb(picture)
    except Exception as error:  # whatever a decoder comes upon in hostile bytes
        raise _damaged(form, error) from error


def _damaged(form: str, error: Exception) -> ImageError:
    return ImageError(f"the {form} file is damaged or cut short: {error}; send it whole")


def _deep(picture: ImageFile, again: Callable[[], ImageFile]) -> NDArray[np.uint16]:
    """uint16 [H, W, 1 or more] of a PNG of 16 bits.

    Pillow keeps the upper eight of most: so bytes are read as pixels of another kind, or a second time with the lower
    byte in the place of the upper.
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
    """uint8 [H, W, 3] of the lowest `bits`; what is above is white."""
    pixels = np.minimum(deep >> (bits - 8), 255).astype(np.uint8)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


def _opened(data: bytes, form: str, header: Header) -> ImageFile:
    if form == "PNG":
        data = headers.without_extras(data)
    elif form == "JPEG":
        data = headers.without_metadata(data, header)
    try:
        picture = READERS[form](io.BytesIO(data))
    except Exception as error:  # likewise
        raise _damaged(form, error) from error
    if picture.size != (header.width, header.height):
        raise ImageError(f"the {form} file states two sizes; send it as a camera or an encoder has made it")
    return picture


def _rgb(picture: Image.Image) -> NDArray[np.uint8]:
    """uint8 [H, W, 3]. Sixteen bits keep their upper eight."""
    if picture.mode.startswith("I"):
        high = (np.asarray(picture).astype(np.uint32) >> 8).astype(np.uint8)
        return np.repeat(high[..., None], 3, axis=2)
    picture.info.pop("transparency", None)  # dropped anyway, and converting it may warn
    return np.asarray(picture.convert("RGB"))
