"""The generator for serving: norms folded, run stage by stage.

In evaluation a conditional norm is one scale and one shift per sample and channel, both linear in the style. So each
block's norm becomes one linear layer, folded once at load. Rows are independent of each other.
"""

from collections.abc import Generator as Steps
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.avatar.exit import Exit
from models.avatar.generator import (
    LEAK,
    Block,
    ConditionalNorm,
    Generator,
    channels_last,
    in_channels_last,
    lay_colors,
    split_conditions,
)


class FoldedBlock(nn.Module):
    """A `Block` in evaluation: the same picture up to rounding."""

    def __init__(self, block: Block) -> None:
        super().__init__()
        self.size = block.size
        self.up = block.up
        self.scale_shift = fold_norm(block.norm)
        self.canvas = block.canvas

    def forward(self, x: Tensor, style: Tensor, parts: Tensor) -> Tensor:
        """x [B, C, H, W] to [B, C', 2H, 2W], C' including the canvas."""
        scale, shift = self.scale_shift(style)[..., None, None].chunk(2, dim=1)
        x = F.leaky_relu_(torch.addcmul(shift, self.up(x), scale), LEAK)
        if self.canvas is None:
            return x
        return torch.cat([x, channels_last(self.canvas(parts), self.size)], dim=1)


class Route(nn.Module):
    """The blocks after the stem for one picture size, and their final masks."""

    def __init__(self, blocks: Iterable[FoldedBlock], masks: nn.Conv2d) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        self.masks = masks
        self.stages = len(self.blocks) + 2


class FoldedGenerator(nn.Module):
    """A trained `Generator`, and its `Exit` if any, split into stages; takes over their modules."""

    def __init__(self, generator: Generator, early: Exit | None = None) -> None:
        super().__init__()
        self.style = generator.style
        self.stem = generator.stem
        blocks = [FoldedBlock(block) for block in generator.blocks if isinstance(block, Block)]
        self.full = Route(blocks, generator.masks)
        # Both routes share the trunk and its weights.
        self.early = Route([*blocks[:-2], FoldedBlock(early.block)], early.masks) if early else None
        self.requires_grad_(requires_grad=False)
        in_channels_last(self.eval())

    def paint(self, conditions: Tensor, route: Route) -> Steps[None, None, Tensor]:
        """Conditions float32 [B, C] to pictures float32 [B, 4, S, S], unclamped; yields `route.stages - 1` times.

        S is the full size on the route `full`, and half of it on `early`.
        """
        parts, colors = split_conditions(conditions)
        parts = parts.to(self.stem.weight.dtype)
        style = self.style(parts)
        x = channels_last(F.leaky_relu(self.stem(style), LEAK), 4)
        for block in route.blocks:
            yield
            x = block(x, style, parts)
        yield
        return lay_colors(route.masks(x).float(), colors)


def fold_norm(norm: ConditionalNorm) -> nn.Linear:
    """Fold `norm` in evaluation into one linear layer from the style to its scale and shift, [B, 2C]."""
    mean, variance = norm.norm.running_mean, norm.norm.running_var
    assert mean is not None
    assert variance is not None
    weights, biases = norm.scale_shift.weight.detach(), norm.scale_shift.bias.detach()
    scale_weight, shift_weight = weights.chunk(2)
    scale_bias, shift_bias = biases.chunk(2)
    inverse = (variance + norm.norm.eps).rsqrt()
    scale_weight, scale_bias = scale_weight * inverse[:, None], (1 + scale_bias) * inverse
    folded = nn.Linear(weights.shape[1], weights.shape[0])
    folded.weight.data = torch.cat([scale_weight, shift_weight - mean[:, None] * scale_weight])
    folded.bias.data = torch.cat([scale_bias, shift_bias - mean * scale_bias])
    return folded
