"""Make `held_out.npz`: the first 64 held-out looks and their true pictures, so that tests need no renderer.

Run `python -m tests.models.avatar.make_held_out` with the extra `train` installed.
"""

from pathlib import Path

import numpy as np

from models.training.avatar.recipe import held_out

if __name__ == "__main__":
    rows, pictures = held_out(64)
    np.savez_compressed(Path(__file__).with_name("held_out.npz"), conditions=np.stack(rows), pictures=pictures)
