"""BlazeFace's predictions as faces: anchors, decoding, and which are the best. On the device."""

import torch
from torch import Tensor

from models.recognition.faces.network import ANCHORS, POINTS, SIDE

WIDTH = 4 + 2 * POINTS  # of a decoded face: x1, y1, x2, y2, then x and y of each point
_MOST_LOGIT = 100.0


def anchors() -> Tensor:
    """Every anchor's centre as shares of the input, in the network's order: [896, 2] of x, y."""
    levels = []
    for cells, each in ANCHORS:
        centres = torch.arange(cells).add(0.5).div(cells)
        down, across = torch.meshgrid(centres, centres, indexing="ij")
        levels.append(torch.stack([across, down], dim=2).flatten(0, 1).repeat_interleave(each, dim=0))
    return torch.cat(levels)


def decoded(boxes: Tensor, anchors: Tensor, windows: Tensor) -> Tensor:
    """The network's boxes [B, 896, CELL_WIDTH] as shares of the picture: [B, 896, WIDTH].

    `windows` [B, 4] says where the picture is in the input: left, top, width and height as shares of it.
    """
    pairs = boxes.unflatten(2, (-1, 2)) / SIDE
    centres, half = pairs[:, :, :1] + anchors[:, None], pairs[:, :, 1:2] / 2
    points = pairs[:, :, 2:] + anchors[:, None]
    left_top, width_height = windows[:, None, None].split(2, dim=3)
    places: Tensor = (torch.cat([centres - half, centres + half, points], dim=2) - left_top) / width_height
    return places.flatten(2)


def probabilities(logits: Tensor) -> Tensor:
    """Logits to scores from 0 to 1."""
    return logits.clamp(-_MOST_LOGIT, _MOST_LOGIT).sigmoid()


def likeliest(scores: Tensor, faces: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` best predictions of each picture, best first: scores [B, count] and faces [B, count, WIDTH]."""
    best, places = scores.topk(count, dim=1)
    return best, faces.gather(1, places[..., None].expand(-1, -1, faces.shape[2]))
