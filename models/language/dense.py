"""Dense weight matrices, in the format they are multiplied in."""

from collections.abc import Sequence

from torch import Tensor
from torch.nn import functional


class Dense:
    """Weights [out, in]; also an embedding that is looked up and serves as the head."""

    def __init__(self, weight: Tensor) -> None:
        self.weight = weight

    @property
    def nbytes(self) -> int:
        return self.weight.nbytes

    def __call__(self, x: Tensor) -> Tensor:
        return functional.linear(x.to(self.weight.dtype), self.weight)

    def look_up(self, tokens: Tensor) -> Tensor:
        return self.weight[tokens].float()

    def head(self, parts: int) -> "Sequence[Dense]":
        return [Dense(weight) for weight in self.weight.chunk(parts)]
