"""The avatar generator: conditions in, a 64x64 premultiplied RGBA picture out. Read top to bottom.

The parts determine a style vector and rough canvases; transposed convolutions refine these into three colour masks and
a base; the three free colours are then applied linearly, because the true pictures depend on them exactly so. Trained
with batch statistics (`forward`); served folded, stage by stage (`models.avatar.avatar_program`).
"""

from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.avatar.look import COLORS, PART_WIDTH

LEAK = 0.2
Network = TypeVar("Network", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class GeneratorConfig:
    """Widths of the network, one per picture size from 4x4 up."""

    style: int = 128
    channels: tuple[int, ...] = (192, 160, 96, 48, 16)  # at 4x4, 8x8, ... up to the picture's size
    canvases: tuple[int, ...] = (0, 0, 16, 16, 8)  # channels computed directly from the parts at those sizes


class ConditionalNorm(nn.Module):
    """Batch norm whose scale and shift come from the style (Dumoulin et al. 2017, de Vries et al. 2017)."""

    def __init__(self, style: int, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.scale_shift = nn.Linear(style, 2 * channels)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """x [B, C, H, W], style [B, S] to [B, C, H, W]."""
        scale, shift = self.scale_shift(style)[..., None, None].chunk(2, dim=1)
        normed: Tensor = self.norm(x) * (1 + scale) + shift
        return normed


class Block(nn.Module):
    """Doubles the size: transposed convolution, conditional norm, leaky ReLU, concatenated with a canvas of the
    parts.
    """

    def __init__(self, config: GeneratorConfig, level: int) -> None:
        super().__init__()
        inputs = config.channels[level - 1] + config.canvases[level - 1]
        outputs = config.channels[level]
        self.size = 4 << level
        self.up = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)
        self.norm = ConditionalNorm(config.style, outputs)
        painted = config.canvases[level]
        self.canvas = nn.Linear(PART_WIDTH, painted * self.size**2) if painted else None

    def forward(self, x: Tensor, style: Tensor, parts: Tensor) -> Tensor:
        """x [B, C, H, W] to [B, C', 2H, 2W], C' including the canvas."""
        x = F.leaky_relu(self.norm(self.up(x), style), LEAK)
        if self.canvas is None:
            return x
        return torch.cat([x, channels_last(self.canvas(parts), self.size)], dim=1)


class Generator(nn.Module):
    """Conditions [B, CONDITION_WIDTH] to pictures [B, 4, S, S]: premultiplied RGBA, nominally in [0, 1], unclamped."""

    def __init__(self, config: GeneratorConfig | None = None) -> None:
        super().__init__()
        self.config = config = config or GeneratorConfig()
        self.style = nn.Sequential(
            nn.Linear(PART_WIDTH, config.style),
            nn.LeakyReLU(LEAK),
            nn.Linear(config.style, config.style),
            nn.LeakyReLU(LEAK),
        )
        self.stem = nn.Linear(config.style, config.channels[0] * 16)
        self.blocks = nn.ModuleList(Block(config, level) for level in range(1, len(config.channels)))
        self.masks = nn.Conv2d(config.channels[-1] + config.canvases[-1], len(COLORS) + 4, 3, padding=1)

    def forward(self, conditions: Tensor) -> Tensor:
        parts, colors = split_conditions(conditions)
        style = self.style(parts)
        x = channels_last(F.leaky_relu(self.stem(style), LEAK), 4)
        for block in self.blocks:
            x = block(x, style, parts)
        return lay_colors(self.masks(x), colors)


def channels_last(flat: Tensor, size: int) -> Tensor:
    """A linear layer's output [B, H*W*C] as an image [B, C, H, W] in channels_last order, without a copy."""
    return flat.view(len(flat), size, size, -1).permute(0, 3, 1, 2)


def in_channels_last(network: Network) -> Network:
    """`network` with convolution weights in channels_last order, which CPU kernels prefer."""
    return network.to(memory_format=torch.channels_last)  # type: ignore[call-overload,no-any-return] # torch's stub


def split_conditions(conditions: Tensor) -> tuple[Tensor, Tensor]:
    """Conditions [B, CONDITION_WIDTH] to parts [B, PART_WIDTH] and colours [B, 3 (which), 3 (rgb)]."""
    return conditions[:, :PART_WIDTH], conditions[:, PART_WIDTH:].reshape(-1, len(COLORS), 3)


def lay_colors(layers: Tensor, colors: Tensor) -> Tensor:
    """Layers [B, 3 masks + 4, H, W] and colours [B, 3, 3] to RGBA [B, 4, H, W]: the base plus each mask times its
    colour.

    Exact for flat art: source-over compositing is linear in the colour of each shape.
    """
    masks, base = layers[:, : len(COLORS)], layers[:, len(COLORS) :]
    painted = torch.einsum("bkhw,bkc->bchw", masks, colors)
    return torch.cat([base[:, :3] + painted, base[:, 3:]], dim=1)
