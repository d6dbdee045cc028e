"""Crops of faces, upright by the line between the eyes, and points of a crop back in the picture. On the device.

A crop is x and y of its centre, its side and its angle, in pixels of a canvas that holds the picture.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from models.recognition.mesh.network import SIDE

MARGIN = 1.5  # a crop's side over the longer side of the detector's box, as the network was trained
ZOOM = 2.5  # the same of the square in which the detector looks again
_RIGHT_EYE, _LEFT_EYE = slice(4, 6), slice(6, 8)  # of a face
_LEAST_SIDE = 1.0  # pixels


def crops_of(faces: Tensor) -> Tensor:
    """Faces [..., 16] in pixels (`anchors.WIDTH`) to crops [..., 4], in which the eyes are level."""
    eyes = faces[..., _LEFT_EYE] - faces[..., _RIGHT_EYE]
    return _around(faces, MARGIN, torch.atan2(eyes[..., 1], eyes[..., 0]))


def zooms_of(faces: Tensor) -> Tensor:
    """Faces [..., 16] in pixels to upright squares around them, as crops [..., 4]."""
    return _around(faces, ZOOM, torch.zeros_like(faces[..., 0]))


def _around(faces: Tensor, margin: float, angle: Tensor) -> Tensor:
    low, high = faces[..., :2], faces[..., 2:4]
    side = (high - low).amax(dim=-1).mul(margin).clamp_min(_LEAST_SIDE)
    return torch.cat([(low + high) / 2, torch.stack([side, angle], dim=-1)], dim=-1)


def cut(canvases: Tensor, crops: Tensor, side: int = SIDE) -> Tensor:
    """Cut crops [B, K, 4] from canvases [B, 3, S, S] (`unit`): [B * K, 3, side, side], bilinear; what lies outside is
    black. Channels last.
    """
    cuts = []
    for canvas, some in zip(canvases, crops, strict=True):
        picture = canvas.expand(len(some), -1, -1, -1)
        places = pixel_centres(some, side).mul_(2 / canvas.shape[2]).sub_(1)
        cuts.append(F.grid_sample(picture, places, mode="bilinear", padding_mode="zeros", align_corners=False))
    return torch.cat(cuts).contiguous(memory_format=torch.channels_last)


def unit(pictures: Tensor) -> Tensor:
    """uint8 [B, H, W, 3] as float32 [B, 3, H, W] from 0 to 1."""
    return pictures.permute(0, 3, 1, 2).float().div_(255)


def pixel_centres(crops: Tensor, side: int) -> Tensor:
    """The centre of each of a crop's `side` x `side` pixels on the canvas: crops [N, 4] to [N, side, side, 2] of x, y.

    What `placed` would say of them, from sums of rows and columns in half the time.
    """
    shares = torch.arange(side, device=crops.device).add(0.5).div(side).sub(0.5)
    x, y, length, angle = crops[:, :, None].unbind(1)
    cosine, sine = shares * length * angle.cos(), shares * length * angle.sin()
    across = (x + cosine)[:, None, :] - sine[:, :, None]
    down = (y + sine)[:, None, :] + cosine[:, :, None]
    return torch.stack([across, down], dim=3)


def placed(shares: Tensor, crops: Tensor) -> Tensor:
    """Points of crops [N or 1, M, 2], as shares of a crop's side from its centre, on the canvas: [N, M, 2]."""
    centre, side, angle = crops[:, None, :2], crops[:, None, 2:3], crops[:, 3:4]
    cosine, sine = angle.cos(), angle.sin()
    x, y = shares.unbind(2)
    turned = torch.stack([x * cosine - y * sine, x * sine + y * cosine], dim=2)
    return centre + turned * side


def placed_points(points: Tensor, crops: Tensor) -> Tensor:
    """The network's points [N, M, 3], in pixels of a crop, in pixels of the canvas; depth in the same unit."""
    flat = placed(points[..., :2] / SIDE - 0.5, crops)
    depth = points[..., 2:] / SIDE * crops[:, None, 2:3]
    return torch.cat([flat, depth], dim=2)


def placed_faces(faces: Tensor, zooms: Tensor) -> Tensor:
    """Faces [N, 16] as shares of their squares [N, 4], in pixels of the canvas."""
    return placed(faces.unflatten(1, (-1, 2)) - 0.5, zooms).flatten(1)
