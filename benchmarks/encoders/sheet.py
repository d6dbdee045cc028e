"""A contact sheet: one avatar in every format, decoded, over black and over white."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from encoders.contenders import CONTENDERS, Contender, Picture, above_alpha, decibels, decoded

_ACROSS = 4
_ZOOM = 3
_GAP = 12
_LABEL = 64  # pixels under each pair
_PAPER = 200
_GROUNDS = (0, 255)  # behind transparent pixels
_SHOWN = ("png", "webp", "bc1", "bc3", "bc3_torch", "bc3_ispc", "bc7", "etc2_rgba", "etc2_rgba_etcpak")
_SHOWN += ("astc_4x4", "astc_6x6", "rgba32")


def sheet(picture: Picture) -> Image.Image:
    """A page with `picture` in every format at three times its size, each with its name and quality."""
    shown = [contender for contender in CONTENDERS if contender.name in _SHOWN]
    wide, high = 2 * len(picture) * _ZOOM, len(picture) * _ZOOM + _LABEL
    lines = -(-len(shown) // _ACROSS)
    size = (_ACROSS * (wide + _GAP) + _GAP, lines * (high + _GAP) + _GAP)
    page = Image.new("RGB", size, (_PAPER, _PAPER, _PAPER))
    for place, contender in enumerate(shown):
        line, column = divmod(place, _ACROSS)
        _draw(page, contender, picture, (_GAP + column * (wide + _GAP), _GAP + line * (high + _GAP)))
    return page


def _draw(page: Image.Image, contender: Contender, picture: Picture, corner: tuple[int, int]) -> None:
    data = contender.encode(picture)
    pixels = decoded(data, contender.form, len(picture)).astype(np.int32)
    side = len(picture) * _ZOOM
    for number, ground in enumerate(_GROUNDS):
        over = (pixels[..., :3] + ground * (255 - pixels[..., 3:]) // 255).clip(0, 255).astype(np.uint8)
        shown = Image.fromarray(over).resize((side, side), Image.Resampling.NEAREST)
        page.paste(shown, (corner[0] + number * side, corner[1]))
    _label(ImageDraw.Draw(page), contender, picture, data, (corner[0], corner[1] + side + 4))


def _label(
    draw: ImageDraw.ImageDraw, contender: Contender, picture: Picture, data: bytes, corner: tuple[int, int]
) -> None:
    db = decibels(data, contender.form, picture)
    kept = "exact" if db == float("inf") else f"{db:.1f} dB" + ("" if contender.form.keeps_alpha else " (RGB)")
    above = above_alpha(data, contender.form, len(picture))
    left, top = corner
    draw.text((left, top), contender.name, fill=(0, 0, 0), font=ImageFont.load_default(16))
    draw.text((left, top + 20), f"{kept}, {len(data):,} B", fill=(60, 60, 60), font=ImageFont.load_default(14))
    draw.text((left, top + 38), f"colour above alpha: {above}", fill=(60, 60, 60), font=ImageFont.load_default(14))
