"""Checks a client's picture on arrival, by its header alone, and decodes it later on a worker."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bridge.codecs import images, raw
from bridge.codecs.headers import Bounds, ImageError, ImageTooLarge
from bridge.codecs.images import Decoded
from bridge.codecs.raw import Layout
from bridge.config import Limits
from bridge.errors import InvalidImage, OutOfRange, TooLarge
from bridge.pictures.byte_counts import counted
from bridge.v1 import media_pb2
from bridge.wire.bounds import check_enum

Pixels = NDArray[np.uint8]  # [height, width, 3], RGB
Size = tuple[int, int]  # width and height

_FILE_FORMATS = {
    media_pb2.IMAGE_FORMAT_JPEG: "JPEG",
    media_pb2.IMAGE_FORMAT_PNG: "PNG",
    media_pb2.IMAGE_FORMAT_WEBP: "WEBP",
}
_LAYOUTS = {
    media_pb2.IMAGE_FORMAT_RGB24: Layout.RGB24,
    media_pb2.IMAGE_FORMAT_RGBA32: Layout.RGBA32,
    media_pb2.IMAGE_FORMAT_BGRA32: Layout.BGRA32,
    media_pb2.IMAGE_FORMAT_BGR24: Layout.BGR24,
}
_TURNS = (0, 90, 180, 270)  # degrees
_BITS = (0, *range(9, 17))  # significant bits of a 16-bit channel; 0 means all


@dataclass(slots=True, eq=False)
class Picture:
    """A picture not decoded yet. It owns a copy of its bytes: a view would keep the whole message alive."""

    format: media_pb2.ImageFormat
    data: bytes
    said: Size  # as stated by the client; (0, 0) for a file without one
    stride: int
    bottom_up: bool
    kind: str  # the key of its decode time, with the identity
    work: int  # pixels to process
    size: Size  # upright
    rotation: int = 0  # raw pictures: degrees clockwise, applied after `mirrored`
    mirrored: bool = False
    significant_bits: int = 0  # files with 16 bits a channel; 0 for all
    tasks: int = 0  # waiting for it
    counted: int = 0  # bytes

    def __post_init__(self) -> None:
        self.counted = counted(len(self.data))


def no_picture() -> Picture:
    """What takes the place of the picture in a message without one; it is never decoded."""
    return Picture(media_pb2.IMAGE_FORMAT_UNSPECIFIED, b"", (0, 0), 0, False, "none", 0, (0, 0))


def picture_of(image: media_pb2.Image, enough: Size, limits: Limits) -> Picture:
    """Check a picture by its header. InvalidImage or TooLarge says what is wrong."""
    data = image.data  # read once: every access copies
    if image.format not in _FILE_FORMATS and image.format not in _LAYOUTS:
        raise InvalidImage("image.format is not set or unknown; use JPEG, PNG, WEBP, RGB24, BGR24, RGBA32 or BGRA32")
    check_enum("image.row_order", media_pb2.RowOrder, image.row_order)
    _check_meaning(image)
    if not data:
        raise InvalidImage("the picture is empty; send its bytes in image.data")
    if len(data) > limits.image_bytes:
        raise TooLarge(
            f"the picture has {len(data):,} bytes; send at most {limits.image_bytes:,} (Limits.max_image_bytes)"
        )
    try:
        return _picture(image, data, enough, _bounds(limits))
    except ImageTooLarge as error:
        raise TooLarge(str(error)) from error
    except ImageError as error:
        raise InvalidImage(str(error)) from error


def decode(picture: Picture, enough: Size, limits: Limits) -> Decoded:
    """Decode a picture, scaled down if at least `enough` pixels remain. InvalidImage or TooLarge says what is wrong."""
    try:
        return _decoded(picture, enough, _bounds(limits))
    except ImageTooLarge as error:
        raise TooLarge(str(error)) from error
    except ImageError as error:
        raise InvalidImage(str(error)) from error


def _check_meaning(image: media_pb2.Image) -> None:
    """OutOfRange for an unknown rotation or depth, InvalidImage if the format does not take one."""
    if image.rotation_degrees not in _TURNS:
        raise OutOfRange(f"image.rotation_degrees is {image.rotation_degrees}; send 0, 90, 180 or 270")
    if image.significant_bits not in _BITS:
        raise OutOfRange(f"image.significant_bits is {image.significant_bits}; send 9 to 16, or 0 for 16")
    if image.format in _FILE_FORMATS and (image.rotation_degrees or image.mirrored):
        raise InvalidImage(
            "image.rotation_degrees and image.mirrored are for raw formats; "
            f"leave them out: a {_FILE_FORMATS[image.format]} file gives its orientation in EXIF"
        )
    if image.format in _LAYOUTS and image.significant_bits:
        raise InvalidImage("image.significant_bits is for files of 16 bits a channel; leave it out for raw formats")


def _picture(image: media_pb2.Image, data: bytes, enough: Size, bounds: Bounds) -> Picture:
    width, height, stride = image.width, image.height, image.row_stride_bytes
    if image.format in _FILE_FORMATS:
        form = _FILE_FORMATS[image.format]
        header = images.header_of(data, form, enough, bounds=bounds, width=width, height=height)
        if image.significant_bits:
            images.check_depth(header, form, image.significant_bits)
        kind, work, size = header.kind, header.work(enough), header.upright
    else:
        raw.check(len(data), _LAYOUTS[image.format], width, height, stride=stride, bounds=bounds)
        size = (height, width) if image.rotation_degrees % 180 else (width, height)
        kind, work = "raw", width * height
    return Picture(
        format=image.format,
        data=data,
        said=(width, height),
        stride=stride,
        bottom_up=image.row_order == media_pb2.ROW_ORDER_BOTTOM_UP,
        kind=kind,
        work=work,
        size=size,
        rotation=image.rotation_degrees,
        mirrored=image.mirrored,
        significant_bits=image.significant_bits,
    )


def _decoded(picture: Picture, enough: Size, bounds: Bounds) -> Decoded:
    width, height = picture.said
    if picture.format in _FILE_FORMATS:
        return images.decode_enough(
            picture.data,
            _FILE_FORMATS[picture.format],
            enough,
            bounds=bounds,
            width=width,
            height=height,
            significant_bits=picture.significant_bits,
        )
    pixels = raw.decode(
        picture.data,
        _LAYOUTS[picture.format],
        width,
        height,
        stride=picture.stride,
        bottom_up=picture.bottom_up,
        bounds=bounds,
        rotation=picture.rotation,
        mirrored=picture.mirrored,
    )
    return Decoded(pixels, *picture.size)


def _bounds(limits: Limits) -> Bounds:
    return Bounds(limits.image_pixels, limits.image_side, limits.image_scans)
