"""Selfie segmentation: how likely each pixel shows a person. Read top to bottom.

A small MobileNetV3 encodes the picture to 1/16 of its sides; a decoder brings the features back to full size, each
level gated by what the whole picture shows. Fully convolutional; the two sets of weights are for square and for wide
pictures. Knows nothing of pictures or masks.

Source: the model card of MediaPipe's selfie segmentation (2021); Howard et al., MobileNetV3 (2019).
"""

from collections.abc import Generator as Steps
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.recognition.convolution import Activation
from models.recognition.mediapipe.same import HARD_SWISH, RELU, Pointwise, same


class Gate(nn.Module):
    """Squeeze and excitation (Hu et al. 2018): a factor for each channel, from the means of all channels."""

    def __init__(self, channels: int, inside: int) -> None:
        super().__init__()
        self.squeeze = Pointwise(channels, inside, activation=RELU)
        self.excite = Pointwise(inside, channels)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to factors [B, C, 1, 1], from 0 to 1."""
        factors: Tensor = self.excite(self.squeeze(x.mean((2, 3), keepdim=True)))
        return factors.sigmoid()


class Block(nn.Module):
    """Expand, depthwise convolution, gate, project; with a shortcut if the shapes allow."""

    def __init__(
        self, inputs: int, wide: int, outputs: int, kernel: int, stride: int, activation: Activation, inside: int
    ) -> None:
        super().__init__()
        self.expand = Pointwise(inputs, wide, activation=activation)
        self.filter = same(wide, wide, kernel, stride=stride, groups=wide, activation=activation)
        self.gate = Gate(wide, inside) if inside else None
        self.project = Pointwise(wide, outputs)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B, C', H', W']."""
        y = self.filter(self.expand(x))
        if self.gate is not None:
            y.mul_(self.gate(y))
        projected: Tensor = self.project(y, x if self.shortcut else None)
        return projected


class Merge(nn.Module):
    """One level of the decoder: doubles the sides of what comes from below, and adds the encoder's features."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.project = Pointwise(inputs, outputs)
        self.gate = Gate(outputs, outputs)
        self.mix = Pointwise(outputs, outputs, activation=RELU)
        self.filter = same(outputs, outputs, 3, groups=outputs, activation=RELU)

    def forward(self, x: Tensor, skip: Tensor) -> Steps[None, None, Tensor]:
        """x [B, C, H, W] and skip [B, C', 2H, 2W] to the shape of `skip`."""
        projected = F.interpolate(self.project(x), scale_factor=2, mode="bilinear")  # in this order, as it is cheaper
        yield
        mixed: Tensor = self.mix(torch.addcmul(projected, skip, self.gate(skip + projected)))
        yield
        filtered: Tensor = self.filter(mixed)
        return filtered.add_(mixed)


class SelfieSegmentation(nn.Module):
    """The whole network."""

    stages = 19

    def __init__(self) -> None:
        super().__init__()
        self.stem = same(3, 16, 3, stride=2, activation=HARD_SWISH)
        self.quarter = Block(16, 16, 16, 3, 2, RELU, 8)
        self.eighth = nn.ModuleList((Block(16, 72, 24, 3, 2, RELU, 0), Block(24, 88, 24, 3, 1, RELU, 0)))
        self.sixteenth = nn.ModuleList(
            Block(inputs, wide, 32, 5, stride, HARD_SWISH, inside)
            for inputs, wide, stride, inside in (
                (24, 96, 2, 24), (32, 128, 1, 32), (32, 128, 1, 32), (32, 96, 1, 24), (32, 96, 1, 24),
            )
        )  # fmt: skip
        self.context = Pointwise(32, 128, activation=RELU)
        self.context_gate = Pointwise(32, 128)
        self.merges = nn.ModuleList((Merge(128, 24), Merge(24, 16), Merge(16, 16)))
        self.out = nn.ConvTranspose2d(16, 1, 2, stride=2)

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor]) -> "SelfieSegmentation":
        """From a file written by `models.recognition.mediapipe.convert`."""
        network = cls()
        network.load_state_dict(weights)
        return network.requires_grad_(requires_grad=False)

    def forward(self, x: Tensor) -> Steps[None, None, Tensor]:
        """Pictures [B, 3, H, W], RGB from 0 to 1, sides divisible by 16, to logits [B, H, W]. Yields `stages - 1`
        times.
        """
        half = self.stem(x)
        yield
        quarter = x = self.quarter(half)
        for block in self.eighth:
            yield
            x = block(x)
        eighth = x
        for block in self.sixteenth:
            yield
            x = block(x)
        yield
        x = self.context(x) * self.context_gate(x.mean((2, 3), keepdim=True)).sigmoid()
        for merge, skip in zip(self.merges, (eighth, quarter, half), strict=True):
            yield
            x = yield from merge(x, skip)
        logits: Tensor = self.out(x)
        return torch.squeeze(logits, 1)
