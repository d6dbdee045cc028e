"""No texture has a colour far above its alpha: a premultiplied picture that fades out must not glow."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bridge.codecs import bc3_fringes, etc2_fringes, fringes, textures
from bridge.codecs.formats import TextureFormat
from tests.codecs.decoding import BLOCK_FORMATS, Picture, decibels, decoded

SIDE = 24  # whole blocks of 4 and of 6
WITH_ALPHA = tuple(form for form in textures.available() if form.keeps_alpha)
ON_DEVICE = tuple(form for form in textures.available_on_device() if form.keeps_alpha)
ALPHA_BLOCKS = tuple(form for form in BLOCK_FORMATS if form.keeps_alpha)


def excess(picture: Picture) -> int:
    return int((picture[..., :3].max(axis=2).astype(int) - picture[..., 3]).max())


def by_torch(picture: Picture, form: TextureFormat) -> bytes:
    return textures.encode_on_device(torch.from_numpy(picture)[None], form)[0].numpy().tobytes()


def premultiplied(colour: Picture, alpha: Picture) -> Picture:
    return np.dstack([colour.astype(int) * alpha[..., None] // 255, alpha]).astype(np.uint8)


def rim(colour: tuple[int, int, int], width: float) -> Picture:
    """A disc of one colour that fades out over so many pixels."""
    y, x = np.mgrid[:SIDE, :SIDE]
    alpha = np.clip((SIDE * 0.42 - np.hypot(x - 11, y - 12)) / width, 0, 1) * 255
    return premultiplied(np.full((SIDE, SIDE, 3), colour, np.uint8), alpha.astype(np.uint8))


RIMS = [rim(colour, width) for colour in ((255, 255, 255), (250, 60, 20), (40, 90, 250)) for width in (0.5, 2.0, 8.0)]
pictures = st.builds(
    premultiplied,
    arrays(np.uint8, (SIDE, SIDE, 3)),
    st.one_of(arrays(np.uint8, (SIDE, SIDE)), arrays(np.uint8, (SIDE, SIDE), elements=st.sampled_from([0, 3, 255]))),
)


@pytest.mark.parametrize("form", WITH_ALPHA)
def test_a_rim_does_not_glow(form: TextureFormat, avatars: list[Picture]) -> None:
    for picture in [*RIMS, *avatars]:
        height, width = picture.shape[:2]
        whole = height % 6 or width % 6
        if form is TextureFormat.ASTC_6X6 and whole:
            picture = picture[: height // 6 * 6, : width // 6 * 6]
        seen = decoded(textures.encode(picture, form), form, picture.shape[1], picture.shape[0])
        assert excess(seen) <= fringes.MOST


@pytest.mark.parametrize("form", WITH_ALPHA)
@given(picture=pictures)
def test_no_premultiplied_picture_does(form: TextureFormat, picture: Picture) -> None:
    assert excess(decoded(textures.encode(picture, form), form, SIDE, SIDE)) <= fringes.MOST


@pytest.mark.parametrize("form", ON_DEVICE)
@given(picture=pictures)
def test_nor_does_one_that_is_encoded_on_the_device(form: TextureFormat, picture: Picture) -> None:
    assert excess(decoded(by_torch(picture, form), form, SIDE, SIDE)) <= fringes.MOST


@pytest.mark.parametrize("form", ALPHA_BLOCKS)
def test_without_the_mending_it_would(form: TextureFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the tests above would show nothing."""
    monkeypatch.setattr(fringes, "MOST", 255)
    noise = np.random.default_rng(5)
    worst = 0
    for _ in range(40):
        picture = premultiplied(*(noise.integers(0, 256, shape, np.uint8) for shape in ((SIDE, SIDE, 3), (SIDE, SIDE))))
        worst = max(worst, excess(decoded(textures.encode(picture, form), form, SIDE, SIDE)))
    assert worst > 8


@pytest.mark.parametrize("form", ALPHA_BLOCKS)
def test_a_picture_that_was_wrong_before_is_left_as_it_is(form: TextureFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = np.full((SIDE, SIDE, 4), 200, np.uint8)
    picture[::2, ::3, 3] = 20
    mended = textures.encode(picture, form)
    monkeypatch.setattr(fringes, "MOST", 255)
    assert mended == textures.encode(picture, form)


@pytest.mark.parametrize(
    ("form", "remade"), [(TextureFormat.BC3, bc3_fringes.remade), (TextureFormat.ETC2_RGBA, etc2_fringes.remade)]
)
@pytest.mark.parametrize("colour", [(255, 255, 255), (200, 120, 40), (0, 0, 255)])
def test_a_block_that_is_made_anew_looks_like_what_it_was(
    form: TextureFormat, remade: fringes.Remake, colour: tuple[int, int, int]
) -> None:
    """Half of it clear, half of it the colour: two levels, which both formats have."""
    block = np.zeros((1, 4, 4, 4), np.uint8)
    block[0, :, 2:] = (*colour, 255)
    encoded = np.frombuffer(textures.encode(block[0], form), np.uint8).reshape(1, 16)
    seen = fringes.decoded(remade(block, block[..., 3], encoded), form, 4)
    assert decibels(seen[0], block[0]) > 33
    np.testing.assert_array_equal(seen[0, :, :2], 0)
