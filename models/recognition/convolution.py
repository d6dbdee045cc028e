"""A convolution fused with bias, activation and residual.

On x86 its weights are prepacked for oneDNN and the rest is fused into the same call, 1.2 to 1.5 times as fast as
separate operations; elsewhere it runs the separate operations.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class Activation:
    """An elementwise function."""

    fused: str  # oneDNN's name
    scalars: tuple[float, ...]
    apply: Callable[[Tensor], Tensor]  # may work in place


LINEAR = Activation("none", (), lambda x: x)
LEAKY = Activation("leaky_relu", (0.1,), lambda x: F.leaky_relu_(x, 0.1))
RELU6 = Activation("hardtanh", (0.0, 6.0), lambda x: F.hardtanh_(x, 0.0, 6.0))


class Convolution(nn.Module):
    """A square kernel with `padding` zeros on every side (by default half the kernel), bias and activation."""

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
        self.laid_out: dict[torch.Size, Tensor] = {}  # by height and width of the input

    def forward(self, x: Tensor, residual: Tensor | None = None) -> Tensor:
        """x [B, C, H, W] to [B, C', H', W']; a residual of that shape is added last, instead of an activation."""
        assert residual is None or self.activation is LINEAR
        if self.laid_out:
            return self._fused(x, self.laid_out[x.shape[2:]], residual)
        y = self.activation.apply(F.conv2d(x, self.weight, self.bias, self.stride, self.padding, 1, self.groups))
        return y if residual is None else y.add_(residual)

    def _fused(self, x: Tensor, weight: Tensor, residual: Tensor | None) -> Tensor:
        shape = (self.padding, self.stride, (1, 1), self.groups)
        y: Tensor
        if residual is not None:
            with_residual = torch.ops.mkldnn._convolution_pointwise.binary
            y = with_residual(x, residual, weight, self.bias, *shape, "add", 1.0, None, [], None)
        else:
            pointwise = torch.ops.mkldnn._convolution_pointwise
            y = pointwise(x, weight, self.bias, *shape, self.activation.fused, self.activation.scalars, "")
        return y

    def lay_out(self, inputs: Iterable[torch.Size]) -> None:
        """Prepack the weights for inputs of these sizes [B, C, H, W], and from then on for no others.

        oneDNN packs weights for one input size. For another size it may repack them at every call: 40 ms for 256
        channels on an AVX2 processor, where the convolution itself takes 2.
        """
        arguments = (self.padding, self.stride, (1, 1), self.groups)
        for size in inputs:
            packed = torch.ops.mkldnn._reorder_convolution_weight(self.weight, *arguments, list(size))
            self.laid_out[size[2:]] = packed
        self.weight = nn.Parameter(self.weight[:0].clone(), requires_grad=False)

    @property
    def nbytes(self) -> int:
        """Memory of the weights."""
        return sum(weight.nbytes for weight in (self.weight, self.bias, *self.laid_out.values()))


def ready(network: nn.Module, device: torch.device, dtype: torch.dtype, sizes: Iterable[tuple[int, int]]) -> None:
    """Move a network to its device, in the fastest layout there for RGB pictures of these sizes.

    `sizes` are (width, height); the pictures must be channels-last.
    """
    network.eval().to(device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if device.type == "cpu" and torch.backends.mkldnn.is_available() and torch.backends.mkldnn.enabled:
        pictures = [torch.zeros(1, height, width, 3, dtype=dtype).permute(0, 3, 1, 2) for width, height in sizes]
        for convolution, inputs in _inputs(network, pictures).items():
            convolution.lay_out(inputs)


def _inputs(network: nn.Module, pictures: Sequence[Tensor]) -> dict[Convolution, set[torch.Size]]:
    """The input sizes of each convolution when the network, a generator of stages, runs on these pictures."""
    sizes: dict[Convolution, set[torch.Size]] = {}

    def note(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        assert isinstance(module, Convolution)
        sizes.setdefault(module, set()).add(inputs[0].shape)

    hooks = [module.register_forward_pre_hook(note) for module in network.modules() if isinstance(module, Convolution)]
    with torch.inference_mode():
        for picture in pictures:
            for _ in network(picture):
                pass
    for hook in hooks:
        hook.remove()
    return sizes


def weight_bytes(network: nn.Module) -> int:
    """Memory of a network's weights."""
    inside = sum(module.nbytes for module in network.modules() if isinstance(module, Convolution))
    outside = [module for module in network.modules() if not isinstance(module, Convolution)]
    return inside + sum(weight.nbytes for module in outside for weight in module.parameters(recurse=False))


def convolutions(network: nn.Module) -> int:
    """Number of convolutions: the networks here can be suspended after each one."""
    return sum(isinstance(module, Convolution) for module in network.modules())
