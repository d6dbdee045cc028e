"""A convolution with everything that follows it at once: bias, activation, a residual.

On an x86 processor its weights can be laid out beforehand for oneDNN and the rest fused into the same call, which is
1.2 to 1.5 times as fast as the plain operations; everywhere else it is those plain operations.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class Activation:
    """A function of each number by itself."""

    fused: str  # what oneDNN calls it
    scalars: tuple[float, ...]
    apply: Callable[[Tensor], Tensor]  # may overwrite its argument


LINEAR = Activation("none", (), lambda x: x)
LEAKY = Activation("leaky_relu", (0.1,), lambda x: F.leaky_relu_(x, 0.1))
RELU6 = Activation("hardtanh", (0.0, 6.0), lambda x: F.hardtanh_(x, 0.0, 6.0))


class Convolution(nn.Module):
    """A square kernel, `padding` zeros on every side (half the kernel unless said), then bias and activation."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        *,
        stride: int = 1,
        padding: int | None = None,
        groups: int = 1,
        activation: Activation = LINEAR,
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs // groups, kernel, kernel), requires_grad=False)
        self.bias = nn.Parameter(torch.zeros(outputs), requires_grad=False)
        self.stride = (stride, stride)
        self.padding = (kernel // 2,) * 2 if padding is None else (padding, padding)
        self.groups = groups
        self.activation = activation

    def forward(self, x: Tensor, residual: Tensor | None = None) -> Tensor:
        """x [B, C, H, W] to [B, C', H', W']; a residual of that shape is added last, in place of an activation."""
        assert residual is None or self.activation is LINEAR
        if self.weight.is_mkldnn:
            return self._fused(x, residual)
        y = self.activation.apply(F.conv2d(x, self.weight, self.bias, self.stride, self.padding, 1, self.groups))
        return y if residual is None else y.add_(residual)

    def _fused(self, x: Tensor, residual: Tensor | None) -> Tensor:
        shape = (self.padding, self.stride, (1, 1), self.groups)
        y: Tensor
        if residual is not None:
            with_residual = torch.ops.mkldnn._convolution_pointwise.binary
            y = with_residual(x, residual, self.weight, self.bias, *shape, "add", 1.0, None, [], None)
        else:
            pointwise = torch.ops.mkldnn._convolution_pointwise
            y = pointwise(x, self.weight, self.bias, *shape, self.activation.fused, self.activation.scalars, "")
        return y

    def lay_out(self) -> None:
        """Lay the weights out for `_fused`; they can be used in no other way from then on."""
        packed = torch.ops.mkldnn._reorder_convolution_weight(
            self.weight, self.padding, self.stride, (1, 1), self.groups
        )
        self.weight = nn.Parameter(packed, requires_grad=False)


def ready(network: nn.Module, device: torch.device, dtype: torch.dtype) -> None:
    """Move a network to where it will run, in the layout that is fastest there. Its input must be channels-last."""
    network.eval().to(device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if device.type == "cpu" and torch.backends.mkldnn.is_available() and torch.backends.mkldnn.enabled:
        for module in network.modules():
            if isinstance(module, Convolution):
                module.lay_out()


def convolutions(network: nn.Module) -> int:
    """How many there are: the networks here can be suspended after each one."""
    return sum(isinstance(module, Convolution) for module in network.modules())
