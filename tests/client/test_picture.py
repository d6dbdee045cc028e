"""Pictures that a game gives to the client: each is sent as it is meant, or a sentence says what to give instead."""

import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bridge.client.picture import Picture, image_of
from bridge.codecs import raw
from bridge.codecs.headers import Bounds
from bridge.v1 import media_pb2
from tests.capabilities.dialogue.marks import stored
from tests.client.fake import FakeBridge
from tests.client.scenes import play
from tests.client.test_client import JPEG
from tests.codecs.files import tiff, with_exif

PICTURE = np.random.default_rng(5).integers(0, 256, (6, 9, 4), np.uint8)
RGB = PICTURE[..., :3]
LAYOUTS = {
    media_pb2.IMAGE_FORMAT_RGB24: raw.Layout.RGB24,
    media_pb2.IMAGE_FORMAT_BGR24: raw.Layout.BGR24,
    media_pb2.IMAGE_FORMAT_RGBA32: raw.Layout.RGBA32,
    media_pb2.IMAGE_FORMAT_BGRA32: raw.Layout.BGRA32,
}


def understood(image: media_pb2.Image) -> Any:
    """What a server makes of it."""
    return raw.decode(
        image.data,
        LAYOUTS[image.format],
        image.width,
        image.height,
        stride=image.row_stride_bytes,
        bottom_up=image.row_order == media_pb2.ROW_ORDER_BOTTOM_UP,
        bounds=Bounds(1 << 20),
        rotation=image.rotation_degrees,
        mirrored=image.mirrored,
    )


def saved(pixels: Any, form: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, form)
    return file.getvalue()


@pytest.mark.parametrize(
    ("picture", "bgra", "form"),
    [
        (RGB, False, media_pb2.IMAGE_FORMAT_RGB24),
        (RGB[..., ::-1], True, media_pb2.IMAGE_FORMAT_BGR24),
        (PICTURE, False, media_pb2.IMAGE_FORMAT_RGBA32),
        (PICTURE[..., [2, 1, 0, 3]], True, media_pb2.IMAGE_FORMAT_BGRA32),
        (np.asfortranarray(RGB), False, media_pb2.IMAGE_FORMAT_RGB24),
        (memoryview(np.ascontiguousarray(RGB)), False, media_pb2.IMAGE_FORMAT_RGB24),
    ],
)
def test_an_array_keeps_its_colours(picture: Picture, bgra: bool, form: Any) -> None:
    image = image_of(picture, bgra=bgra)
    assert image.format == form
    np.testing.assert_array_equal(understood(image), RGB)


@pytest.mark.parametrize("bgra", [False, True])
@pytest.mark.parametrize("grey", [PICTURE[..., 0], PICTURE[..., :1], PICTURE[::-1, ::-2, 0]])
def test_grey_is_grey(grey: Any, bgra: bool) -> None:
    expected = np.repeat(grey.reshape(*grey.shape[:2], 1), 3, axis=2)
    np.testing.assert_array_equal(understood(image_of(grey, bgra=bgra)), expected)


