"""RMS norm: what its formula gives, and the same for a row in any batch."""

import pytest
import torch
from torch import Tensor

from models.language.decoder import Norm

EPSILON = 1e-5


def formula(x: Tensor, weight: Tensor) -> Tensor:
    x = x.double()
    return x / (x.square().mean(-1, keepdim=True) + EPSILON).sqrt() * weight


@pytest.mark.parametrize("scale", [0, 1e-3, 1, 1e4], ids=str)
@pytest.mark.parametrize("shape", [(576,), (12, 64)], ids=["a token", "each head"])
def test_it_is_the_root_mean_square(scale: float, shape: tuple[int, ...]) -> None:
    """1e-3 is where epsilon counts."""
    generator = torch.Generator().manual_seed(0)
    x, weight = torch.randn(5, *shape, generator=generator) * scale, torch.rand(shape, generator=generator)
    torch.testing.assert_close(Norm(weight, EPSILON)(x).double(), formula(x, weight), rtol=2e-6, atol=0)


@pytest.mark.parametrize("width", [16, 80, 576, 896])
def test_a_row_is_the_same_to_the_bit_in_any_batch(width: int) -> None:
    x = torch.randn(64, width, generator=torch.Generator().manual_seed(0))
    norm = Norm(torch.rand(width, generator=torch.Generator().manual_seed(1)), EPSILON)
    whole = norm(x)
    for rows in (1, 2, 3, 4, 5, 16, 32):
        assert torch.equal(norm(x[7 : 7 + rows].clone()), whole[7 : 7 + rows])
