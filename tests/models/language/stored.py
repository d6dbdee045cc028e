"""Tensors as GGUF files store them, with random blocks whose scales are ordinary numbers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.gguf import file as gguf
from models.gguf.kinds import KINDS, Kind

BY_NAME = {kind.name: kind for kind in KINDS.values()}
QUANTISED = sorted(name for name, kind in BY_NAME.items() if kind.values > 1)


def stored(name: str, rows: int, width: int, seed: int = 0) -> gguf.Tensor:
    """A matrix [rows, width] of the kind `name`."""
    kind, generator = BY_NAME[name], np.random.default_rng(seed)
    shape = (rows, width // kind.values)
    return gguf.Tensor(kind, (rows, width), _blocks(kind, shape, generator))


def _blocks(kind: Kind, shape: tuple[int, int], generator: np.random.Generator) -> NDArray[Any]:
    if kind.block.fields is None:
        values = generator.standard_normal(shape, np.float32)
        return values.astype(kind.block) if kind.block.kind == "f" else (values.view("<u4") >> 16).astype(kind.block)
    blocks = np.frombuffer(generator.bytes(shape[0] * shape[1] * kind.block.itemsize), kind.block).reshape(shape).copy()
    for name, (form, *_) in kind.block.fields.items():
        if form.kind == "f":
            blocks[name] = generator.uniform(0.005, 0.01, blocks[name].shape)
    return blocks
