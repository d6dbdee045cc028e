"""What a picture costs is told by its header: bounds that hold before a library sees the file."""

import contextlib
import io
import struct
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bridge.codecs import exif
from bridge.codecs.headers import (
    Bounds,
    ImageError,
    ImageTooLarge,
    check,
    check_scans,
    read,
    without_extras,
    without_metadata,
)
from bridge.codecs.images import decode, decode_enough
from tests.codecs.files import chunk, exif_of, many_scans, png, segment, tiff
from tests.codecs.test_images import picture, saved

BOUNDS = Bounds(4096 * 4096)
ENOUGH = (416, 256)
PROGRESSIVE = saved(picture(), "JPEG", progressive=True)
BASELINE = saved(picture(), "JPEG")


def sized(data: bytes, width: int, height: int) -> bytes:
    """A JPEG that says it is larger than what it holds."""
    frame = max(data.find(b"\xff\xc0"), data.find(b"\xff\xc2")) + 5
    return data[:frame] + struct.pack(">HH", height, width) + data[frame + 4 :]


def judged(data: bytes, form: str = "JPEG", enough: Any = ENOUGH) -> None:
    header = read(data, form)
    check(header, enough, BOUNDS)
    check_scans(data, header, BOUNDS)


# -- JPEG: scans -------------------------------------------------------------------------------------------------------


def test_a_jpeg_may_go_over_its_pixels_so_often_and_no_oftener() -> None:
    scans = PROGRESSIVE.count(b"\xff\xda")
    judged(many_scans(PROGRESSIVE, 32 - scans))
    with pytest.raises(ImageTooLarge, match=r"more than 32 scans; send at most 32 \(Limits.max_image_scans\)"):
        judged(many_scans(PROGRESSIVE, 33 - scans))
    with pytest.raises(ImageTooLarge, match="max_image_scans"):
        decode(many_scans(PROGRESSIVE, 300), "JPEG", bounds=BOUNDS)


def test_a_larger_jpeg_may_go_over_its_pixels_less_often() -> None:
    judged(sized(PROGRESSIVE, 8000, 6000))  # ten scans, as most encoders make
    with pytest.raises(ImageTooLarge, match=r"more than 11 scans; .*max_image_scans; 32 go with at most 16,777,216 "):
        judged(sized(many_scans(PROGRESSIVE, 2), 8000, 6000))


@pytest.mark.parametrize(
    "hidden",
    [
        segment(0xFE, b"\xff\xd9"),  # a comment that looks like the end
        segment(0xFE, b"\xff\xda" * 40),  # and one that looks like scans: not counted
        b"\xff\xff\xff",  # filling before a marker
    ],
)
def test_scans_are_counted_as_a_decoder_finds_them(hidden: bytes) -> None:
    last = PROGRESSIVE.rindex(b"\xff\xda")
    scan = PROGRESSIVE[last:-2]
    few = PROGRESSIVE[:-2] + hidden + scan + PROGRESSIVE[-2:]
    judged(few)
    with pytest.raises(ImageTooLarge, match="32 scans"):
        judged(PROGRESSIVE[:-2] + hidden + scan * 30 + PROGRESSIVE[-2:])


def test_what_follows_the_end_of_a_jpeg_is_not_counted() -> None:
    """A second picture (MPO) or a film (a phone's "moving photo")."""
    judged(PROGRESSIVE + PROGRESSIVE * 40)
    judged(PROGRESSIVE + b"\xff\xda" * 1000)


def test_restarts_and_stuffed_bytes_are_no_scans() -> None:
    data = saved(picture(640, 480), "JPEG", progressive=True, restart_marker_blocks=1)
    assert data.count(b"\xff\xd0") > 32
    judged(data)
    start = PROGRESSIVE.index(b"\xff\xda")
    dense = PROGRESSIVE[: start + 20] + b"\xff\x00" * 500_000 + PROGRESSIVE[start + 20 :]
    judged(dense)


