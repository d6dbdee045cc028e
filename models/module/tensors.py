"""What a module takes and gives: names, number formats and shapes."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

DTYPES = ("float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64", "bool")
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

    ValueError for a number format that there is none of, or a size below 1.
    """

    dtype: str
    shape: tuple[int | Dim, ...]

    def __post_init__(self) -> None:
        if self.dtype not in DTYPES:
            raise ValueError(f"dtype is {self.dtype!r}; choose one of {', '.join(DTYPES)}")
        for size in self.shape:
            least, most = (size.least, size.most) if isinstance(size, Dim) else (size, size)
            if not 1 <= least <= most:
                raise ValueError(f"the shape {self.shape} has a size of {size}; sizes are 1 or more")

    @property
    def dims(self) -> tuple[Dim, ...]:
        """The dimensions that a request chooses."""
        return tuple(size for size in self.shape if isinstance(size, Dim))

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


def buckets(tensors: Tensors) -> list[tuple[int, ...]]:
    """All sizes that times are measured for, one for each `Dim` in order. ValueError when there are too many."""
    dims = [dim for tensor in tensors.values() for dim in tensor.dims]
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
