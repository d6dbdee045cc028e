"""8-bit weights times 14-bit activations, both integers, whose sums are exact.

A row of activations is rounded to integers of 14 bits and split into two digits of 7. One product of 8-bit integers (of
oneDNN, x86) takes both, with instructions that have several times the rate of float32. Integers add up to the same in
any order, so a row's product depends neither on its batch nor on how a prompt was cut. Seven bits a digit, because two
products are added in 16 bits where there is no VNNI.
"""

import torch
from torch import Tensor

_WEIGHT = 127  # the greatest weight
_HIGH = 63  # the greatest high digit
_BASE = 128
_ZERO = 64  # what stands for zero, as the kernel takes unsigned activations
_DIGITS = torch.tensor([_HIGH, _HIGH * _BASE]).view(2, 1, 1)
_LEAST = torch.finfo(torch.float32).tiny * _BASE * _BASE  # of a row's greatest value


class Integers:
    """Integers [out, in] with a scale per row: the nearest to `weight` [out, in] float32."""

    def __init__(self, weight: Tensor) -> None:
        scales = weight.abs().amax(1).clamp_min(_LEAST) / _WEIGHT
        values = (weight / scales[:, None]).round_().to(torch.int8)
        self._packed = torch.ops.onednn.qlinear_prepack(values, None)
        self._scales = scales / _HIGH
        self._zeros = torch.zeros(len(weight), dtype=torch.int)
        self.nbytes = values.nbytes + scales.nbytes + self._zeros.nbytes

    def __call__(self, x: Tensor) -> Tensor:
        """[rows, in] -> [rows, out] float32."""
        if not len(x):
            return x.new_empty(0, len(self._scales), dtype=torch.float32)
        x = x.float()
        greatest = torch.linalg.vector_norm(x, float("inf"), -1, keepdim=True).clamp_min_(_LEAST)
        digits = x * (_DIGITS / greatest)  # [2, rows, in]
        high, low = digits.unbind()
        low.sub_(high.round_(), alpha=_BASE)
        unsigned = digits.add_(_ZERO + 0.5).to(torch.uint8).flatten(0, 1)  # cut off, that is rounded
        product: Tensor = torch.ops.onednn.qlinear_pointwise(
            unsigned, 1.0, _ZERO, self._packed, self._scales, self._zeros, None, 1.0, 0, torch.float32, "none", [], ""
        )
        high, low = product.view(2, len(x), product.shape[-1]).unbind()
        return high.add_(low, alpha=1 / _BASE).mul_(greatest)


def available(device: torch.device) -> bool:
    """Whether the device has a kernel for it."""
    x86 = torch.backends.cpu.get_cpu_capability() in ("AVX2", "AVX512")
    return device.type == "cpu" and x86 and torch.backends.mkldnn.is_available()
