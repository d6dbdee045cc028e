"""The train/test split: which looks are trained on and which are held out.

A tenth of the 75,000 combinations of parts, chosen by hash, is never seen in training; colours are free on both sides.
Looks are numbered, so that every machine agrees on them. Knows nothing of rendering.
"""

import hashlib
import random
from dataclasses import replace

from models.avatar.look import PARTS, Look, Rgb, look_from_seed


def is_held_out(parts: tuple[str, ...]) -> bool:
    """Whether these parts (in the order of `PARTS`) are held out from training: one in ten by SHA-256."""
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return int.from_bytes(digest[:4], "big") % 10 == 0


def training_look(number: int) -> Look:
    """The `number`-th look of the training set: parts uniform over those not held out."""
    return _numbered_look(f"train:{number}", number, held_out=False, free_colors=number % 2 == 1)


def held_out_look(number: int, *, free_colors: bool = False) -> Look:
    """The `number`-th held-out look, coloured by the seed prior, or uniformly in RGB if `free_colors`."""
    return _numbered_look(f"held-out:{number}", number, held_out=True, free_colors=free_colors)


def _numbered_look(stream: str, number: int, *, held_out: bool, free_colors: bool) -> Look:
    # Only Random.random() is used: Python guarantees its stream for a given seed.
    draw = random.Random(stream)
    parts = _draw_parts(draw)
    while is_held_out(parts) != held_out:
        parts = _draw_parts(draw)
    look = look_from_seed(number).with_attributes(dict(zip(PARTS, parts, strict=True)))
    if not free_colors:
        return look
    return replace(look, skin_color=_draw_rgb(draw), hair_color=_draw_rgb(draw), clothes_color=_draw_rgb(draw))


def _draw_parts(draw: random.Random) -> tuple[str, ...]:
    return tuple(choices[int(draw.random() * len(choices))] for choices in PARTS.values())


def _draw_rgb(draw: random.Random) -> Rgb:
    red, green, blue = (int(draw.random() * 256) for _ in range(3))
    return red, green, blue
