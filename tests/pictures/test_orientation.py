"""What a picture means is understood as its sender means it, over the wire: which way up, which colour, how deep."""

import io
import logging
import struct
import warnings
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from bridge.client import BridgeClient
from bridge.v1 import error_pb2, media_pb2
from tests.capabilities.dialogue.marks import (
    HEIGHT,
    WIDTH,
    MarkDetector,
    Pixels,
    check_boxes,
    check_seen,
    stored,
    upright,
)
from tests.capabilities.recognition.test_recognition import DETECT, frame
from tests.codecs.files import chunk, deep_png, png, segment, tiff, webp_with, with_exif
from tests.conftest import Run
from tests.serving.client import connected, read
from tests.serving.fakes import Fakes
from tests.serving.server import FakeServer

FORMS = {
    "JPEG": media_pb2.IMAGE_FORMAT_JPEG,
    "PNG": media_pb2.IMAGE_FORMAT_PNG,
    "WEBP": media_pb2.IMAGE_FORMAT_WEBP,
}
RGB24, BGR24 = media_pb2.IMAGE_FORMAT_RGB24, media_pb2.IMAGE_FORMAT_BGR24
RGBA32, BGRA32 = media_pb2.IMAGE_FORMAT_RGBA32, media_pb2.IMAGE_FORMAT_BGRA32


@pytest.fixture(scope="module")
def marks(run: Run) -> Iterator[FakeServer]:
    """A server whose detector sees marks."""
    server = FakeServer(Fakes(detector=MarkDetector()), models=("detector", "classifier"))  # type: ignore[arg-type]
    run(server.start())
    yield server
    run(server.server.stop(0.0))


def saved(picture: Pixels, form: str, **options: Any) -> bytes:
    file = io.BytesIO()
    if form == "JPEG":
        options = {"quality": 95, "subsampling": 0, **options}
    Image.fromarray(picture).save(file, form, **({"lossless": True} if form == "WEBP" else {}), **options)
    return file.getvalue()


def file_of(data: bytes, form: str, **fields: Any) -> media_pb2.Image:
    return media_pb2.Image(format=FORMS[form], data=data, **fields)


def answers(run: Run, server: FakeServer, *images: media_pb2.Image) -> list[Any]:
    """What the detector answers to each, a result or a status."""

    async def scenario() -> list[Any]:
        async with connected(server.port) as client:
            call = await client.open_recognition()
            told = []
            for index, image in enumerate(images, 1):
                await call.write(frame(index, DETECT, image=image))
                message = await read(call)
                told.append(getattr(message, message.WhichOneof("message")))
            return told

    found: list[Any] = run(scenario())
    return found


def check_upright(run: Run, server: FakeServer, *images: media_pb2.Image, scale: int = 1, **how: Any) -> None:
    for result in answers(run, server, *images):
        assert hasattr(result, "detections"), result
        check_seen(result, scale, **how)


def check_refused(status: Any, reason: str, *words: str) -> None:
    assert error_pb2.ErrorReason.Name(status.outcome.error.reason) == f"ERROR_REASON_{reason}", status
    for word in words:
        assert word in status.outcome.error.message


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


TURNED = saved(stored(6, upright()), "PNG")
END = chunk(b"IEND", b"")
SIX, BAD = tiff(6), tiff(9)
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

_BACK = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}
ORDERS = {RGB24: [0, 1, 2], BGR24: [2, 1, 0], RGBA32: [0, 1, 2, 3], BGRA32: [2, 1, 0, 3]}


def lying(rotation: int, mirrored: bool, bottom_up: bool) -> Pixels:
    """The upright picture as a sensor has it that is upright after its rows, its sides and its turn are put right."""
    picture = Image.fromarray(upright())
    if rotation:
        picture = picture.transpose(_BACK[rotation])  # counter-clockwise, as Pillow counts
    if mirrored:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    if bottom_up:
        picture = picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    return np.asarray(picture)


def raw_of(pixels: Pixels, form: Any, *, padding: int = 0, bottom_up: bool = False, **fields: Any) -> media_pb2.Image:
    height, width = pixels.shape[:2]
    full = np.concatenate([pixels, np.full((height, width, 1), 255, np.uint8)], axis=2)[..., ORDERS[form]]
    rows = full.reshape(height, -1)
    rows = np.concatenate([rows, np.full((height, padding), 99, np.uint8)], axis=1)
    return media_pb2.Image(
        format=form,
        width=width,
        height=height,
        row_stride_bytes=rows.shape[1] if padding else 0,
        row_order=media_pb2.ROW_ORDER_BOTTOM_UP if bottom_up else media_pb2.ROW_ORDER_TOP_DOWN,
        data=rows.tobytes(),
        **fields,
    )


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


