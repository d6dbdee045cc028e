"""What a picture means is understood as its sender means it, over the wire: which way up, which colour, how deep."""

import logging
import struct
import warnings
import zlib
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bridge.client import BridgeClient
from tests.capabilities.dialogue.marks import (
    HEIGHT,
    WIDTH,
    check_boxes,
    stored,
    upright,
)
from tests.codecs.files import chunk, deep_png, tiff, webp_with, with_exif
from tests.conftest import Run
from tests.pictures.answers import (
    BAD,
    BGR24,
    END,
    FORMS,
    ORDERS,
    PLAIN,
    SIX,
    TURNED,
    answers,
    check_refused,
    check_upright,
    file_of,
    lying,
    raw_of,
    saved,
)
from tests.serving.server import FakeServer

# -- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_looked_at_as_its_exif_says(run: Run, marks: FakeServer, form: str, big: bool) -> None:
    files = [
        with_exif(saved(stored(orientation, upright()), form), form, tiff(orientation, big=big))
        for orientation in range(1, 9)
    ]
    check_upright(run, marks, *(file_of(file, form) for file in files))


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_that_is_read_smaller_is_turned_too(run: Run, marks: FakeServer, progressive: bool) -> None:
    files = [
        with_exif(saved(stored(turn, upright(4)), "JPEG", progressive=progressive), "JPEG", tiff(turn))
        for turn in range(1, 9)
    ]
    check_upright(run, marks, *(file_of(file, "JPEG") for file in files), scale=4)


@pytest.mark.parametrize("form", FORMS)
def test_pillows_own_exif_is_read(run: Run, marks: FakeServer, form: str) -> None:
    tags = Image.Exif()
    tags[0x0112] = 6
    check_upright(run, marks, file_of(saved(stored(6, upright()), form, exif=tags), form))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("orientation", [3, 6])
def test_a_size_is_said_as_stored_or_upright(run: Run, marks: FakeServer, form: str, orientation: int) -> None:
    pixels = stored(orientation, upright())
    high, wide = pixels.shape[:2]
    file = with_exif(saved(pixels, form), form, tiff(orientation))
    right = {(wide, high), (WIDTH, HEIGHT), (0, 0), (wide, 0), (0, HEIGHT)}
    check_upright(run, marks, *(file_of(file, form, width=width, height=height) for width, height in right))
    wrong = [(WIDTH, WIDTH), (HEIGHT, HEIGHT), (WIDTH - 1, HEIGHT)] + [(HEIGHT, WIDTH)] * (orientation == 3)
    for width, height in wrong:
        (status,) = answers(run, marks, file_of(file, form, width=width, height=height))
        check_refused(status, "INVALID_IMAGE", f"said to be {width} x {height}", "own size")


def profile(block: bytes, *, name: bytes = b"exif", packed: bool = True) -> bytes:
    """EXIF in a text, as ImageMagick wrote it."""
    digits = block.hex().encode()
    lines = b"\n".join(digits[at : at + 72] for at in range(0, len(digits), 72))
    text = b"\n%s\n%8d\n%s\n" % (name, len(block), lines)
    keyword = b"Raw profile type " + name + b"\0"
    return chunk(b"zTXt", keyword + b"\0" + zlib.compress(text)) if packed else chunk(b"tEXt", keyword + text)


PLACED = {
    "after the pixels": TURNED[: -len(END)] + chunk(b"eXIf", SIX) + END,
    "with Exif before it": with_exif(TURNED, "PNG", b"Exif\0\0" + SIX),
    "a packed text": TURNED[:33] + profile(b"Exif\0\0" + SIX) + TURNED[33:],
    "a plain text": TURNED[:33] + profile(b"Exif\0\0" + SIX, packed=False) + TURNED[33:],
    "a text after the pixels": TURNED[: -len(END)] + profile(SIX, name=b"APP1") + END,
    "a chunk before a text": TURNED[:33] + profile(tiff(3)) + chunk(b"eXIf", SIX) + TURNED[33:],
    "two chunks": with_exif(TURNED, "PNG", SIX, tiff(3)),
    "two chunks, one that says nothing": with_exif(TURNED, "PNG", BAD, SIX),
    "as a long": with_exif(TURNED, "PNG", tiff(6, big=True, kind=4)),
    "as a byte": with_exif(TURNED, "PNG", tiff(6, big=True, kind=1)),
}


