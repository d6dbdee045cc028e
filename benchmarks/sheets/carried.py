"""Draws carried boxes, before and after, as a contact sheet: another size, a turned phone, a scene cut, a threshold.

A server with the real detector processes a picture. Then its scheduler is given a latency for the detector that is far
too long, so that the next picture is answered with carried boxes. Arrival times are simulated. "Before" is the old
rule: boxes keep their pixels, regardless of age, shape and threshold.
"""

import argparse
import asyncio
import io
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import bridge.streams.stream
from bridge.client import BridgeClient, Recognized, Unanswered
from bridge.client.camera import Task
from bridge.client.recognition import Box
from bridge.config import Config
from bridge.server import Server
from bridge.wire.request import clock

RESULT = Path(__file__).parents[1] / "results" / "carried.png"
_PHOTO = Path(__file__).parents[2] / "bridge" / "assets" / "astronaut.jpg"
_BUDGET = 20.0
_FAR_TOO_LONG = 1000.0
_ACROSS, _HIGH, _LABEL, _GAP = 300, 230, 46, 10
_COLOURS = 64  # keep the file small
_PROCESSED, _BEFORE, _AFTER = (40, 90, 220), (200, 30, 30), (20, 130, 40)


class Case(NamedTuple):
    """A picture that is processed, and a later one that gets carried boxes."""

    name: str
    first: Image.Image
    second: Image.Image
    after: float = 0.1  # seconds
    threshold: float = 0.0


def cases() -> list[Case]:
    """The rows of the sheet."""
    photo = Image.open(_PHOTO).convert("RGB")
    side = min(photo.size)
    wide, tall = photo.crop((0, 0, side, side * 3 // 4)), photo.crop((side // 8, 0, side // 8 + side * 3 // 4, side))
    return [
        Case("dynamic resolution: half the size", wide, wide.resize((wide.width // 2, wide.height // 2))),
        Case("dynamic resolution: twice the size", wide, wide.resize((wide.width * 2, wide.height * 2))),
        Case("a phone turned", wide, tall),
        Case("a scene cut, 25 s later", wide, stars(wide.size), after=25.0),
        Case("a scene cut, 0.2 s later", wide, stars(wide.size), after=0.2),
        Case("a threshold of 0.1, of 0.35 before", wide, wide, threshold=0.1),
        Case("a threshold of 0.9, of 0.35 before", wide, wide, threshold=0.9),
    ]


def stars(size: tuple[int, int]) -> Image.Image:
    """A starry sky."""
    draw = np.random.default_rng(7)
    pixels = np.zeros((size[1], size[0], 3), np.uint8)
    pixels[draw.integers(0, size[1], 400), draw.integers(0, size[0], 400)] = draw.integers(90, 256, (400, 1))
    return Image.fromarray(pixels)


async def answers(server: Server, port: int, case: Case) -> tuple[Recognized, Recognized | Unanswered]:
    """The answers to the first and to the second picture."""
    arrival = clock()
    bridge.streams.stream.clock = lambda: arrival  # type: ignore[assignment]
    async with BridgeClient(f"127.0.0.1:{port}") as client, client.camera() as camera:
        await set_latency(server, 0.001)
        looked = (await camera.recognize(file(case.first), Task("detect", _BUDGET), pose=b"pose 1"))[0]
        assert isinstance(looked, Recognized), looked
        await set_latency(server, _FAR_TOO_LONG)
        arrival += case.after
        wanted = Task("detect", _BUDGET, case.threshold)
        return looked, (await camera.recognize(file(case.second), wanted, pose=b"pose 2"))[0]


async def set_latency(server: Server, seconds: float) -> None:
    """Set the scheduler's latency of all lanes."""

    def change(scheduler: Any) -> None:
        for name, lane in scheduler.lanes.items():
            for batch in range(1, lane.cap + 1):
                slices = scheduler.latency.slices(name, batch)
                scheduler.latency.warm(name, batch, [seconds / slices] * slices)

    assert server.backend is not None
    await server.backend.engine.call(change)


def before(case: Case, looked: Recognized) -> Sequence[Box]:
    """The carried boxes of the old rule, cut at the picture's edges."""
    width, height = case.second.size
    return [
        replace(box, width=min(box.width, width - box.x), height=min(box.height, height - box.y))
        for box in looked.boxes
        if box.x < width - 1 and box.y < height - 1
    ]


def page(shown: Sequence[tuple[Case, Recognized, Recognized | Unanswered]]) -> Image.Image:
    """The sheet: a row per case with processed, before, after."""
    line = _HIGH + _LABEL + _GAP
    sheet = Image.new("RGB", (3 * (_ACROSS + _GAP) + _GAP, len(shown) * line + _GAP), (235, 235, 235))
    for place, (case, looked, after) in enumerate(shown):
        top = _GAP + place * line
        old = before(case, looked)
        cells = (
            (case.first, looked.boxes, _PROCESSED, case.name, "processed"),
            (case.second, old, _BEFORE, "before", f"{len(old)} boxes, {case.second.width} x {case.second.height}"),
            (case.second, after.boxes if isinstance(after, Recognized) else (), _AFTER, "after", described(after)),
        )
        for column, cell in enumerate(cells):
            draw(sheet, (_GAP + column * (_ACROSS + _GAP), top), *cell)
    return sheet


def described(answer: Recognized | Unanswered) -> str:
    """A short description of an answer."""
    if isinstance(answer, Unanswered):
        return f"{answer.disposition}: {answer.reason}"
    seen = f"from {answer.carried_from_pose.decode()}, {answer.carried_seconds:.1f} s old" if answer.carried else "new"
    return f"{len(answer.boxes)} boxes, {seen}"


def draw(
    sheet: Image.Image,
    corner: tuple[int, int],
    picture: Image.Image,
    boxes: Sequence[Box],
    colour: tuple[int, int, int],
    *lines: str,
) -> None:
    """Draw a picture with its boxes and a title."""
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for place, text in enumerate(lines):
        pen.text((corner[0], corner[1] + 20 * place), text, fill=colour if place else (0, 0, 0), font=font)
    scale = min(_ACROSS / picture.width, _HIGH / picture.height)
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    pen = ImageDraw.Draw(small)
    for box in boxes:
        left, top = box.x * scale, box.y * scale
        pen.rectangle((left, top, left + box.width * scale, top + box.height * scale), outline=colour, width=3)
        pen.text((left + 5, top + 4), f"{box.name} {box.score:.2f}", fill=(255, 255, 0), font=font)
    sheet.paste(small, (corner[0], corner[1] + _LABEL))


def file(picture: Image.Image) -> bytes:
    """Encode as PNG."""
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


async def main() -> None:
    server = Server(Config(port=0, models=("detector",)))
    port = await server.start()
    try:
        await server.ready
        shown = [(case, *await answers(server, port, case)) for case in cases()]
    finally:
        await server.stop(0.0)
    page(shown).quantize(_COLOURS).save(RESULT, optimize=True)
    sys.stdout.write(f"{RESULT}\n")


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    asyncio.run(main())
