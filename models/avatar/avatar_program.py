"""Runs the avatar generator on a device: conditions in, pictures out; lanes for 64x64 and a cheaper 32x32.

Pictures are PREMULTIPLIED RGBA, uint8, top row first. Knows the weights' files and the device; looks and their
conditions are defined in `models.avatar.look`.
"""

import hashlib
import json
from collections.abc import Generator as Steps
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from torch import Tensor

from models.avatar.exit import Exit, ExitConfig
from models.avatar.folded import FoldedGenerator
from models.avatar.generator import Generator, GeneratorConfig
from models.avatar.look import conditions, look_from_seed
from models.avatar.processor import AvatarInput
from models.precision import fast_dtype
from models.program import Lane

WEIGHTS = Path(__file__).parents[1] / "weights" / "avatar" / "generator.safetensors"
EXIT_WEIGHTS = WEIGHTS.with_name("exit32.safetensors")
FULL_LANE = "avatar.64"
HALF_LANE = "avatar.32"
MAX_BATCH = 8

Picture = NDArray[np.uint8]  # [S, S, 4], S by lane; premultiplied RGBA, top row first


class AvatarProgram:
    """The avatar generator on one device; implements `models.program.Program`."""

    name = "avatar"

    def __init__(self, generator: FoldedGenerator, device: torch.device, version: str) -> None:
        self._generator = generator
        self._device = device
        self._routes = {FULL_LANE: generator.full}
        if generator.early is not None:
            self._routes[HALF_LANE] = generator.early
        self.version = version
        self.lanes = tuple(Lane(name, MAX_BATCH, route.stages) for name, route in self._routes.items())
        self.resident_bytes = sum(weight.nbytes for weight in generator.parameters())

    @classmethod
    def load(
        cls,
        device: torch.device,
        dtype: torch.dtype | None = None,
        weights: Path = WEIGHTS,
        exit_weights: Path | None = EXIT_WEIGHTS,
    ) -> "AvatarProgram":
        """Read the weights onto `device`, in `dtype` or the fastest format there.

        Without `exit_weights` (a generator in training has none) only the full-size lane exists. ValueError if the exit
        belongs to another generator.
        """
        generator = load_generator(weights)
        early = load_exit(exit_weights, generator.config, fingerprint(weights)) if exit_weights else None
        folded = FoldedGenerator(generator, early).to(device, dtype or fast_dtype(device))
        return cls(folded, device, fingerprint(*filter(None, (weights, exit_weights))))

    def start(
        self, lane: str, inputs: Sequence[AvatarInput]
    ) -> Steps[None, None, Sequence[Picture | Tensor | Exception]]:
        """Paint `inputs`; a non-finite row becomes a FloatingPointError and does not affect the others."""
        assert 1 <= len(inputs) <= MAX_BATCH
        rows = torch.from_numpy(np.stack([row.conditions for row in inputs])).to(self._device)
        painted = yield from self._generator.paint(rows, self._routes[lane])
        pixels, finite = finished(painted)
        yield
        return outputs(pixels, finite, [row.stays for row in inputs])

    def sample(self, lane: str, batch: int) -> Sequence[AvatarInput]:
        """Avatars of the first `batch` seeds, for either lane."""
        assert lane in self._routes
        return [AvatarInput(conditions(look_from_seed(seed))) for seed in range(batch)]

    def close(self) -> None:
        """Free the weights."""
        del self._generator, self._routes


def fingerprint(*files: Path) -> str:
    """Twelve hexadecimal digits that change if any of `files` does."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def load_generator(path: Path) -> Generator:
    """The trained generator as saved by training: float32, in evaluation mode."""
    metadata, state = _read(path)
    config = json.loads(metadata["config"])
    generator = Generator(
        GeneratorConfig(config["style"], channels=tuple(config["channels"]), canvases=tuple(config["canvases"]))
    )
    generator.load_state_dict(state)
    return generator.eval()


def load_exit(path: Path, trunk: GeneratorConfig, trunk_print: str) -> Exit:
    """The exit distilled from the generator with fingerprint `trunk_print`, loaded like `load_generator`.

    ValueError if it was distilled from another generator, whose features differ.
    """
    metadata, state = _read(path)
    if metadata["trunk"] != trunk_print:
        raise ValueError(
            f"{path} was distilled from generator {metadata['trunk']}, not from {trunk_print}; "
            "run the stage distil of the avatar's training again."
        )
    early = Exit(trunk, ExitConfig(**json.loads(metadata["config"])))
    early.load_state_dict(state)
    return early.eval()


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    """A file's metadata, and its tensors as float32."""
    with safe_open(path, "pt") as file:
        return file.metadata(), {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - no mapping


def finished(painted: Tensor) -> tuple[Tensor, Tensor]:
    """Float pictures [B, 4, S, S] to uint8 [B, S, S, 4], colour never above alpha, and which are finite [B]."""
    finite = painted.isfinite().flatten(1).all(dim=1)
    painted = painted.nan_to_num().clamp(0, 1)
    painted = torch.minimum(painted, painted[:, 3:])
    return (painted * 255).round().to(torch.uint8).permute(0, 2, 3, 1).contiguous(), finite


def outputs(pixels: Tensor, finite: Tensor, stay: Sequence[bool]) -> list[Picture | Tensor | Exception]:
    """Each picture in host memory, or on the device if it stays; an exception if it is not finite."""
    failure = "the generator's picture is not finite; its conditions were out of range"
    pictures = pixels.cpu().numpy() if not all(stay) else pixels
    return [
        (pixels[row] if stays else pictures[row]) if fine else FloatingPointError(failure)
        for row, (stays, fine) in enumerate(zip(stay, finite.tolist(), strict=True))
    ]