# -- what is damaged, and what is only unusual -------------------------------------------------------------------------


def mpo() -> bytes:
    """Two pictures in one file, as cameras of two lenses write them."""
    first, second = (Image.fromarray(picture) for picture in (upright(), np.zeros_like(upright())))
    file = io.BytesIO()
    first.save(file, "MPO", save_all=True, append_images=[second], quality=95)
    return file.getvalue()


PLAIN, PROGRESSIVE = saved(upright(), "JPEG"), saved(upright(), "JPEG", progressive=True)
BIG = saved(upright(4), "JPEG")
WHOLE = {
    "without its end": PLAIN[:-2],
    "progressive, without its end": PROGRESSIVE[:-2],
    "with restarts, without its end": saved(upright(), "JPEG", restart_marker_blocks=4)[:-2],
    "with half of its end": PLAIN[:-1],
    "without its end and turned": with_exif(saved(stored(6, upright()), "JPEG")[:-2], "JPEG", SIX),
    "zeros in the place of its end": PLAIN[:-2] + bytes(700),
    "garbage after its end": PLAIN + b"garbage \xff\xd8\xff\xda" * 99,
    "a second picture after its end": PLAIN + PROGRESSIVE,
    "two pictures": mpo(),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_jpeg_whose_pixels_are_all_there_is_read(run: Run, marks: FakeServer, name: str) -> None:
    """Firmware of small cameras leaves the end out, or adds something to it."""
    check_upright(run, marks, file_of(WHOLE[name], "JPEG"))


def test_a_jpeg_without_its_end_may_be_read_smaller(run: Run, marks: FakeServer) -> None:
    check_upright(run, marks, file_of(BIG[:-2], "JPEG"), scale=4)


@pytest.mark.parametrize("data", [PLAIN, PROGRESSIVE, BIG], ids=["plain", "progressive", "read smaller"])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97])
def test_a_jpeg_that_is_cut_in_its_pixels_is_not(run: Run, marks: FakeServer, data: bytes, share: float) -> None:
    scan = data.index(b"\xff\xda")
    (status,) = answers(run, marks, file_of(data[: scan + 14 + int((len(data) - scan - 14) * share)], "JPEG"))
    check_refused(status, "INVALID_IMAGE", "JPEG file is", "cut short", "send it whole")