def test_sequential_jpegs_of_several_scans_are_counted_too() -> None:
    """A baseline JPEG whose scans hold a component each is kept whole like a progressive one."""
    start = BASELINE.index(b"\xff\xda")
    apart = BASELINE[: start + 4] + b"\x01\x01\x00\x00\x3f\x00" + BASELINE[start + 14 :]
    header = read(apart, "JPEG")
    assert header.multi_scan
    with pytest.raises(ImageTooLarge, match="max_image_scans"):
        judged(apart[:-2] + apart[start:-2] * 40 + apart[-2:])
    assert not read(BASELINE, "JPEG").multi_scan


@pytest.mark.parametrize("number", [0xC3, 0xC5, 0xC9, 0xCA, 0xCF])
def test_jpegs_of_processes_that_nobody_sends_are_refused(number: int) -> None:
    """Lossless ones cannot be reduced, and of arithmetic-coded ones no size tells how long they take."""
    data = BASELINE.replace(b"\xff\xc0", bytes((0xFF, number)))
    with pytest.raises(ImageError, match="neither baseline nor progressive; send one of these"):
        read(data, "JPEG")


@given(st.binary(max_size=40), st.integers(2, len(PROGRESSIVE)))
def test_whatever_the_bytes_are_they_are_counted_or_refused(noise: bytes, place: int) -> None:
    data = PROGRESSIVE[:place] + noise + PROGRESSIVE[place + len(noise) :]
    with contextlib.suppress(ImageError):
        judged(data)


# -- JPEG: pixels ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(6000, 4000), (8064, 6048), (8160, 6120)])
@pytest.mark.parametrize("data", [BASELINE, PROGRESSIVE])
def test_a_phones_photo_counts_as_what_is_decoded_of_it(width: int, height: int, data: bytes) -> None:
    judged(sized(data, width, height))
    with pytest.raises(ImageTooLarge, match=f"has {width} x {height} pixels; send at most 16,777,216 .*image_pixels"):
        judged(sized(data, width, height), enough=None)


def test_a_jpeg_of_several_scans_is_kept_whole_and_counts_a_third() -> None:
    judged(sized(BASELINE, 12000, 9000))
    with pytest.raises(ImageTooLarge, match=r"in several scans, .* at most 50,331,648 \(three times Limits.max_image_"):
        judged(sized(PROGRESSIVE, 12000, 9000))


@pytest.mark.parametrize(("width", "height"), [(16385, 1), (1, 16385), (65535, 200)])
def test_a_longer_side_is_refused(width: int, height: int) -> None:
    with pytest.raises(ImageTooLarge, match=r"send at most 16,384 each way \(Limits.max_image_side\)"):
        judged(sized(BASELINE, width, height))


@pytest.mark.parametrize(("width", "height"), [(1 << 24, 1), (1, 1 << 24)])
def test_a_png_of_one_row_is_refused_by_its_side(width: int, height: int) -> None:
    with pytest.raises(ImageTooLarge, match="max_image_side"):
        judged(png(width, height, b""), "PNG")


def test_pixels_of_sixteen_bits_count_twice() -> None:
    deep = png(4096, 2049, b"", depth=16)
    with pytest.raises(ImageTooLarge, match=r"of 16 bits, which count twice; .*max_image_pixels"):
        judged(deep, "PNG")
    judged(png(4096, 2048, b"", depth=16), "PNG")


def test_a_size_of_nothing_is_refused() -> None:
    with pytest.raises(ImageError, match="0 x 48 pixels; send one of at least 1 x 1"):
        read(sized(BASELINE, 0, 48), "JPEG")


# -- what is no picture but takes time --------------------------------------------------------------------------------


def test_segments_and_chunks_are_counted() -> None:
    with pytest.raises(ImageError, match="more than 1,024 segments; send it without"):
        read(BASELINE[:2] + segment(0xFE, b"") * 1_000_000 + BASELINE[2:], "JPEG")
    start = PROGRESSIVE.index(b"\xff\xda")
    within = PROGRESSIVE[:-2] + segment(0xFE, b"") * 1_000_000 + PROGRESSIVE[-2:]
    assert within.index(b"\xff\xda") == start
    with pytest.raises(ImageError, match="more than 1,024 segments"):
        judged(within)
    data = png(8, 8, zlib.compress(bytes(8 * 25)), chunk(b"abCd", b"") * 100_000)
    with pytest.raises(ImageError, match="more than 16,384 chunks; send one of larger"):
        decode(data, "PNG", bounds=BOUNDS)