@given(
    st.sampled_from([0, 90, 180, 270]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([1, 3, 4]),
)
def test_an_older_server_understands_the_same(
    rotation: int, mirrored: bool, bottom_up: bool, bgra: bool, channels: int
) -> None:
    """What it has no words for is done before sending."""
    how: dict[str, Any] = {"rotation": rotation, "mirrored": mirrored, "bottom_up": bottom_up, "bgra": bgra}
    old, new = (image_of(PICTURE[..., :channels], minor=minor, **how) for minor in (0, 1))
    np.testing.assert_array_equal(understood(old), understood(new))
    assert old.format != media_pb2.IMAGE_FORMAT_BGR24
    assert not old.rotation_degrees
    assert not old.mirrored
    assert (new.rotation_degrees, new.mirrored) == (rotation, mirrored)


def test_the_client_knows_how_old_its_server_is() -> None:
    for minor, form, degrees in ((0, media_pb2.IMAGE_FORMAT_RGB24, 0), (1, media_pb2.IMAGE_FORMAT_BGR24, 90)):
        fake = FakeBridge()
        fake.minor = minor

        async def scene(bridge: Any, fake: FakeBridge) -> None:
            async with bridge.camera() as camera:
                assert await camera.detect(RGB, budget=5.0, bgra=True, rotation=90)
                assert await camera.classify(RGB, budget=5.0, bgra=True, rotation=90)

        for asked in play(scene, fake).of_kind("frame"):
            assert (asked.image.format, asked.image.rotation_degrees) == (form, degrees)
            np.testing.assert_array_equal(understood(asked.image), np.rot90(RGB[..., ::-1], -1))


def test_bits_that_count_need_a_server_that_knows_them() -> None:
    png = saved(RGB, "PNG")
    assert image_of(png, significant_bits=12).significant_bits == 12
    assert image_of(png, minor=0).data == png
    with pytest.raises(ValueError, match="server is older than significant_bits; update it"):
        image_of(png, minor=0, significant_bits=12)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_files_go_as_they_are_from_wherever_they_come(form: str, tmp_path: Path) -> None:
    data, path = saved(RGB, form), tmp_path / "picture"
    path.write_bytes(data)
    for given_ in (data, bytearray(data), memoryview(data), memoryview(data + data)[: len(data)], path, str(path)):
        image = image_of(given_)
        assert image.data == data
        assert media_pb2.ImageFormat.Name(image.format) == f"IMAGE_FORMAT_{form}"
    assert image_of(np.frombuffer(data, np.uint8)).data == data


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "HSV"])
def test_a_pil_image_is_sent_in_rgb(mode: str) -> None:
    picture = Image.fromarray(RGB).convert("L").convert("LA").convert("PA") if mode == "PA" else None
    picture = picture or Image.fromarray(RGB).convert(mode)
    expected = np.asarray(picture.convert("RGBA"))[..., :3]
    np.testing.assert_allclose(understood(image_of(picture)), expected, atol=1)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_pil_image_that_was_opened_is_upright_and_one_that_was_worked_on_is_as_it_is(form: str) -> None:
    """What Pillow turns keeps the words of the file that it was."""
    large = np.kron(RGB, np.ones((8, 8, 1), np.uint8))
    for orientation in range(1, 9):
        file = with_exif(saved(stored(orientation, large), form), form, tiff(orientation))
        image = Image.open(io.BytesIO(file))
        shown = understood(image_of(image))
        np.testing.assert_array_equal(stored(orientation, shown), np.asarray(image.convert("RGB")))
        worked_on = image.convert("RGB").rotate(90, expand=True)
        np.testing.assert_array_equal(understood(image_of(worked_on)), np.asarray(worked_on))


class Tensor:
    """Has a shape and a type, but is not an array."""

    shape, dtype = (4, 4, 3), "uint8"


