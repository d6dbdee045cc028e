"""Draws a photo in all eight EXIF orientations as JPEG, PNG and WebP, as a contact sheet.

Each cell shows the pixels of the file, and the upright picture with the boxes from a server with the real detector.
"""

import argparse
import asyncio
import io
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bridge.client import BridgeClient
from bridge.codecs import images
from bridge.codecs.headers import Bounds
from bridge.config import Config
from bridge.server import Server

HERE = Path(__file__).parents[1]
PHOTO = HERE.parent / "unity_plugin" / "Samples~" / "ArRecognition" / "gallery.jpg"
_FORMS = ("JPEG", "PNG", "WEBP")
_ORIENTATION = 0x0112  # the EXIF tag
_PART = (590, 0, 1390, 400)  # of the photo
_SIZE = (192, 96)  # of an upright picture on the sheet
_GAP, _LABEL = 10, 22
_COLOURS = 64  # keep the file small
_BUDGET, _SURE = 30.0, 0.5
_KEPT = {  # how a camera stores an upright picture, in Pillow's terms, which rotate counter-clockwise
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def file_of(photo: Image.Image, form: str, orientation: int) -> bytes:
    """The photo as stored by a camera in this orientation."""
    turn = _KEPT.get(orientation)
    tags = Image.Exif()
    tags[_ORIENTATION] = orientation
    file = io.BytesIO()
    (photo if turn is None else photo.transpose(turn)).save(file, form, quality=90, exif=tags)
    return file.getvalue()


async def answers(files: list[bytes]) -> list[Any]:
    """The answers of a server with the real detector."""
    server = Server(Config(port=0, device="cpu", models=("detector",)))
    port = await server.start()
    try:
        await server.ready
        async with BridgeClient(f"127.0.0.1:{port}") as bridge, bridge.camera() as camera:
            return [await camera.detect(file, budget=_BUDGET, threshold=_SURE) for file in files]
    finally:
        await server.stop()


def sheet(photo: Image.Image) -> Image.Image:
    """The sheet: a row per orientation, a column per format."""
    keys = [(form, orientation) for orientation in range(1, 9) for form in _FORMS]
    files = [file_of(photo, *key) for key in keys]
    seen = asyncio.run(answers(files))
    wide, high = _SIZE[0] * 2 + _GAP, _SIZE[1] + _LABEL
    page = Image.new("RGB", (len(_FORMS) * (wide + _GAP) + _GAP, 8 * (high + _GAP) + _GAP), "white")
    for place, (key, file, answer) in enumerate(zip(keys, files, seen, strict=True)):
        row, column = divmod(place, len(_FORMS))
        corner = (_GAP + column * (wide + _GAP), _GAP + row * (high + _GAP))
        _draw(page, key, file, answer, corner)
    return page.quantize(_COLOURS)


def _draw(page: Image.Image, key: tuple[str, int], file: bytes, answer: Any, corner: tuple[int, int]) -> None:
    form, orientation = key
    left, top = corner
    lying = Image.open(io.BytesIO(file)).convert("RGB")
    lying.thumbnail(_SIZE)
    upright = Image.fromarray(images.decode(file, form, bounds=Bounds(1 << 24)))
    assert upright.size == (answer.width, answer.height)
    scale = np.divide(_SIZE, upright.size)
    page.paste(lying, (left, top + _LABEL))
    page.paste(upright.resize(_SIZE), (left + _SIZE[0] + _GAP, top + _LABEL))
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(13)
    names = ", ".join(f"{box.name} {box.score:.2f}" for box in answer.boxes)
    draw.text((left, top), f"{form} {orientation}", fill="black", font=font)
    draw.text((left + _SIZE[0] + _GAP, top), names, fill="black", font=font)
    for box in answer.boxes:
        x, y = left + _SIZE[0] + _GAP + box.x * scale[0], top + _LABEL + box.y * scale[1]
        draw.rectangle((x, y, x + box.width * scale[0], y + box.height * scale[1]), outline="red", width=2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=HERE / "results" / "orientations.png")
    out = parser.parse_args().out
    sheet(Image.open(PHOTO).convert("RGB").crop(_PART)).save(out, optimize=True)
    print(f"{out}: {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
