"""Models for clients of the KServe protocol: two small networks, an echo of every number format, and one that waits."""

import threading
from collections.abc import Generator, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import torch
from torch import nn

from bridge import Dim, ModuleModel, ProgramModel, Tensor
from models.program import Lane

SIDE, SCORES = 16, 10
MOST_ROWS = 4
WAIT_SECONDS = 60.0


class Painter(nn.Module):
    """A small convolutional network with two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.second = nn.Conv2d(8, 4, 3, stride=2, padding=1)
        self.head = nn.Linear(4 * (SIDE // 2) ** 2, SCORES)

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        features = torch.relu(self.second(torch.relu(self.first(image))))
        return {"scores": self.head(features.flatten(1)), "features": features}


class Mood(nn.Module):
    """A small perceptron with two inputs, and one number as its output."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(5, 16), nn.Tanh(), nn.Linear(16, 1))

    def forward(self, position: torch.Tensor, traits: torch.Tensor) -> torch.Tensor:
        return self.layers(torch.cat([position, traits], dim=1)).squeeze(1)


class Formats(nn.Module):
    """Gives back what it takes, one tensor of each number format."""

    def forward(self, **tensors: torch.Tensor) -> dict[str, torch.Tensor]:
        return {f"{name}_out": tensor for name, tensor in tensors.items()}


class Logarithm(nn.Module):
    """NaN for numbers below 0; of any length."""

    def forward(self, numbers: torch.Tensor) -> torch.Tensor:
        return numbers.log()


FORMATS = ("float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool")


def made(kind: type[nn.Module]) -> nn.Module:
    """The same weights whoever makes it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(7)
        return kind()


class Gate:
    """A program whose runs wait until they are let through."""

    name, version, resident_bytes = "gate", "gate-1", 1
    inputs = outputs = MappingProxyType({"number": Tensor("float32", (1,))})
    lanes = (Lane("gate.run", max_batch=1, stages=1),)

    def __init__(self) -> None:
        self.closed = False
        self.open = threading.Event()
        self.entered = threading.Semaphore(0)

    def lane_of(self, row: Any) -> str:
        return "gate.run"

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        if self.closed:
            self.entered.release()
            assert self.open.wait(WAIT_SECONDS)
        yield
        return [dict(row) for row in inputs]

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [{"number": np.zeros(1, np.float32)}] * batch

    def close(self) -> None:
        pass


def all_models(gate: Gate) -> tuple[ModuleModel | ProgramModel, ...]:
    return (
        ModuleModel(
            "painter",
            load=lambda: made(Painter),
            inputs={"image": Tensor("float32", (3, SIDE, SIDE))},
            max_batch=MOST_ROWS,
            budget=10.0,
        ),
        ModuleModel(
            "mood",
            load=lambda: made(Mood),
            inputs={"position": Tensor("float32", (3,)), "traits": Tensor("float32", (2,))},
            max_batch=MOST_ROWS,
            budget=10.0,
        ),
        ModuleModel(
            "formats",
            load=Formats,
            inputs={name: Tensor(name, (2,)) for name in FORMATS},
            max_batch=MOST_ROWS,
            budget=10.0,
        ),
        ModuleModel(
            "logarithm", load=Logarithm, inputs={"numbers": Tensor("float32", (Dim(1, 8),))}, max_batch=2, budget=10.0
        ),
        ProgramModel("gate", load=lambda device: gate, inputs=gate.inputs, max_batch=1, budget=30.0),
    )
