"""Converts pictures to wire messages: files as they are, arrays as raw pixels.

What an older server does not support is done here: minor version 0 gets pixels upright and in RGB order. Pillow is not
a dependency of the client: whoever has a PIL image has it.
"""

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, TypeGuard, Unpack

import numpy as np
import numpy.typing as npt

from bridge.codecs import exif
from bridge.v1 import media_pb2

if TYPE_CHECKING:
    from PIL import Image

Picture: TypeAlias = "bytes | bytearray | memoryview | npt.NDArray[np.uint8] | Image.Image | str | Path"
Pixels = npt.NDArray[np.uint8]

MOST_FILE_BYTES = 64 * 1024 * 1024  # read from a path at most; servers accept less

_FILES: tuple[tuple[bytes, int, Any], ...] = (
    (b"\xff\xd8\xff", 0, media_pb2.IMAGE_FORMAT_JPEG),
    (b"\x89PNG\r\n\x1a\n", 0, media_pb2.IMAGE_FORMAT_PNG),
    (b"WEBP", 8, media_pb2.IMAGE_FORMAT_WEBP),
)
_GIVE = "give uint8 [height, width], or [height, width, 1, 3 or 4]"
_SINCE = 1  # the first minor version with BGR24, rotation, mirrored and significant_bits
_ROTATIONS = (0, 90, 180, 270)
_BITS = (0, *range(9, 17))
_PIL_ALPHA = ("LA", "P", "PA", "RGBA")  # modes that may have alpha, which is ignored; PIL may warn on dropping it
_PIL_MODES = ("1", "L", "RGB", "RGBX", "CMYK", "YCbCr", "HSV", *_PIL_ALPHA)


class Meaning(TypedDict, total=False):
    """How to interpret a picture's data.

    For arrays: `bgra` if blue comes first, as in OpenCV, with three or four channels; `bottom_up` if the first row is
    the lowest, as game engines read back; `mirrored` to swap left and right; then `rotation`, the degrees clockwise
    that make it upright: 0, 90, 180 or 270.

    For PNG files with 16 bits a channel: `significant_bits`, how many of the lowest bits are used, 9 to 16.
    """

    bgra: bool
    bottom_up: bool
    rotation: int
    mirrored: bool
    significant_bits: int


def image_of(picture: Picture, *, minor: int = _SINCE, **meaning: Unpack[Meaning]) -> media_pb2.Image:
    """Convert a picture to a message for a server of this minor version.

    `picture` is the bytes of a JPEG, PNG or WebP file, the path of one, a PIL image, or a uint8 array: [height, width]
    or [height, width, 1] for grey, [height, width, 3 or 4] for RGB or RGBA. See `Meaning` for the options. Raises
    ValueError for anything else.
    """
    if unknown := meaning.keys() - Meaning.__annotations__.keys():
        raise TypeError(
            f"there is no {' or '.join(sorted(unknown))} of a picture; use {', '.join(Meaning.__annotations__)}"
        )
    rotation, bits = meaning.get("rotation", 0), meaning.get("significant_bits", 0)
    if rotation not in _ROTATIONS:
        raise ValueError(f"rotation is {rotation!r}; give 0, 90, 180 or 270 degrees clockwise")
    if bits not in _BITS:
        raise ValueError(f"significant_bits is {bits!r}; give 9 to 16, or 0 for 16")
    if _is_pil_image(picture):
        if meaning.get("bgra"):
            raise ValueError("a PIL image says itself which channel is which; leave bgra out")
        picture = _pixels_of(picture)
    held = _held(picture)
    if isinstance(held, bytes):
        if any(meaning.get(word) for word in ("bgra", "bottom_up", "rotation", "mirrored")):
            raise ValueError("bgra, bottom_up, rotation and mirrored are for arrays; a file says these things itself")
        return _file(held, bits, minor)
    if bits:
        raise ValueError("significant_bits is for PNG files of 16 bits a channel; all 8 of an array of uint8 count")
    pixels = _checked(held)
    return _raw(pixels, **meaning) if minor >= _SINCE else _plain(pixels, **meaning)


def _held(picture: Any) -> Any:
    """The bytes of a file, in memory or on disk; anything else unchanged."""
    if isinstance(picture, memoryview) and picture.ndim != 1:
        return np.asarray(picture)
    if isinstance(picture, (bytes, bytearray, memoryview)):
        return bytes(picture)
    if isinstance(picture, (str, Path)):
        return _read(picture)
    if isinstance(picture, np.ndarray) and picture.ndim == 1 and picture.dtype == np.uint8 and picture.size:
        return picture.tobytes()  # a file, as from OpenCV's imencode or numpy's fromfile
    return picture


