"""Texture files: what is painted is what a client reads."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from bridge.codecs import png, webp


def avatar(side: int = 64) -> NDArray[np.uint8]:
    """A disc, premultiplied RGBA, with a soft edge."""
    y, x = np.mgrid[:side, :side]
    distance = np.hypot(x - side / 2, y - side / 2)
    alpha = np.clip((side * 0.4 - distance) / 4, 0, 1)[..., None]
    colour = np.stack([x * 4, y * 4, np.full_like(x, 128)], axis=2)
    return np.concatenate([colour * alpha, 255 * alpha], axis=2).clip(0, 255).astype(np.uint8)


def read(file: bytes, form: str) -> NDArray[np.uint8]:
    picture = Image.open(io.BytesIO(file), formats=[form])
    assert picture.mode == "RGBA"
    return np.asarray(picture)


def test_png_keeps_every_byte() -> None:
    np.testing.assert_array_equal(read(png.encode(avatar()), "PNG"), avatar())


def test_webp_keeps_every_byte() -> None:
    np.testing.assert_array_equal(read(webp.encode(avatar()), "WEBP"), avatar())


@given(st.integers(1, 16), st.integers(1, 16), st.integers(0, 2**32 - 1))
def test_any_size_and_colour_can_be_written(width: int, height: int, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width, 4), np.uint8)
    np.testing.assert_array_equal(read(png.encode(noise), "PNG"), noise)
    assert webp.size(webp.encode(noise)) == (width, height)


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}, {"quality": 80, "exif": b"Exif\0\0II*\0"}])
@pytest.mark.parametrize("size", [(1, 1), (300, 7), (7, 300)])
def test_a_webp_header_states_the_size(options: dict[str, bool | int | bytes], size: tuple[int, int]) -> None:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 100, 50)).save(file, "WEBP", **options)
    assert webp.size(file.getvalue()) == size


@pytest.mark.parametrize("file", [b"", b"RIFF", bytes(40), b"RIFF\0\0\0\0WEBPWHAT" + bytes(40)])
def test_other_bytes_state_no_size(file: bytes) -> None:
    assert webp.size(file) is None
