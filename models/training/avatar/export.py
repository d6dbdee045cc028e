"""From a checkpoint to the file that is shipped: the averaged generator as float16 safetensors."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors.torch import save_file

from models.avatar.generator import Generator


def export_generator(checkpoint: Path, weights: Path) -> None:
    """Write the moving average in `checkpoint` to `weights`, with its configuration in the file's metadata."""
    generator = Generator()
    generator.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    state = {name: _half(value) for name, value in generator.state_dict().items()}
    weights.parent.mkdir(parents=True, exist_ok=True)
    save_file(state, weights, metadata={"config": json.dumps(asdict(generator.config))})


def _half(value: torch.Tensor) -> torch.Tensor:
    return value.half().contiguous() if value.is_floating_point() else value
