"""A `torch.nn.Module` as a program that the host can run; nothing of the module's code changes.

There is a lane for each bucket of input sizes, one where all sizes are fixed. Where runs are
suspended is chosen by trial runs; where a later run has fewer boundaries, its last stages are empty.
"""

import hashlib
import inspect
import math
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from models.module import rows
from models.module.outputs import agreed, spanned
from models.module.rows import Row
from models.module.sliced import Call, Sliced
from models.module.tensors import Tensor, Tensors, bucket_of, buckets, misfit
from models.program import Lane

_SLICE_SECONDS = 0.004
_LEAST_STAGE = 1.0  # of a slice, or of an even part of one: up to this stages are joined, as a suspension costs 30 us
_LONGEST_STAGE = 1.5  # of a slice, in a batch of more than one
_TRIALS = 3

Outputs = Mapping[str, NDArray[Any]]
Batch = list[tuple[list[int], dict[str, torch.Tensor], torch.Tensor]]  # per group: rows, outputs, which are NaN


class Declared(Protocol):
    """How a module is declared, as in `bridge.ModuleModel`."""

    @property
    def name(self) -> str: ...
    @property
    def load(self) -> Callable[[], nn.Module]: ...
    @property
    def inputs(self) -> Tensors: ...
    @property
    def outputs(self) -> Tensors: ...
    @property
    def max_batch(self) -> int: ...
    @property
    def dtype(self) -> str: ...
    @property
    def memory_format(self) -> str: ...
    @property
    def slices(self) -> bool: ...
    @property
    def compile(self) -> bool: ...


