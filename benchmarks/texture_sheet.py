"""One avatar in every format, decoded back, on one page to be looked at."""

import numpy as np
from contenders import CONTENDERS, Contender, Picture, decibels, decoded
from PIL import Image, ImageDraw, ImageFont

_ACROSS = 5
_ZOOM = 4
_GAP = 12
_LABEL = 44  # pixels under each picture
_PAPER = 255  # white behind what is transparent
_SHOWN = ("rgba32", "png", "webp", "bc1", "bc3", "bc7", "etc2_rgba", "astc_4x4", "astc_6x6", "bc3_torch")


def sheet(picture: Picture) -> Image.Image:
    """A page with `picture` in every format, each pixel four times its size, its name and dB below."""
    shown = [contender for contender in CONTENDERS if contender.name in _SHOWN]
    side = len(picture) * _ZOOM
    lines = -(-len(shown) // _ACROSS)
    page = Image.new(
        "RGB", (_ACROSS * (side + _GAP) + _GAP, lines * (side + _LABEL + _GAP) + _GAP), (_PAPER, _PAPER, _PAPER)
    )
    for place, contender in enumerate(shown):
        line, column = divmod(place, _ACROSS)
        _draw(page, contender, picture, (_GAP + column * (side + _GAP), _GAP + line * (side + _LABEL + _GAP)))
    return page


def _draw(page: Image.Image, contender: Contender, picture: Picture, corner: tuple[int, int]) -> None:
    data = contender.encode(picture)
    pixels = decoded(data, contender.form, len(picture)).astype(np.int32)
    over_paper = (pixels[..., :3] + _PAPER * (255 - pixels[..., 3:]) // 255).clip(0, 255).astype(np.uint8)
    side = len(picture) * _ZOOM
    page.paste(Image.fromarray(over_paper).resize((side, side), Image.Resampling.NEAREST), corner)
    db = decibels(data, contender.form, picture)
    kept = "exact" if db == float("inf") else f"{db:.1f} dB" + ("" if contender.form.keeps_alpha else " (RGB)")
    draw = ImageDraw.Draw(page)
    left, below = corner[0], corner[1] + side + 4
    draw.text((left, below), contender.name, fill=(0, 0, 0), font=ImageFont.load_default(16))
    draw.text((left, below + 20), f"{kept}, {len(data):,} B", fill=(90, 90, 90), font=ImageFont.load_default(14))
