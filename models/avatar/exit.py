"""The generator's early exit: a narrow last block and masks, for pictures of half the size.

It leaves the trunk before its two most expensive blocks and paints from the trunk's features, so it adds little memory.
Trained by distillation with the trunk frozen (`models.training.avatar.distil`).
"""

from dataclasses import dataclass, replace

from torch import Tensor, nn

from models.avatar.generator import Block, GeneratorConfig
from models.avatar.look import COLORS


@dataclass(frozen=True, slots=True)
class ExitConfig:
    """Widths of the exit's block, at half the picture's size."""

    channels: int = 16
    canvas: int = 8


class Exit(nn.Module):
    """The trunk's features [B, C, S/4, S/4] to layers [B, 3 masks + 4, S/2, S/2], for a generator of S x S pictures."""

    def __init__(self, trunk: GeneratorConfig, config: ExitConfig | None = None) -> None:
        super().__init__()
        config = config or ExitConfig()
        narrow = replace(
            trunk,
            channels=(*trunk.channels[:-2], config.channels),
            canvases=(*trunk.canvases[:-2], config.canvas),
        )
        self.block = Block(narrow, len(narrow.channels) - 1)
        self.masks = nn.Conv2d(config.channels + config.canvas, len(COLORS) + 4, 3, padding=1)

    def forward(self, x: Tensor, style: Tensor, parts: Tensor) -> Tensor:
        layers: Tensor = self.masks(self.block(x, style, parts))
        return layers
