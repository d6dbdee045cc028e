"""BC1 and BC3 encoders in plain torch, on whatever device the pictures are: no copy through the host.

The end points of a block are the ends of its pixels along their principal axis ("range fit"), refined once by least
squares if that reduces the error. This is worth 0.7 to 0.9 dB on avatars; a second refinement, worth 0.1 dB, is left
out. A single-colour block takes the best pair from a table, worth 0.6 dB on flat art at 256 x 256. Format: Khronos Data
Format Specification 1.3, chapter "S3TC Compressed Texture Image Formats".

The last axis runs over the N blocks, so that each operation is one long vector: pixels are float32 [C, 16, N]. There is
no data-dependent branch, and all sums are of integers that float32 holds exactly, so a block encodes to the same bytes
in any batch.
"""

from functools import cache

import torch
from torch import Tensor

_SIDE = 4
_ROOM = 7  # how far a colour may exceed its alpha, of 255: one less than `fringes.MOST`, since GPUs round
_SHARES = (1.0, 0.8, 0.6, 0.4)  # of the brighter end point: end points to try against black
_STEPS = (31.0, 63.0, 31.0)  # largest red, green and blue of an end point


def bc1(pictures: Tensor) -> Tensor:
    """uint8 [B, H, W, 4], top row first, to uint8 [B, bytes]; alpha is dropped."""
    return _packed_colours(*_fitted(_blocks(pictures)[:3])).reshape(len(pictures), -1)


def bc3(pictures: Tensor) -> Tensor:
    """Premultiplied RGBA, uint8 [B, H, W, 4], top row first, to uint8 [B, bytes]."""
    pixels = _blocks(pictures)
    alpha, seen = _alpha(pixels[3])
    ends, level = _below_alpha(pixels, seen, *_fitted(pixels[:3]))
    return torch.cat([alpha, _packed_colours(ends, level)], dim=1).reshape(len(pictures), -1)


