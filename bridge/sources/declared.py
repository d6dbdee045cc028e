"""What an attribute of the operator's code declares, or a sentence that says what it is instead."""

import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from bridge.device.own_models import ModuleModel, OwnModel, ProgramModel
from bridge.errors import ConfigError
from bridge.sources.reference import Reference

_HOW = 'write NAME = ModuleModel("name", load=..., inputs={"x": Tensor("float32", (3, 64, 64))}) and name that'


def models_of(reference: Reference, module: ModuleType) -> tuple[OwnModel, ...]:
    """The models that an attribute of a loaded module declares. ConfigError if it declares none."""
    found: Any = module
    for name in reference.attribute.split("."):
        if not hasattr(found, name):
            raise ConfigError(f"--model {reference.text}: there is no {reference.attribute} in it; {_there(module)}")
        found = getattr(found, name)
    models = tuple(found) if isinstance(found, list | tuple) else (found,)
    for model in models:
        if not isinstance(model, ModuleModel | ProgramModel):
            raise ConfigError(f"--model {reference.text}: {_instead(reference.attribute, model)}")
    if not models:
        raise ConfigError(f"--model {reference.text}: {reference.attribute} is empty; put a ModuleModel in it")
    return models


def _there(module: ModuleType) -> str:
    names = list(_declared_in(module))
    if names:
        return f"there {'is' if len(names) == 1 else 'are'} {', '.join(names)}"
    return f"it declares no model: {_HOW}"


def _declared_in(module: ModuleType) -> Iterator[str]:
    for name, value in vars(module).items():
        several = isinstance(value, list | tuple) and value
        if all(isinstance(one, ModuleModel | ProgramModel) for one in (value if several else (value,))):
            yield name


def _instead(attribute: str, found: Any) -> str:
    """What was found in place of a declaration, and what to write."""
    kind = f"{type(found).__name__}"
    if _is_module(type(found)):
        return (
            f"{attribute} is a {kind}, which does not say what its inputs are; declare it: "
            f'ModuleModel("name", load=lambda: {attribute}, inputs={{...}})'
        )
    if inspect.isclass(found) and _is_module(found):
        return (
            f"{attribute} is the class {found.__name__}, which does not say what its inputs are; declare it: "
            f'ModuleModel("name", load={attribute}, inputs={{...}})'
        )
    if inspect.isclass(found):
        return f"{attribute} is the class {found.__name__}, not a declaration; {_HOW}"
    if callable(found):
        return (
            f"{attribute} is a function, which is not called; declare what it makes: "
            f'ModuleModel("name", load={attribute}, inputs={{...}})'
        )
    return f"{attribute} is of type {kind}, not a ModuleModel or ProgramModel; {_HOW}"


def _is_module(kind: type) -> bool:
    """Whether a class is an `nn.Module`; this layer does not know torch."""
    return any(base.__module__ == "torch.nn.modules.module" and base.__name__ == "Module" for base in kind.__mro__)
