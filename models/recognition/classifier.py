"""EfficientNet-Lite0: what a picture shows as a whole, for the 1000 classes of ImageNet. Read it downwards.

Inverted residual blocks without squeeze-and-excitation, ReLU6 throughout. Knows the names of the published
checkpoint's tensors and folds its batch norms away; knows nothing of pictures or class names.

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
    """A convolution padded as TensorFlow pads an even picture ("SAME"): at stride 2, one zero less at the start.

    We give such a kernel one more row and column of zeros at its start instead (see `widened`), because a picture
    copied into a larger one costs more than a kernel that is a little larger.
    """
    padding = kernel // 2
    width = kernel + 1 if stride == 2 else kernel
    return Convolution(inputs, outputs, width, stride=stride, padding=padding, groups=groups, activation=RELU6)


class Block(nn.Module):
    """Expand, filter each channel by itself, project; beside a shortcut where the shapes allow."""

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
        """From the published checkpoint, batch norms folded away."""
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
    """The published names to ours, each convolution and the norm behind it made one."""
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
    """A convolution without bias and the batch norm behind it as one convolution with bias."""
    scale = checkpoint[f"{norm}.weight"] * (checkpoint[f"{norm}.running_var"] + NORM_EPSILON).rsqrt()
    weight = checkpoint[f"{kernel}.weight"] * scale[:, None, None, None]
    bias = checkpoint[f"{norm}.bias"] - checkpoint[f"{norm}.running_mean"] * scale
    return {f"{name}.weight": widened(weight) if stride == 2 else weight, f"{name}.bias": bias}


def widened(kernel: Tensor) -> Tensor:
    """[..., K, K] to [..., K + 1, K + 1]: zeros in front, where TensorFlow pads one less."""
    return F.pad(kernel, (1, 0, 1, 0))
