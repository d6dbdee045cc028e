"""Batches of rendered pictures. A batch depends only on its step, so that a run can be resumed.

Pictures are stored in fixed-size chunks, memory-mapped and read on demand.
"""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Pictures = NDArray[np.uint8]  # [N, S, S, 4], premultiplied RGBA, top row first

CHUNK = 200  # pictures per chunk
SIZE = 64  # pixels per side


def chunk_paths(folder: Path, pictures: int) -> list[tuple[Path, Path]]:
    """Paths of the pictures and conditions of each chunk of the first `pictures` looks, rendered or not."""
    chunks = range((pictures + CHUNK - 1) // CHUNK)
    return [(folder / f"pictures-{c:04d}.npy", folder / f"conditions-{c:04d}.npy") for c in chunks]


class PictureSet:
    """The first `pictures` rendered looks in `folder`. FileNotFoundError if some are not rendered."""

    def __init__(self, folder: Path, pictures: int) -> None:
        paths = chunk_paths(folder, pictures)
        self.count = pictures
        self._pictures = [np.load(picture, mmap_mode="r") for picture, _ in paths]
        self._conditions = np.concatenate([np.load(condition) for _, condition in paths])

    def batch(self, step: int, size: int) -> tuple[Tensor, Tensor]:
        """The batch of `step`: pictures float32 [size, 4, 64, 64] in [0, 1] and conditions float32 [size, C]."""
        chosen = np.random.default_rng(step).integers(self.count, size=size)
        pictures = np.stack([self._pictures[number // CHUNK][number % CHUNK] for number in chosen])
        return as_tensor(pictures), torch.from_numpy(self._conditions[chosen])


def as_tensor(pictures: Pictures) -> Tensor:
    """uint8 [B, H, W, 4] to float32 [B, 4, H, W] in [0, 1]."""
    return torch.from_numpy(pictures).permute(0, 3, 1, 2).to(torch.float32) / 255
