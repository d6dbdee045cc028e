"""Pictures with marks, sent to a server whose detector sees marks."""

import io
from typing import Any

import numpy as np
from PIL import Image

from bridge.v1 import error_pb2, media_pb2
from tests.capabilities.dialogue.marks import (
    Pixels,
    check_seen,
    stored,
    upright,
)
from tests.capabilities.recognition.test_recognition import DETECT, frame
from tests.codecs.files import chunk, tiff
from tests.conftest import Run
from tests.serving.client import connected, read
from tests.serving.server import FakeServer

FORMS = {
    "JPEG": media_pb2.IMAGE_FORMAT_JPEG,
    "PNG": media_pb2.IMAGE_FORMAT_PNG,
    "WEBP": media_pb2.IMAGE_FORMAT_WEBP,
}
RGB24, BGR24 = media_pb2.IMAGE_FORMAT_RGB24, media_pb2.IMAGE_FORMAT_BGR24
RGBA32, BGRA32 = media_pb2.IMAGE_FORMAT_RGBA32, media_pb2.IMAGE_FORMAT_BGRA32


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


PLAIN, PROGRESSIVE = saved(upright(), "JPEG"), saved(upright(), "JPEG", progressive=True)
TURNED = saved(stored(6, upright()), "PNG")
END = chunk(b"IEND", b"")
SIX, BAD = tiff(6), tiff(9)


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
