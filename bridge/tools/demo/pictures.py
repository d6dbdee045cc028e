"""Draws a run's pictures: a contact sheet, an animation, and annotated camera pictures."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bridge.client import Frame, Recognized

_PAPER = (244, 241, 234)
_INK = (38, 40, 52)
_COLORS = ((230, 75, 60), (46, 134, 222), (39, 174, 96), (155, 89, 182), (243, 156, 18), (22, 160, 133))
_CELL, _COLUMNS, _ROWS, _GAP = 128, 8, 5, 8
_ANIMATION_SIDE, _ANIMATION_SECONDS = 192, 12.0
_SHORTEST_SIDE = 480
SURE = 0.1  # labels below this score are guesses

Drawn = ImageDraw.ImageDraw


def avatar_sheet(frames: Sequence[Frame], path: Path) -> None:
    """Save forty frames, spread over the run, as one picture."""
    count = _COLUMNS * _ROWS
    chosen = [frames[number * (len(frames) - 1) // max(1, count - 1)] for number in range(min(count, len(frames)))]
    size = (_COLUMNS * (_CELL + _GAP) + _GAP, -(-len(chosen) // _COLUMNS) * (_CELL + _GAP) + _GAP)
    sheet = Image.new("RGB", size, _PAPER)
    for number, frame in enumerate(chosen):
        row, column = divmod(number, _COLUMNS)
        sheet.paste(_over_paper(frame, _CELL), (_GAP + column * (_CELL + _GAP), _GAP + row * (_CELL + _GAP)))
    sheet.save(path)


def avatar_animation(frames: Sequence[Frame], frames_per_second: float, path: Path) -> None:
    """Save the first seconds of the run as an animation."""
    shown = [_over_paper(frame, _ANIMATION_SIDE) for frame in frames[: int(_ANIMATION_SECONDS * frames_per_second)]]
    if shown:
        pause = round(1000 / frames_per_second)
        shown[0].save(path, save_all=True, append_images=shown[1:], duration=pause, loop=0, quality=80, method=2)


def annotated(jpeg: bytes, answers: dict[str, Recognized]) -> Image.Image:
    """A picture as it was sent, with its boxes and labels drawn on it."""
    picture = Image.open(io.BytesIO(jpeg))
    scale = max(1.0, _SHORTEST_SIDE / min(picture.size))
    size = (round(picture.width * scale), round(picture.height * scale))
    canvas = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    draw = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(max(13, min(size) // 30))
    for number, box in enumerate(reversed(answers["detect"].boxes if "detect" in answers else ())):
        color = _COLORS[(box.class_id + number) % len(_COLORS)]
        left, top, right, bottom = (scale * edge for edge in (box.x, box.y, box.x + box.width, box.y + box.height))
        draw.rectangle((left, top, right, bottom), outline=color, width=max(2, min(size) // 180))
        _tag(draw, (left, top), f"{box.name} {box.score:.2f}", color, font, size)
    labels = [label for label in answers["classify"].labels if label.score >= SURE] if "classify" in answers else []
    if labels:
        text = " / ".join(f"{label.name} {label.score:.2f}" for label in labels[:3])
        _tag(draw, (0.0, float(size[1])), text, _INK, font, size)
    return canvas


def _tag(
    draw: Drawn,
    corner: tuple[float, float],
    text: str,
    color: tuple[int, int, int],
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    size: tuple[int, int],
) -> None:
    """Draw a label on a coloured background above `corner`, or just inside if there is no room."""
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    width, height = right - left + 8, bottom - top + 8
    x = min(max(0.0, corner[0]), max(0.0, size[0] - width))
    y = corner[1] - height if corner[1] >= height else max(0.0, corner[1])
    draw.rectangle((x, y, x + width, y + height), fill=color)
    draw.text((x + 4 - left, y + 4 - top), text, fill=(255, 255, 255), font=font)


def _over_paper(frame: Frame, side: int) -> Image.Image:
    """A frame over the background colour. Scaling premultiplied pixels leaves no dark fringe."""
    pixels = frame.pixels[::-1] if frame.bottom_up else frame.pixels
    channels = [
        Image.fromarray(np.ascontiguousarray(pixels[..., channel])).resize((side, side), Image.Resampling.LANCZOS)
        for channel in range(4)
    ]
    scaled = np.stack([np.asarray(channel) for channel in channels], axis=-1).astype(np.float32)
    flat = scaled[..., :3] + np.array(_PAPER, np.float32) * (1 - scaled[..., 3:] / 255)
    return Image.fromarray(np.clip(flat + 0.5, 0, 255).astype(np.uint8))