class ModuleProgram:
    """One module on one device; implements `models.program.Program`. `inputs` are those of one row.

    ValueError for a module that cannot be called with them, or whose outputs are not one row for each, or not those
    declared.
    """

    def __init__(
        self,
        name: str,
        module: nn.Module,
        device: torch.device,
        inputs: Tensors,
        max_batch: int,
        *,
        outputs: Tensors | None = None,
        dtype: torch.dtype | None = None,
        memory_format: torch.memory_format = torch.preserve_format,
        slices: bool = True,
        compile: bool = False,  # noqa: A002  as torch calls it
        version: str = "",
        slice_seconds: float = _SLICE_SECONDS,
    ) -> None:
        self.name = name
        self.version = version or fingerprint(module)
        self.inputs = inputs
        self._device, self._dtype, self._memory_format = device, dtype, memory_format
        self._module = _placed(module, device, dtype, memory_format)
        self._by_name = takes_names(module, inputs)
        self._call: Callable[..., Any] = self._module
        self._sliced = Sliced(name, self._module if slices else nn.Module())
        self._lanes = {self._lane(sizes): sizes for sizes in buckets(inputs)}
        self.resident_bytes = sum(tensor.nbytes for tensor in (*module.parameters(), *module.buffers()))
        self._max_batch, self._slice_seconds = max_batch, slice_seconds
        self._suspended_at: frozenset[int] = frozenset()
        self._declared = tuple(outputs or ())
        try:
            if compile:
                self._compile()
            found = self._trial()
        except BaseException:
            self._sliced.close()
            raise
        self.outputs = agreed(outputs, found) if outputs else found
        self._stages = len(self._suspended_at) + 1
        self.lanes = tuple(Lane(lane, max_batch, self._stages) for lane in self._lanes)

    @classmethod
    def of(cls, model: Declared, device: torch.device, slice_seconds: float = _SLICE_SECONDS) -> "ModuleProgram":
        """Load a module as it is declared. ValueError if it is none."""
        module = model.load()
        if not isinstance(module, nn.Module):
            raise ValueError(
                f"its load returned {type(module).__name__}; return a torch.nn.Module, and read weights into it with "
                "load_state_dict"
            )
        return cls(
            model.name,
            module,
            device,
            model.inputs,
            model.max_batch,
            outputs=model.outputs,
            dtype=_named(model.dtype, None),
            memory_format=_named(model.memory_format, torch.preserve_format),
            slices=model.slices and not model.compile,
            slice_seconds=slice_seconds,
            compile=model.compile,
        )

    def _lane(self, sizes: Sequence[int]) -> str:
        return f"{self.name}.{'x'.join(map(str, sizes))}" if sizes else f"{self.name}.run"

    def lane_of(self, row: Row) -> str:
        """The lane of a row. ValueError, with what may be sent, for names, number formats or shapes that do not fit."""
        why = misfit(self.name, self.inputs, {name: (array.dtype.name, array.shape) for name, array in row.items()})
        if why:
            raise ValueError(why)
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
        return self._noise(self._lanes[lane], batch)

    def _noise(self, sizes: Sequence[int], batch: int) -> Sequence[Row]:
        shapes, random = _shapes(self.inputs, sizes), np.random.default_rng(0)
        return [
            {name: _noise(random, tensor.dtype, shapes[name]) for name, tensor in self.inputs.items()}
            for _ in range(batch)
        ]

    def close(self) -> None:
        """Free the weights."""
        self._sliced.close()
        self._module = self._call = nn.Identity()

    def _start(self, inputs: Sequence[Row]) -> Call[Batch]:
        found = rows.groups(inputs)
        call = self._sliced.start(partial(self._run, inputs, found))
        call.at, call.every = self._suspended_at, len(found)
        return call

    def _run(self, inputs: Sequence[Row], found: Sequence[list[int]]) -> Batch:
        batch: Batch = []
        for places in found:
            self._sliced.restart()
            batch.append((places, *self._forward([inputs[place] for place in places])))
        return batch

    def _forward(self, group: Sequence[Row]) -> tuple[dict[str, torch.Tensor], torch.Tensor]:
        batch = rows.stacked(group, self._device, self._dtype, self._memory_format)
        result = self._call(**batch) if self._by_name else self._call(*(batch[name] for name in self.inputs))
        outputs = rows.named(result, self._declared)
        rows.check_rows(outputs, len(group))
        return outputs, rows.bad_rows(outputs, len(group))

    @torch.inference_mode()
    def _compile(self) -> None:
        """Compile for all batches now, on the thread that loads: later it would hold the device for seconds."""
        try:
            self._call = torch.compile(self._module)
            for lane in self._lanes:
                for batch in range(self._max_batch, 0, -1):
                    self._forward(self.sample(lane, batch))
        except Exception as error:  # of the compiler, or of the module
            raise ValueError(
                f"torch.compile fails: {type(error).__name__}: {_first_line(error)}; leave compile out, or mend that "
                "(on a CPU it needs a C++ compiler)"
            ) from error

    @torch.inference_mode()
    def _trial(self) -> dict[str, Tensor]:
        """Where to suspend runs of the largest batch whose parts are short enough, and what one row's outputs are; of
        the smallest row, which of their sizes follow the input's.
        """
        sizes, batch = next(reversed(self._lanes.values())), self._max_batch
        seconds, call, found = self._fastest(sizes, batch)
        while batch > 1 and len(seconds) > 1 and max(seconds) > _LONGEST_STAGE * self._slice_seconds:
            batch //= 2
            seconds, call, _ = self._fastest(sizes, batch)
        slower = sum(seconds) / sum(self._fastest(sizes, 1)[0]) if batch > 1 else 1.0
        # so that a single row's stages, which are shorter, fill a slice in twos or threes
        most = _LEAST_STAGE * self._slice_seconds * slower / math.ceil(slower)
        self._suspended_at = self._sliced.keep(call, {call.suspended_at[count] for count in joined(seconds, most)})
        least = tuple(dim.least for tensor in self.inputs.values() for dim in tensor.dims)
        if not least:
            return found
        small = self._try(least, 1)[2]
        return {name: spanned(name, small.get(name, large), large) for name, large in found.items()}

    def _fastest(self, sizes: Sequence[int], batch: int) -> tuple[list[float], Call[Batch], dict[str, Tensor]]:
        """The least seconds of a few trial runs; the first pays for lazy initialisation."""
        seconds, call, found = self._try(sizes, batch)
        for _ in range(_TRIALS - 1):
            again, call, found = self._try(sizes, batch)
            seconds = list(map(min, seconds, again)) if len(again) == len(seconds) else again
        return seconds, call, found

    def _try(self, sizes: Sequence[int], batch: int) -> tuple[list[float], Call[Batch], dict[str, Tensor]]:
        """The seconds between all boundaries of a run, the run, and what it puts out."""
        seconds, call = [], self._start(self._noise(sizes, batch))
        call.at = None
        try:
            while not call.done:
                began = time.perf_counter()
                call.resume()
                self._wait()
                seconds.append(time.perf_counter() - began)
        except (rows.OutputsError, MemoryError, torch.OutOfMemoryError):
            raise
        except Exception as error:
            shapes = _shapes(self.inputs, sizes)
            given = ", ".join(f"{name} {self.inputs[name].dtype} {[batch, *shape]}" for name, shape in shapes.items())
            raise ValueError(
                f"the module raised {type(error).__name__} ({error}) when it was tried with {given}; correct its "
                "inputs, or its forward"
            ) from error
        assert call.result is not None
        (_, outputs, _), *_ = call.result
        found = {name: Tensor(_dtype(tensor), tuple(tensor.shape[1:])) for name, tensor in outputs.items()}
        return seconds, call, found

    def _wait(self) -> None:
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)


def joined(seconds: Sequence[float], most: float) -> frozenset[int]:
    """Of the boundaries between parts of so many seconds, those that are left if neighbours are joined up to `most`."""
    left, since = set(), 0.0
    for place, took in enumerate(seconds):
        if place and since + took > most:
            left.add(place - 1)
            since = 0.0
        since += took
    return frozenset(left)


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
        digest.update(tensor.detach().cpu().reshape(-1).view(torch.uint8).numpy().tobytes() if tensor.numel() else b"")
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


def _named(name: str, otherwise: Any) -> Any:
    """What torch calls so: a dtype or a memory format."""
    return getattr(torch, name) if name else otherwise


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason given")[:200]


def _dtype(tensor: torch.Tensor) -> str:
    return "float32" if tensor.dtype is torch.bfloat16 else str(tensor.dtype).removeprefix("torch.")
