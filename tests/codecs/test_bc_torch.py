"""BC1 and BC3 in torch: the bits are right, and a picture comes out the same wherever it is encoded."""

import numpy as np
import pytest
import torch
from torch import Tensor

from bridge.codecs import bc_ispc, bc_torch
from bridge.codecs.formats import TextureFormat, size_bytes
from tests.codecs.decoding import Picture, decibels, decoded

ENCODERS = {TextureFormat.BC1: bc_torch.bc1, TextureFormat.BC3: bc_torch.bc3}
LIBRARY = {TextureFormat.BC1: bc_ispc.bc1, TextureFormat.BC3: bc_ispc.bc3}
FORMATS = list(ENCODERS)


def batch_of(pictures: list[Picture]) -> Tensor:
    return torch.from_numpy(np.stack(pictures))


def noise(batch: int, seed: int = 0) -> Tensor:
    return torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (batch, 32, 32, 4), np.uint8))


def block_of(pixels: list[tuple[int, int, int, int]]) -> Tensor:
    """One picture of 4 x 4 from the first pixels, the last of them repeated."""
    filled = pixels + pixels[-1:] * (16 - len(pixels))
    return torch.tensor(filled, dtype=torch.uint8).reshape(1, 4, 4, 4)


def test_two_colours_bit_for_bit() -> None:
    """Red in the first pixel, blue elsewhere: the larger end point first, and the first pixel in the lowest bits."""
    data = bc_torch.bc1(block_of([(255, 0, 0, 255), (0, 0, 255, 255)]))[0].numpy().tobytes()
    assert data == (0xF800).to_bytes(2, "little") + (0x001F).to_bytes(2, "little") + (0x55555554).to_bytes(4, "little")


def test_four_levels_of_grey_bit_for_bit() -> None:
    greys = [(value, value, value, 255) for value in (255, 170, 85, 0)] * 4
    data = bc_torch.bc1(block_of(greys))[0].numpy().tobytes()
    indices = [0, 2, 3, 1] * 4  # the first end point, two thirds of it, one third, the second
    word = sum(index << 2 * place for place, index in enumerate(indices))
    assert data == b"\xff\xff\0\0" + word.to_bytes(4, "little")


def test_eight_levels_of_alpha_bit_for_bit() -> None:
    """From 210 down to 70 in steps of 20, twice."""
    pixels = [(0, 0, 0, 210 - 20 * level) for level in range(8)] * 2
    data = bc_torch.bc3(block_of(pixels))[0].numpy().tobytes()
    indices = [0, 2, 3, 4, 5, 6, 7, 1] * 2
    word = sum(index << 3 * place for place, index in enumerate(indices))
    assert data == bytes([210, 70]) + word.to_bytes(6, "little") + bytes(8)


@pytest.mark.parametrize("value", [0, 1, 128, 255])
def test_equal_end_points_use_the_first_index_alone(value: int) -> None:
    data = bc_torch.bc3(block_of([(0, 0, 0, value)]))[0].numpy().tobytes()
    assert data == bytes([value, value]) + bytes(14)


@pytest.mark.parametrize("seed", range(3))
def test_blocks_are_always_of_four_colours(seed: int) -> None:
    """With the first end point not above the second, BC1 has three colours and black."""
    pictures = torch.cat([noise(4, seed), noise(4, seed) // 64, noise(4, seed) // 64 + 190])
    blocks = bc_torch.bc1(pictures).reshape(-1, 8).numpy()
    first, second = blocks[:, :4].copy().view("<u2").T
    assert (first >= second).all()
    assert (blocks[first == second, 4:] == 0).all()
    assert 0 < (first == second).sum() < len(blocks)


@pytest.mark.parametrize("form", FORMATS)
def test_as_good_as_the_library(avatars: list[Picture], form: TextureFormat) -> None:
    channels = 4 if form.keeps_alpha else 3
    for avatar, data in zip(avatars, ENCODERS[form](batch_of(avatars)), strict=True):
        ours, theirs = (
            decibels(decoded(encoded, form, 64, 64)[..., :channels], avatar[..., :channels])
            for encoded in (data.numpy().tobytes(), LIBRARY[form](avatar))
        )
        assert abs(ours - theirs) < 1


@pytest.mark.parametrize("form", FORMATS)
def test_noise_is_as_good_as_the_librarys_too(form: TextureFormat) -> None:
    """Colours off any line: the principal axis has to be found."""
    picture = noise(1)[0].numpy()
    ours = decoded(ENCODERS[form](noise(1))[0].numpy().tobytes(), form, 32, 32)
    theirs = decoded(LIBRARY[form](picture), form, 32, 32)
    assert decibels(ours[..., :3], picture[..., :3]) > decibels(theirs[..., :3], picture[..., :3]) - 0.5


@pytest.mark.parametrize("form", FORMATS)
def test_a_batch_is_its_pictures_one_by_one(avatars: list[Picture], form: TextureFormat) -> None:
    for pictures in (batch_of(avatars), noise(8)[:, :31, :29]):
        together = ENCODERS[form](pictures)
        assert together.dtype == torch.uint8
        assert together.shape[0] == 8
        for row, picture in zip(together, pictures, strict=True):
            assert torch.equal(row, ENCODERS[form](picture[None])[0])


@pytest.mark.parametrize("form", FORMATS)
def test_strides_do_not_matter(form: TextureFormat) -> None:
    pictures = noise(2)
    planes = pictures.permute(0, 3, 1, 2).contiguous().permute(0, 2, 3, 1)
    assert torch.equal(ENCODERS[form](planes), ENCODERS[form](pictures))


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_depends_on_what_the_host_can_see(form: TextureFormat) -> None:
    """On torch's device without data, reading a value and mixing in a tensor of the host both raise."""
    encoded = ENCODERS[form](noise(2)[:, :31, :30].to("meta"))
    assert encoded.device.type == "meta"
    assert encoded.shape == (2, size_bytes(form, 30, 31))


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("form", FORMATS)
def test_a_gpu_makes_blocks_as_good_and_keeps_them(avatars: list[Picture], form: TextureFormat) -> None:
    pictures = batch_of(avatars).cuda()
    ENCODERS[form](pictures)  # fills the table of the device
    torch.cuda.set_sync_debug_mode("error")  # any wait for the device now raises
    try:
        there = ENCODERS[form](pictures)
    finally:
        torch.cuda.set_sync_debug_mode("default")
    assert there.device == pictures.device
    here = ENCODERS[form](pictures.cpu())
    for avatar, ours, theirs in zip(avatars, there.cpu(), here, strict=True):
        gpu, cpu = (
            decibels(decoded(data.numpy().tobytes(), form, 64, 64)[..., :3], avatar[..., :3]) for data in (ours, theirs)
        )
        assert abs(gpu - cpu) < 0.05
