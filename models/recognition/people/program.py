"""Runs segmentation on a device: a lane and a set of weights for each shape of input, pictures in, masks out."""

import hashlib
from collections.abc import Generator as Steps
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file

from models.program import Lane
from models.recognition.convolution import ready, weight_bytes
from models.recognition.people.masks import LANES, PeopleInput
from models.recognition.people.network import SelfieSegmentation

_FOLDER = Path(__file__).parents[2] / "weights" / "recognition"
WEIGHTS = {"people.256": _FOLDER / "people.safetensors", "people.144": _FOLDER / "people_wide.safetensors"}
MAX_BATCH = 2

Rows = Sequence[NDArray[np.uint8] | Exception]


class PeopleProgram:
    """Selfie segmentation on one device; implements `models.program.Program`. In float32: bfloat16 is no faster at
    this size.
    """

    name = "people"

    def __init__(self, networks: Mapping[str, SelfieSegmentation], device: torch.device, version: str) -> None:
        for lane, network in networks.items():
            ready(network, device, torch.float32, [LANES[lane]])
        self._networks = networks
        self._device = device
        self.version = version
        self.lanes = tuple(Lane(lane, MAX_BATCH, network.stages) for lane, network in networks.items())
        self.resident_bytes = sum(weight_bytes(network) for network in networks.values())

    @classmethod
    def load(cls, device: torch.device, weights: Mapping[str, Path] = WEIGHTS) -> "PeopleProgram":
        """Read the weights onto `device`."""
        networks = {lane: SelfieSegmentation.from_weights(load_file(file)) for lane, file in weights.items()}
        version = hashlib.sha256(b"".join(file.read_bytes() for file in weights.values())).hexdigest()[:12]
        return cls(networks, device, version)

    def start(self, lane: str, inputs: Sequence[PeopleInput]) -> Steps[None, None, Rows]:
        """Segment `inputs`; a non-finite row becomes a FloatingPointError and does not affect the others."""
        pixels = torch.from_numpy(np.stack([row.pixels for row in inputs]))
        fine = pixels.sum((1, 2, 3)).isfinite().to(self._device)  # ReLU may turn NaN into a number
        logits = yield from self._networks[lane](pixels.to(self._device).permute(0, 3, 1, 2))
        finite = logits.sum((1, 2)).isfinite() & fine
        masks = logits.sigmoid().mul(255).round().to(torch.uint8)
        yield
        rows = zip(finite.tolist(), masks.cpu().numpy(), strict=True)
        failure = "the segmentation's output is not finite; check the picture"
        return [mask.copy() if fine else FloatingPointError(failure) for fine, mask in rows]

    def sample(self, lane: str, batch: int) -> Sequence[PeopleInput]:
        """Noise of the lane's size: the same work as a photograph."""
        width, height = LANES[lane]
        noise = np.random.default_rng(0).integers(0, 256, (batch, height, width, 3), np.uint8)
        return [PeopleInput.prepare(image, lane) for image in noise]

    def close(self) -> None:
        """Free the weights."""
        self._networks = {}
