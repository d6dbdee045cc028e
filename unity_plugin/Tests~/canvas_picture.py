"""Draws what Record's `picture` has written: a scene's quads and canvases, and beside them an inspector's rows.

    python unity_plugin/Tests~/canvas_picture.py SHOWN.json OUT.png

Rectangles and texts are where the stub of uGUI lays them out, in this machine's font: no screenshot of a Unity editor.
"""

import base64
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_SKY = "#314d79"  # of the camera in a new scene
_PANEL, _BOX, _INK, _PALE = "#383838", "#2a2a2a", "#d2d2d2", "#9a9a9a"  # of the editor
_INSPECTOR, _MARGIN, _LABEL, _LINE = 560, 14, 150, 19
_FONTS = ("DejaVuSans.ttf", "LiberationSans-Regular.ttf", "Arial.ttf")
_ACROSS = {"Left": 0.0, "Center": 0.5, "Right": 1.0}  # of a TextAnchor's name
_DOWN = {"Upper": 0.0, "Middle": 0.5, "Lower": 1.0}
Area = tuple[float, float, float, float]


def font(size: float) -> Any:
    """A font of this size in pixels, the first that is there."""
    for name in _FONTS:
        try:
            return ImageFont.truetype(name, max(6, round(size)))
        except OSError:
            continue
    return ImageFont.load_default(size)


def wrapped(text: str, letters: Any, width: float) -> list[str]:
    """The lines of a text that are no wider."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if line and letters.getlength(longer) > width:
                lines.append(line)
                longer = word
            line = longer
        lines.append(line)
    return lines


class Scene:
    """What a player sees, drawn from the back to the front."""

    def __init__(self, width: int, height: int) -> None:
        self.image = Image.new("RGB", (width, height), _SKY)

    def quad(self, area: Area, picture: dict[str, Any]) -> None:
        """A picture in RGBA, its colours multiplied by alpha, its rows from the bottom."""
        left, top, right, bottom = self._box(area)
        raw = np.frombuffer(base64.b64decode(picture["rgba"]), np.uint8).reshape(picture["height"], picture["width"], 4)
        face = Image.fromarray(raw[::-1].copy(), "RGBa").convert("RGBA")
        face = face.resize((right - left, bottom - top), Image.Resampling.LANCZOS)
        self.image.paste(face, (left, top), face)

    def graphic(self, shown: dict[str, Any]) -> None:
        """A rectangle or a text of a canvas, within its mask."""
        layer = Image.new("RGBA", self.image.size)
        pen = ImageDraw.Draw(layer)
        color = tuple(round(255 * part) for part in shown["color"])
        left, top, right, bottom = self._box(shown["area"])
        if shown["text"] is None:
            pen.rounded_rectangle((left, top, right, bottom), 4, fill=color)
        else:
            self._write(pen, shown, (left, top, right, bottom), color)
        mask = Image.new("L", self.image.size, 0 if shown["clip"] else 255)
        if shown["clip"]:
            ImageDraw.Draw(mask).rectangle(self._box(shown["clip"]), fill=255)
        self.image.paste(Image.alpha_composite(self.image.convert("RGBA"), layer).convert("RGB"), mask=mask)

    @staticmethod
    def _write(pen: Any, shown: dict[str, Any], box: tuple[int, int, int, int], color: tuple[int, ...]) -> None:
        left, top, right, bottom = box
        letters, high = font(shown["size"]), round(shown["size"] * 1.2)
        lines = wrapped(shown["text"].rstrip("\n"), letters, right - left)
        across = next(share for name, share in _ACROSS.items() if shown["anchor"].endswith(name))
        down = next(share for name, share in _DOWN.items() if shown["anchor"].startswith(name))
        top += round((bottom - top - high * len(lines)) * down)
        for number, line in enumerate(lines):
            at = left + (right - left - letters.getlength(line)) * across
            pen.text((at, top + high * number), line, fill=color, font=letters)

    def _box(self, area: Area) -> tuple[int, int, int, int]:
        left, bottom, right, top = area
        height = self.image.height
        return round(left), round(height - top), round(right), round(height - bottom)


def inspector(rows: list[tuple[str, str]], height: int) -> Image.Image:
    """Rows as an inspector shows them: boxes of text, and labels with their values; as many as there is room for."""
    sheet = Image.new("RGB", (_INSPECTOR, height), _PANEL)
    pen, letters = ImageDraw.Draw(sheet), font(13)
    top = _MARGIN
    pen.text((_MARGIN, top), "NPC Dialogue", fill="#ffffff", font=font(15))
    top += 2 * _LINE
    for label, text in rows:
        indent = _LABEL if label else 8
        lines = wrapped(text, letters, _INSPECTOR - 2 * _MARGIN - indent)
        tall = _LINE * len(lines)
        if top + tall > height - _MARGIN:
            break
        if not label:
            pen.rectangle((_MARGIN, top, _INSPECTOR - _MARGIN, top + tall + 4), fill=_BOX)
        pen.text((_MARGIN, top), label, fill=_PALE, font=letters)
        for number, line in enumerate(lines):
            pen.text((_MARGIN + indent, top + 2 + _LINE * number), line, fill=_INK, font=letters)
        top += tall + (8 if not label else 2)
    return sheet


def draw(shown: dict[str, Any]) -> Image.Image:
    """The scene with the inspector at its right."""
    scene = Scene(shown["width"], shown["height"])
    for quad in shown["quads"]:
        scene.quad(quad["area"], quad["picture"])
    for graphic in shown["graphics"]:
        scene.graphic(graphic)
    whole = Image.new("RGB", (shown["width"] + _INSPECTOR, shown["height"]), _PANEL)
    whole.paste(scene.image, (0, 0))
    whole.paste(inspector(shown["inspector"], shown["height"]), (shown["width"], 0))
    return whole


if __name__ == "__main__":
    source, out = sys.argv[1:]
    draw(json.loads(Path(source).read_text())).save(out, optimize=True)
