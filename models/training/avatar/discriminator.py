"""The discriminator: is this picture real, does it match its conditions, and which parts does it show?

Spectral norm, minibatch standard deviation, projection of the conditions (Miyato & Koyama 2018) and an auxiliary
classifier of the parts (Odena et al. 2017). Used in training only, never shipped.
"""

from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from models.avatar.look import CONDITION_WIDTH, PART_WIDTH, PARTS

CHANNELS = (48, 96, 128, 192)  # at 1/2, 1/4, ... of 64x64


class Discriminator(nn.Module):
    """Pictures [B, 4, 64, 64] and conditions [B, CONDITION_WIDTH] to scores [B] and part logits [B, PART_WIDTH]."""

    def __init__(self) -> None:
        super().__init__()
        widths = (4, *CHANNELS)
        self.convs = nn.Sequential(
            *(
                layer
                for inputs, outputs in pairwise(widths)
                for layer in (spectral_norm(nn.Conv2d(inputs, outputs, 4, 2, 1)), nn.LeakyReLU(0.2))
            )
        )
        self.last = spectral_norm(nn.Conv2d(CHANNELS[-1] + 1, CHANNELS[-1], 3, padding=1))
        self.score = spectral_norm(nn.Linear(CHANNELS[-1], 1))
        self.embed = spectral_norm(nn.Linear(CONDITION_WIDTH, CHANNELS[-1], bias=False))
        self.parts = nn.Linear(CHANNELS[-1] * 16, PART_WIDTH)

    def forward(self, pictures: Tensor, conditions: Tensor) -> tuple[Tensor, Tensor]:
        x = self.convs(pictures * 2 - 1)
        logits = self.parts(x.flatten(1))
        spread = x.std(dim=0).mean().expand(len(x), 1, *x.shape[2:])
        x = F.leaky_relu(self.last(torch.cat([x, spread], dim=1)), 0.2).mean(dim=(2, 3))
        score = self.score(x).squeeze(1) + (self.embed(conditions) * x).sum(dim=1)
        return score, logits


def part_loss(logits: Tensor, conditions: Tensor) -> Tensor:
    """Mean cross-entropy over the attributes: logits [B, PART_WIDTH] against one-hot conditions."""
    widths = [len(choices) for choices in PARTS.values()]
    pairs = zip(torch.split(logits, widths, 1), torch.split(conditions[:, :PART_WIDTH], widths, 1), strict=True)
    losses = [F.cross_entropy(guess, truth) for guess, truth in pairs]
    return cast("Tensor", sum(losses)) / len(losses)
