"""Every format of the table: what is encoded is what a client sees."""

import importlib.util
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from types import ModuleType

import numpy as np
import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st

import bridge.codecs
from bridge.codecs import textures
from bridge.codecs.formats import TextureFormat, size_bytes
from tests.codecs.decoding import BLOCK_FORMATS, Picture, decibels, decoded

Encode = Callable[[Picture, TextureFormat, bool], bytes]


def by_library(picture: Picture, form: TextureFormat, bottom_up: bool = False) -> bytes:
    return textures.encode(picture, form, bottom_up=bottom_up)


def by_torch(picture: Picture, form: TextureFormat, bottom_up: bool = False) -> bytes:
    batch = torch.from_numpy(np.ascontiguousarray(picture))[None]
    return textures.encode_on_device(batch, form, bottom_up=bottom_up)[0].numpy().tobytes()


BLOCKS: list[tuple[Encode, TextureFormat]] = [
    *((by_library, form) for form in BLOCK_FORMATS),
    *((by_torch, form) for form in textures.available_on_device()),
]
LEAST = {  # dB that the worst of the avatars must have at 64 x 64: three below what was measured
    TextureFormat.BC1: 31.8,
    TextureFormat.BC3: 32.7,
    TextureFormat.BC7: 38.2,
    TextureFormat.ETC2_RGBA: 29.2,
    TextureFormat.ASTC_4X4: 38.9,
    TextureFormat.ASTC_6X6: 31.9,
}
LEAST_ALPHA = {**dict.fromkeys(BLOCK_FORMATS, 37.0), TextureFormat.ASTC_6X6: 31.5}  # likewise, of alpha alone
FURTHEST_SOLID = {  # steps of 255 that a block of one colour may be off
    by_library: {
        TextureFormat.BC1: 4,
        TextureFormat.BC3: 4,
        TextureFormat.BC7: 2,
        TextureFormat.ETC2_RGBA: 9,
        TextureFormat.ASTC_4X4: 0,
        TextureFormat.ASTC_6X6: 0,
    },
    by_torch: {TextureFormat.BC1: 1, TextureFormat.BC3: 1},
}


def seen(picture: Picture, form: TextureFormat) -> Picture:
    """What of a picture the format keeps."""
    return picture if form.keeps_alpha else picture[..., :3]


def smooth(width: int, height: int) -> Picture:
    """No two pixels alike, and none far from its neighbour."""
    y, x = np.mgrid[:height, :width]
    return np.stack([20 + x * 2, 20 + y * 2, 30 + x + y, 255 - x - y], axis=2).astype(np.uint8)


def test_all_formats_are_there() -> None:
    assert set(textures.available()) == set(TextureFormat)
    assert textures.available_on_device() == (TextureFormat.BC1, TextureFormat.BC3)


@pytest.mark.parametrize(("encode", "form"), BLOCKS)
def test_avatars_stay_what_they_are(avatars: list[Picture], encode: Encode, form: TextureFormat) -> None:
    for avatar in avatars:
        data = encode(avatar, form, False)
        assert len(data) == size_bytes(form, 64, 64)
        pixels = decoded(data, form, 64, 64)
        assert decibels(seen(pixels, form), seen(avatar, form)) > LEAST[form]
        if form.keeps_alpha:
            assert decibels(pixels[..., 3], avatar[..., 3]) > LEAST_ALPHA[form]
        else:
            assert (pixels[..., 3] == 255).all()


@pytest.mark.parametrize(("encode", "form"), BLOCKS)
def test_bottom_up_is_the_flipped_picture(avatars: list[Picture], encode: Encode, form: TextureFormat) -> None:
    for picture in (avatars[0], smooth(5, 3)):
        assert encode(picture, form, True) == encode(picture[::-1], form, False)
        assert encode(picture, form, True) != encode(picture, form, False)


def test_raw_rows_are_flipped_and_files_never(avatars: list[Picture]) -> None:
    raw = textures.encode(avatars[0], TextureFormat.RGBA32, bottom_up=True)
    np.testing.assert_array_equal(decoded(raw, TextureFormat.RGBA32, 64, 64), avatars[0][::-1])
    for form in (TextureFormat.PNG, TextureFormat.WEBP):
        assert textures.encode(avatars[0], form, bottom_up=True) == textures.encode(avatars[0], form)


@pytest.mark.parametrize(("encode", "form"), BLOCKS)
@pytest.mark.parametrize(("width", "height"), [(1, 1), (5, 3), (63, 65), (4, 1), (1, 7)])
def test_any_size_can_be_encoded(encode: Encode, form: TextureFormat, width: int, height: int) -> None:
    picture = smooth(width, height)
    data = encode(picture, form, False)
    assert len(data) == size_bytes(form, width, height)
    assert decibels(seen(decoded(data, form, width, height), form), seen(picture, form)) > 36


