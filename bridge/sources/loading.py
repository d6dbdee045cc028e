"""From a configuration to the models of the operator's own: sources loaded, options applied, names told apart."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from bridge.capabilities import ALL_MODELS
from bridge.config import Config
from bridge.device.catalog import imported
from bridge.device.own_models import OwnModel
from bridge.errors import ConfigError
from bridge.sources.declared import models_of
from bridge.sources.entry_points import offered
from bridge.sources.exported import exported_model
from bridge.sources.options import NOT_NAMES, options_of
from bridge.sources.prefixes import PREFIXES
from bridge.sources.reference import Kind, Reference
from bridge.sources.reserved import check_reserved
from bridge.sources.siblings import check_siblings
from bridge.sources.user_code import load


def declared(source: str) -> tuple[OwnModel, ...]:
    """The models of one source. Runs the code that it names. ConfigError says what is wrong with it."""
    reference = Reference.of(source)
    if reference.kind is Kind.INSTALLED:
        reference = replace(offered(reference), text=source)
    if reference.kind is Kind.EXPORTED:
        return (exported_model(reference),)
    if reference.kind is Kind.PREFIXED:
        make: Callable[[str], OwnModel] = imported(PREFIXES[reference.attribute])
        return (make(reference.target),)
    check_reserved(reference)
    if reference.kind is Kind.FILE:
        check_siblings(reference)
    return models_of(reference, load(reference))


def own_models(config: Config, say: Callable[[str], None] = lambda text: None) -> tuple[OwnModel, ...]:
    """All models that a configuration names sources of, as they are declared; `say` gets what is about to be loaded."""
    by_source = {}
    for source in dict.fromkeys(config.sources):
        say(f"loading {source}")
        by_source[source] = declared(source)
    _check_names(by_source)
    return tuple(model for models in by_source.values() for model in models)


def with_options(config: Config, models: Iterable[OwnModel]) -> tuple[OwnModel, ...]:
    """The same models with the options that the configuration has for them."""
    return tuple(_changed(model, config.model_options.get(model.name, {})) for model in models)


def with_own(config: Config, models: Iterable[OwnModel]) -> Config:
    """The same configuration, with these models among those that are loaded at start."""
    if config.models is None:
        return config
    return replace(config, models=tuple(dict.fromkeys((*config.models, *(model.name for model in models)))))


def _changed(model: OwnModel, options: Mapping[str, Any]) -> OwnModel:
    known = {option.field: option for option in options_of(model)}
    for field in options:
        if field not in known:
            keys = ", ".join(option.key for option in known.values())
            raise ConfigError(
                f"models.{model.name}: {field.replace('_', '-')} is not an option of a {type(model).__name__}, which "
                f"decides that itself; its options are {keys}"
            )
    return replace(model, **options)


def _check_names(by_source: Mapping[str, Iterable[OwnModel]]) -> None:
    taken: dict[str, str] = {}
    for source, models in by_source.items():
        for model in models:
            if model.name in ALL_MODELS:
                raise ConfigError(
                    f"--model {source}: there is a model {model.name!r} in FrameBridge; give yours another name"
                )
            if model.name in NOT_NAMES:
                raise ConfigError(
                    f"--model {source}: {model.name!r} has a meaning of its own in a configuration; give the model "
                    "another name"
                )
            if model.name in taken:
                both = "twice" if taken[model.name] == source else f"by {taken[model.name]} too"
                raise ConfigError(f"--model {source}: the model {model.name!r} is declared {both}; rename one of them")
            taken[model.name] = source
