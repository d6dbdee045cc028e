"""The two photographs of people that packages carry and whose licences allow it, and our models on them."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.uint8]  # [H, W, 3], RGB
# Both in the public domain: the astronaut by NASA (scikit-image), Grace Hopper by the U.S. Navy (matplotlib).
FILES = {
    "astronaut": Path(__file__).parents[2] / "bridge" / "assets" / "astronaut.jpg",
    "grace_hopper": Path("sample_data", "grace_hopper.jpg"),  # inside matplotlib's data
}


def pictures() -> dict[str, Pixels]:
    """All of them by name."""
    import matplotlib

    data = Path(matplotlib.get_data_path())
    return {name: np.asarray(Image.open(data / file).convert("RGB")) for name, file in FILES.items()}


def finished(run: Generator[None, None, Any]) -> Any:
    """What a run of stages returns."""
    with torch.inference_mode():
        while True:
            try:
                next(run)
            except StopIteration as stop:
                return stop.value
