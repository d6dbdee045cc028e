"""Raw pictures: every layout, stride and row order, and sizes that do not fit the bytes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bridge.codecs.headers import Bounds, ImageError
from bridge.codecs.raw import Layout, decode

MOST = Bounds(1 << 20)
layouts = st.sampled_from(list(Layout))


def bytes_of(picture: NDArray[np.uint8], layout: Layout, padding: int, bottom_up: bool, last_padded: bool) -> bytes:
    """Written as slowly and plainly as it can be."""
    rows = []
    for row in picture[::-1] if bottom_up else picture:
        pixels = b""
        for red, green, blue in row.tolist():
            pixels += {
                Layout.RGB24: bytes([red, green, blue]),
                Layout.RGBA32: bytes([red, green, blue, 77]),
                Layout.BGRA32: bytes([blue, green, red, 77]),
                Layout.BGR24: bytes([blue, green, red]),
            }[layout]
        rows.append(pixels + bytes([99] * padding))
    joined = b"".join(rows)
    return joined if last_padded or not padding else joined[:-padding]


@given(
    layouts,
    st.integers(1, 7),
    st.integers(1, 7),
    st.integers(0, 5),
    st.booleans(),
    st.booleans(),
    st.integers(0, 2**32 - 1),
)
def test_what_was_written_is_read(
    layout: Layout, width: int, height: int, padding: int, bottom_up: bool, last_padded: bool, seed: int
) -> None:
    picture = np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)
    data = bytes_of(picture, layout, padding, bottom_up, last_padded)
    stride = width * layout.value[3] + padding if padding else 0
    read = decode(data, layout, width, height, stride=stride, bottom_up=bottom_up, bounds=MOST)
    np.testing.assert_array_equal(read, picture)
    assert read.flags.c_contiguous
    assert read.flags.owndata


@pytest.mark.parametrize(("width", "height"), [(0, 4), (4, 0), (-4, 4), (4, -4), (0, 0)])
def test_a_size_of_nothing_is_refused(width: int, height: int) -> None:
    with pytest.raises(ImageError, match="send its width and height, 1 or more"):
        decode(bytes(48), Layout.RGB24, width, height, stride=0, bottom_up=False, bounds=MOST)


@pytest.mark.parametrize(("width", "height"), [(2**31 - 1, 2**31 - 1), (2**31 - 1, 1), (1025, 1024)])
def test_a_size_beyond_the_limit_is_refused(width: int, height: int) -> None:
    with pytest.raises(ImageError, match="send at most 1,048,576"):
        decode(bytes(48), Layout.RGBA32, width, height, stride=0, bottom_up=False, bounds=MOST)


@pytest.mark.parametrize("stride", [1, 15, -16, -(2**31)])
def test_a_stride_shorter_than_a_row_is_refused(stride: int) -> None:
    with pytest.raises(ImageError, match="a row of 4 pixels takes 16 at least"):
        decode(bytes(64), Layout.BGRA32, 4, 4, stride=stride, bottom_up=False, bounds=MOST)


@pytest.mark.parametrize(
    ("length", "stride"), [(0, 0), (47, 0), (49, 0), (64, 0), (48, 2**31 - 1), (3 * 20 + 11, 20), (81, 20)]
)
def test_bytes_of_another_length_are_refused(length: int, stride: int) -> None:
    with pytest.raises(ImageError, match="4 x 4 RGB24 takes"):
        decode(bytes(length), Layout.RGB24, 4, 4, stride=stride, bottom_up=False, bounds=MOST)


@given(st.binary(max_size=100), layouts, *[st.integers(-(2**31), 2**31 - 1)] * 3, st.booleans())
def test_anything_else_is_one_error(
    data: bytes, layout: Layout, width: int, height: int, stride: int, bottom_up: bool
) -> None:
    try:
        read = decode(data, layout, width, height, stride=stride, bottom_up=bottom_up, bounds=MOST)
    except ImageError:
        return
    assert read.shape == (height, width, 3)