def test_a_file_of_many_exif_blocks_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four thousand directories that say nothing fit into a file."""
    looked: list[int] = []

    def look(block: bytes) -> int:
        looked.append(len(block))
        return 0

    monkeypatch.setattr(exif, "orientation", look)
    block = tiff(6) + bytes(1 << 17)
    text = b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n 9\n" + b"49" * 50_000)
    extras = chunk(b"eXIf", block) * 90 + chunk(b"zTXt", text) * 1000
    read(png(8, 8, zlib.compress(bytes(8 * 25)), extras), "PNG")
    assert len(looked) <= 8
    assert max(looked) <= 1 << 16
    looked.clear()
    read(BASELINE[:2] + segment(0xE1, b"Exif\0\0" + tiff(6)) * 1000 + BASELINE[2:], "JPEG")
    assert len(looked) <= 4


@pytest.mark.parametrize("junk", [bytes(2000), b"\xff" * 2000])
def test_bytes_between_segments_are_not_searched_for_long(junk: bytes) -> None:
    with pytest.raises(ImageError, match="not a JPEG"):
        read(BASELINE[:2] + junk + BASELINE[2:], "JPEG")


def test_a_png_is_decoded_without_its_profiles_and_texts() -> None:
    """Each may unpack to a thousand times its size, and a reader unpacks them all."""
    packed = zlib.compress(bytes(1 << 20))
    extras = chunk(b"iCCP", b"k\0\0" + packed) * 3 + chunk(b"zTXt", b"k\0\0" + packed) + chunk(b"tRNS", bytes(6))
    plain = png(8, 8, zlib.compress(bytes(8 * 25)))
    assert without_extras(png(8, 8, zlib.compress(bytes(8 * 25)), extras)) == plain
    assert without_extras(plain) is plain
    assert decode(png(8, 8, zlib.compress(bytes(8 * 25)), extras), "PNG", bounds=BOUNDS).shape == (8, 8, 3)


def test_of_two_sizes_in_one_png_neither_is_believed() -> None:
    header = struct.pack(">IIBBBBB", 4000, 4000, 8, 2, 0, 0, 0)
    data = png(8, 8, zlib.compress(bytes(8 * 25)), chunk(b"IHDR", header))
    with pytest.raises(ImageError, match="states two sizes"):
        decode(data, "PNG", bounds=BOUNDS)


def test_a_jpeg_is_decoded_without_its_metadata() -> None:
    """5,400 directory entries that each refer to the same 60 KB would be 300 MB to a reader that follows them."""
    entries = [(0x0112, 3, 1, struct.pack("<HH", 6, 0))]
    entries += [(tag, 7, 60_000, struct.pack("<L", 8)) for tag in range(0x0200, 0x0200 + 5000)]
    data = BASELINE[:2] + segment(0xE1, exif_of(entries)) + segment(0xED, b"Photoshop 3.0\0" * 9) + BASELINE[2:]
    header = read(data, "JPEG")
    assert header.orientation == 6
    lean = without_metadata(data, header)
    assert len(lean) == len(BASELINE)
    found = decode_enough(data, "JPEG", None, bounds=BOUNDS)
    assert (found.width, found.height) == (48, 64)


def test_what_tells_colours_stays() -> None:
    """Adobe's segment tells how four components become colours."""
    cmyk = saved(Image.fromarray(picture()).convert("CMYK"), "JPEG", quality=95)
    assert b"Adobe" in without_metadata(cmyk, read(cmyk, "JPEG"))
    rgb = io.BytesIO()
    Image.fromarray(picture()).save(rgb, "JPEG", quality=95, keep_rgb=True)
    np.testing.assert_allclose(decode(rgb.getvalue(), "JPEG", bounds=BOUNDS), picture(), atol=12)


def test_the_work_of_a_picture_is_what_is_gone_over_and_what_is_made() -> None:
    large = read(sized(BASELINE, 8000, 6000), "JPEG")
    assert large.reduction(ENOUGH) == 8
    assert large.decoded(ENOUGH) == 1000 * 750
    assert large.work(ENOUGH) < large.work(None) / 4
    assert read(PROGRESSIVE, "JPEG").kind != read(BASELINE, "JPEG").kind
