"""Picture files that clients send: JPEG, PNG, WebP.

The header is read and held against the bounds before a library sees the file (`headers.py`), so that a small file
cannot become a huge picture or a long wait. Grey, palette, CMYK and 16-bit pictures become RGB; transparency is
dropped; a JPEG's orientation is applied; of an animation the first frame counts. Pillow's global settings, and
Python's warning filters, stay as they are. Thread-safe.
"""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from bridge.codecs import headers
from bridge.codecs.headers import Bounds, Header, ImageError

# The readers by name, without `Image.open`: it warns of huge pictures through state that all threads share.
READERS: dict[str, type[ImageFile]] = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WEBP": WebPImageFile}
FORMATS = tuple(READERS)

_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


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
    data: bytes, form: str, enough: tuple[int, int] | None, *, bounds: Bounds, width: int = 0, height: int = 0
) -> Decoded:
    """As `decode`, but a JPEG may come out at a half, a quarter or an eighth, if `enough` pixels are left each way.

    Reading a 1080p JPEG so for a network that takes 416 pixels costs a fifth of reading it whole.
    """
    header = header_of(data, form, enough, bounds=bounds, width=width, height=height)
    headers.check_scans(data, header, bounds)
    picture = _opened(data, form, header)
    try:
        if header.reduction(enough) > 1:
            picture.draft(None, enough)
        picture.load()
        turn = _UPRIGHT.get(header.orientation)
        pixels = _rgb(picture.transpose(turn) if turn is not None else picture)
    except Exception as error:  # whatever a decoder comes upon in hostile bytes
        raise ImageError(f"the {form} file is damaged or cut short: {error}; send it whole") from error
    return Decoded(pixels, *header.upright)


def header_of(
    data: bytes, form: str, enough: tuple[int, int] | None, *, bounds: Bounds, width: int = 0, height: int = 0
) -> Header:
    """The header of a file that is within the bounds, as far as the header tells, and is of the size that is said."""
    if not data:
        raise ImageError("the picture is empty; send its bytes in image.data")
    header = headers.read(data, form)
    headers.check(header, enough, bounds)
    if (width and width != header.width) or (height and height != header.height):
        raise ImageError(
            f"the picture is {header.width} x {header.height} but is said to be {width} x {height}; "
            "send the file's own size, or 0"
        )
    return header


def _opened(data: bytes, form: str, header: Header) -> ImageFile:
    if form == "PNG":
        data = headers.without_extras(data)
    elif form == "JPEG":
        data = headers.without_metadata(data, header)
    try:
        picture = READERS[form](io.BytesIO(data))
    except Exception as error:  # likewise
        raise ImageError(f"the bytes are no {form} file; send one, or say which format it is") from error
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
