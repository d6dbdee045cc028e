"""EfficientNet-Lite0: classifies a picture into the 1000 classes of ImageNet. Read top to bottom.

Inverted residual blocks without squeeze-and-excitation, ReLU6 throughout. Knows the published checkpoint's tensor names
and folds its batch norms; knows nothing of pictures or class names.

Source: Tan and Le, EfficientNet (2019), Lite variant (tensorflow/tpu, 2020), as converted by ML Illustrated.
"""

from collections.abc import Generator as Steps
from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional as F

from models.recognition.convolution import RELU6, Convolution, convolutions

CLASSES = 1000
NORM_EPSILON = 1e-3
# Repeats, kernel, stride of the first, expansion, output channels; the input has 32 channels.
BLOCKS = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)


def spatial(inputs: int, outputs: int, kernel: int, stride: int, groups: int) -> Convolution:
    """A convolution with TensorFlow's "SAME" padding of even inputs: at stride 2, one zero less at the start.

    Instead such a kernel gets one more row and column of zeros at its start (see `widened`), because a slightly larger
    kernel costs less than copying the picture into a padded one.
    """
    padding = kernel // 2
    width = kernel + 1 if stride == 2 else kernel
    return Convolution(inputs, outputs, width, stride=stride, padding=padding, groups=groups, activation=RELU6)


class Block(nn.Module):
    """Expand, depthwise convolution, project; with a shortcut if the shapes allow."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        wide = inputs * expansion
        self.expand = Convolution(inputs, wide, 1, activation=RELU6) if expansion > 1 else None
        self.filter = spatial(wide, wide, kernel, stride, groups=wide)
        self.project = Convolution(wide, outputs, 1)
        self.shortcut = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Steps[None, None, Tensor]:
        """[B, C, H, W] to [B, C', H', W']."""
        shortcut = x if self.shortcut else None
        if self.expand is not None:
            x = self.expand(x)
            yield
        x = self.filter(x)
        yield
        projected: Tensor = self.project(x, shortcut)
        return projected


class EfficientNetLite0(nn.Module):
    """The whole network."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = spatial(3, 32, 3, 2, groups=1)
        self.blocks = nn.ModuleList()
        channels = 32
        for repeats, kernel, stride, expansion, outputs in BLOCKS:
            for repeat in range(repeats):
                self.blocks.append(Block(channels, outputs, kernel, 1 if repeat else stride, expansion))
                channels = outputs
        self.top = Convolution(channels, 1280, 1, activation=RELU6)
        self.classes = nn.Linear(1280, CLASSES)
        self.stages = convolutions(self)

    @classmethod
    def from_checkpoint(cls, checkpoint: Mapping[str, Tensor]) -> "EfficientNetLite0":
        """From the published checkpoint, with batch norms folded."""
        network = cls()
        network.load_state_dict(folded(checkpoint))
        return network.requires_grad_(requires_grad=False)

    def forward(self, x: Tensor) -> Steps[None, None, Tensor]:
        """Pictures [B, 3, 224, 224], (rgb - 127) / 128, to logits [B, 1000]. Yields `stages - 1` times."""
        x = self.stem(x)
        yield
        for block in self.blocks:
            x = yield from block(x)
            yield
        logits: Tensor = self.classes(self.top(x).mean((2, 3)))
        return logits


def folded(checkpoint: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The checkpoint under our names, each convolution merged with the norm after it."""
    state = fold(checkpoint, "_conv_stem", "_bn0", "stem", stride=2) | fold(checkpoint, "_conv_head", "_bn1", "top")
    state |= {"classes.weight": checkpoint["_fc.weight"], "classes.bias": checkpoint["_fc.bias"]}
    number = 0
    for repeats, _, stride, expansion, _ in BLOCKS:
        for repeat in range(repeats):
            theirs, ours = f"_blocks.{number}.", f"blocks.{number}."
            if expansion > 1:
                state |= fold(checkpoint, f"{theirs}_expand_conv", f"{theirs}_bn0", f"{ours}expand")
            first = 1 if repeat else stride
            state |= fold(checkpoint, f"{theirs}_depthwise_conv", f"{theirs}_bn1", f"{ours}filter", stride=first)
            state |= fold(checkpoint, f"{theirs}_project_conv", f"{theirs}_bn2", f"{ours}project")
            number += 1
    return state


def fold(checkpoint: Mapping[str, Tensor], kernel: str, norm: str, name: str, stride: int = 1) -> dict[str, Tensor]:
    """Fold a convolution without bias and the batch norm after it into one convolution with bias."""
    scale = checkpoint[f"{norm}.weight"] * (checkpoint[f"{norm}.running_var"] + NORM_EPSILON).rsqrt()
    weight = checkpoint[f"{kernel}.weight"] * scale[:, None, None, None]
    bias = checkpoint[f"{norm}.bias"] - checkpoint[f"{norm}.running_mean"] * scale
    return {f"{name}.weight": widened(weight) if stride == 2 else weight, f"{name}.bias": bias}


def widened(kernel: Tensor) -> Tensor:
    """[..., K, K] to [..., K + 1, K + 1]: leading zeros, where TensorFlow pads one less."""
    return F.pad(kernel, (1, 0, 1, 0))