@pytest.mark.parametrize("place", PLACED)
def test_exif_is_found_wherever_a_png_has_it(run: Run, marks: FakeServer, place: str) -> None:
    check_upright(run, marks, file_of(PLACED[place], "PNG"))


def test_of_two_blocks_the_first_that_says_something_counts(run: Run, marks: FakeServer) -> None:
    for form in FORMS:
        file = saved(stored(6, upright()), form)
        check_upright(run, marks, file_of(with_exif(file, form, SIX, tiff(3)), form))
    jpeg = saved(stored(6, upright()), "JPEG")
    check_upright(run, marks, file_of(with_exif(jpeg, "JPEG", BAD, SIX), "JPEG"))


def test_a_webp_whose_flags_deny_exif_has_none(run: Run, marks: FakeServer) -> None:
    """As decoders have it."""
    file = saved(upright(), "WEBP")
    check_upright(run, marks, file_of(webp_with(file, (b"EXIF", SIX), flags=0), "WEBP"))
    check_upright(run, marks, file_of(webp_with(file, (b"XMP ", b"abc"), flags=4), "WEBP"))
    turned = saved(stored(6, upright()), "WEBP")
    check_upright(run, marks, file_of(webp_with(turned, (b"XMP ", b"abc"), (b"EXIF", SIX), flags=12), "WEBP"))


DAMAGED = {
    "nothing": b"",
    "no order of bytes": b"XX*\0" + SIX[4:],
    "zeros": bytes(40),
    "a directory beyond": b"II*\0\xff\xff\xff\xff",
    "a directory that is cut": SIX[:21],
    "a million entries": b"II*\0" + struct.pack("<LH", 8, 65535) + b"\x12\x01\x07\0\xff\xff\xff\x7f\0\0\0\0" * 300,
    "a value of another type": b"II*\0" + struct.pack("<LHHHL4s", 8, 1, 0x0112, 2, 1, b"6\0\0\0"),
    "offsets in a ring": b"II*\0" + struct.pack("<LHHHLLL", 8, 1, 0x8769, 4, 1, 8, 8),
    "orientation 0": tiff(0),
    "orientation 9": tiff(9),
    "orientation 65535": tiff(65535),
}


@pytest.mark.parametrize("form", FORMS)
def test_damaged_exif_is_upright_and_nobody_writes_about_it(
    run: Run, marks: FakeServer, form: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """No library says a word: not in the log, which is the operator's, not as a warning, not on its standard error."""
    file = saved(upright(), form)
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        check_upright(run, marks, *(file_of(with_exif(file, form, block), form) for block in DAMAGED.values()))
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []
    assert [record for record in caplog.records if record.name.startswith("PIL") and record.levelno > 10] == []
    assert warned == []
    assert not [line for line in capfd.readouterr().err.splitlines() if "chttp2" not in line]


@pytest.mark.parametrize(
    "extra",
    [
        profile(b"zz"),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + b"no zlib"),
        chunk(b"tEXt", b"Raw profile type exif\0\nexif\n 4\nno hexadecimal"),
        chunk(b"zTXt", b"Raw profile type exif"),
        chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(bytes(1 << 24))),
    ],
)
def test_a_text_that_is_no_profile_is_passed_over(run: Run, marks: FakeServer, extra: bytes) -> None:
    plain = saved(upright(), "PNG")
    check_upright(run, marks, file_of(plain[:33] + extra + plain[33:], "PNG"))