@pytest.mark.parametrize(("encode", "form"), BLOCKS)
@pytest.mark.parametrize(("width", "height"), [(5, 3), (63, 65)])
def test_blocks_that_hang_over_repeat_the_edge(encode: Encode, form: TextureFormat, width: int, height: int) -> None:
    """And when flipped, the edge of the flipped picture: the upper left corner stays where a client looks for it."""
    picture = np.random.default_rng(0).integers(0, 256, (height, width, 4), np.uint8)
    for bottom_up, rows in ((False, picture), (True, picture[::-1])):
        whole = np.pad(rows, ((0, -height % 12), (0, -width % 12), (0, 0)), mode="edge")
        side = form.block[0] if form.block else 1
        whole = whole[: height + -height % side, : width + -width % side]
        assert encode(picture, form, bottom_up) == encode(whole, form, False)


@pytest.mark.parametrize(("encode", "form"), BLOCKS)
@given(pixel=st.tuples(*[st.integers(0, 255)] * 4))
@example((0, 0, 0, 0))
@example((255, 255, 255, 255))
@example((8, 4, 8, 1))
def test_one_colour_stays_one_colour(encode: Encode, form: TextureFormat, pixel: tuple[int, int, int, int]) -> None:
    picture = np.tile(np.array(pixel, np.uint8), (8, 8, 1))
    pixels = decoded(encode(picture, form, False), form, 8, 8)
    assert (pixels == pixels[0, 0]).all()
    error = np.abs(seen(pixels, form).astype(int) - seen(picture, form)).max()
    assert error <= FURTHEST_SOLID[encode][form]


@pytest.mark.parametrize("form", textures.available())
def test_strides_do_not_matter(avatars: list[Picture], form: TextureFormat) -> None:
    wide = np.repeat(avatars[0], 2, axis=1)
    assert textures.encode(wide[:, ::2], form) == textures.encode(avatars[0], form)
    planes = np.ascontiguousarray(avatars[0].transpose(2, 0, 1))
    assert textures.encode(planes.transpose(1, 2, 0), form) == textures.encode(avatars[0], form)


def test_bc7_keeps_each_kind_of_block_in_its_place() -> None:
    """Opaque, of one colour and mixed blocks are encoded apart."""
    noise = np.random.default_rng(0).integers(0, 256, (8, 8, 4), np.uint8)
    opaque = smooth(8, 8)
    opaque[..., 3] = 255
    solid = np.full((8, 8, 4), 77, np.uint8)
    clear = np.zeros((8, 8, 4), np.uint8)
    tiles = {"noise": noise, "opaque": opaque, "solid": solid, "clear": clear}
    alone = {name: textures.encode(tile, TextureFormat.BC7) for name, tile in tiles.items()}
    order = ["clear", "noise", "opaque", "solid", "noise", "clear"]
    column = np.concatenate([tiles[name] for name in order])
    assert textures.encode(column, TextureFormat.BC7) == b"".join(alone[name] for name in order)


def test_several_threads_may_encode_at_once(avatars: list[Picture]) -> None:
    jobs = list(product(avatars[:4], textures.available())) * 4
    expected = [textures.encode(*job) for job in jobs]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda job: textures.encode(*job), jobs)) == expected


MISSING = [
    ("ispc_texcomp", "bc_ispc", {TextureFormat.BC1, TextureFormat.BC3, TextureFormat.BC7}),
    ("etcpak", "etc2", {TextureFormat.ETC2_RGBA}),
    ("astc_encoder", "astc", {TextureFormat.ASTC_4X4, TextureFormat.ASTC_6X6}),
]


@pytest.mark.parametrize(("library", "file", "gone"), MISSING)
def test_without_a_library_its_formats_are_not_offered(
    monkeypatch: pytest.MonkeyPatch, library: str, file: str, gone: set[TextureFormat]
) -> None:
    monkeypatch.setitem(sys.modules, library, None)  # importing it now raises ImportError
    monkeypatch.delitem(sys.modules, f"bridge.codecs.{file}")
    monkeypatch.delattr(bridge.codecs, file)
    assert set(second_copy_of(textures).available()) == set(TextureFormat) - gone


def second_copy_of(module: ModuleType) -> ModuleType:
    """The module's file once more, imported anew."""
    spec = importlib.util.spec_from_file_location("second_copy", module.__file__)
    assert spec is not None
    assert spec.loader is not None
    copy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(copy)
    return copy
