"""In which numbers of rows products may be run, so that a row's result does not depend on the others.

The 4- and 8-bit kernels give every row the same bits in any batch: one accumulator for each output, in one order.
Dense products are left to MKL, oneDNN or cuBLAS, which choose a kernel by the number of rows; many numbers share one, a
few rows often have another. None of them documents which, so it is tried, once for each kind of matrix. It depends on
the library, the processor and the number of threads alone: one machine always finds the same, where steps run.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

from models.language.decoder import Decoder
from models.language.linear import Linear


def least_rows(decoder: Decoder, most: int, device: torch.device) -> int:
    """The least number of rows from which on, up to `most`, each row of all products of a step is the same to the bit
    whatever the others are; `most` if there is no less.
    """
    least = 1
    for product, width in _kinds(decoder):
        x, whole = _tried(product, width, most, device)
        while not all(_same(product, x, whole, rows) for rows in range(least, most)):
            least += 1
    return least


def joins(decoder: Decoder, rows: int, times: int, device: torch.device) -> bool:
    """Whether `times` groups of as many `rows` give the same to the bit when they are run as one."""
    return all(
        _same(product, *_tried(product, width, rows * times, device), rows) for product, width in _kinds(decoder)
    )


def _kinds(decoder: Decoder) -> Iterator[tuple[Linear, int]]:
    """A matrix of each kind, and the width of its input."""
    shape = decoder.shape
    products = [(part, shape.width) for part in decoder.head]
    for attention, feed_forward in decoder.layers:
        products += [(attention.qkv, shape.width), (attention.out, shape.heads * shape.head_width)]
        products += [(feed_forward.gate_up, shape.width), (feed_forward.down, shape.hidden)]
    kinds = {(type(product), product.nbytes, width): (product, width) for product, width in products}
    yield from kinds.values()


def _tried(product: Linear, width: int, rows: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Any input, and what comes out when it is run as a whole."""
    x = torch.randn(rows, width, generator=torch.Generator().manual_seed(0)).to(device)
    return x, product(x)


def _same(product: Linear, x: Tensor, whole: Tensor, rows: int) -> bool:
    """Whether any so many neighbouring rows alone give what they gave among all."""
    firsts = range(0, len(x) - rows + 1, max(1, rows // 8))
    return all(torch.equal(product(x[i : i + rows].clone()), whole[i : i + rows]) for i in firsts)