WRONG: dict[str, tuple[Any, dict[str, Any], str]] = {
    "float": (RGB / 255, {}, "array of float64 .* 0 to 1 times 255"),
    "bool": (RGB > 9, {}, "array of bool .* True as 255"),
    "uint16": (RGB.astype(np.uint16), {}, "array of uint16 .*divided down to 8 bits, or a PNG of 16 bits"),
    "int64": (RGB.astype(int), {}, "array of int64 .* give uint8"),
    "objects": (RGB.astype(object), {}, "array of object"),
    "two channels": (RGB[..., :2], {}, r"shape \(6, 9, 2\) is not a picture; give uint8"),
    "five channels": (np.zeros((4, 4, 5), np.uint8), {}, "not a picture"),
    "a batch": (RGB[None], {}, r"\(1, 6, 9, 3\) is not a picture"),
    "a scalar": (np.uint8(3), {}, "uint8 is not a picture; give a file's bytes or path, a PIL image or a numpy array"),
    "no rows": (RGB[:0], {}, r"\(0, 9, 3\) is not a picture"),
    "no columns": (RGB[:, :0], {}, r"\(6, 0, 3\) is not a picture"),
    "nothing": (np.zeros(0, np.uint8), {}, "not a picture"),
    "no bytes": (b"", {}, "neither JPEG, PNG nor WebP"),
    "other bytes": (bytearray(b"GIF89a"), {}, "neither JPEG, PNG nor WebP"),
    "None": (None, {}, "a NoneType is not a picture"),
    "a list": (RGB.tolist(), {}, "a list is not a picture"),
    "a tensor": (Tensor(), {}, "a Tensor is not a picture"),
    "no path": ("no/such/file.png", {}, "'no/such/file.png' cannot be read: No such file"),
    "a folder": (Path("/"), {}, "give the path of a"),
    "no path at all": ("no\0path", {}, "cannot be read: embedded null byte; give the path"),
    "a device": (Path(os.devnull), {}, "is not a file; give the path"),
    "deep PIL": (Image.fromarray(RGB[..., 0].astype(np.uint16)), {}, "mode 'I;16' has no 8 bits .* convert it to RGB"),
    "PIL of floats": (Image.new("F", (4, 4)), {}, "mode 'F'"),
    "PIL of nothing": (Image.new("RGB", (0, 4)), {}, "not a picture"),
    "PIL in another order": (Image.new("RGB", (4, 4)), {"bgra": True}, "leave bgra out"),
    "a turn": (RGB, {"rotation": 45}, "rotation is 45; give 0, 90, 180 or 270 degrees clockwise"),
    "a turn back": (RGB, {"rotation": -90}, "rotation is -90"),
    "bits": (JPEG, {"significant_bits": 8}, "significant_bits is 8; give 9 to 16"),
    "bits of an array": (RGB, {"significant_bits": 12}, "for PNG files of 16 bits"),
    "a turned file": (JPEG, {"rotation": 90}, "for arrays; a file says"),
    "a mirrored file": (JPEG, {"mirrored": True}, "for arrays"),
    "a file upside down": (JPEG, {"bottom_up": True}, "for arrays"),
    "a file in another order": (JPEG, {"bgra": True}, "for arrays"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_picture_is_a_value_error_that_says_what_to_give(name: str) -> None:
    picture, how, sentence = WRONG[name]
    with pytest.raises(ValueError, match=sentence):
        image_of(picture, **how)


@pytest.mark.parametrize("picture", [JPEG, RGB])
@pytest.mark.parametrize("minor", [0, 1])
def test_a_word_that_there_is_not_is_not_passed_over(picture: Picture, minor: int) -> None:
    how: dict[str, Any] = {"bgr": True}
    with pytest.raises(TypeError, match="no bgr of a picture; use bgra, bottom_up"):
        image_of(picture, minor=minor, **how)


def test_a_damaged_pil_image_is_a_value_error() -> None:
    cut = Image.open(io.BytesIO(saved(RGB, "PNG")[:-40]))
    with pytest.raises(ValueError, match=r"PIL image cannot be read: .*; give another"):
        image_of(cut)


def test_a_file_that_is_too_large_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.client.picture.MOST_FILE_BYTES", 1000)
    path = tmp_path / "large.jpg"
    path.write_bytes(JPEG[:3] + bytes(998))
    with pytest.raises(ValueError, match="more than 1,000 bytes; give a smaller file"):
        image_of(path)


def test_a_pipe_keeps_nobody_waiting(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(ValueError, match="is not a file"):
        image_of(path)


def test_a_texture_format_that_there_is_not_is_a_value_error() -> None:
    from bridge.client import BridgeClient

    with pytest.raises(ValueError, match="unknown texture format 'rgb24'; choose one of rgba32, png, "):
        BridgeClient(formats=("rgba32", "rgb24"))
    with pytest.raises(ValueError, match="formats is 'rgba32'; give a sequence of names"):
        BridgeClient(formats="rgba32")
    with pytest.raises(ValueError, match="unknown texture format None"):
        BridgeClient(formats=(None,))  # type: ignore[arg-type]