def _blocks(pictures: Tensor) -> Tensor:
    """Float32 [4, 16, N]; edges are padded by repeating the last row and column."""
    batch, height, width, _ = pictures.shape
    down, across = -(-height // _SIDE), -(-width // _SIDE)
    if height % _SIDE or width % _SIDE:
        rows = torch.arange(down * _SIDE, device=pictures.device).clamp(max=height - 1)
        columns = torch.arange(across * _SIDE, device=pictures.device).clamp(max=width - 1)
        pictures = pictures[:, rows][:, :, columns]
    split = pictures.reshape(batch, down, _SIDE, across, _SIDE, 4).permute(5, 2, 4, 0, 1, 3)
    return split.reshape(4, _SIDE * _SIDE, -1).float()


def _fitted(pixels: Tensor) -> tuple[Tensor, Tensor]:
    """Colours [3, 16, N] to RGB565 end points [2, 3, N] and levels [16, N]."""
    ends = _quantised(_range_fit(pixels))
    level, error = _levels(pixels, ends)
    better_ends = _quantised(_least_squares(pixels, level, _widened(ends)))
    better_level, better_error = _levels(pixels, better_ends)
    better = better_error < error
    ends = torch.where(better, better_ends, ends)
    level = torch.where(better, better_level, level)

    solid = (pixels == pixels[:, :1]).all(dim=1).all(dim=0)
    ends = torch.where(solid, _solid_ends(pixels[:, 0]), ends)
    level = torch.where(solid, 2, level)
    return ends, level


def _below_alpha(pixels: Tensor, alpha: Tensor, ends: Tensor, level: Tensor) -> tuple[Tensor, Tensor]:
    """The fitted blocks, but with no colour far above the decoded alpha, [16, N]: an edge would glow.

    Where the fit is too bright, choose the best of its own end points and some paired with black, each pixel at the
    nearest level that is dark enough. Input blocks [4, 16, N] that were already too bright are left alone.
    """
    room = alpha + _ROOM
    bad = (_palette(ends).amax(dim=1).gather(0, level.long()) > room).any(dim=0)
    bad &= (pixels[:3].amax(dim=0) <= pixels[3]).all(dim=0)
    wide = _widened(ends)
    bright = torch.where(wide[0].sum(dim=0) > wide[1].sum(dim=0), wide[0], wide[1])
    tries = [ends, *(_quantised(torch.stack([bright * share, torch.zeros_like(bright)])) for share in _SHARES)]
    levels, errors = zip(*(_dark_levels(pixels[:3], room, tried) for tried in tries), strict=True)
    best = torch.stack(errors).argmin(dim=0)
    return (
        torch.where(bad, _chosen(torch.stack(tries), best), ends),
        torch.where(bad, _chosen(torch.stack(levels), best), level),
    )


def _chosen(tries: Tensor, best: Tensor) -> Tensor:
    """Select from [T, ..., N] by `best`, [N]."""
    chosen: Tensor = tries.gather(0, best.expand(1, *tries.shape[1:]))[0]
    return chosen


def _dark_levels(pixels: Tensor, room: Tensor, ends: Tensor) -> tuple[Tensor, Tensor]:
    """The nearest level dark enough for each pixel, [16, N], and the error [N], infinite if there is none."""
    made = _palette(ends)
    error = (pixels[None] - made[:, :, None]).square().sum(dim=1)  # [4, 16, N]
    error = error.masked_fill(made.amax(dim=1)[:, None] > room, torch.inf)
    least, level = error.min(dim=0)
    return level.to(pixels.dtype), least.sum(dim=0)


def _palette(ends: Tensor) -> Tensor:
    """The colours of levels 0 to 3 between two end points, [4, 3, N]."""
    first, second = _widened(ends)
    up = torch.arange(4.0, device=ends.device)[:, None, None]
    colours: Tensor = ((up * first + (3 - up) * second) / 3).floor()
    return colours


def _range_fit(pixels: Tensor) -> Tensor:
    """End points [2, 3, N]: the ends of the pixels along their principal axis.

    The axis is one power iteration, started from the channel with the largest variance. More iterations change avatars
    and photos by 0.04 dB at most, and noise by 0.08.
    """
    total = pixels.sum(dim=1)
    spread = 16 * torch.stack([(pixels * channel).sum(dim=1) for channel in pixels])
    spread = spread - total[:, None] * total  # 256 times the covariance, [3, 3, N]
    widest = spread.diagonal(dim1=0, dim2=1).argmax(dim=1)
    axis = spread.gather(0, widest.expand(1, 3, -1))[0]
    axis = axis / _dot(axis, axis).sqrt().clamp(min=1e-6)
    mean = total / 16
    along = _dot(pixels - mean[:, None], axis[:, None])
    return torch.stack([mean + axis * along.amax(dim=0), mean + axis * along.amin(dim=0)])


def _least_squares(pixels: Tensor, level: Tensor, ends: Tensor) -> Tensor:
    """The least-squares end points for the chosen levels, [2, 3, N]; `ends` if all pixels share a level."""
    first, second = level, 3 - level  # a pixel is (first * end 0 + second * end 1) / 3
    a, b, c = (first * first).sum(dim=0), (first * second).sum(dim=0), (second * second).sum(dim=0)
    x, y = (first * pixels).sum(dim=1), (second * pixels).sum(dim=1)
    determinant = a * c - b * b
    scale = 3 / determinant.clamp(min=1)
    solved = torch.stack([(c * x - b * y) * scale, (a * y - b * x) * scale])
    return torch.where(determinant > 0, solved, ends)


def _quantised(ends: Tensor) -> Tensor:
    """Quantise colours of 0 to 255, [2, 3, N], to end point steps: integers as float32."""
    return torch.stack([(ends[:, c].clamp(0, 255) * (most / 255)).round() for c, most in enumerate(_STEPS)], dim=1)


def _widened(steps: Tensor) -> Tensor:
    """Steps [2, 3, N] to colours from 0 to 255 as the graphics card has them: the upper bits repeated below."""
    red, green, blue = steps.unbind(dim=1)
    return torch.stack(
        [red * 8 + (red / 4).floor(), green * 4 + (green / 16).floor(), blue * 8 + (blue / 4).floor()], dim=1
    )


def _levels(pixels: Tensor, steps: Tensor) -> tuple[Tensor, Tensor]:
    """The level of each pixel, 0 to 3, float32 [16, N], and the squared error [N]."""
    first, second = _widened(steps)
    line = first - second
    length = _dot(line, line).clamp(min=1)
    along = _dot(pixels - second[:, None], line[:, None])
    level = (along * (3 / length)).round().clamp(0, 3)
    made = ((level * first[:, None] + (3 - level) * second[:, None]) / 3).floor()
    return level, (pixels - made).square().sum(dim=(0, 1))


def _packed_colours(ends: Tensor, level: Tensor) -> Tensor:
    """Pack end points [2, 3, N] and levels [16, N] into uint8 [N, 8]. The larger end point comes first, which selects
    four-colour mode.
    """
    red, green, blue = ends.int().unbind(dim=1)
    first, second = red << 11 | green << 5 | blue
    level = torch.where(first < second, 3 - level, level).long()
    level = torch.where(first == second, 3, level)  # index 0: with equal end points, index 3 would be black
    larger, smaller = torch.maximum(first, second), torch.minimum(first, second)
    indices = _packed_bits(_index_of(level, 3), bits=2)
    halves = [larger & 255, larger >> 8, smaller & 255, smaller >> 8]
    return torch.cat([torch.stack(halves, dim=1).to(torch.uint8), indices], dim=1)


def _alpha(alpha: Tensor) -> tuple[Tensor, Tensor]:
    """The alpha half of blocks, [16, N] to uint8 [N, 8]: maximum, minimum and 16 indices of 3 bits.

    And the alpha it decodes to, [16, N].
    """
    most, least = alpha.amax(dim=0), alpha.amin(dim=0)
    level = ((alpha - least) * (7 / (most - least).clamp(min=1))).round().long()
    index = torch.where(most == least, 0, _index_of(level, 7))  # 0 is the first end point, also if both are equal
    ends = torch.stack([most, least], dim=1).to(torch.uint8)
    seen = ((level * most + (7 - level) * least) / 7).floor()
    return torch.cat([ends, _packed_bits(index, bits=3)], dim=1), seen


def _index_of(level: Tensor, most: int) -> Tensor:
    """The format's index of a level: the first end point (the highest level) is 0, the second 1, then downwards."""
    return torch.where(level == most, 0, torch.where(level == 0, 1, most + 1 - level))


def _packed_bits(index: Tensor, bits: int) -> Tensor:
    """Pack integers [16, N] of `bits` bits into uint8 [N, 2 * bits], the first pixel in the lowest bits."""
    places = torch.arange(0, 16 * bits, bits, device=index.device)
    word = (index << places[:, None]).sum(dim=0)
    shifts = torch.arange(0, 16 * bits, 8, device=index.device)
    return (word[:, None] >> shifts & 255).to(torch.uint8)


def _solid_ends(colour: Tensor) -> Tensor:
    """End points [2, 3, N] whose level 2 is nearest to colours [3, N]."""
    five, six = (_pairs(bits, colour.device) for bits in (5, 6))
    chosen = colour.long()
    return torch.stack([five[:, chosen[0]], six[:, chosen[1]], five[:, chosen[2]]], dim=1)


@cache
def _pairs(bits: int, device: torch.device) -> Tensor:
    """For each value from 0 to 255, the two end points, [2, 256], that give it at two thirds; the closest pair if
    several do.

    GPUs differ in how they interpolate end points, and less so the closer these are (the weight is that of stb_dxt).
    """
    steps = torch.arange(1 << bits)
    wide = steps << 8 - bits | steps >> 2 * bits - 8
    made = (2 * wide[:, None] + wide) // 3  # [first, second]
    apart = (wide[:, None] - wide).abs()
    cost = (made - torch.arange(256)[:, None, None]).abs() + 0.03 * apart
    best = cost.flatten(1).argmin(dim=1)
    return torch.stack([best >> bits, best & (1 << bits) - 1]).float().to(device)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    """Dot product over the three channels, summed in this order on every device."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
