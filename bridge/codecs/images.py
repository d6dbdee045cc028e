"""Picture files that clients send: JPEG, PNG, WebP.

The header is read and held against the limits before a pixel is decoded, so that a small file cannot become a huge
picture. Grey, palette, CMYK and 16-bit pictures become RGB; transparency is dropped; a JPEG's orientation is applied;
of an animation the first frame counts. Pillow's global settings, and Python's warning filters, stay as they are.
Thread-safe.
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

from bridge.codecs import webp

# The readers by name, without `Image.open`: it warns of huge pictures through state that all threads share.
READERS: dict[str, type[ImageFile]] = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WEBP": WebPImageFile}
FORMATS = tuple(READERS)

_ORIENTATION = 0x0112  # the EXIF tag
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class ImageError(ValueError):
    """A picture that cannot be read; says why, and what to send."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture, upright. `pixels` may be a smaller copy of what is `width` x `height`."""

    pixels: NDArray[np.uint8]  # [H, W, 3], RGB, top row first
    width: int
    height: int


def decode(data: bytes, form: str, *, max_pixels: int, width: int = 0, height: int = 0) -> NDArray[np.uint8]:
    """A file of one of FORMATS to uint8 [H, W, 3], RGB. A width or height other than 0 must be the file's."""
    return decode_enough(data, form, None, max_pixels=max_pixels, width=width, height=height).pixels


def decode_enough(
    data: bytes, form: str, enough: tuple[int, int] | None, *, max_pixels: int, width: int = 0, height: int = 0
) -> Decoded:
    """As `decode`, but a JPEG may come out at a half, a quarter or an eighth, if `enough` pixels are left each way.

    Reading a 1080p JPEG so for a network that takes 416 pixels costs a fifth of reading it whole.
    """
    picture = _opened(data, form, max_pixels)
    _check_size(picture, max_pixels, width, height)
    stored = picture.size
    try:
        if enough is not None:
            picture.draft(None, enough)
        picture.load()
        orientation = _orientation(picture) if form == "JPEG" else 1
        pixels = _rgb(picture.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else picture)
    except Exception as error:  # whatever a decoder comes upon in hostile bytes
        raise ImageError(f"the {form} file is damaged or cut short: {error}; send it whole") from error
    return Decoded(pixels, *(stored if orientation < 5 else stored[::-1]))


def _opened(data: bytes, form: str, max_pixels: int) -> ImageFile:
    if not data:
        raise ImageError("the picture is empty; send its bytes in image.data")
    if form == "WEBP" and (size := webp.size(data)):  # Pillow makes room for the whole picture on opening it
        _check_pixels(*size, max_pixels)
    try:
        return READERS[form](io.BytesIO(data))
    except Exception as error:  # likewise
        raise ImageError(f"the bytes are no {form} file; send one, or say which format it is") from error


def _check_size(picture: ImageFile, max_pixels: int, width: int, height: int) -> None:
    _check_pixels(picture.width, picture.height, max_pixels)
    if (width and width != picture.width) or (height and height != picture.height):
        raise ImageError(
            f"the picture is {picture.width} x {picture.height} but is said to be {width} x {height}; "
            "send the file's own size, or 0"
        )


def _check_pixels(width: int, height: int, max_pixels: int) -> None:
    if width * height > max_pixels:
        raise ImageError(f"the picture has {width} x {height} pixels; send at most {max_pixels:,} in all")


def _orientation(picture: ImageFile) -> int:
    """What the camera wrote, 1 to 8; upright where it wrote nothing that can be read."""
    try:
        orientation = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # EXIF is a file format of its own, and cameras write it badly
        return 1
    return orientation if orientation in _UPRIGHT else 1


def _rgb(picture: Image.Image) -> NDArray[np.uint8]:
    """uint8 [H, W, 3]. Sixteen bits keep their upper eight."""
    if picture.mode.startswith("I"):
        high = (np.asarray(picture).astype(np.uint32) >> 8).astype(np.uint8)
        return np.repeat(high[..., None], 3, axis=2)
    picture.info.pop("transparency", None)  # dropped anyway, and converting it may warn
    return np.asarray(picture.convert("RGB"))