def test_a_progressive_jpeg_that_lacks_whole_scans_is_cut(run: Run, marks: FakeServer) -> None:
    """A decoder makes a coarse picture of it, and says nothing."""
    starts = [at for at in range(len(PROGRESSIVE)) if PROGRESSIVE[at : at + 2] == b"\xff\xda"]
    tables = [PROGRESSIVE.rindex(b"\xff\xc4", 0, start) for start in starts[1:]]
    for start in {*starts[1:], *tables}:
        (status,) = answers(run, marks, file_of(PROGRESSIVE[:start], "JPEG"))
        check_refused(status, "INVALID_IMAGE", "cut short", "send it whole")


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("extended", [False, True])
def test_a_cut_webp_is_called_cut(run: Run, marks: FakeServer, lossless: bool, extended: bool) -> None:
    file = io.BytesIO()
    Image.fromarray(upright()).save(file, "WEBP", lossless=lossless)
    data = with_exif(file.getvalue(), "WEBP", tiff(1)) if extended else file.getvalue()
    for size in (4, 8, 11, 12, 16, 20, 29, 30, 40, len(data) // 2, len(data) - 2, len(data) - 1):
        (status,) = answers(run, marks, file_of(data[:size], "WEBP"))
        check_refused(status, "INVALID_IMAGE", "WEBP file is cut short", "send it whole")


def sized(size: int) -> bytes:
    data = bytearray(PLAIN)
    data[data.index(b"\xff\xc0") + 4] = size
    return bytes(data)


TWELVE = sized(12)
SMALL = media_pb2.IMAGE_FORMAT_RGB24
CALLED = {
    "a JPEG of 12 bits": (file_of(TWELVE, "JPEG"), "INVALID_IMAGE", "JPEG has 12 bits a channel; send one of 8"),
    "a JPEG of 12 bits, extended": (
        file_of(TWELVE.replace(b"\xff\xc0", b"\xff\xc1"), "JPEG"),
        "INVALID_IMAGE",
        "12 bits",
    ),
    "a PNG of no size": (
        file_of(png(0, 0, b""), "PNG"),
        "INVALID_IMAGE",
        "PNG file declares",
        "0 x 0",
        "at least 1 x 1",
    ),
    "a PNG of no width": (file_of(png(0, 9, b""), "PNG"), "INVALID_IMAGE", "0 x 9"),
    "a PNG that is its header": (file_of(png(9, 9, b"")[:20], "PNG"), "INVALID_IMAGE", "PNG file is cut short"),
    "a PNG that is its signature": (file_of(png(9, 9, b"")[:8], "PNG"), "INVALID_IMAGE", "PNG file is cut short"),
    "a JPEG that ends in its header": (file_of(PLAIN[:200], "JPEG"), "INVALID_IMAGE", "JPEG file is cut short"),
    "a JPEG that is its first bytes": (file_of(PLAIN[:3], "JPEG"), "INVALID_IMAGE", "JPEG file is cut short"),
    "a JPEG that ends in a segment": (
        file_of(PLAIN[:2] + segment(0xE1, bytes(999))[:500], "JPEG"),
        "INVALID_IMAGE",
        "JPEG file is cut short",
    ),
    "another format": (file_of(PLAIN, "PNG"), "INVALID_IMAGE", "not a PNG file"),
    "turned by 45": (raw_of(upright(), SMALL, rotation_degrees=45), "OUT_OF_RANGE", "is 45; send 0, 90, 180 or 270"),
    "turned back": (raw_of(upright(), SMALL, rotation_degrees=-90), "OUT_OF_RANGE", "rotation_degrees is -90"),
    "turned around": (raw_of(upright(), SMALL, rotation_degrees=360), "OUT_OF_RANGE", "rotation_degrees is 360"),
    "a file turned by 91": (file_of(PLAIN, "JPEG", rotation_degrees=91), "OUT_OF_RANGE", "rotation_degrees is 91"),
    "a turned file": (file_of(PLAIN, "JPEG", rotation_degrees=90), "INVALID_IMAGE", "for raw formats", "EXIF"),
    "a mirrored file": (file_of(TURNED, "PNG", mirrored=True), "INVALID_IMAGE", "mirrored", "for raw formats"),
    "8 bits that count": (file_of(TURNED, "PNG", significant_bits=8), "OUT_OF_RANGE", "is 8; send 9 to 16, or 0"),
    "17 bits that count": (file_of(TURNED, "PNG", significant_bits=17), "OUT_OF_RANGE", "significant_bits is 17"),
    "-1 bits that count": (file_of(TURNED, "PNG", significant_bits=-1), "OUT_OF_RANGE", "significant_bits is -1"),
    "12 bits of 8": (file_of(TURNED, "PNG", significant_bits=12), "INVALID_IMAGE", "PNG file has 8 bits a channel"),
    "12 bits of a JPEG": (file_of(PLAIN, "JPEG", significant_bits=12), "INVALID_IMAGE", "JPEG file has 8 bits"),
    "12 bits of raw bytes": (raw_of(upright(), SMALL, significant_bits=12), "INVALID_IMAGE", "of 16 bits a channel"),
    "short rows": (
        media_pb2.Image(format=BGR24, width=8, height=8, row_stride_bytes=23, data=bytes(192)),
        "INVALID_IMAGE",
        "row_stride_bytes is 23; a row of 8 pixels takes 24",
    ),
    "bytes that are too few": (
        media_pb2.Image(format=BGR24, width=8, height=8, data=bytes(191)),
        "INVALID_IMAGE",
        "8 x 8 BGR24 takes 192",
    ),
    "no format": (media_pb2.Image(data=PLAIN), "INVALID_IMAGE", "BGR24"),
}


@pytest.mark.parametrize("name", CALLED)
def test_what_is_wrong_is_called_what_it_is_and_the_stream_goes_on(run: Run, marks: FakeServer, name: str) -> None:
    image, reason, *words = CALLED[name]
    status, result = answers(run, marks, image, file_of(PLAIN, "JPEG"))
    check_refused(status, reason, *words)
    check_seen(result)


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
