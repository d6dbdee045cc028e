"""Picture files that clients send: JPEG, PNG, WebP.

The header is read and held against the limits before a pixel is decoded, so that a small file cannot become a huge
picture. Grey, palette, CMYK and 16-bit pictures become RGB; transparency is dropped; a JPEG's orientation is applied.
Pillow's global settings are left as they are. Thread-safe.
"""

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")


class ImageError(ValueError):
    """A picture that cannot be read; says why, and what to send."""


def decode(data: bytes, form: str, *, max_pixels: int, width: int = 0, height: int = 0) -> NDArray[np.uint8]:
    """A file of one of FORMATS to uint8 [H, W, 3], RGB. A width or height other than 0 must be the file's."""
    if not data:
        raise ImageError("the picture is empty; send its bytes in image.data")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=[form])
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise ImageError(f"the picture has far too many pixels; send at most {max_pixels:,}") from None
    except Exception as error:
        raise ImageError(f"the bytes are no {form} file; send one, or say which format it is") from error
    with picture:
        _check_size(picture, max_pixels, width, height)
        return _pixels(picture, form)


def _check_size(picture: Image.Image, max_pixels: int, width: int, height: int) -> None:
    if picture.width * picture.height > max_pixels:
        raise ImageError(f"the picture has {picture.width} x {picture.height} pixels; send at most {max_pixels:,}")
    if (width and width != picture.width) or (height and height != picture.height):
        raise ImageError(
            f"the picture is {picture.width} x {picture.height} but is said to be {width} x {height}; "
            "send the file's own size, or 0"
        )


def _pixels(picture: Image.Image, form: str) -> NDArray[np.uint8]:
    try:
        picture.load()
        if form == "JPEG":
            ImageOps.exif_transpose(picture, in_place=True)
    except Exception as error:
        raise ImageError(f"the {form} file is damaged or cut short: {error}; send it whole") from error
    if picture.mode.startswith("I;16") or picture.mode == "I":
        high = np.asarray(picture).astype(np.uint32) >> 8
        return np.repeat(high.astype(np.uint8)[..., None], 3, axis=2)
    return np.asarray(picture.convert("RGB"))
