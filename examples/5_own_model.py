"""Two models of one's own: a plain module, and a program that says itself where it may be suspended.

framebridge serve --model examples/5_own_model.py:MODELS
"""

from collections.abc import Generator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from bridge import ModuleModel, ProgramModel, Tensor
from models.program import Lane


class Edges(nn.Module):
    """The outlines of a picture. A studio's own module stands here, with the weights that it reads."""

    def __init__(self) -> None:
        super().__init__()
        self.edges = nn.Conv2d(3, 1, 3, padding=1, bias=False)
        self.edges.weight.data = torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]).expand(1, 3, 3, 3)

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"edges": self.edges(image).abs().clamp(0, 1)}


EDGES = ModuleModel("edges", load=Edges, inputs={"image": Tensor("float32", (3, 256, 256))}, max_batch=4)


class Erosion:
    """Rain on a terrain, in eight stages; between any two of them the server may run something more urgent."""

    name, version, resident_bytes = "erosion", "1", 0
    lanes: tuple[Lane, ...] = (Lane("erosion.run", max_batch=4, stages=8),)
    inputs: Mapping[str, Tensor] = {"height": Tensor("float32", (64, 64))}
    outputs: Mapping[str, Tensor] = {"height": Tensor("float32", (64, 64))}

    def __init__(self, device: torch.device) -> None:
        self._device = device

    def lane_of(self, row: Mapping[str, np.ndarray[Any, Any]]) -> str:
        return "erosion.run"  # for all: there is one kind and shape of work

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        height = torch.from_numpy(np.stack([row["height"] for row in inputs])).to(self._device)
        for _ in range(8):
            lower = nn.functional.avg_pool2d(height, 3, stride=1, padding=1, count_include_pad=False)
            height = height - (height - lower).clamp(min=0) / 2
            yield
        return [{"height": row} for row in height.cpu().numpy()]

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [{"height": np.zeros((64, 64), np.float32)}] * batch

    def close(self) -> None: ...


MODELS = (EDGES, ProgramModel("erosion", load=Erosion, inputs=Erosion.inputs, outputs=Erosion.outputs))
