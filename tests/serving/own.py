"""Small models of the operator's own, and a server of nothing else."""

import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bridge import Dim, ModuleModel, Tensor
from bridge.config import Config
from bridge.device.own_models import OwnModel
from bridge.server import Server

HELD_SECONDS = 60.0  # how long a gate that nobody opens holds the device
SLOW_SECONDS = 0.2

Arrays = Mapping[str, NDArray[Any]]


class Style(nn.Module):
    """A convolutional network: a picture in, a picture of the same size out."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.second = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 3, 3, padding=1)

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"image": self.second(self.first(image).relu())}


class Mind(nn.Module):
    """A perceptron of two inputs. Its second output begins at byte 12, which is no multiple of its items' size."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.see, self.feel, self.act = nn.Linear(16, 32), nn.Embedding(4, 32), nn.Linear(32, 3)

    def forward(self, state: torch.Tensor, mood: torch.Tensor) -> dict[str, torch.Tensor]:
        action = self.act((self.see(state) + self.feel(mood)).tanh())
        return {"action": action, "choice": action.argmax(1)}


class Gate:
    """Holds the device: while it is closed, `Held` waits in its forward pass."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self._open = threading.Event()
        self._open.set()

    def close(self) -> None:
        self.entered.clear()
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    def wait(self) -> None:
        self.entered.set()
        assert self._open.wait(HELD_SECONDS)


class Held(nn.Module):
    """Doubles a number once its gate is open."""

    def __init__(self, gate: Gate) -> None:
        super().__init__()
        self._gate = gate

    def forward(self, number: torch.Tensor) -> dict[str, torch.Tensor]:
        self._gate.wait()
        return {"number": number * 2}


class Slow(nn.Module):
    """Takes 0.2 s for a number, so that a budget of less is refused."""

    def forward(self, number: torch.Tensor) -> dict[str, torch.Tensor]:
        end = time.perf_counter() + SLOW_SECONDS
        while time.perf_counter() < end:
            pass
        return {"number": number + 1}


def style(**more: Any) -> ModuleModel:
    """`Style` for pictures of 8 to 64 rows."""
    image = Tensor("float32", (3, Dim(8, 64), 64))
    return ModuleModel("style", load=Style, **{"inputs": {"image": image}, "budget": 5.0, **more})


def mind(**more: Any) -> ModuleModel:
    """`Mind`; its mood is a number without a dimension."""
    inputs = {"state": Tensor("float32", (16,)), "mood": Tensor("int64", ())}
    return ModuleModel("mind", load=Mind, **{"inputs": inputs, "budget": 5.0, **more})


def held(gate: Gate, name: str = "held", **more: Any) -> ModuleModel:
    """`Held`, one row a run: what waits behind it is not started."""
    number = {"number": Tensor("float32", (1,))}
    return ModuleModel(name, load=lambda: Held(gate), **{"inputs": number, "max_batch": 1, "budget": 20.0, **more})


def slow(**more: Any) -> ModuleModel:
    """`Slow`, one row a run."""
    number = {"number": Tensor("float32", (1,))}
    return ModuleModel("slow", load=Slow, **{"inputs": number, "max_batch": 1, "budget": 20.0, **more})


def picture(rows: int = 48, seed: int = 0) -> NDArray[np.float32]:
    """Noise that `style` takes."""
    return np.random.default_rng(seed).random((3, rows, 64), np.float32)


def called(module: nn.Module, **inputs: Any) -> dict[str, NDArray[Any]]:
    """What a module gives for one row when it is called directly."""
    with torch.inference_mode():
        outputs = module(**{name: torch.as_tensor(value)[None] for name, value in inputs.items()})
    return {name: tensor[0].numpy() for name, tensor in outputs.items()}


class OwnServer:
    """A running server of some models."""

    def __init__(self, *models: OwnModel, **config: Any) -> None:
        config = {"port": 0, "models": tuple(model.name for model in models), "session_grace_seconds": 30.0, **config}
        self.server = Server(Config(**config), models=models)
        self.port = 0

    async def start(self) -> None:
        self.port = await self.server.start()
        await self.server.ready

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"


@asynccontextmanager
async def serving(*models: OwnModel, **config: Any) -> AsyncIterator[OwnServer]:
    """A server of one test's own."""
    server = OwnServer(*models, **config)
    await server.start()
    try:
        yield server
    finally:
        await server.server.stop(0.0)
