"""A `torch.nn.Module` as a program that the host can run; nothing of the module's code changes.

There is a lane for each bucket of input sizes, one where all sizes are fixed. Where runs are
suspended is chosen by trial runs; where a later run has fewer boundaries, its last stages are empty.
"""

import hashlib
import inspect
import time
from collections.abc import Generator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models.module import rows
from models.module.rows import Row
from models.module.sliced import Call, Sliced
from models.module.tensors import Tensor, Tensors, bucket_of, buckets
from models.program import Lane

_LEAST_STAGE = 0.001  # seconds: a suspension costs some 10 us
_TRIALS = 3

Outputs = Mapping[str, NDArray[Any]]
Batch = list[tuple[list[int], dict[str, torch.Tensor], torch.Tensor]]  # per group: rows, outputs, which are NaN


class ModuleProgram:
    """One module on one device; implements `models.program.Program`. `inputs` are those of one row.

    ValueError for outputs that are not one row for each input row.
    """

    def __init__(
        self,
        name: str,
        module: nn.Module,
        device: torch.device,
        inputs: Tensors,
        max_batch: int,
        *,
        dtype: torch.dtype | None = None,
        memory_format: torch.memory_format = torch.preserve_format,
        slices: bool = True,
        version: str = "",
    ) -> None:
        self.name = name
        self.version = version or fingerprint(module)
        self.inputs = inputs
        self._device, self._dtype, self._memory_format = device, dtype, memory_format
        self._module = _placed(module, device, dtype, memory_format)
        self._by_name = takes_names(module, inputs)
        self._sliced = Sliced(name, self._module if slices else nn.Module())
        self._lanes = {self._lane(sizes): sizes for sizes in buckets(inputs)}
        self.resident_bytes = sum(tensor.nbytes for tensor in (*module.parameters(), *module.buffers()))
        self._max_batch = max_batch
        self._suspended_at: frozenset[int] = frozenset()
        self.outputs = self._trial()
        self._stages = len(self._suspended_at) + 1
        self.lanes = tuple(Lane(lane, max_batch, self._stages) for lane in self._lanes)

    def _lane(self, sizes: Sequence[int]) -> str:
        return f"{self.name}.{'x'.join(map(str, sizes))}" if sizes else f"{self.name}.run"

    def lane_of(self, row: Row) -> str:
        """The lane of a row. ValueError, with what may be sent, for names, number formats or shapes that do not fit."""
        if row.keys() != self.inputs.keys():
            raise ValueError(f"{self.name} takes {', '.join(self.inputs)}; {', '.join(row) or 'nothing'} was sent")
        for name, tensor in self.inputs.items():
            if row[name].dtype != tensor.dtype or not tensor.fits(row[name].shape):
                raise ValueError(f"{name} is {row[name].dtype} {list(row[name].shape)}; send {tensor}")
        return self._lane(bucket_of(self.inputs, {name: array.shape for name, array in row.items()}))

    def start(self, lane: str, inputs: Sequence[Row]) -> Generator[None, None, Sequence[Outputs | Exception]]:
        """Run `inputs`; rows of one shape as one batch. A row that comes out NaN is a FloatingPointError."""
        assert lane in self._lanes
        call = self._start(inputs)
        try:
            for _ in range(self._stages - 1):
                call.resume()
                yield
            call.finish()
            call.resume()
            yield
            assert call.result is not None
            return _in_order(call.result, len(inputs))
        finally:
            call.abort()

    def sample(self, lane: str, batch: int) -> Sequence[Row]:
        """Noise; whole numbers are 0 and 1, which any vocabulary has."""
        sizes, random = self._lanes[lane], np.random.default_rng(0)
        shapes = _shapes(self.inputs, sizes)
        return [
            {name: _noise(random, tensor.dtype, shapes[name]) for name, tensor in self.inputs.items()}
            for _ in range(batch)
        ]

    def close(self) -> None:
        """Free the weights."""
        self._sliced.close()
        del self._module

    def _start(self, inputs: Sequence[Row]) -> Call[Batch]:
        found = rows.groups(inputs)
        call = self._sliced.start(partial(self._run, inputs, found))
        call.at, call.every = self._suspended_at, len(found)
        return call

    def _run(self, inputs: Sequence[Row], found: Sequence[list[int]]) -> Batch:
        return [(places, *self._forward([inputs[place] for place in places])) for places in found]

    def _forward(self, group: Sequence[Row]) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        batch = rows.stacked(group, self._device, self._dtype, self._memory_format)
        result = self._module(**batch) if self._by_name else self._module(*(batch[name] for name in self.inputs))
        outputs = rows.named(result)
        rows.check_rows(outputs, len(group))
        return outputs, rows.bad_rows(outputs, len(group))

    @torch.inference_mode()
    def _trial(self) -> dict[str, Tensor]:
        """Runs of the largest batch: where to suspend it, and what one row's outputs are."""
        rows = self.sample(next(reversed(self._lanes)), self._max_batch)
        for _ in range(_TRIALS):  # the first pays for lazy initialisation
            seconds, call = [], self._start(rows)
            call.at = None
            while not call.done:
                began = time.perf_counter()
                call.resume()
                self._wait()
                seconds.append(time.perf_counter() - began)
        self._suspended_at = apart(seconds[:-1], _LEAST_STAGE)
        assert call.result is not None
        (_, outputs, _), *_ = call.result
        return {name: Tensor(_dtype(tensor), tuple(tensor.shape[1:])) for name, tensor in outputs.items()}

    def _wait(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)


def apart(seconds: Sequence[float], least: float) -> frozenset[int]:
    """Of boundaries that end parts of so many seconds, those that leave at least `least` between two."""
    chosen, since = set(), 0.0
    for place, took in enumerate(seconds):
        since += took
        if since >= least:
            chosen.add(place)
            since = 0.0
    return frozenset(chosen)


def takes_names(module: nn.Module, inputs: Tensors) -> bool:
    """Whether `forward` has a parameter for each input's name; else inputs go by position."""
    parameters = inspect.signature(module.forward).parameters
    anything = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    return anything or parameters.keys() >= inputs.keys()


def fingerprint(module: nn.Module) -> str:
    """Twelve hexadecimal digits that change when a weight does."""
    digest = hashlib.sha256()
    for name, tensor in module.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.detach().cpu().contiguous().view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
    return digest.hexdigest()[:12]


def _placed(
    module: nn.Module, device: torch.device, dtype: torch.dtype | None, memory_format: torch.memory_format
) -> nn.Module:
    module = module.eval().requires_grad_(False).to(device)
    if dtype is not None:
        module = module.to(dtype)
    return module.to(memory_format=memory_format) if memory_format is not torch.preserve_format else module  # type: ignore[call-overload]


def _in_order(batch: Batch, count: int) -> list[Outputs | Exception]:
    answers: list[Outputs | Exception] = [RuntimeError("no output")] * count
    for places, outputs, bad in batch:
        for place, answer in zip(places, rows.parted(outputs, bad), strict=True):
            answers[place] = answer
    return answers


def _shapes(inputs: Tensors, sizes: Sequence[int]) -> dict[str, tuple[int, ...]]:
    left = iter(sizes)
    return {name: tensor.filled(left) for name, tensor in inputs.items()}


def _noise(random: np.random.Generator, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    if dtype.startswith("float"):
        return random.standard_normal(shape).astype(dtype)
    return random.integers(0, 2, shape).astype(dtype)


def _dtype(tensor: torch.Tensor) -> str:
    return "float32" if tensor.dtype is torch.bfloat16 else str(tensor.dtype).removeprefix("torch.")
