"""The pictures that the recognition tests look at, and how to look.

`chelsea.jpg` (photographer Stefan van der Walt) and `coffee.jpg` (photographer Rachel Michetti) are CC0, from
scikit-image's sample data, saved as JPEG; the astronaut is the demo's photo.
"""

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from models.program import Program

HERE = Path(__file__).parent
needs_bfloat16 = pytest.mark.skipif(
    torch.backends.cpu.get_cpu_capability() != "AVX512", reason="oneDNN convolves bfloat16 on AVX-512 only"
)
FILES = {
    "astronaut": HERE.parents[2] / "bridge" / "assets" / "astronaut.jpg",
    "chelsea": HERE / "chelsea.jpg",
    "coffee": HERE / "coffee.jpg",
}


def photo(name: str) -> NDArray[np.uint8]:
    """uint8 [H, W, 3], RGB."""
    return np.asarray(Image.open(FILES[name]).convert("RGB"))


def pattern(width: int, height: int) -> NDArray[np.uint8]:
    """A picture that is the same on every machine, whatever its libraries: waves and blocks, uint8 [H, W, 3]."""
    y, x = np.mgrid[:height, :width]
    waves = (3 * x + 2 * y) % 256, (x * y // 64) % 256, (x // 24 + y // 16) % 2 * 200
    return np.stack(waves, axis=2).astype(np.uint8)


def finish(run: Generator[None, None, Any]) -> tuple[int, Any]:
    """How often a run yields, and what it returns."""
    steps = 0
    with torch.inference_mode():
        while True:
            try:
                next(run)
            except StopIteration as stop:
                return steps, stop.value
            steps += 1


def look(program: Program, lane: str, inputs: Sequence[Any]) -> Sequence[Any]:
    """One batch's rows."""
    return finish(program.start(lane, inputs))[1]
