"""NanoDet-g: detects objects of the 80 classes of COCO. Read top to bottom.

A small CSP backbone computes features at 1/8, 1/16 and 1/32 of the picture's size; a path aggregation network exchanges
them; a head per level scores every cell and predicts the distances to the box's sides. Fully convolutional: any size
divisible by 32. Knows nothing of pictures, thresholds or boxes in pixels.

Source: RangiLyu, NanoDet (2020), config nanodet-g; batch norms are folded into the convolutions.
"""

from collections.abc import Generator as Steps
from collections.abc import Mapping
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.recognition.convolution import LEAKY, Convolution, convolutions

CLASSES = 80
BINS = 11  # a side's distance is a distribution over 0..10 strides (Li et al. 2020, generalised focal loss)
CELL_WIDTH = CLASSES + 4 * BINS
STRIDES = (8, 16, 32)
BANDS = (3, 1, 1)  # bands of each level's head


class Residual(nn.Module):
    """Halves the channels, convolves them once more, and concatenates both."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow = Convolution(channels, channels // 2, 3, activation=LEAKY)
        self.mix = Convolution(channels // 2, channels // 2, 3, activation=LEAKY)

    def forward(self, x: Tensor) -> Steps[None, None, Tensor]:
        """[B, C, H, W] to the same shape."""
        narrow = self.narrow(x)
        yield
        return torch.cat([self.mix(narrow), narrow], dim=1)


class CspBlock(nn.Module):
    """A cross-stage partial block (Wang et al. 2019): residuals, concatenated with their input."""

    def __init__(self, channels: int, residuals: int, stride: int) -> None:
        super().__init__()
        self.enter = Convolution(channels, channels, 3, stride=stride, activation=LEAKY)
        self.residuals = nn.ModuleList(Residual(channels) for _ in range(residuals))
        self.leave = Convolution(channels, channels, 3, activation=LEAKY)

    def forward(self, x: Tensor) -> Steps[None, None, Tensor]:
        """[B, C, H, W] to [B, 2C, H', W'], reduced by the stride."""
        entered = x = self.enter(x)
        yield
        for residual in self.residuals:
            x = yield from residual(x)
            yield
        return torch.cat([self.leave(x), entered], dim=1)


class Head(nn.Module):
    """For every cell of one level: a logit per class and four distributions.

    Works in `bands` of rows, so that no stage takes long.
    """

    def __init__(self, channels: int, bands: int) -> None:
        super().__init__()
        self.tower = Convolution(channels, channels, 3, activation=LEAKY)
        self.out = Convolution(channels, CELL_WIDTH, 1)
        self.bands = bands

    def forward(self, x: Tensor) -> Steps[None, None, Tensor]:
        """[B, C, H, W] to [B, H*W, CELL_WIDTH], row by row."""
        rows = x.shape[2]
        edges = [rows * band // self.bands for band in range(self.bands + 1)]
        cells: list[Tensor] = []
        for first, last in pairwise(edges):
            if cells:
                yield
            above, below = max(first - 1, 0), min(last + 1, rows)  # the kernel reaches one row beyond the band
            band = self.tower(x[:, :, above:below])[:, :, first - above : last - above]
            yield
            cells.append(self.out(band).permute(0, 2, 3, 1).flatten(1, 2))
        return torch.cat(cells, dim=1)


class NanoDet(nn.Module):
    """The whole network."""

    def __init__(self, channels: int = 128) -> None:
        super().__init__()
        self.stem = Convolution(3, 32, 3, stride=2, activation=LEAKY)
        self.backbone = nn.ModuleList(
            (CspBlock(32, 1, 1), CspBlock(64, 2, 2), CspBlock(128, 2, 2), CspBlock(256, 3, 2))
        )
        self.laterals = nn.ModuleList(Convolution(inputs, channels, 1) for inputs in (128, 256, 512))
        self.heads = nn.ModuleList(Head(channels, bands) for bands in BANDS)
        before = nn.ModuleList((self.stem, self.backbone, self.laterals))
        self.stages = convolutions(before) + 2 * sum(BANDS)

    @classmethod
    def from_weights(cls, weights: Mapping[str, Tensor]) -> "NanoDet":
        """From the file written by `convert_nanodet`."""
        network = cls()
        network.load_state_dict(weights)
        return network

    def forward(self, x: Tensor) -> Steps[None, None, Tensor]:
        """Pictures [B, 3, H, W], normalised RGB, to cells [B, N, CELL_WIDTH], finest level first.

        A cell is 80 class logits and 4 x 11 distance logits: left, top, right, bottom. Yields `stages - 1` times.
        """
        x = self.stem(x)
        yield
        x = F.max_pool2d(x, 3, 2, 1)
        levels = []
        for stage in self.backbone:
            x = yield from stage(x)
            yield
            levels.append(x)
        features = []
        for lateral, level in zip(self.laterals, levels[1:], strict=True):
            features.append(lateral(level))
            yield
        cells: list[Tensor] = []
        for head, level in zip(self.heads, exchange(*features), strict=True):
            if cells:
                yield
            cells.append((yield from head(level)))
        return torch.cat(cells, dim=1)


def exchange(fine: Tensor, middle: Tensor, coarse: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Path aggregation (Liu et al. 2018) without weights: sums from coarse to fine, then back."""
    middle = middle + doubled(coarse)
    fine = fine + doubled(middle)
    middle = middle + halved(fine)
    return fine, middle, coarse + halved(middle)


def doubled(x: Tensor) -> Tensor:
    """[B, C, H, W] to [B, C, 2H, 2W], bilinear."""
    return F.interpolate(x, scale_factor=2, mode="bilinear")


def halved(x: Tensor) -> Tensor:
    """[B, C, H, W] to [B, C, H/2, W/2], bilinear: at a factor of two the mean of four."""
    return F.avg_pool2d(x, 2)
