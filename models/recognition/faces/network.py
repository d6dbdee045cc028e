"""BlazeFace, short range: finds faces within two metres of a camera. Read top to bottom.

Depthwise blocks on 128 x 128 pixels; the cells of the 16 x 16 and the 8 x 8 grid each predict faces: a score, a box and
six points. Knows nothing of pictures, thresholds or pixels.

Source: Bazarevsky et al., BlazeFace (2019), and its model card, MediaPipe (2021).
"""

from collections.abc import Generator as Steps
from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.recognition.mediapipe.same import RELU, Pointwise, same

SIDE = 128
POINTS = 6
CELL_WIDTH = 4 + 2 * POINTS  # centre, size, and x and y of each point
ANCHORS = ((16, 2), (8, 6))  # cells along a side, and predictions a cell
FINE = (24, 28, -32, 36, 42, -48, 56, 64, 72, 80, 88)  # output channels of each block; negative: halves the sides
COARSE = (-96, 96, 96, 96, 96)


class Block(nn.Module):
    """A depthwise convolution and a pointwise one, added to the input; new channels are added to zeros."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.filter = same(inputs, inputs, 3, stride=stride, groups=inputs)
        self.mix = Pointwise(inputs, outputs, activation=RELU)
        self.stride = stride

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to [B, C', H', W']."""
        shortcut = F.max_pool2d(x, 2) if self.stride == 2 else x
        y: Tensor = self.mix(self.filter(x), shortcut)
        return y


class BlazeFace(nn.Module):
    """The whole network."""

    stages = len(FINE) + len(COARSE) + 1

    def __init__(self) -> None:
        super().__init__()
        self.stem = same(3, 24, 5, stride=2, activation=RELU)
        self.fine = blocks(24, FINE)
        self.fine_boxes = Pointwise(88, ANCHORS[0][1] * CELL_WIDTH)
        self.coarse = blocks(88, COARSE)
        self.coarse_boxes = Pointwise(96, ANCHORS[1][1] * CELL_WIDTH)
        self.fine_scores = Pointwise(88, ANCHORS[0][1])
        self.coarse_scores = Pointwise(96, ANCHORS[1][1])

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor]) -> "BlazeFace":
        """From the file written by `models.recognition.mediapipe.convert`."""
        network = cls()
        network.load_state_dict(weights)
        return network

    def forward(self, x: Tensor) -> Steps[None, None, tuple[Tensor, Tensor]]:
        """Pictures [B, 3, 128, 128], RGB from -1 to 1, to logits [B, 896] and boxes [B, 896, CELL_WIDTH] in pixels from
        their anchors. Yields `stages - 1` times.
        """
        x = self.stem(x)
        for block in self.fine:
            yield
            x = block(x)
        fine = x
        for block in self.coarse:
            yield
            x = block(x)
        scores = by_anchor(self.fine_scores(fine), 1), by_anchor(self.coarse_scores(x), 1)
        boxes = by_anchor(self.fine_boxes(fine), CELL_WIDTH), by_anchor(self.coarse_boxes(x), CELL_WIDTH)
        return torch.cat(scores, dim=1)[..., 0], torch.cat(boxes, dim=1)


def blocks(inputs: int, outputs: tuple[int, ...]) -> nn.ModuleList:
    """Blocks one after the other."""
    made = nn.ModuleList()
    for channels in outputs:
        made.append(Block(inputs, abs(channels), 2 if channels < 0 else 1))
        inputs = abs(channels)
    return made


def by_anchor(x: Tensor, width: int) -> Tensor:
    """[B, A * width, H, W] to [B, H * W * A, width], row by row."""
    return x.permute(0, 2, 3, 1).reshape(len(x), -1, width)
