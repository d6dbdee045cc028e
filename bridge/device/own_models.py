"""Declarations of models that are not part of FrameBridge: a plain `torch.nn.Module`, or a program of one's own."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from bridge.device.catalog import ModelSpec, RungSpec, imported
from bridge.device.checks import MOST_BATCH, reason
from bridge.errors import ConfigError, ModelFailed
from models.module.tensors import Tensor, buckets, misfit

if TYPE_CHECKING:
    import torch

    from models.program import TensorProgram

__all__ = ["ModuleModel", "OwnModel", "ProgramModel", "misfit", "specs"]

T = TypeVar("T")

REPEAT = "repeat"  # the rung that sends a slot's last outputs again

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_MOST_TENSORS = 32
_MODULE_PROGRAM = "models.module.module_program:ModuleProgram.of"  # imported on load, as it imports torch


@dataclass(frozen=True, slots=True, kw_only=True)
class _OwnModel:
    """What all such models declare. Budgets are in seconds. ConfigError for what cannot be served."""

    max_batch: int = 8  # rows in a run
    outputs: Mapping[str, Tensor] = field(default_factory=dict)  # empty: found by one run
    budget: float = 0.1  # of requests that set none

    def _check(self, name: str, inputs: Mapping[str, Tensor]) -> None:
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"the model name {name!r} cannot be used; start with a lower-case letter, and use up to 48 of a-z, "
                "0-9, _ and -"
            )
        if not 0 < len(inputs) <= _MOST_TENSORS or len(self.outputs) > _MOST_TENSORS:
            raise ConfigError(f"model {name!r} needs 1 to {_MOST_TENSORS} inputs, and at most as many outputs")
        if not 1 <= self.max_batch <= MOST_BATCH:
            raise ConfigError(f"model {name!r}: max_batch is {self.max_batch}; use 1 to {MOST_BATCH}")
        if not 0.001 <= self.budget <= 60:
            raise ConfigError(f"model {name!r}: budget is {self.budget:g} s; use 0.001 to 60")
        try:
            buckets(inputs)
        except ValueError as error:
            raise ConfigError(f"model {name!r}: {error}") from None


@dataclass(frozen=True, slots=True)
class ModuleModel(_OwnModel):
    """A plain `nn.Module`, served unchanged: suspended where its submodules end, and batched.

    `load` makes the module, on any device; it is moved, set to `eval`, and called with one batch of each input, by the
    names of `inputs` where its `forward` has them, else in their order. It returns a tensor, or a dict, list or tuple
    of tensors whose first dimension is the batch. Weights are up to `load`; read them as safetensors, or with
    `weights_only=True`.
    """

    name: str
    load: "Callable[[], torch.nn.Module]"
    inputs: Mapping[str, Tensor]  # of one row, without the batch
    dtype: str = ""  # of weights and floating-point inputs: "float16" or "bfloat16"; "" leaves them
    memory_format: str = ""  # "channels_last"; "" leaves it
    slices: bool = True  # False: runs are never suspended
    compile: bool = False  # by `torch.compile`: runs are never suspended, as what is traced is one piece

    def __post_init__(self) -> None:
        self._check(self.name, self.inputs)
        if self.dtype not in ("", "float32", "float16", "bfloat16"):
            raise ConfigError(f"model {self.name!r}: dtype is {self.dtype!r}; use float32, float16 or bfloat16")
        if self.memory_format not in ("", "channels_last"):
            raise ConfigError(f"model {self.name!r}: memory_format is {self.memory_format!r}; use channels_last")

    def spec(self) -> ModelSpec:
        """The record of it that the server keeps."""

        def load(device: "torch.device", slice_seconds: float) -> "TensorProgram":
            make: Callable[..., TensorProgram] = imported(_MODULE_PROGRAM)
            try:
                return make(replace(self, load=lambda: _loaded(self.load)), device, slice_seconds)
            except ValueError as error:  # what the program has to say of a module
                raise ModelFailed(str(error)) from error

        spec = _spec(self.name, load, self.inputs, self)
        return replace(spec, options=lambda config: {"slice_seconds": config.slice_seconds})


@dataclass(frozen=True, slots=True)
class ProgramModel(_OwnModel):
    """A program of one's own (`models.program.TensorProgram`), for a model that suspends its runs itself.

    `load` takes the `torch.device` and returns the program.
    """

    name: str
    load: "Callable[[torch.device], TensorProgram]"
    inputs: Mapping[str, Tensor]  # of one row, without the batch

    def __post_init__(self) -> None:
        self._check(self.name, self.inputs)

    def spec(self) -> ModelSpec:
        """The record of it that the server keeps."""

        def load(device: "torch.device", **options: Any) -> "TensorProgram":
            return _loaded(lambda: self.load(device))

        spec = _spec(self.name, load, self.inputs, self)
        return replace(spec, options=lambda config: {"slice_seconds": config.slice_seconds})


def _loaded(load: Callable[[], T]) -> T:
    """What a model's own `load` returns. ModelFailed for whatever it raises, but for a lack of memory."""
    try:
        return load()
    except MemoryError:
        raise
    except BaseException as error:
        raise ModelFailed(f"its load raised {reason(error)}; mend it, and load the model again") from error


OwnModel = ModuleModel | ProgramModel


def specs(models: Iterable[OwnModel | ModelSpec]) -> tuple[ModelSpec, ...]:
    """The records of models, however they are declared."""
    return tuple(model if isinstance(model, ModelSpec) else model.spec() for model in models)


def _spec(name: str, load: "Callable[..., TensorProgram]", inputs: Mapping[str, Tensor], model: _OwnModel) -> ModelSpec:
    rungs = (RungSpec(name, any_lane=True), RungSpec(REPEAT))
    return ModelSpec(name, load, rungs, inputs=inputs, outputs=model.outputs, budget=model.budget)
