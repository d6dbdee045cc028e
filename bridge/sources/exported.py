"""A `torch.export` file as a declaration: named after the file, with the inputs, outputs and batch of its export."""

import re
from functools import partial
from pathlib import Path
from typing import Any

from bridge.device.catalog import imported
from bridge.device.own_models import ModuleModel
from bridge.errors import ConfigError
from bridge.sources.reference import Reference

_READ, _LOAD = "models.module.exported:read", "models.module.exported:load"  # imported on use, as they import torch


def exported_model(reference: Reference) -> ModuleModel:
    """The model of a file. ConfigError if it is none, or holds what is not loaded: pickles or compiled code."""
    path = Path(reference.target)
    if not path.is_file():
        raise ConfigError(f"--model {reference.text}: there is no file {path}; correct the path")
    read: Any = imported(_READ)
    try:
        module = read(path)  # read again to be served, so that its weights are not held while it is unloaded
    except ValueError as error:
        raise ConfigError(f"--model {reference.text}: {error}") from error
    try:
        return ModuleModel(
            _name(path),
            load=partial(imported(_LOAD), path),
            inputs=module.inputs,
            outputs=module.outputs,
            max_batch=module.most,
            slices=False,
        )
    except ConfigError as error:  # its name, which is the file's
        raise ConfigError(f"--model {reference.text}: {error}") from None


def _name(path: Path) -> str:
    """A model's name from the stem of its file."""
    return re.sub(r"[^a-z0-9_-]+", "-", path.stem.lower()).strip("-_")[:48]
