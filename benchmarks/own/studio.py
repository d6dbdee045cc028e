"""The file of a studio: models that FrameBridge knows nothing of. `own_model.py` copies it out of the repository.

A vision transformer from transformers and a residual convolutional network, both with random weights and unchanged.
Each is offered a second time, never suspended. The tracker takes 5 ms of the device per batch, as that of
`two_models.py` does: it waits, in two stages, instead of computing.
"""

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor as Array
from torch import nn
from transformers import ViTConfig, ViTForImageClassification

from bridge import ModuleModel, ProgramModel, Tensor
from models.program import Lane

PIXELS = {"pixel_values": Tensor("float32", (3, 224, 224))}
BATCH = 4
_WIDTHS = ((64, 1), (128, 2), (256, 2), (512, 2))  # channels and stride of each group of two blocks
_AWAKE = 0.0002  # seconds: a plain sleep ends about as much too late


def transformer() -> nn.Module:
    """A ViT of the size called small: 22 million weights."""
    torch.manual_seed(1)
    config = ViTConfig(
        hidden_size=384, num_hidden_layers=12, num_attention_heads=6, intermediate_size=1536, num_labels=1000
    )
    return ViTForImageClassification(config)  # type: ignore[no-any-return]


class Block(nn.Module):
    """Two convolutions beside a shortcut."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.second_norm = nn.BatchNorm2d(after)
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or before != after:
            self.shortcut = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))
        self.relu = nn.ReLU()

    def forward(self, x: Array) -> Array:
        inner = self.second_norm(self.second(self.relu(self.first_norm(self.first(x)))))
        return self.relu(inner + self.shortcut(x))  # type: ignore[no-any-return]


class Residual(nn.Module):
    """A network of the shape of ResNet-18, with a convolution in place of the max pool: 12 million weights.

    That pool takes 4.5 ms on one core of an EPYC, in one piece: no slice is shorter than a module's longest layer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.Conv2d(64, 64, 3, 2, 1)
        )
        blocks, before = [], 64
        for after, stride in _WIDTHS:
            blocks += [Block(before, after, stride), Block(after, after, 1)]
            before = after
        self.blocks = nn.Sequential(*blocks)
        self.head = nn.Linear(before, 1000)

    def forward(self, pixel_values: Array) -> Array:
        return self.head(self.blocks(self.stem(pixel_values)).mean((2, 3)))  # type: ignore[no-any-return]


def convolutional() -> nn.Module:
    torch.manual_seed(2)
    return Residual()


class Tracker:
    """Holds the device for 5 ms per batch, in two stages."""

    name, version, resident_bytes = "tracker", "1", 0
    lanes = (Lane("tracker.run", 8, 2),)
    inputs: Mapping[str, Tensor] = {"x": Tensor("float32", (16,))}
    outputs: Mapping[str, Tensor] = {"y": Tensor("float32", (16,))}

    def start(self, lane: str, rows: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        for _ in range(2):
            end = time.perf_counter() + 0.0025
            while (left := end - time.perf_counter()) > 0:
                time.sleep(left - _AWAKE if left > _AWAKE else 0)
            yield
        return [{"y": row["x"]} for row in rows]

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [{"x": np.zeros(16, np.float32)}] * batch

    def lane_of(self, row: Mapping[str, Any]) -> str:
        return "tracker.run"

    def close(self) -> None:
        pass


VIT = ModuleModel("vit", load=transformer, inputs=PIXELS, max_batch=BATCH)
RESIDUAL = ModuleModel("residual", load=convolutional, inputs=PIXELS, max_batch=BATCH)
TRACKER = ProgramModel("tracker", load=lambda device: Tracker(), inputs=Tracker.inputs, outputs=Tracker.outputs)
MODELS = [
    VIT,
    RESIDUAL,
    replace(VIT, name="vit-whole", slices=False),
    replace(RESIDUAL, name="residual-whole", slices=False),
    TRACKER,
]
