"""A frame as a PNG file, as Pillow reads it."""

import io

import numpy as np
import pytest
from PIL import Image

from bridge.client.frames import Frame, frame_of
from bridge.v1 import avatar_pb2, media_pb2

PIXELS = np.random.default_rng(5).integers(0, 256, (6, 9, 4), np.uint8)
PIXELS[..., :3] = np.minimum(PIXELS[..., :3], PIXELS[..., 3:])  # premultiplied
PIXELS[0, 0] = 0


def frame(pixels: "np.typing.NDArray[np.uint8]", row_order: media_pb2.RowOrder) -> Frame:
    height, width, _ = pixels.shape
    chunk = avatar_pb2.TextureFrame(
        width=width, height=height, format=media_pb2.TEXTURE_FORMAT_RGBA32, row_order=row_order
    )
    return frame_of(chunk, pixels.tobytes(), 0.0, 0.0)


@pytest.mark.parametrize(
    ("pixels", "row_order"), [(PIXELS, media_pb2.ROW_ORDER_TOP_DOWN), (PIXELS[::-1], media_pb2.ROW_ORDER_BOTTOM_UP)]
)
def test_colours_are_straight_and_the_top_row_is_first(
    pixels: "np.typing.NDArray[np.uint8]", row_order: media_pb2.RowOrder
) -> None:
    with Image.open(io.BytesIO(frame(pixels, row_order).to_png())) as picture:
        picture.verify()
    with Image.open(io.BytesIO(frame(pixels, row_order).to_png())) as picture:
        assert (picture.format, picture.mode, picture.size) == ("PNG", "RGBA", (9, 6))
        read = np.asarray(picture).astype(int)
    alpha = read[..., 3:]
    assert (alpha == PIXELS[..., 3:]).all()
    assert np.abs(read[..., :3] * alpha / 255 - PIXELS[..., :3]).max() <= 0.5


def test_a_transparent_pixel_stays_black() -> None:
    with Image.open(io.BytesIO(frame(PIXELS, media_pb2.ROW_ORDER_TOP_DOWN).to_png())) as picture:
        assert picture.getpixel((0, 0)) == (0, 0, 0, 0)