def _read(path: str | Path) -> bytes:
    try:
        with open(path, "rb", opener=_never_waiting) as file:
            is_file = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            data = file.read(MOST_FILE_BYTES + 1) if is_file else b""
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ValueError(f"{str(path)!r} cannot be read: {why}; give the path of a picture file") from error
    if not is_file:
        raise ValueError(f"{str(path)!r} is not a file; give the path of a JPEG, PNG or WebP file")
    if len(data) > MOST_FILE_BYTES:
        raise ValueError(f"{str(path)!r} has more than {MOST_FILE_BYTES:,} bytes; give a smaller file")
    return data


def _never_waiting(path: str, flags: int) -> int:
    """Open without blocking: a pipe would block until a writer appears."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _file(data: bytes, significant_bits: int, minor: int) -> media_pb2.Image:
    if significant_bits and minor < _SINCE:
        raise ValueError("the server is older than significant_bits; update it, or give 8 bits a channel")
    return media_pb2.Image(format=_file_format(data), data=data, significant_bits=significant_bits)


def _file_format(data: bytes) -> Any:
    for magic, at, form in _FILES:
        if data[at : at + len(magic)] == magic:
            return form
    raise ValueError("these bytes are neither JPEG, PNG nor WebP; give one of these, or an array of pixels")


def _is_pil_image(picture: Any) -> "TypeGuard[Image.Image]":
    pillow = sys.modules.get("PIL.Image")  # if it is not imported, nobody has an image of it
    return pillow is not None and isinstance(picture, pillow.Image)


def _pixels_of(image: "Image.Image") -> Pixels:
    """The pixels of a PIL image, upright by EXIF only if freshly opened: derived images keep the tag after rotating."""
    from PIL.ImageFile import ImageFile

    if image.mode not in _PIL_MODES:
        raise ValueError(f"a PIL image of mode {image.mode!r} has no 8 bits a channel; convert it to RGB first")
    try:
        pixels = np.asarray(image.convert("RGBA" if image.mode in _PIL_ALPHA else "RGB"))[..., :3]
    except (OSError, SyntaxError) as error:
        raise ValueError(f"the PIL image cannot be read: {error}; give another") from error
    written = image.info.get("exif") if isinstance(image, ImageFile) else None
    how = exif.orientation(written) if isinstance(written, bytes) else 0
    return exif.turned(pixels, *exif.UPRIGHT[how or 1])


def _checked(pixels: Any) -> Pixels:
    """An array [H, W, 3 or 4]; grey is expanded. ValueError for anything else."""
    if not isinstance(pixels, np.ndarray):
        raise ValueError(
            f"a {type(pixels).__name__} is not a picture; give a file's bytes or path, a PIL image or a numpy array"
        )
    what = f"an array of {pixels.dtype} in shape {pixels.shape} is not a picture; {_GIVE}"
    if pixels.dtype != np.uint8:
        raise ValueError(what + _MEND.get(pixels.dtype.kind, ""))
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.ndim != 3 or pixels.shape[2] not in (1, 3, 4) or not pixels.size:
        raise ValueError(what)
    return np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels


_MEND = {
    "f": ": numbers from 0 to 1 times 255",
    "b": ": False as 0, True as 255",
    "u": ": divided down to 8 bits, or a PNG of 16 bits with significant_bits",
}


def _alpha(pixels: Pixels) -> bool:
    channels: int = pixels.shape[2]
    return channels == 4


def _raw(
    pixels: Pixels,
    *,
    bgra: bool = False,
    bottom_up: bool = False,
    rotation: int = 0,
    mirrored: bool = False,
    significant_bits: int = 0,
) -> media_pb2.Image:
    return media_pb2.Image(
        format=_raw_format(pixels, bgra),
        width=pixels.shape[1],
        height=pixels.shape[0],
        row_order=media_pb2.ROW_ORDER_BOTTOM_UP if bottom_up else media_pb2.ROW_ORDER_TOP_DOWN,
        rotation_degrees=rotation,
        mirrored=mirrored,
        significant_bits=significant_bits,
        data=pixels.tobytes(),
    )


def _plain(pixels: Pixels, **meaning: Unpack[Meaning]) -> media_pb2.Image:
    """Upright, top row first, in a channel order that every server supports."""
    bgra = meaning.get("bgra", False)
    pixels = pixels[::-1] if meaning.get("bottom_up") else pixels
    pixels = exif.turned(pixels, meaning.get("rotation", 0), meaning.get("mirrored", False))
    return _raw(pixels, bgra=bgra) if _alpha(pixels) else _raw(pixels[..., ::-1] if bgra else pixels)


def _raw_format(pixels: Pixels, bgra: bool) -> Any:
    if _alpha(pixels):
        return media_pb2.IMAGE_FORMAT_BGRA32 if bgra else media_pb2.IMAGE_FORMAT_RGBA32
    return media_pb2.IMAGE_FORMAT_BGR24 if bgra else media_pb2.IMAGE_FORMAT_RGB24
