"""Picture files: what is in them comes out, and hostile bytes come out as one kind of error."""

import io
import struct
import threading
import warnings
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageFile

from bridge.codecs.headers import Bounds, ImageError
from bridge.codecs.images import FORMATS, decode, decode_enough
from tests.codecs.files import deep_png, png

MOST = Bounds(1 << 20)


def picture(width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """Smooth enough for JPEG; every quarter differs."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x * 255 // width, y * 255 // height, (x + y) * 255 // (width + height)], axis=2).astype(np.uint8)


def saved(image: Image.Image | NDArray[np.uint8], form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(file, form, **options)
    return file.getvalue()


FILES = {
    "JPEG": saved(picture(), "JPEG", quality=95, subsampling=0),
    "PNG": saved(picture(), "PNG"),
    "WEBP": saved(picture(), "WEBP", lossless=True),
}


PROGRESSIVE = saved(picture(), "JPEG", quality=95, progressive=True)


def bomb(form: str, side: int) -> bytes:
    """A few bytes that say they are a huge picture."""
    if form == "PNG":
        return png(side, side, zlib.compress(bytes(1000)))
    data = FILES[form]
    if form == "WEBP":  # a lossless stream: fourteen bits each of width - 1 and height - 1
        bits = int.from_bytes(data[21:25], "little") >> 28 << 28 | (side - 1) << 14 | side - 1
        return data[:21] + bits.to_bytes(4, "little") + data[25:]
    start = data.index(b"\xff\xc0") + 5  # the frame header: height, width
    return data[:start] + struct.pack(">HH", side, side) + data[start + 4 :]


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_comes_out_as_it_is(form: str) -> None:
    pixels = decode(FILES[form], form, bounds=MOST)
    assert pixels.shape == (48, 64, 3)
    assert pixels.dtype == np.uint8
    assert np.abs(pixels.astype(int) - picture()).max() <= (3 if form == "JPEG" else 0)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("other", FORMATS)
def test_a_file_of_another_format_is_refused(form: str, other: str) -> None:
    if form != other:
        with pytest.raises(ImageError, match=f"not a {form} file; send one, or name its real format"):
            decode(FILES[other], form, bounds=MOST)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("data", [b"\0", b"hello", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 "])
def test_bytes_that_are_no_picture_are_refused(form: str, data: bytes) -> None:
    with pytest.raises(ImageError):
        decode(data, form, bounds=MOST)


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_is_refused(form: str) -> None:
    with pytest.raises(ImageError, match="is empty"):
        decode(b"", form, bounds=MOST)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("side", [2000, 10_000, 16_000])
def test_a_bomb_is_refused_by_its_header(form: str, side: int) -> None:
    with pytest.raises(ImageError, match=f"has {side} x {side} pixels; send at most 1,048,576"):
        decode(bomb(form, side), form, bounds=MOST)


def test_a_bomb_beyond_what_a_format_should_hold_is_refused() -> None:
    with pytest.raises(ImageError):
        decode(png(2**31 - 1, 2**31 - 1, b""), "PNG", bounds=MOST)


def test_pixels_that_unpack_to_more_than_said_stay_within() -> None:
    data = png(4, 4, zlib.compress(bytes(10_000_000)))
    assert decode(data, "PNG", bounds=MOST).shape == (4, 4, 3)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_refused(form: str, share: float) -> None:
    data = FILES[form]
    with pytest.raises(ImageError):
        decode(data[: int(len(data) * share)], form, bounds=MOST)


@pytest.mark.parametrize("form", FORMATS)
def test_a_size_said_beside_the_file_must_be_its_own(form: str) -> None:
    assert decode(FILES[form], form, bounds=MOST, width=64, height=48).shape == (48, 64, 3)
    for width, height in ((63, 48), (64, 64), (0, 1), (-1, 0)):
        with pytest.raises(ImageError, match=r"is 64 x 48 but is said to be .*; send the file's own size, or 0"):
            decode(FILES[form], form, bounds=MOST, width=width, height=height)


@given(st.sampled_from(FORMATS), st.binary(max_size=200), st.integers(0, 3000), st.booleans())
@example("JPEG", b"\xff\xc0", 0, True)
def test_damaged_files_decode_or_raise_one_error(form: str, noise: bytes, place: int, from_start: bool) -> None:
    data = bytearray(b"" if from_start else FILES[form])
    data[place : place + len(noise)] = noise
    try:
        pixels = decode(bytes(data), form, bounds=MOST)
    except ImageError:
        return
    assert pixels.ndim == 3
    assert pixels.shape[2] == 3
    assert pixels.shape[0] * pixels.shape[1] <= MOST.pixels


MODES = [
    ("1", "PNG", 0),
    ("L", "PNG", 0),
    ("L", "JPEG", 4),
    ("LA", "PNG", 0),
    ("P", "PNG", 0),
    ("RGBA", "PNG", 0),
    ("RGBA", "WEBP", 0),
    ("CMYK", "JPEG", 8),
]


@pytest.mark.parametrize(("mode", "form", "tolerance"), MODES)
def test_every_mode_becomes_rgb(mode: str, form: str, tolerance: int) -> None:
    options = {"lossless": True} if form == "WEBP" else {"quality": 98} if form == "JPEG" else {}
    source = Image.fromarray(picture()).convert(mode)
    pixels = decode(saved(source, form, **options), form, bounds=MOST)
    assert pixels.shape == (48, 64, 3)
    assert np.abs(pixels.astype(int) - np.asarray(source.convert("RGB"))).max() <= tolerance


def test_sixteen_bits_keep_the_upper_eight() -> None:
    deep = (np.arange(64 * 48).reshape(48, 64) * 21).astype(np.uint16)
    pixels = decode(saved(Image.fromarray(deep), "PNG"), "PNG", bounds=MOST)
    np.testing.assert_array_equal(pixels, np.repeat((deep >> 8)[..., None], 3, axis=2))


@pytest.mark.parametrize("bits", [9, 10, 12, 15])
@pytest.mark.parametrize(("colour", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_of_sixteen_bits_the_lowest_may_count(colour: int, channels: int, bits: int) -> None:
    """Grey, RGB and both with alpha, which does not count; what is above the range is white."""
    deep = np.random.default_rng(bits).integers(0, 1 << bits, (48, 64, channels), np.uint16)
    deep[0, 0] = 1 << bits
    read = decode_enough(deep_png(deep, colour), "PNG", None, bounds=MOST, significant_bits=bits)
    shown = (deep[..., : 1 if channels < 3 else 3] // 2 ** (bits - 8)).clip(max=255)
    np.testing.assert_array_equal(read.pixels, np.broadcast_to(shown, (48, 64, 3)))
    whole = decode_enough(deep_png(deep, colour), "PNG", None, bounds=MOST, significant_bits=16)
    np.testing.assert_array_equal(whole.pixels, decode(deep_png(deep, colour), "PNG", bounds=MOST))


@given(st.sampled_from([FILES["JPEG"], PROGRESSIVE]), st.integers(0, 1 << 13), st.binary(max_size=8))
def test_a_jpeg_without_its_end_is_read_as_it_is_or_refused(data: bytes, size: int, noise: bytes) -> None:
    """Wherever it is cut, and whatever comes after a whole one: what is made up is never taken for a picture.

    Bytes after a cut may happen to be the rest of another picture: nobody can tell.
    """
    cut = data[:size].removesuffix(b"\xff\xd9")
    rest = noise.replace(b"\xff", b"") if size >= len(data) - 2 else b""
    try:
        pixels = decode(cut + rest, "JPEG", bounds=MOST)
    except ImageError:
        return
    np.testing.assert_array_equal(pixels, decode(data, "JPEG", bounds=MOST))


@pytest.mark.parametrize("data", [FILES["JPEG"], PROGRESSIVE])
def test_a_jpeg_that_is_cut_anywhere_is_whole_or_refused(data: bytes) -> None:
    whole = decode(data, "JPEG", bounds=MOST)
    read = 0
    for size in range(len(data)):
        try:
            pixels = decode(data[:size].removesuffix(b"\xff\xd9"), "JPEG", bounds=MOST)
        except ImageError:
            continue
        np.testing.assert_array_equal(pixels, whole)
        read += 1
    assert 1 <= read < 16, "where the end alone is missing, and a few bits that fill the last byte"


def _uneven() -> NDArray[np.uint8]:
    noise = np.random.default_rng(1).integers(-20, 20, (70, 100, 3))
    return (picture(100, 70) + noise).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("enough", [None, (25, 17)])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("subsampling", [0, 2])
def test_a_jpeg_whose_end_is_marked_where_it_was_cut_is_refused(
    subsampling: int, mode: str, enough: tuple[int, int] | None
) -> None:
    """Unless it was within the last few pixels: of those nobody can tell that they were meant otherwise."""
    data = saved(Image.fromarray(_uneven()).convert(mode), "JPEG", quality=85, subsampling=subsampling)
    whole = decode_enough(data, "JPEG", enough, bounds=MOST).pixels
    by = 100 // whole.shape[1]
    begin, refused = data.index(b"\xff\xda") + 14, 0
    for size in range(begin, len(data) - 2):
        try:
            pixels = decode_enough(data[:size] + b"\xff\xd9", "JPEG", enough, bounds=MOST).pixels
        except ImageError:
            refused += 1
            continue
        rows, columns = np.nonzero((pixels != whole).any(axis=2))
        assert len(rows) == 0 or rows.min() >= (64 - 2) // by, "the last row of blocks"
        assert len(columns) == 0 or columns.min() >= (96 - 2 - 16) // by, "and the last two of it"
    assert refused > 0.9 * (len(data) - begin)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"restart_marker_rows": 1}, {"quality": 5}])
@pytest.mark.parametrize("rest", [b"", b"rest of a buffer", b"\xff\xd9\xff\xd9"])
def test_a_whole_jpeg_that_ends_in_one_colour_is_read(options: Any, rest: bytes) -> None:
    for level in (0, 128, 255):
        pixels = np.full((48, 64, 3), level, np.uint8)
        pixels[:16] = picture()[:16]
        data = saved(pixels, "JPEG", **options)
        with Image.open(io.BytesIO(data)) as opened:
            np.testing.assert_array_equal(decode(data + rest, "JPEG", bounds=MOST), np.asarray(opened))


@pytest.mark.parametrize("transparency", [7, bytes(range(256))])
def test_a_palettes_transparency_is_dropped_without_a_warning(transparency: int | bytes) -> None:
    palette = Image.fromarray(picture()).quantize(256)
    data = saved(palette, "PNG", transparency=transparency)
    np.testing.assert_array_equal(decode(data, "PNG", bounds=MOST), np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_of_an_animation_the_first_frame_counts(form: str) -> None:
    frames = [Image.fromarray(np.full((48, 64, 3), level, np.uint8)) for level in (200, 100, 0)]
    data = saved(frames[0], form, save_all=True, append_images=frames[1:], lossless=True)
    assert (decode(data, form, bounds=MOST) == 200).all()


def exif(orientation: int) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_jpegs_orientation_is_applied(orientation: int) -> None:
    """Stored as each orientation has it (EXIF 2.32, 4.6.4), the picture comes out upright."""
    upright = picture()
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: upright.transpose(1, 0, 2)[::-1],
        7: upright.transpose(1, 0, 2)[::-1, ::-1],
        8: upright.transpose(1, 0, 2)[:, ::-1],
    }[orientation]
    data = saved(np.ascontiguousarray(stored), "JPEG", quality=95, subsampling=0, exif=exif(orientation))
    read = decode_enough(data, "JPEG", None, bounds=MOST, width=stored.shape[1], height=stored.shape[0])
    assert (read.width, read.height) == (64, 48)
    assert np.abs(read.pixels.astype(int) - upright).max() <= 3


@pytest.mark.filterwarnings("ignore:.*EXIF")
@pytest.mark.parametrize("block", [b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0" + bytes(40), exif(99)])
def test_an_orientation_that_cannot_be_read_is_upright(block: bytes) -> None:
    data = saved(picture(), "JPEG", quality=95, subsampling=0, exif=block)
    assert np.abs(decode(data, "JPEG", bounds=MOST).astype(int) - picture()).max() <= 3


@pytest.mark.parametrize(
    ("size", "enough", "read_at"),
    [
        ((1280, 720), (416, 256), (640, 360)),
        ((1920, 1080), (416, 256), (480, 270)),
        ((1921, 1081), (416, 256), (481, 271)),
        ((640, 360), (416, 256), (640, 360)),
        ((64, 48), (416, 256), (64, 48)),
        ((4000, 500), (416, 256), (4000, 500)),
    ],
)
def test_a_jpeg_is_read_no_larger_than_is_enough(
    size: tuple[int, int], enough: tuple[int, int], read_at: tuple[int, int]
) -> None:
    read = decode_enough(saved(picture(*size), "JPEG", quality=90), "JPEG", enough, bounds=Bounds(1 << 22))
    assert (read.width, read.height) == size
    assert read.pixels.shape == (read_at[1], read_at[0], 3)
    assert np.abs(read.pixels.astype(int) - picture(*read_at)).mean() < 3


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_other_formats_are_always_read_whole(form: str) -> None:
    read = decode_enough(FILES[form], form, (8, 8), bounds=MOST)
    assert read.pixels.shape == (48, 64, 3)


def test_a_turned_jpeg_is_as_large_as_it_looks() -> None:
    data = saved(picture(720, 1280), "JPEG", exif=exif(6))
    read = decode_enough(data, "JPEG", (256, 256), bounds=Bounds(1 << 22))
    assert (read.width, read.height) == (1280, 720)
    assert read.pixels.shape == (360, 640, 3)


def test_global_settings_stay_as_they_are() -> None:
    filters, most, truncated = list(warnings.filters), Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    for form in FORMATS:
        decode(FILES[form], form, bounds=MOST)
        with pytest.raises(ImageError):
            decode(bomb(form, 10_000), form, bounds=MOST)
    assert warnings.filters == filters
    assert most == Image.MAX_IMAGE_PIXELS
    assert truncated == ImageFile.LOAD_TRUNCATED_IMAGES


def test_threads_do_not_disturb_each_other() -> None:
    wrong: list[str] = []

    def read(form: str) -> None:
        expected = decode(FILES[form], form, bounds=MOST)
        for _ in range(30):
            if not np.array_equal(decode(FILES[form], form, bounds=MOST), expected):
                wrong.append(form)
            try:
                decode(bomb(form, 2000), form, bounds=MOST)
                wrong.append(form)
            except ImageError:
                pass

    threads = [threading.Thread(target=read, args=(form,)) for form in FORMATS * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
