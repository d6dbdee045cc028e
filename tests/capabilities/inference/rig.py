"""A server with models that are not FrameBridge's, and the messages to ask them."""

from collections.abc import AsyncIterator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bridge import Dim, ModuleModel, ProgramModel, Tensor
from bridge.config import Config
from bridge.server import Server
from bridge.v1 import bridge_pb2, tensor_pb2, timing_pb2
from bridge.wire.data_types import NAMES, NUMBERS
from models.program import Lane
from tests.serving.client import N, read

MINOR_3 = bridge_pb2.ProtocolVersion(major=1, minor=3)
T = tensor_pb2
X = np.array([1.5, -2.0], np.float32)
GENEROUS = timing_pb2.Budget(budget_micros=10_000_000)
BEST_ONLY = timing_pb2.Budget(budget_micros=10_000_000, ladder=timing_pb2.LADDER_POLICY_BEST_ONLY)


class Style(nn.Module):
    """Two convolutions, of pictures of any height."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.down, self.up = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 3, 3, padding=1)

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        features = self.down(image).relu()
        return {"image": self.up(features), "mean": features.mean((1, 2, 3))}


class Numbers(nn.Module):
    """One input of each number format, and each of them back as it came."""

    def forward(self, **inputs: torch.Tensor) -> dict[str, torch.Tensor]:
        return dict(inputs)


class Told:
    """A program of one's own that gives whatever its test tells it to."""

    name, version, resident_bytes = "told", "told-1", 0
    lanes: tuple[Lane, ...] = (Lane("told.run", 4, 1),)
    inputs: Mapping[str, Tensor] = {"x": Tensor("float32", (2,))}
    outputs: Mapping[str, Tensor] = {"y": Tensor("float32", (Dim(0, 2),))}

    def __init__(self) -> None:
        self.gives: Any = None  # in place of the row itself
        self.lane: Any = "told.run"
        self.batches: list[int] = []

    def lane_of(self, row: Mapping[str, NDArray[Any]]) -> str:
        if isinstance(self.lane, Exception):
            raise self.lane
        assert isinstance(self.lane, str)
        return self.lane

    def start(self, lane: str, inputs: Sequence[Any]) -> Generator[None, None, Sequence[Any]]:
        self.batches.append(len(inputs))
        yield
        return [self.gives if self.gives is not None else {"y": row["x"] * 2} for row in inputs]

    def sample(self, lane: str, batch: int) -> Sequence[Any]:
        return [{"x": np.zeros(2, np.float32)}] * batch

    def close(self) -> None:
        pass


STYLE = ModuleModel("style", load=Style, inputs={"image": Tensor("float32", (3, Dim(8, 256), 64))}, max_batch=4)
FORMATS = ModuleModel(
    "numbers", load=Numbers, inputs={name: Tensor(name, (3, 2)) for name in NAMES.values()}, max_batch=2
)


class OwnServer:
    """A server with `style`, `numbers` and `told`."""

    def __init__(self, **config: Any) -> None:
        self.told = Told()
        told = ProgramModel("told", load=lambda device: self.told, inputs=Told.inputs, outputs=Told.outputs)
        own = (STYLE, FORMATS, told)
        config = {"port": 0, "models": tuple(model.name for model in own), "session_grace_seconds": 0.2, **config}
        self.server = Server(Config(**config), models=own)
        self.port = 0

    @property
    def backend(self) -> Any:
        return self.server.backend

    @property
    def service(self) -> Any:
        return self.server.servicers["inference"]


@asynccontextmanager
async def own_server(**config: Any) -> AsyncIterator[OwnServer]:
    """A server of one test's own."""
    own = OwnServer(**config)
    own.port = await own.server.start()
    try:
        await own.server.ready
        yield own
    finally:
        await own.server.stop(0.0)


def nothing_waits(own: OwnServer) -> bool:
    """Whether no request holds bytes or a job."""
    held: int = own.service.waiting._all + own.backend.engine.open_jobs
    return held == 0


def picture(seed: int, height: int = 32) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal((3, height, 64), np.float32)


def styled(*images: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """What the module itself makes of a batch."""
    with torch.inference_mode():
        made = Style().eval()(torch.from_numpy(np.stack(images)))
    return {name: tensor.numpy() for name, tensor in made.items()}


def tensors(**arrays: Any) -> list[tensor_pb2.Tensor]:
    return [
        T.Tensor(name=name, data_type=NUMBERS[array.dtype.name], shape=array.shape) for name, array in arrays.items()
    ]


def joined(**arrays: Any) -> bytes:
    return b"".join(array.tobytes() for array in arrays.values())


def request(model: str, index: int, *, parts: int = 0, budget: Any = GENEROUS, slot: int = 0, **more: Any) -> Any:
    """A request with its arrays; `fields` overrides those of the message, `parts` is how many bytes of it come."""
    fields = more.pop("fields", {})
    data = joined(**more)
    declared = {"inputs": tensors(**more), "total_bytes": len(data), "budget": budget, **fields}
    message = N.InferenceRequest(slot=slot, request_index=index, model=model, **declared)
    return N.InferRequest(request=message, payload=data[:parts] if parts else data)


def part(index: int, offset: int, data: bytes, slot: int = 0) -> Any:
    return N.InferRequest(part=N.InferencePart(slot=slot, request_index=index, part_offset=offset), payload=data)


async def result(call: Any) -> tuple[Any, dict[str, NDArray[Any]]]:
    """The next result, put together from its chunks, and its arrays."""
    message = await read(call)
    assert message.WhichOneof("message") == "result", message
    head, data = message.result, bytes(message.result.payload)
    while len(data) < head.total_bytes:
        more = (await read(call)).result
        assert (more.slot, more.request_index, more.chunk_offset) == (head.slot, head.request_index, len(data))
        assert not more.outputs
        data += more.payload
    return head, parted(head.outputs, data)


def parted(outputs: Sequence[tensor_pb2.Tensor], data: bytes) -> dict[str, NDArray[Any]]:
    arrays, at = {}, 0
    for tensor in outputs:
        dtype = np.dtype(NAMES[tensor.data_type])
        count = int(np.prod(list(tensor.shape), dtype=np.int64))
        arrays[tensor.name] = np.frombuffer(data, dtype, count, at).reshape(tuple(tensor.shape))
        at += count * dtype.itemsize
    assert at == len(data)
    return arrays


async def status(call: Any) -> Any:
    """The next message, which is a status."""
    message = await read(call)
    assert message.WhichOneof("message") == "status", message
    return message.status
