"""Runs face meshes on a device: finds faces, cuts them out and fits their points, without waiting for the host.

A lane looks at a fixed number of faces, so that its cost is known in advance: fewer faces take as long.
"""

import hashlib
from collections.abc import Generator as Steps
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

from models.program import Lane
from models.recognition.convolution import ready, weight_bytes
from models.recognition.faces.anchors import anchors, decoded, likeliest, probabilities
from models.recognition.faces.faces import SIDE as FACE_SIDE
from models.recognition.faces.network import BlazeFace
from models.recognition.faces.program import MOST_CANDIDATES
from models.recognition.faces.program import WEIGHTS as FACE_WEIGHTS
from models.recognition.faces.suppression import first_merged
from models.recognition.mesh.crops import crops_of, cut, placed_faces, placed_points, unit, zooms_of
from models.recognition.mesh.meshes import CANVAS, FACE_THRESHOLD, LANES, MeshInput, RawMeshes
from models.recognition.mesh.network import SIDE, FaceMesh

WEIGHTS = Path(__file__).parents[2] / "weights" / "recognition" / "mesh.safetensors"
WHOLE = (0.0, 0.0, 1.0, 1.0)  # a window without a margin
ZOOM_THRESHOLD = 0.5
ZOOM_REACH = 0.2  # how far from the middle of its square a face may be, as a share of the side
MAX_BATCH = {"face_mesh.4": 1, "face_mesh.1": 4}

Rows = Sequence[RawMeshes | Exception]


class MeshProgram:
    """BlazeFace and face mesh on one device; implements `models.program.Program`. In float32: bfloat16 rounds points to
    pixels.
    """

    name = "face_mesh"

    def __init__(self, finder: BlazeFace, network: FaceMesh, device: torch.device, version: str) -> None:
        ready(finder, device, torch.float32, [(FACE_SIDE, FACE_SIDE)])
        ready(network, device, torch.float32, [(SIDE, SIDE)])
        self._finder = finder
        self._network = network
        self._device = device
        self._anchors = anchors().to(device)
        self.version = version
        stages = 2 * finder.stages + network.stages + 2
        self.lanes = tuple(Lane(lane, MAX_BATCH[lane], stages) for lane in LANES)
        self.resident_bytes = weight_bytes(finder) + weight_bytes(network)

    @classmethod
    def load(cls, device: torch.device, faces: Path = FACE_WEIGHTS, weights: Path = WEIGHTS) -> "MeshProgram":
        """Read the weights onto `device`."""
        networks = BlazeFace.from_weights(load_file(faces)), FaceMesh.from_weights(load_file(weights))
        version = hashlib.sha256(faces.read_bytes() + weights.read_bytes()).hexdigest()[:12]
        return cls(*networks, device, version)

    def start(self, lane: str, inputs: Sequence[MeshInput]) -> Steps[None, None, Rows]:
        """Fit meshes to `inputs`; a non-finite row becomes a FloatingPointError and does not affect the others."""
        pixels = torch.from_numpy(np.stack([row.face.pixels for row in inputs])).to(self._device)
        canvases = unit(torch.from_numpy(np.stack([row.canvas for row in inputs])).to(self._device))
        windows = torch.tensor([row.face.window for row in inputs], device=self._device)
        pictures = torch.tensor([row.window for row in inputs], device=self._device)
        logits, boxes = yield from self._finder(pixels.permute(0, 3, 1, 2))
        best = likeliest(probabilities(logits), decoded(boxes, self._anchors, windows), MOST_CANDIDATES)
        found, faces = first_merged(*best, LANES[lane], FACE_THRESHOLD)
        yield
        faces = yield from self._find_again(canvases, on_canvas(faces, pictures))
        yield
        crops = crops_of(faces)
        cuts = cut(canvases, crops)
        yield
        points, presence = yield from self._network(cuts)
        placed = placed_points(points, crops.flatten(0, 1)).unflatten(0, found.shape)
        meshes = in_picture(placed, pictures)
        scores = probabilities(presence).unflatten(0, found.shape) * (found > 0)
        finite = meshes.sum((1, 2, 3)).isfinite() & scores.sum(1).isfinite()
        yield
        rows = finite.tolist(), meshes.cpu().numpy(), scores.cpu().numpy()
        return [_row(*row) for row in zip(*rows, strict=True)]

    def _find_again(self, canvases: Tensor, faces: Tensor) -> Steps[None, None, Tensor]:
        """Faces [B, K, 16] in pixels of the canvas, found once more in the square around each.

        On 128 pixels for a whole picture the points of a small face are off by a tenth of it, too much for the mesh.
        """
        zooms = zooms_of(faces)
        yield
        whole = torch.tensor([WHOLE], device=self._device).expand(zooms.shape[0] * zooms.shape[1], -1)
        pixels = cut(canvases, zooms, FACE_SIDE).mul(2).sub(1)
        logits, boxes = yield from self._finder(pixels)
        scores, closer = probabilities(logits), decoded(boxes, self._anchors, whole)
        off_centre = (closer[..., :2] + closer[..., 2:4]).div(2).sub(0.5).abs().amax(2)
        scores = torch.where(off_centre < ZOOM_REACH, scores, 0.0)  # else it may be the neighbour's
        found, closer = first_merged(*likeliest(scores, closer, MOST_CANDIDATES), 1, ZOOM_THRESHOLD)
        placed = placed_faces(closer[:, 0], zooms.flatten(0, 1))
        kept: Tensor = torch.where(found > 0, placed, faces.flatten(0, 1)).unflatten(0, zooms.shape[:2])
        return kept

    def sample(self, lane: str, batch: int) -> Sequence[MeshInput]:
        """Noise: the same work as a photograph."""
        noise = np.random.default_rng(0).integers(0, 256, (batch, CANVAS, CANVAS, 3), np.uint8)
        return [MeshInput.prepare(image) for image in noise]

    def close(self) -> None:
        """Free the weights."""
        del self._finder, self._network


def on_canvas(faces: Tensor, windows: Tensor) -> Tensor:
    """Faces [B, K, 16] in shares of the picture, in pixels of the canvas. Windows [B, 4] as in `letterboxed`."""
    left_top, width_height = windows[:, None, None].split(2, dim=3)
    places: Tensor = (faces.unflatten(2, (-1, 2)) * width_height + left_top) * CANVAS
    return places.flatten(2)


def in_picture(points: Tensor, windows: Tensor) -> Tensor:
    """Points [B, K, 468, 3] in pixels of the canvas, in shares of the picture; depth in shares of its width."""
    left_top, width_height = windows[:, None, None].split(2, dim=3)
    flat = (points[..., :2] / CANVAS - left_top) / width_height
    return torch.cat([flat, points[..., 2:] / CANVAS / width_height[..., :1]], dim=3)


def _row(finite: bool, points: np.ndarray, scores: np.ndarray) -> RawMeshes | Exception:
    if not finite:
        return FloatingPointError("the face mesh's output is not finite; check the picture")
    return RawMeshes(points, scores)
