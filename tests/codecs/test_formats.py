"""The formats: how many bytes a texture takes."""

import pytest

from bridge.codecs.formats import TextureFormat, size_bytes

SIZES = [
    (TextureFormat.RGBA32, 5, 3, 60),
    (TextureFormat.BC1, 256, 256, 32_768),
    (TextureFormat.BC3, 256, 256, 65_536),
    (TextureFormat.BC7, 256, 128, 32_768),
    (TextureFormat.ETC2_RGBA, 1, 1, 16),
    (TextureFormat.ASTC_4X4, 63, 65, 16 * 17 * 16),
    (TextureFormat.ASTC_6X6, 256, 256, 29_584),
    (TextureFormat.ASTC_6X6, 6, 7, 32),
]


@pytest.mark.parametrize(("form", "width", "height", "expected"), SIZES)
def test_blocks_that_hang_over_count_whole(form: TextureFormat, width: int, height: int, expected: int) -> None:
    assert size_bytes(form, width, height) == expected


@pytest.mark.parametrize("form", [TextureFormat.PNG, TextureFormat.WEBP])
def test_a_file_has_no_length_of_its_own(form: TextureFormat) -> None:
    with pytest.raises(ValueError, match=f"the length of a {form.value} file depends on the picture"):
        size_bytes(form, 64, 64)


@pytest.mark.parametrize(("width", "height"), [(0, 4), (4, 0), (-1, 4)])
def test_a_texture_of_no_pixels_is_refused(width: int, height: int) -> None:
    with pytest.raises(ValueError, match=f"not {width} x {height}"):
        size_bytes(TextureFormat.BC1, width, height)


def test_bc1_alone_drops_alpha() -> None:
    assert [form for form in TextureFormat if not form.keeps_alpha] == [TextureFormat.BC1]
