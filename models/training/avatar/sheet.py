"""Contact sheets: many small pictures on one page, for human inspection."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from models.training.avatar.dataset import Pictures

PAPER = 255  # white background


def contact_sheet(rows: Sequence[Pictures], zoom: int = 2) -> Image.Image:
    """A row of the sheet for each of `rows`, all equally long, enlarged by `zoom`."""
    grid = np.concatenate([np.concatenate(list(row), axis=1) for row in rows], axis=0).astype(np.int32)
    over_paper = grid[..., :3] + PAPER * (255 - grid[..., 3:]) // 255
    sheet = Image.fromarray(over_paper.clip(0, 255).astype(np.uint8))
    return sheet.resize((sheet.width * zoom, sheet.height * zoom), Image.Resampling.NEAREST)


def pairs(truth: Pictures, made: Pictures, across: int = 16) -> Image.Image:
    """True pictures above, generated ones below, `across` in a row."""
    rows: list[Pictures] = []
    for start in range(0, len(truth) - across + 1, across):
        rows += [truth[start : start + across], made[start : start + across]]
    return contact_sheet(rows)


def beside(full: Pictures, half: Pictures, across: int = 5) -> Image.Image:
    """Each full-size picture beside its half-size one at the same scale; `across` pairs in a row."""
    enlarged = half.repeat(2, axis=1).repeat(2, axis=2)
    couples = np.concatenate([full, enlarged], axis=2)
    return contact_sheet([couples[start : start + across] for start in range(0, len(full) - across + 1, across)])
