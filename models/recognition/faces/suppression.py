"""Weighted non-maximum suppression (BlazeFace, 2019): predictions of one face are averaged, weighted by their scores,
instead of keeping the best; a face shakes less from picture to picture.

Twice, with equal results (a test compares): for any number of faces with numpy on a worker thread, and for the first
few on the device, where nothing must wait for the host.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.recognition.geometry import overlaps

SAME_FACE = 0.3  # IoU above which two predictions are of one face

Floats = NDArray[np.float32]


def merged(scores: Floats, faces: Floats, limit: int) -> tuple[Floats, Floats]:
    """Predictions [N] and [N, WIDTH] in descending order of score as at most `limit` faces, best first. The first four
    numbers of a prediction are x1, y1, x2, y2. A face has the score of its best prediction.
    """
    shared = overlaps(faces[:, :4], faces[:, :4])
    left = np.ones(len(scores), dtype=bool)
    best: list[int] = []
    made: list[Floats] = []
    while left.any() and len(best) < limit:
        first = int(np.argmax(left))
        same = left & (shared[first] > SAME_FACE)
        same[first] = True  # an empty box overlaps nothing, not even itself
        made.append(np.average(faces[same], axis=0, weights=scores[same]).astype(np.float32))
        best.append(first)
        left &= ~same
    return scores[best], np.stack(made) if made else faces[:0]


def first_merged(scores: Tensor, faces: Tensor, count: int, threshold: float) -> tuple[Tensor, Tensor]:
    """The same for pictures [B, N] and [B, N, WIDTH], on their device: scores [B, count] and faces [B, count, WIDTH].
    Predictions below the threshold count for nothing; a score of 0 means that there is no face.
    """
    left = torch.where(scores >= threshold, scores, 0.0)
    found, made = [], []
    for _ in range(count):
        best, place = left.max(dim=1, keepdim=True)
        first = faces.gather(1, place[..., None].expand(-1, -1, faces.shape[2]))
        same = (overlap(first, faces) > SAME_FACE).scatter(1, place, True)
        weights = left * same
        total = weights.sum(1, keepdim=True).clamp_min(torch.finfo(weights.dtype).tiny)
        made.append((weights[..., None] * faces).sum(1) / total)
        found.append(best[:, 0])
        left = left * ~same
    return torch.stack(found, dim=1), torch.stack(made, dim=1)


def overlap(one: Tensor, others: Tensor) -> Tensor:
    """IoU of one box [B, 1, 4+] with others [B, N, 4+]: [B, N], 0 for empty ones."""
    low = torch.maximum(one[..., :2], others[..., :2])
    high = torch.minimum(one[..., 2:4], others[..., 2:4])
    shared = (high - low).clamp_min(0).prod(2)
    union = area(one) + area(others) - shared
    return torch.where(union > 0, shared / union, 0.0)


def area(boxes: Tensor) -> Tensor:
    """[B, N, 4+] to [B, N]; an inverted box has area 0."""
    return (boxes[..., 2:4] - boxes[..., :2]).clamp_min(0).prod(2)
