"""Exports a checkpoint to the shipped file: the averaged generator, or its exit, as float16 safetensors."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from models.avatar.exit import ExitConfig
from models.avatar.generator import Generator


def export_generator(checkpoint: Path, weights: Path) -> None:
    """Write the moving average in `checkpoint` to `weights`, with its configuration in the metadata."""
    generator = Generator()
    generator.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    _save(generator.state_dict(), weights, config=json.dumps(asdict(generator.config)))


def export_exit(checkpoint: Path, weights: Path) -> None:
    """Write the moving average in `checkpoint` to `weights`, with the fingerprint of its generator."""
    saved = torch.load(checkpoint, weights_only=True)
    _save(saved["average"], weights, config=json.dumps(asdict(ExitConfig())), trunk=saved["trunk"])


def _save(state: Mapping[str, Tensor], weights: Path, **metadata: str) -> None:
    weights.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: _half(value) for name, value in state.items()}, weights, metadata=metadata)


def _half(value: Tensor) -> Tensor:
    return value.half().contiguous() if value.is_floating_point() else value
