"""A convolution with everything that follows it at once: bias, activation, a residual.

On an x86 processor its weights can be laid out beforehand for oneDNN and the rest fused into the same call, which is
1.2 to 1.5 times as fast as the plain operations; everywhere else it is those plain operations.
"""

from collections.abc import Callable, Iterable, Sequence
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
        self.laid_out: dict[torch.Size, Tensor] = {}  # by the height and width of the input

    def forward(self, x: Tensor, residual: Tensor | None = None) -> Tensor:
        """x [B, C, H, W] to [B, C', H', W']; a residual of that shape is added last, in place of an activation."""
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
        """Lay the weights out for inputs of these sizes [B, C, H, W], and from then on for no others.

        oneDNN lays weights out by the size of the input. For another size than it was told it may do so anew at every
        call: 40 ms for 256 channels on an AVX2 processor, where the convolution itself takes 2.
        """
        arguments = (self.padding, self.stride, (1, 1), self.groups)
        for size in inputs:
            packed = torch.ops.mkldnn._reorder_convolution_weight(self.weight, *arguments, list(size))
            self.laid_out[size[2:]] = packed
        self.weight = nn.Parameter(self.weight[:0].clone(), requires_grad=False)

    @property
    def nbytes(self) -> int:
        """Memory that the weights take."""
        return sum(weight.nbytes for weight in (self.weight, self.bias, *self.laid_out.values()))


def ready(network: nn.Module, device: torch.device, dtype: torch.dtype, sizes: Iterable[tuple[int, int]]) -> None:
    """Move a network to where it will run, in the layout that is fastest there for RGB pictures of these sizes.

    `sizes` are (width, height); the pictures must be channels-last.
    """
    network.eval().to(device, dtype, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if device.type == "cpu" and torch.backends.mkldnn.is_available() and torch.backends.mkldnn.enabled:
        pictures = [torch.zeros(1, height, width, 3, dtype=dtype).permute(0, 3, 1, 2) for width, height in sizes]
        for convolution, inputs in _inputs(network, pictures).items():
            convolution.lay_out(inputs)


def _inputs(network: nn.Module, pictures: Sequence[Tensor]) -> dict[Convolution, set[torch.Size]]:
    """The sizes of what each convolution is given when the network, a generator of stages, looks at these pictures."""
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
    """Memory that a network's weights take."""
    inside = sum(module.nbytes for module in network.modules() if isinstance(module, Convolution))
    outside = [module for module in network.modules() if not isinstance(module, Convolution)]
    return inside + sum(weight.nbytes for module in outside for weight in module.parameters(recurse=False))


def convolutions(network: nn.Module) -> int:
    """How many there are: the networks here can be suspended after each one."""
    return sum(isinstance(module, Convolution) for module in network.modules())
