"""Runs face detection on a device: one lane, pictures in, candidates out."""

import hashlib
from collections.abc import Generator as Steps
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from models.program import Lane
from models.recognition.convolution import ready, weight_bytes
from models.recognition.faces.anchors import anchors, decoded, likeliest, probabilities
from models.recognition.faces.faces import LANE, SIDE, FaceCandidates, FaceInput
from models.recognition.faces.network import BlazeFace

WEIGHTS = Path(__file__).parents[2] / "weights" / "recognition" / "faces.safetensors"
MAX_BATCH = 4
MOST_CANDIDATES = 128
SCORE_FLOOR = 0.1  # clients cannot ask for less

Rows = Sequence[FaceCandidates | Exception]


class FaceProgram:
    """BlazeFace on one device; implements `models.program.Program`. In float32: bfloat16 rounds points to pixels."""

    name = "faces"

    def __init__(self, network: BlazeFace, device: torch.device, version: str) -> None:
        ready(network, device, torch.float32, [(SIDE, SIDE)])
        self._network = network
        self._device = device
        self._anchors = anchors().to(device)
        self.version = version
        self.lanes: tuple[Lane, ...] = (Lane(LANE, MAX_BATCH, network.stages),)
        self.resident_bytes = weight_bytes(network)

    @classmethod
    def load(cls, device: torch.device, weights: Path = WEIGHTS) -> "FaceProgram":
        """Read the weights onto `device`."""
        network = BlazeFace.from_weights(load_file(weights))
        return cls(network, device, hashlib.sha256(weights.read_bytes()).hexdigest()[:12])

    def start(self, lane: str, inputs: Sequence[FaceInput]) -> Steps[None, None, Rows]:
        """Detect faces in `inputs`; a non-finite row becomes a FloatingPointError and does not affect the others."""
        assert lane == LANE
        pixels = torch.from_numpy(np.stack([row.pixels for row in inputs]))
        finite = pixels.sum((1, 2, 3)).isfinite().tolist()  # checked here, since ReLU may turn NaN into a number
        logits, boxes = yield from self._network(pixels.to(self._device).permute(0, 3, 1, 2))
        windows = torch.tensor([row.window for row in inputs], device=self._device)
        best = likeliest(probabilities(logits), decoded(boxes, self._anchors, windows), MOST_CANDIDATES)
        yield
        scores, faces = (tensor.cpu().numpy() for tensor in best)
        return [_row(*row) for row in zip(finite, scores, faces, strict=True)]

    def sample(self, lane: str, batch: int) -> Sequence[FaceInput]:
        """Noise: the same work as a photograph."""
        assert lane == LANE
        noise = np.random.default_rng(0).integers(0, 256, (batch, SIDE, SIDE, 3), np.uint8)
        return [FaceInput.prepare(image) for image in noise]

    def close(self) -> None:
        """Free the weights."""
        del self._network


def _row(finite: bool, scores: np.ndarray, faces: np.ndarray) -> FaceCandidates | Exception:
    if not (finite and np.isfinite(faces).all()):
        return FloatingPointError("the face detector's output is not finite; check the picture")
    kept = int(np.count_nonzero(scores >= SCORE_FLOOR))
    return FaceCandidates(faces[:kept].copy(), scores[:kept].copy())
