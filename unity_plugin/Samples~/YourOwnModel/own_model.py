"""A model of your own: a picture as an ink drawing.

framebridge serve --model ./own_model.py:MODEL
"""

import torch
from torch import nn

from bridge import ModuleModel, Tensor

SIDE = 64


class Ink(nn.Module):
    """Draws edges in black on white, and says how much of the picture is ink."""

    def __init__(self) -> None:
        super().__init__()
        across = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]])
        self.edges = nn.Conv2d(1, 2, 3, padding=1, padding_mode="replicate", bias=False)
        self.edges.weight = nn.Parameter(torch.stack([across, across.T])[:, None])

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        """`image` is [batch, 3, height, width] from 0 to 1."""
        strength = self.edges(image.mean(1, keepdim=True)).norm(dim=1).clamp(0, 1)
        paper = (255 * (1 - strength)).round().to(torch.uint8)
        return {"drawing": paper[..., None], "ink": strength.mean((1, 2))[:, None]}


MODEL = ModuleModel("ink", load=Ink, inputs={"image": Tensor("float32", (3, SIDE, SIDE))})
