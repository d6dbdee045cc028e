"""Damaged pictures are refused by name; unusual ones are read."""

import io

import numpy as np
import pytest
from PIL import Image

from bridge.v1 import media_pb2
from tests.capabilities.dialogue.marks import (
    check_seen,
    stored,
    upright,
)
from tests.codecs.files import png, segment, tiff, with_exif
from tests.conftest import Run
from tests.pictures.answers import (
    BGR24,
    PLAIN,
    PROGRESSIVE,
    SIX,
    TURNED,
    answers,
    check_refused,
    check_upright,
    file_of,
    raw_of,
    saved,
)
from tests.serving.server import FakeServer


def mpo() -> bytes:
    """Two pictures in one file, as cameras of two lenses write them."""
    first, second = (Image.fromarray(picture) for picture in (upright(), np.zeros_like(upright())))
    file = io.BytesIO()
    first.save(file, "MPO", save_all=True, append_images=[second], quality=95)
    return file.getvalue()


BIG = saved(upright(4), "JPEG")
WHOLE = {
    "without its end": PLAIN[:-2],
    "progressive, without its end": PROGRESSIVE[:-2],
    "with restarts, without its end": saved(upright(), "JPEG", restart_marker_blocks=4)[:-2],
    "with half of its end": PLAIN[:-1],
    "without its end and turned": with_exif(saved(stored(6, upright()), "JPEG")[:-2], "JPEG", SIX),
    "zeros in the place of its end": PLAIN[:-2] + bytes(700),
    "garbage after its end": PLAIN + b"garbage \xff\xd8\xff\xda" * 99,
    "a second picture after its end": PLAIN + PROGRESSIVE,
    "two pictures": mpo(),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_jpeg_whose_pixels_are_all_there_is_read(run: Run, marks: FakeServer, name: str) -> None:
    """Firmware of small cameras leaves the end out, or adds something to it."""
    check_upright(run, marks, file_of(WHOLE[name], "JPEG"))


def test_a_jpeg_without_its_end_may_be_read_smaller(run: Run, marks: FakeServer) -> None:
    check_upright(run, marks, file_of(BIG[:-2], "JPEG"), scale=4)


@pytest.mark.parametrize("data", [PLAIN, PROGRESSIVE, BIG], ids=["plain", "progressive", "read smaller"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_jpeg_that_is_cut_in_its_pixels_is_not(run: Run, marks: FakeServer, data: bytes, share: float) -> None:
    scan = data.index(b"\xff\xda")
    (status,) = answers(run, marks, file_of(data[: scan + 14 + int((len(data) - scan - 14) * share)], "JPEG"))
    check_refused(status, "INVALID_IMAGE", "JPEG file is", "cut short", "send it whole")


def test_a_progressive_jpeg_that_lacks_whole_scans_is_cut(run: Run, marks: FakeServer) -> None:
    """A decoder makes a coarse picture of it, and says nothing."""
    starts = [at for at in range(len(PROGRESSIVE)) if PROGRESSIVE[at : at + 2] == b"\xff\xda"]
    tables = [PROGRESSIVE.rindex(b"\xff\xc4", 0, start) for start in starts[1:]]
    for start in {*starts[1:], *tables}:
        (status,) = answers(run, marks, file_of(PROGRESSIVE[:start], "JPEG"))
        check_refused(status, "INVALID_IMAGE", "cut short", "send it whole")


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("extended", [False, True])
def test_a_cut_webp_is_called_cut(run: Run, marks: FakeServer, lossless: bool, extended: bool) -> None:
    file = io.BytesIO()
    Image.fromarray(upright()).save(file, "WEBP", lossless=lossless)
    data = with_exif(file.getvalue(), "WEBP", tiff(1)) if extended else file.getvalue()
    for size in (4, 8, 11, 12, 16, 20, 29, 30, 40, len(data) // 2, len(data) - 2, len(data) - 1):
        (status,) = answers(run, marks, file_of(data[:size], "WEBP"))
        check_refused(status, "INVALID_IMAGE", "WEBP file is cut short", "send it whole")


def sized(size: int) -> bytes:
    data = bytearray(PLAIN)
    data[data.index(b"\xff\xc0") + 4] = size
    return bytes(data)


TWELVE = sized(12)
SMALL = media_pb2.IMAGE_FORMAT_RGB24
CALLED = {
    "a JPEG of 12 bits": (file_of(TWELVE, "JPEG"), "INVALID_IMAGE", "JPEG has 12 bits a channel; send one of 8"),
    "a JPEG of 12 bits, extended": (
        file_of(TWELVE.replace(b"\xff\xc0", b"\xff\xc1"), "JPEG"),
        "INVALID_IMAGE",
        "12 bits",
    ),
    "a PNG of no size": (
        file_of(png(0, 0, b""), "PNG"),
        "INVALID_IMAGE",
        "PNG file declares",
        "0 x 0",
        "at least 1 x 1",
    ),
    "a PNG of no width": (file_of(png(0, 9, b""), "PNG"), "INVALID_IMAGE", "0 x 9"),
    "a PNG that is its header": (file_of(png(9, 9, b"")[:20], "PNG"), "INVALID_IMAGE", "PNG file is cut short"),
    "a PNG that is its signature": (file_of(png(9, 9, b"")[:8], "PNG"), "INVALID_IMAGE", "PNG file is cut short"),
    "a JPEG that ends in its header": (file_of(PLAIN[:200], "JPEG"), "INVALID_IMAGE", "JPEG file is cut short"),
    "a JPEG that is its first bytes": (file_of(PLAIN[:3], "JPEG"), "INVALID_IMAGE", "JPEG file is cut short"),
    "a JPEG that ends in a segment": (
        file_of(PLAIN[:2] + segment(0xE1, bytes(999))[:500], "JPEG"),
        "INVALID_IMAGE",
        "JPEG file is cut short",
    ),
    "another format": (file_of(PLAIN, "PNG"), "INVALID_IMAGE", "not a PNG file"),
    "turned by 45": (raw_of(upright(), SMALL, rotation_degrees=45), "OUT_OF_RANGE", "is 45; send 0, 90, 180 or 270"),
    "turned back": (raw_of(upright(), SMALL, rotation_degrees=-90), "OUT_OF_RANGE", "rotation_degrees is -90"),
    "turned around": (raw_of(upright(), SMALL, rotation_degrees=360), "OUT_OF_RANGE", "rotation_degrees is 360"),
    "a file turned by 91": (file_of(PLAIN, "JPEG", rotation_degrees=91), "OUT_OF_RANGE", "rotation_degrees is 91"),
    "a turned file": (file_of(PLAIN, "JPEG", rotation_degrees=90), "INVALID_IMAGE", "for raw formats", "EXIF"),
    "a mirrored file": (file_of(TURNED, "PNG", mirrored=True), "INVALID_IMAGE", "mirrored", "for raw formats"),
    "8 bits that count": (file_of(TURNED, "PNG", significant_bits=8), "OUT_OF_RANGE", "is 8; send 9 to 16, or 0"),
    "17 bits that count": (file_of(TURNED, "PNG", significant_bits=17), "OUT_OF_RANGE", "significant_bits is 17"),
    "-1 bits that count": (file_of(TURNED, "PNG", significant_bits=-1), "OUT_OF_RANGE", "significant_bits is -1"),
    "12 bits of 8": (file_of(TURNED, "PNG", significant_bits=12), "INVALID_IMAGE", "PNG file has 8 bits a channel"),
    "12 bits of a JPEG": (file_of(PLAIN, "JPEG", significant_bits=12), "INVALID_IMAGE", "JPEG file has 8 bits"),
    "12 bits of raw bytes": (raw_of(upright(), SMALL, significant_bits=12), "INVALID_IMAGE", "of 16 bits a channel"),
    "short rows": (
        media_pb2.Image(format=BGR24, width=8, height=8, row_stride_bytes=23, data=bytes(192)),
        "INVALID_IMAGE",
        "row_stride_bytes is 23; a row of 8 pixels takes 24",
    ),
    "bytes that are too few": (
        media_pb2.Image(format=BGR24, width=8, height=8, data=bytes(191)),
        "INVALID_IMAGE",
        "8 x 8 BGR24 takes 192",
    ),
    "no format": (media_pb2.Image(data=PLAIN), "INVALID_IMAGE", "BGR24"),
}


@pytest.mark.parametrize("name", CALLED)
def test_what_is_wrong_is_called_what_it_is_and_the_stream_goes_on(run: Run, marks: FakeServer, name: str) -> None:
    image, reason, *words = CALLED[name]
    status, result = answers(run, marks, image, file_of(PLAIN, "JPEG"))
    check_refused(status, reason, *words)
    check_seen(result)
