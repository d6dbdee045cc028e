"""Avatars as a program the host can run: one lane, conditions in, a 64x64 picture out.

Pictures are PREMULTIPLIED RGBA, uint8, top row first. Knows the weights' file and the device; what a look is, and how
conditions are made from one, is `models.avatar.look`'s affair.
"""

import hashlib
import json
from collections.abc import Generator as Steps
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from torch import Tensor

from models.avatar.folded import FoldedGenerator
from models.avatar.generator import Generator, GeneratorConfig
from models.avatar.look import Conditions, conditions, look_from_seed
from models.precision import fast_dtype
from models.program import Lane

WEIGHTS = Path(__file__).parents[1] / "weights" / "avatar" / "generator.safetensors"
LANE = "avatar.64"
MAX_BATCH = 8

Picture = NDArray[np.uint8]  # [64, 64, 4], premultiplied RGBA, top row first


@dataclass(frozen=True, slots=True)
class AvatarInput:
    """One picture to make."""

    conditions: Conditions  # float32 [CONDITION_WIDTH], from `models.avatar.look`
    stays: bool = False  # whether the picture stays on the device, as a tensor, for an encoder that works there


class AvatarProgram:
    """The avatar generator on one device; implements `models.program.Program`."""

    name = "avatar"

    def __init__(self, generator: FoldedGenerator, device: torch.device, version: str) -> None:
        self._generator = generator
        self._device = device
        self.version = version
        self.lanes: tuple[Lane, ...] = (Lane(LANE, max_batch=MAX_BATCH, stages=generator.stages),)
        self.resident_bytes = sum(weight.nbytes for weight in generator.parameters())

    @classmethod
    def load(cls, device: torch.device, dtype: torch.dtype | None = None, weights: Path = WEIGHTS) -> "AvatarProgram":
        """Read the weights onto `device`, in `dtype` or the format that is fast there."""
        folded = FoldedGenerator(load_generator(weights)).to(device, dtype or fast_dtype(device))
        return cls(folded, device, hashlib.sha256(weights.read_bytes()).hexdigest()[:12])

    def start(
        self, lane: str, inputs: Sequence[AvatarInput]
    ) -> Steps[None, None, Sequence[Picture | Tensor | Exception]]:
        """Paint `inputs`; a row that is not finite comes out as a FloatingPointError and leaves the others alone."""
        assert lane == LANE
        assert 1 <= len(inputs) <= MAX_BATCH
        rows = torch.from_numpy(np.stack([row.conditions for row in inputs])).to(self._device)
        painted = yield from self._generator.paint(rows)
        pixels, finite = finished(painted)
        yield
        return outputs(pixels, finite, [row.stays for row in inputs])

    def sample(self, lane: str, batch: int) -> Sequence[AvatarInput]:
        """Avatars of the first `batch` seeds."""
        assert lane == LANE
        return [AvatarInput(conditions(look_from_seed(seed))) for seed in range(batch)]

    def close(self) -> None:
        """Free the weights."""
        del self._generator


def load_generator(path: Path) -> Generator:
    """The trained generator as saved by training: float32, in evaluation mode."""
    with safe_open(path, "pt") as file:
        config = json.loads(file.metadata()["config"])
        state = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - no mapping
    generator = Generator(
        GeneratorConfig(config["style"], channels=tuple(config["channels"]), canvases=tuple(config["canvases"]))
    )
    generator.load_state_dict(state)
    return generator.eval()


def finished(painted: Tensor) -> tuple[Tensor, Tensor]:
    """Float pictures [B, 4, S, S] to uint8 [B, S, S, 4], colour never above alpha, and which are finite [B]."""
    finite = painted.isfinite().flatten(1).all(dim=1)
    painted = painted.nan_to_num().clamp(0, 1)
    painted = torch.minimum(painted, painted[:, 3:])
    return (painted * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous(), finite


def outputs(pixels: Tensor, finite: Tensor, stay: Sequence[bool]) -> list[Picture | Tensor | Exception]:
    """Each picture in memory, or on the device where it stays; an exception for one that is not finite."""
    failure = "the generator made a picture that is not finite; its conditions were out of range"
    pictures = pixels.cpu().numpy() if not all(stay) else pixels
    return [
        (pixels[row] if stays else pictures[row]) if fine else FloatingPointError(failure)
        for row, (stays, fine) in enumerate(zip(stay, finite.tolist(), strict=True))
    ]