# -- raw pictures ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ORDERS)
def test_raw_pictures_are_put_upright_in_the_documented_order(run: Run, marks: FakeServer, form: Any) -> None:
    images = [
        raw_of(
            lying(rotation, mirrored, bottom_up),
            form,
            padding=5 * padded,
            bottom_up=bottom_up,
            rotation_degrees=rotation,
            mirrored=mirrored,
        )
        for rotation in (0, 90, 180, 270)
        for mirrored in (False, True)
        for bottom_up in (False, True)
        for padded in (False, True)
    ]
    check_upright(run, marks, *images)


def test_a_turned_raw_picture_that_is_carried_has_its_upright_size(run: Run, marks: FakeServer) -> None:
    """What is told of a picture before it is decoded is told of the upright one."""
    from bridge.pictures.picture import picture_of

    image = raw_of(lying(90, False, False), BGR24, rotation_degrees=90)
    assert picture_of(image, (416, 256), marks.backend.limits).size == (WIDTH, HEIGHT)
    file = file_of(PLACED["a packed text"], "PNG")
    assert picture_of(file, (416, 256), marks.backend.limits).size == (WIDTH, HEIGHT)


# -- how deep ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bits", [0, 9, 10, 12, 14, 15, 16])
@pytest.mark.parametrize("alpha", [False, True])
def test_bits_that_count_are_scaled_by_their_range(run: Run, marks: FakeServer, bits: int, alpha: bool) -> None:
    """Of ten bits in a PNG of sixteen the upper eight are black."""
    most = (1 << (bits or 16)) - 1
    values = (upright().astype(np.float64) / 255 * most).round().astype(np.uint16)
    if alpha:
        values = np.concatenate([values, np.full((HEIGHT, WIDTH, 1), most, np.uint16)], axis=2)
    data = deep_png(values, 6 if alpha else 2)
    check_upright(run, marks, file_of(data, "PNG", significant_bits=bits))
    if 0 < bits < 12:
        (dark,) = answers(run, marks, file_of(data, "PNG"))
        assert not dark.detections


def test_bits_that_count_and_orientation_go_together(run: Run, marks: FakeServer) -> None:
    data = deep_png(stored(8, upright()).astype(np.uint16) * 4, 2)
    check_upright(run, marks, file_of(with_exif(data, "PNG", tiff(8)), "PNG", significant_bits=10))


# -- the Python client -------------------------------------------------------------------------------------------------


def test_the_client_says_what_a_picture_means(run: Run, marks: FakeServer, tmp_path: Any) -> None:
    path = tmp_path / "turned.png"
    path.write_bytes(PLACED["after the pixels"])
    rgb = lying(90, True, True)
    alpha = np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])
    how: dict[str, Any] = {"rotation": 90, "mirrored": True, "bottom_up": True}
    deep = deep_png(upright().astype(np.uint16) * 4, 2)
    senders: list[tuple[Any, dict[str, Any]]] = [
        (rgb, how),
        (rgb[..., ::-1], {**how, "bgra": True}),
        (alpha, how),
        (alpha[..., [2, 1, 0, 3]], {**how, "bgra": True}),
        (memoryview(rgb), how),
        (bytearray(PLAIN), {}),
        (memoryview(PLAIN[:-2]), {}),
        (np.frombuffer(PLAIN, np.uint8), {}),
        (path, {}),
        (str(path), {}),
        (Image.open(path), {}),
        (Image.fromarray(rgb), how),
        (deep, {"significant_bits": 10}),
    ]

    async def scenario() -> None:
        async with BridgeClient(f"127.0.0.1:{marks.port}") as bridge, bridge.camera() as camera:
            for picture, meaning in senders:
                seen: Any = await camera.detect(picture, budget=10.0, **meaning)
                assert (seen.width, seen.height) == (WIDTH, HEIGHT)
                check_boxes({box.name: (box.x, box.y, box.width, box.height) for box in seen.boxes})
            for grey in (upright()[..., 0], upright()[..., :1]):
                assert (await camera.classify(grey, budget=10.0, rotation=90)).width == HEIGHT  # type: ignore[union-attr]

    run(scenario())
