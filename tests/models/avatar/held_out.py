"""The committed held-out sample: 64 looks never trained on, with their true pictures."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

with np.load(Path(__file__).with_name("held_out.npz")) as _sample:
    CONDITIONS: NDArray[np.float32] = _sample["conditions"]  # [64, CONDITION_WIDTH]
    PICTURES: NDArray[np.uint8] = _sample["pictures"]  # [64, 64, 64, 4], premultiplied RGBA
