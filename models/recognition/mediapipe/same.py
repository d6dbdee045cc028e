"""What MediaPipe's networks need besides `models.recognition.convolution`: padding as TensorFlow's, pointwise layers,
activations.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.recognition.convolution import LINEAR, Activation, Convolution

RELU = Activation("relu", (), F.relu_)
HARD_SWISH = Activation("hardswish", (), lambda x: F.hardswish(x, inplace=True))


def same(
    inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1, activation: Activation = LINEAR
) -> Convolution:
    """A convolution with TensorFlow's "SAME" padding of even inputs: at stride 2, one zero less at the start.

    Instead such a kernel has a leading row and column of zeros (`convert` adds them), which costs less than to pad.
    """
    side = kernel + 1 if stride == 2 else kernel
    padding = kernel // 2
    return Convolution(inputs, outputs, side, stride=stride, padding=padding, groups=groups, activation=activation)


class Pointwise(nn.Module):
    """A 1x1 convolution as a matrix product. At the sizes here oneDNN takes longer to choose a kernel, which it does at
    every call, than to run it: 34 us against 17 for 96 channels of 8 x 8.
    """

    def __init__(self, inputs: int, outputs: int, *, activation: Activation = LINEAR) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, 1, 1), requires_grad=False)
        self.bias = nn.Parameter(torch.zeros(outputs), requires_grad=False)
        self.activation = activation

    def forward(self, x: Tensor, residual: Tensor | None = None) -> Tensor:
        """x [B, C, H, W], channels last, to [B, C', H, W]. A residual is added before the activation; it may have fewer
        channels, which counts as zeros in the others.
        """
        rows = F.linear(x.permute(0, 2, 3, 1), self.weight.flatten(1), self.bias)
        y = rows.permute(0, 3, 1, 2)
        if residual is not None:
            y.narrow(1, 0, residual.shape[1]).add_(residual)
        return self.activation.apply(y)


class Slopes(nn.Module):
    """PReLU: a slope per channel for what is negative."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(nn.init.zeros_(nn.Parameter(Tensor(channels))), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """[B, C, H, W] to the same shape."""
        return F.prelu(x, self.weight)
