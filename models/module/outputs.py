"""What a module puts out: as trial runs find it, and as it is declared."""

from models.module.rows import OutputsError
from models.module.tensors import Dim, Tensor, Tensors


def spanned(name: str, small: Tensor, large: Tensor) -> Tensor:
    """An output as it comes out for the smallest and the largest input: sizes that differ are the input's choice.

    ValueError when more than sizes differ.
    """
    if small.dtype != large.dtype or len(small.shape) != len(large.shape):
        raise OutputsError(f"its output {name!r} is {small} for small inputs and {large} for large ones")
    return Tensor(large.dtype, tuple(map(_span, small.shape, large.shape)))


def _span(small: int | Dim, large: int | Dim) -> int | Dim:
    assert isinstance(small, int)
    assert isinstance(large, int)
    return small if small == large else Dim(min(small, large), max(small, large))


def agreed(declared: Tensors, found: Tensors) -> Tensors:
    """Outputs as they are declared. ValueError if the module's are others."""
    for name, tensor in declared.items():
        given = found[name]
        sizes = zip(tensor.shape, given.shape, strict=False)
        fits = all(_within(size, allowed) for allowed, size in sizes) and len(given.shape) == len(tensor.shape)
        if given.dtype != tensor.dtype or not fits:
            raise OutputsError(f"its output {name!r} is {given}, but {tensor} is declared; make them the same")
    return declared


def _within(size: int | Dim, allowed: int | Dim) -> bool:
    (least, most), (lowest, highest) = ((each, each) if isinstance(each, int) else each for each in (size, allowed))
    return lowest <= least and most <= highest
