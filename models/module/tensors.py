"""What a module takes and gives: names, number formats and shapes."""

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

_ITEM_BYTES = {
    "float16": 2,
    "float32": 4,
    "float64": 8,
    "uint8": 1,
    "int8": 1,
    "int16": 2,
    "int32": 4,
    "int64": 8,
    "bool": 1,
}
DTYPES = tuple(_ITEM_BYTES)
MOST_BUCKETS = 16


class Dim(NamedTuple):
    """A dimension whose size a request chooses, from `least` to `most`."""

    least: int
    most: int

    @property
    def buckets(self) -> tuple[int, ...]:
        """Sizes that times are measured for: powers of two up to `most`, and `most` itself."""
        sizes = itertools.takewhile(lambda size: size < self.most, (1 << n for n in range(31)))
        return (*(size for size in sizes if size >= self.least), self.most)

    def bucket(self, size: int) -> int:
        """The smallest bucket that holds `size`."""
        return next(bucket for bucket in self.buckets if bucket >= size)


@dataclass(frozen=True, slots=True)
class Tensor:
    """One row's input or output, without the batch: number format and shape; a `Dim` is chosen by the request.

    ValueError for a number format that there is none of, or a size below 1; an output may vary from 0.
    """

    dtype: str
    shape: tuple[int | Dim, ...]

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype is {self.dtype!r}; choose one of {', '.join(DTYPES)}")
        for size in self.shape:
            least, most = (size.least, size.most) if isinstance(size, Dim) else (size, size)
            if not 0 <= least <= most or not most:
                raise ValueError(f"the shape {self.shape} has a size of {size}; sizes are 1 or more")

    @property
    def dims(self) -> tuple[Dim, ...]:
        """The dimensions that a request chooses."""
        return tuple(size for size in self.shape if isinstance(size, Dim))

    @property
    def most_bytes(self) -> int:
        """Bytes of the largest one."""
        sizes = [size.most if isinstance(size, Dim) else size for size in self.shape]
        return math.prod(sizes) * _ITEM_BYTES[self.dtype]

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether a row may have this shape."""
        return len(shape) == len(self.shape) and all(
            allowed.least <= size <= allowed.most if isinstance(allowed, Dim) else size == allowed
            for size, allowed in zip(shape, self.shape, strict=True)
        )

    def filled(self, sizes: Iterator[int]) -> tuple[int, ...]:
        """The shape with `sizes` in place of its `Dim`s, in order."""
        return tuple(next(sizes) if isinstance(size, Dim) else size for size in self.shape)

    def __str__(self) -> str:
        sizes = [f"{size.least} to {size.most}" if isinstance(size, Dim) else str(size) for size in self.shape]
        return f"{self.dtype} [{', '.join(sizes)}]"


Tensors = Mapping[str, Tensor]


def misfit(model: str, inputs: Tensors, sent: Mapping[str, tuple[str, tuple[int, ...]]]) -> str:
    """Why a row of these formats and shapes does not fit a model's inputs, and what may be sent; "" if it does."""
    if sent.keys() != inputs.keys():
        return f"{model} takes {', '.join(inputs)}; {', '.join(sent) or 'nothing'} was sent"
    for name, tensor in inputs.items():
        dtype, shape = sent[name]
        if dtype != tensor.dtype or not tensor.fits(shape):
            return f"{name} is {dtype} {list(shape)}; send {tensor}"
    return ""


def buckets(tensors: Tensors) -> list[tuple[int, ...]]:
    """All sizes that times are measured for, one for each `Dim` in order. ValueError for 0, or for too many."""
    dims = [dim for tensor in tensors.values() for dim in tensor.dims]
    if any(dim.least < 1 for dim in dims):
        raise ValueError("an input's dimension may be 0; let it be 1 or more")
    found = list(itertools.islice(itertools.product(*(dim.buckets for dim in dims)), MOST_BUCKETS + 1))
    if len(found) > MOST_BUCKETS:
        raise ValueError(
            f"the inputs' dimensions come in more than {MOST_BUCKETS} combinations of powers of two; narrow them, or "
            "fix some"
        )
    return found


def bucket_of(tensors: Tensors, shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """The bucket of a row whose inputs have these shapes."""
    return tuple(
        allowed.bucket(size)
        for name, tensor in tensors.items()
        for size, allowed in zip(shapes[name], tensor.shape, strict=True)
        if isinstance(allowed, Dim)
    )
