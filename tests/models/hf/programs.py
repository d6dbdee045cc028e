"""A checkpoint as a program, and rows for it."""

from pathlib import Path
from typing import Any

import numpy as np
import torch

from models.hf.declaration import hf_model
from models.module.module_program import ModuleProgram
from tests.models.hf.checkpoints import CASES


def program(folder: Path, options: str = "") -> ModuleProgram:
    found = hf_model(f"{folder}{options or (CASES[folder.name].options if folder.name in CASES else '')}")
    return ModuleProgram(found.name, found.load(), torch.device("cpu"), found.inputs, found.max_batch)


def rows(of: ModuleProgram, count: int, tokens: int = 8) -> list[dict[str, Any]]:
    """Pictures of noise; texts of tokens without padding."""
    random = np.random.default_rng(0)
    if "image" in of.inputs:
        return [{"image": random.integers(0, 256, of.inputs["image"].shape, np.uint8)} for _ in range(count)]
    return [{"input_ids": random.integers(1, 100, tokens)} for _ in range(count)]


def batch(found: list[dict[str, Any]]) -> torch.Tensor:
    """The one input of all rows."""
    return torch.from_numpy(np.stack([next(iter(row.values())) for row in found]))


def run(of: ModuleProgram, found: list[dict[str, Any]]) -> Any:
    """All stages of a run."""
    steps = of.start(of.lane_of(found[0]), found)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value
