"""Runs the detector on a device: a lane per input shape, pictures in, candidates out.

Knows the weights' file, the device and how a cell becomes a box; `detections` handles pictures and thresholds.
"""

import hashlib
from collections.abc import Generator as Steps
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor

from models.precision import fast_dtype
from models.program import Lane
from models.recognition.convolution import ready, weight_bytes
from models.recognition.detections import LANES, Candidates, DetectorInput
from models.recognition.detector import BINS, CLASSES, STRIDES, NanoDet

WEIGHTS = Path(__file__).parents[1] / "weights" / "recognition" / "nanodet.safetensors"
MAX_BATCH = {"cpu": 2, "cuda": 4}  # on a CPU, two pictures together take 5 to 10 % less than separately
MOST_CANDIDATES = 200
SCORE_FLOOR = 0.05  # clients cannot ask for less

Rows = Sequence[Candidates | Exception]


class DetectorProgram:
    """NanoDet on one device; implements `models.program.Program`."""

    name = "detector"

    def __init__(self, network: NanoDet, device: torch.device, dtype: torch.dtype, version: str) -> None:
        ready(network, device, dtype, LANES.values())
        self._network = network
        self._device = device
        self._dtype = dtype
        self._grids = {lane: grid(*size).to(device) for lane, size in LANES.items()}
        self.version = version
        self.lanes = tuple(Lane(lane, MAX_BATCH[device.type], network.stages) for lane in LANES)
        self.resident_bytes = weight_bytes(network)

    @classmethod
    def load(cls, device: torch.device, dtype: torch.dtype | None = None, weights: Path = WEIGHTS) -> "DetectorProgram":
        """Read the weights onto `device`, in `dtype` or the fastest format there."""
        network = NanoDet.from_weights(load_file(weights))
        return cls(network, device, dtype or fast_dtype(device), hashlib.sha256(weights.read_bytes()).hexdigest()[:12])

    def start(self, lane: str, inputs: Sequence[DetectorInput]) -> Steps[None, None, Rows]:
        """Detect objects in `inputs`; a non-finite row becomes a FloatingPointError and does not affect the others."""
        pixels = torch.from_numpy(np.stack([row.pixels for row in inputs]))
        cells = yield from self._network(pixels.to(self._device, self._dtype).permute(0, 3, 1, 2))
        windows = torch.tensor([row.window for row in inputs], device=self._device)
        found = best_cells(cells.float(), self._grids[lane], windows)
        yield
        return candidates(*found)

    def sample(self, lane: str, batch: int) -> Sequence[DetectorInput]:
        """Noise of the lane's size: the same work as a photograph."""
        width, height = LANES[lane]
        noise = np.random.default_rng(0).integers(0, 256, (batch, height, width, 3), np.uint8)
        return [DetectorInput.prepare(image, lane) for image in noise]

    def close(self) -> None:
        """Free the weights."""
        del self._network


def grid(width: int, height: int) -> Tensor:
    """Every cell's centre and stride as shares of the input, in the network's order: [N, 4] of x, y, across, down."""
    levels = []
    for stride in STRIDES:
        x, y = (torch.arange(side // stride).add(0.5).mul(stride / side) for side in (width, height))
        down, across = torch.meshgrid(y, x, indexing="ij")
        strides = torch.tensor([stride / width, stride / height]).expand(*across.shape, 2)
        levels.append(torch.cat([torch.stack([across, down], dim=2), strides], dim=2).flatten(0, 1))
    return torch.cat(levels)


def best_cells(cells: Tensor, grid: Tensor, windows: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """The best cells of each picture: whether the picture's are finite [B], boxes [B, M, 4], scores and classes [B, M].

    cells float32 [B, N, CELL_WIDTH], grid [N, 4], windows [B, 4]. The distance of a side from its cell's centre, in
    strides, is the mean of its distribution.
    """
    finite = cells.sum((1, 2)).isfinite()
    places = cells[..., :CLASSES].amax(dim=2).topk(MOST_CANDIDATES, dim=1).indices
    best = cells.gather(1, places[..., None].expand(-1, -1, cells.shape[2]))
    scores, class_ids = best[..., :CLASSES].sigmoid().max(dim=2)
    reach = best[..., CLASSES:].unflatten(2, (4, BINS)).softmax(dim=3) @ torch.arange(float(BINS), device=cells.device)
    centres, strides = grid[places].split(2, dim=2)
    left_top, width_height = windows[:, None].split(2, dim=2)
    corners = (centres - reach[..., :2] * strides, centres + reach[..., 2:] * strides)
    boxes = torch.cat([(corner - left_top) / width_height for corner in corners], dim=2)
    return finite, boxes, scores, class_ids


def candidates(finite: Tensor, boxes: Tensor, scores: Tensor, class_ids: Tensor) -> Rows:
    """Each picture's candidates, from the output of `best_cells`."""
    rows = zip(boxes.cpu().numpy(), scores.cpu().numpy(), class_ids.cpu().numpy(), strict=True)
    failure = "the detector's output is not finite; check the picture"
    return [
        above_floor(*row) if fine else FloatingPointError(failure)
        for fine, row in zip(finite.tolist(), rows, strict=True)
    ]


def above_floor(boxes: NDArray[np.float32], scores: NDArray[np.float32], class_ids: NDArray[np.int64]) -> Candidates:
    """One picture's candidates, without those below the lowest threshold."""
    kept = int(np.count_nonzero(scores >= SCORE_FLOOR))
    return Candidates(boxes[:kept].copy(), scores[:kept].copy(), class_ids[:kept].copy())
